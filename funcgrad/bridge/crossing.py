"""A function of arrays on tensors, and a function of tensors on arrays."""

import functools
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any

import jax

from ..tape import modes
from ..tape.across import across
from ..tape.keeping import reached, unchanged
from ..tape.lifting import lifted
from ..tape.tensor import Tensor


def from_jax(fn: Callable[..., Any]) -> Callable[..., Any]:
    """A function of JAX arrays as a function of tensors, recorded as one node.

    Its derivative is `jax.vjp`'s, of every order. While it runs, JAX's 64-bit types are on.

    Args:
        fn: a pure function of pytrees of arrays; what is no tensor is handed on as it is.

    Returns:
        A function that takes tensors for arrays, and gives the same pytree with tensors.

    Example:
        >>> import jax.numpy as jnp, funcgrad.torch as torch
        >>> from funcgrad import bridge
        >>> x = torch.tensor([0.0, 1.0], requires_grad=True)
        >>> bridge.from_jax(lambda a: jnp.sum(a ** 3))(x).backward()
        >>> x.grad
        tensor([0., 3.])
    """

    @functools.wraps(fn)
    def on_tensors(*args: Any, **kwargs: Any) -> Any:
        leaves, structure = jax.tree.flatten((args, kwargs))
        places = [i for i, leaf in enumerate(leaves) if isinstance(leaf, Tensor)]
        form: dict[str, Any] = {}

        def flat(*arrays: Any) -> tuple[Any, ...]:
            given = list(leaves)
            for place, array in zip(places, arrays, strict=True):
                given[place] = array
            positional, named = jax.tree.unflatten(structure, given)
            results, form["structure"] = jax.tree.flatten(fn(*positional, **named))
            return tuple(jax.numpy.asarray(result) for result in results)

        results = across(flat, [leaves[i] for i in places])
        return jax.tree.unflatten(form["structure"], results)

    return on_tensors


def to_jax(fn: Callable[..., Any]) -> Callable[..., Any]:
    """A function of tensors as a pure function of JAX arrays, for `jax.jit` and `jax.grad`.

    Its derivative is the tape's, of every order: what a hook or a `Function` does to a gradient is
    done. What the function edits beside its result, and the generators, are put back after each
    run. Tensors that it reaches in closures, globals or modules are constants.

    Args:
        fn: takes and gives trees of tensors; what is no array is handed on as it is.

    Returns:
        A function of the same trees of arrays.

    Example:
        >>> import jax, jax.numpy as jnp, funcgrad.torch as torch
        >>> from funcgrad import bridge
        >>> loss = bridge.to_jax(lambda x: torch.nn.functional.relu(x).pow(2).sum())
        >>> jax.jit(jax.grad(loss))(jnp.array([-1.0, 3.0]))
        Array([0., 6.], dtype=float32)
    """

    @functools.wraps(fn)
    def on_arrays(*args: Any, **kwargs: Any) -> Any:
        things = reached(fn)  # now: a name may come to stand for another tensor

        @contextmanager
        def sealed() -> Iterator[None]:
            with unchanged(things), modes.enable_grad():
                yield

        return run_on_tensors(lambda args, kwargs: fn(*args, **kwargs), sealed, args, kwargs)

    return on_arrays


def run_on_tensors(
    function: Callable[..., Any], scope: Callable[[], AbstractContextManager[None]], *trees: Any
) -> Any:
    """Call a function with tensors for the arrays in trees, and give arrays for its tensors.

    Args:
        function: takes the trees.
        scope: entered around each run, gradients included.
        trees: of arrays, and of what is handed on as it is.
    """
    leaves, structure = jax.tree.flatten(trees)
    places = [i for i, leaf in enumerate(leaves) if hasattr(leaf, "dtype")]

    def on_tensors(tensors: list[Tensor], create: bool) -> Any:
        given = list(leaves)
        for place, tensor in zip(places, tensors, strict=True):
            given[place] = tensor
        return function(*jax.tree.unflatten(structure, given))

    return lifted(on_tensors, [False] * len(places), scope)(*(leaves[i] for i in places))
