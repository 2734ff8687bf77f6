"""The list is whole, and its rows are what they say they are."""

import inspect
import warnings
from importlib import import_module

import jax
import jax.numpy as jnp
import optax
import pytest

from .excluded import COVERED, EXCLUDED
from .rows import LISTED, MISSING, ROWS

#: The releases that the list was written for: another may have other functions, which are told.
WRITTEN_FOR = ("0.10.2", "0.2.8")
OURS = (jax.__version__, optax.__version__) == WRITTEN_FOR


def public_functions() -> set[str]:
    """Every public function of the covered modules; classes and JAX's dtypes are none."""
    found = set()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        for module in map(import_module, COVERED):
            for name in dir(module):
                value = getattr(module, name, None)
                if name.startswith("_") or not callable(value) or inspect.isclass(value):
                    continue
                if not isinstance(value, type(jnp.float32)):
                    found.add(f"{module.__name__}.{name}")
    return found


def tell(what: str, names: set[str]) -> None:
    """Print what another release has or lacks; under the list's own release it is an error."""
    if names:
        print(f"{what} JAX {jax.__version__}, optax {optax.__version__}: {sorted(names)}")
    assert not names or not OURS, f"{what}: {sorted(names)}"


def test_every_public_function_has_a_row_or_a_reason() -> None:
    tell("have neither a row nor a reason", public_functions() - LISTED - set(EXCLUDED))


def test_every_name_is_there() -> None:
    tell("are not there", MISSING | (set(EXCLUDED) - public_functions()))


def test_nothing_is_both_listed_and_excluded() -> None:
    assert not LISTED & set(EXCLUDED)


def test_the_list_is_long() -> None:
    assert len(LISTED - MISSING) >= 200


@pytest.mark.parametrize("key", ROWS)
def test_row_maps_floats_to_floats_and_traces(key: str) -> None:
    row = ROWS[key]
    if "jit" in row.expected_failure:
        result = jax.tree.leaves(row.function(*row.arguments))
        arguments = [jnp.asarray(leaf) for leaf in jax.tree.leaves(row.arguments)]
    else:  # tracing is most of what compiling takes of us, and costs a hundredth
        program = jax.make_jaxpr(row.function)(*row.arguments)
        arguments, result = program.in_avals, program.out_avals
    for side in (arguments, result):
        assert any(jnp.issubdtype(leaf.dtype, jnp.inexact) for leaf in side)
