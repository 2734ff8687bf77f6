"""`jacrev` and `hessian`."""

import functools
from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp

from ...ops import OPS
from ...tape import autograd, forward, modes
from ...tape.bind import function
from ...tape.full import zeros_like
from ...tape.nodes import x64
from ...tape.staging import flatten
from ...tape.tensor import Tensor, wrap
from .derivatives import Argnums, chosen, pulled, replaced
from .forwards import jacfwd
from .levels import Level

_stack = function(OPS["stack"])


def jacrev(
    func: Callable[..., Any],
    argnums: Argnums = 0,
    *,
    has_aux: bool = False,
    chunk_size: int | None = None,
) -> Any:
    """The function that gives the Jacobian, by one backward pass on all entries of the result.

    Inside of another transform, or where a tensor outside requires grad, it is a pass for each.

    Args:
        func: takes tensors, gives a tensor or a tree of them.
        argnums: the number of the argument to differentiate by, or a tuple of numbers.
        has_aux: the function gives (result, something to hand on).
        chunk_size: how many entries a pass takes; all of them unless given.

    Returns:
        A function that gives, in the structure of the result, and in it in that of the argument,
        tensors of shape (*result, *argument); with `has_aux` (that, something).

    Raises:
        RuntimeError: a result that is no tensor, an argument of integers.
        ValueError: a `chunk_size` below 1.

    Example:
        >>> import funcgrad.torch as torch
        >>> torch.func.jacrev(torch.sin)(torch.zeros(2))
        tensor([[1., 0.],
                [0., 1.]])
    """
    if chunk_size is not None and chunk_size <= 0:
        raise ValueError("jacrev: `chunk_size` should be greater than 0.")

    @functools.wraps(func)
    def jacobian(*args: Any, **kwargs: Any) -> Any:
        level = Level(chosen(args, argnums))
        with modes.enable_grad():
            output, aux = func(*replaced(args, argnums, level.inside), **kwargs), None
            if has_aux:
                output, aux = output
            outputs: list[Any] = []
            _, rebuild = flatten(output, outputs)
            found = rebuild(iter([_rows(level, value, chunk_size) for value in outputs]))
        return level.close((found, aux)) if has_aux else level.close(found)

    return jacobian


def _rows(level: Level, output: Any, chunk_size: int | None) -> Any:
    if not isinstance(output, Tensor):
        raise RuntimeError(
            "jacrev: Expected f(*args) to return only tensors, got unsupported type "
            f"{type(output).__name__}"
        )
    alone = forward.state.level is None and not level.reaches_outside(output)
    if output.numel() == 0:
        rows = [t.new_zeros((0, *t.shape)) for t in level.inputs]
    elif output.requires_grad and alone:
        rows = _batched(level, output, chunk_size or output.numel())
    else:
        rows = _one_by_one(level, output)
    pairs = zip(rows, level.inputs, strict=True)
    return level.rebuild(iter([row.reshape((*output.shape, *t.shape)) for row, t in pairs]))


def _batched(level: Level, output: Tensor, size: int) -> list[Tensor]:
    """The gradients of each entry, of so many by one pass; nothing outside depends on them."""

    def row(unit: Any) -> list[Any]:
        found = autograd.grad(
            output, level.inputs, wrap(unit), retain_graph=True, allow_unused=True
        )
        pairs = zip(found, level.inputs, strict=True)
        return [(zeros_like(t) if g is None else g)._read() for g, t in pairs]

    count, parts = output.numel(), []
    with x64(True):
        for start in range(0, count, size):
            rows = min(size, count - start)
            units = jnp.eye(rows, count, start, output._read().dtype)
            parts.append(jax.vmap(row)(units.reshape(rows, *output.shape)))
        return [wrap(jnp.concatenate(column)) for column in zip(*parts, strict=True)]


def _one_by_one(level: Level, output: Tensor) -> list[Tensor]:
    rows = []
    for i in range(output.numel()):
        unit = zeros_like(output).reshape(-1)
        unit[i] = 1
        rows.append(pulled(level, [output], [unit.reshape(output.shape)]))
    return [_stack(list(column)) for column in zip(*rows, strict=True)]


def hessian(func: Callable[..., Any], argnums: Argnums = 0) -> Callable[..., Any]:
    """The function that gives the second derivatives, `jacfwd` of `jacrev`.

    Example:
        >>> import funcgrad.torch as torch
        >>> torch.func.hessian(lambda x: (x ** 3).sum())(torch.tensor([1.0, 2.0]))
        tensor([[ 6.,  0.],
                [ 0., 12.]])
    """
    found: Callable[..., Any] = jacfwd(jacrev(func, argnums), argnums)
    return found
