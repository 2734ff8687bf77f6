"""Programs that run on funcgrad.torch and on real PyTorch and must give the same."""

import numpy as np
import pytest

import funcgrad.torch as ours

from ..tape.outcome import assert_same, outcome


def programs():
    """A list, and the decorator that puts a program into it."""
    found = []

    def program(function):
        found.append(function)
        return function

    return found, program


def each(found):
    """Parametrise a test over programs by their names."""
    return pytest.mark.parametrize("program", found, ids=lambda f: f.__name__)


def agree(program, oracle, error=()):
    """Run a program on both; where PyTorch raises, compare the type and the given key words."""
    theirs, mine = outcome(program, oracle), outcome(program, ours)
    if isinstance(theirs, tuple) and theirs[:1] == ("error",):
        assert isinstance(mine, tuple), f"PyTorch raises {theirs}, ours gives {mine}"
        assert mine[1] == theirs[1], f"{mine} is not {theirs}"
        for words in error:
            assert words in theirs[2], f"{words!r} is not PyTorch's: {theirs[2]}"
            assert words in mine[2], f"{words!r} is not in {mine[2]}"
        return
    assert_same(mine, theirs)


def raised(torch, *calls):
    """Type and first words of the error of each call, as a result that can be compared."""
    results = []
    for call in calls:
        try:
            results.append(("returned", str(call())))
        except Exception as error:  # noqa: BLE001 - which error it is, is the result
            results.append((type(error).__name__, str(error)))
    return results


def values(torch, *shape, seed=0, dtype="float32"):
    """The same numbers on both: normal, away from no kink in particular."""
    array = np.random.default_rng(seed).normal(size=shape)
    return torch.tensor(array.astype(dtype))


def fill(torch, module, seed=0):
    """Give every parameter the same numbers on both."""
    state = {
        name: values(torch, *tensor.shape, seed=seed + i) * 0.5
        for i, (name, tensor) in enumerate(module.state_dict().items())
    }
    module.load_state_dict(state)
    return module
