"""What a program gives, as it can be compared."""

import functools

import jax
import numpy as np
import pytest

# PyTorch's forward mode uses what its own compiler has deprecated.
WARNINGS = [
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.filterwarnings("ignore::UserWarning"),
]


def table(make):
    """Programs by name: made for a `torch`, each handed to `add`."""

    @functools.cache
    def programs(t):
        found = {}

        def add(program):
            found[program.__name__] = program
            return program

        make(t, add)
        return found

    return programs


def agree(program, reference):
    """See that two programs give the same tree, or raise the same type of error."""
    (found, one), (expected, two) = outcome(program), outcome(reference)
    assert one == two
    if isinstance(expected, type):
        assert found is expected
        return
    for (value, *facts), (other, *wanted) in zip(found, expected, strict=True):
        assert facts == wanted
        if other is not None:
            assert value.shape == other.shape
            np.testing.assert_allclose(value, other, rtol=1e-4, atol=1e-5)


def outcome(program):
    """The leaves of what it gives and their structure, or the type of the error."""
    try:
        leaves, structure = jax.tree.flatten(program(), is_leaf=lambda x: hasattr(x, "detach"))
    except (RuntimeError, ValueError, TypeError) as error:
        return type(error), ""
    return [_described(leaf) for leaf in leaves], str(structure)


def _described(leaf):
    if not hasattr(leaf, "detach"):
        return None, str(leaf), None
    return np.asarray(leaf.detach()), str(leaf.dtype), leaf.requires_grad
