"""`jacrev` and `hessian`."""

import functools
from collections.abc import Callable
from typing import Any

from ...ops import OPS
from ...tape import modes
from ...tape.bind import function
from ...tape.full import zeros_like
from ...tape.staging import flatten
from ...tape.tensor import Tensor
from .derivatives import Argnums, chosen, pulled, replaced
from .levels import Level

_stack = function(OPS["stack"])


def jacrev(func: Callable[..., Any], argnums: Argnums = 0, *, has_aux: bool = False) -> Any:
    """The function that gives the Jacobian, a backward pass for each entry of the result.

    Args:
        func: takes tensors, gives a tensor or a tree of them.
        argnums: the number of the argument to differentiate by, or a tuple of numbers.
        has_aux: the function gives (result, something to hand on).

    Returns:
        A function that gives, in the structure of the result, and in it in that of the argument,
        tensors of shape (*result, *argument); with `has_aux` (that, something).

    Raises:
        RuntimeError: a result that is no tensor, an argument of integers.

    Example:
        >>> import funcgrad.torch as torch
        >>> torch.func.jacrev(torch.sin)(torch.zeros(2))
        tensor([[1., 0.],
                [0., 1.]])
    """

    @functools.wraps(func)
    def jacobian(*args: Any, **kwargs: Any) -> Any:
        level = Level(chosen(args, argnums))
        with modes.enable_grad():
            output, aux = func(*replaced(args, argnums, level.inside), **kwargs), None
            if has_aux:
                output, aux = output
            outputs: list[Any] = []
            _, rebuild = flatten(output, outputs)
            found = rebuild(iter([_rows(level, value) for value in outputs]))
        return level.close((found, aux)) if has_aux else level.close(found)

    return jacobian


def _rows(level: Level, output: Any) -> Any:
    if not isinstance(output, Tensor):
        raise RuntimeError(
            "jacrev: Expected f(*args) to return only tensors, got unsupported type "
            f"{type(output).__name__}"
        )
    rows = []
    for i in range(output.numel()):
        unit = zeros_like(output).reshape(-1)
        unit[i] = 1
        rows.append(pulled(level, [output], [unit.reshape(output.shape)]))
    matrices = []
    for j, tensor in enumerate(level.inputs):
        shape = (*output.shape, *tensor.shape)
        if rows:
            matrices.append(_stack([row[j] for row in rows]).reshape(shape))
        else:
            matrices.append(tensor.new_zeros(shape))
    return level.rebuild(iter(matrices))


def hessian(func: Callable[..., Any], argnums: Argnums = 0) -> Any:
    """The function that gives the second derivatives, `jacrev` of `jacrev`.

    Example:
        >>> import funcgrad.torch as torch
        >>> torch.func.hessian(lambda x: (x ** 3).sum())(torch.tensor([1.0, 2.0]))
        tensor([[ 6.,  0.],
                [ 0., 12.]])
    """
    return jacrev(jacrev(func, argnums), argnums)
