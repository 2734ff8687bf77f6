"""Whole matrices of derivatives: `jacobian` and `hessian`.

Source: PyTorch, `torch.autograd.functional` (2.13), for signatures, structure and errors.
"""

from collections.abc import Callable, Sequence
from typing import Any

import jax
import jax.numpy as jnp

from ....ops import OPS
from ....tape.autograd import grad
from ....tape.bind import function
from ....tape.full import zeros_like
from ....tape.modes import enable_grad
from ....tape.nodes import x64
from ....tape.tensor import Tensor, wrap
from .arguments import OUTPUTS, as_tensors, filled, followed, leaves, opened, released, single
from .forwards import forward_jacobian

_stack = function(OPS["stack"])
_STRATEGIES = ("forward-mode", "reverse-mode")


def jacobian(
    func: Callable[..., Any],
    inputs: Any,
    create_graph: bool = False,
    strict: bool = False,
    vectorize: bool = False,
    strategy: str = "reverse-mode",
) -> Any:
    """The derivatives of every entry of the outputs by every entry of the inputs.

    Args:
        func: takes the inputs, gives a tensor or a tuple of them.
        inputs: a tensor or a tuple of them.
        create_graph: keep the result in the graph, so that it can be differentiated.
        strict: raise where an output is independent of an input, instead of giving zeros.
        vectorize: run all rows as one batch, by `jax.vmap` over the backward pass, instead of one
            after the other. The result is the same; hooks and `Function`s on the way see a batch,
            of which no value can be read. With `create_graph` the rows run one by one, as what
            the batch leaves behind could not be differentiated outside of it.
        strategy: "reverse-mode", a backward pass for each entry of the outputs; or "forward-mode",
            one run of the function on a batch of directions, one for each entry of the inputs
            (needs `vectorize=True`).

    Returns:
        For one input and one output a tensor of shape (*output, *input). For several inputs a tuple
        of them, for several outputs a tuple of what one output has (lists in "forward-mode").

    Raises:
        TypeError: an input or an output is no tensor.
        RuntimeError: `strict` found something independent; a complex output without `vectorize`.
        NotImplementedError: options that exclude each other.

    Example:
        >>> import funcgrad.torch as torch
        >>> x, y = torch.tensor([1.0, 2.0]), torch.tensor([3.0])
        >>> by_x, by_y = torch.autograd.functional.jacobian(lambda x, y: x * y, (x, y))
        >>> by_x
        tensor([[3., 0.],
                [0., 3.]])
        >>> by_y
        tensor([[1.],
                [2.]])
    """
    if strategy not in _STRATEGIES:
        raise AssertionError(
            'Expected strategy to be either "forward-mode" or "reverse-mode". Hint: If your '
            'function has more outputs than inputs, "forward-mode" tends to be more performant. '
            'Otherwise, prefer to use "reverse-mode".'
        )
    if strategy == "forward-mode":
        return _forward(func, inputs, create_graph, strict, vectorize)
    with enable_grad():
        several, operands = as_tensors(inputs, "inputs", "jacobian")
        operands = leaves(operands, create_graph)
        several_outputs, outputs = as_tensors(func(*operands), OUTPUTS, "jacobian")
        followed(outputs, "outputs", strict)
        if vectorize and strict:
            raise RuntimeError(
                "torch.autograd.functional.jacobian: `strict=True` and `vectorized=True` are not "
                "supported together. Please either set `strict=False` or `vectorize=False`."
            )
        matrices = []
        for i, output in enumerate(outputs):
            if vectorize and not create_graph:
                rows = _batch(output, operands)
            else:
                rows = _one_by_one(i, output, operands, create_graph, strict, vectorize)
            matrices.append(opened(released(rows, create_graph), several))
    return opened(matrices, several_outputs)


def _one_by_one(
    i: int,
    output: Tensor,
    operands: tuple[Tensor, ...],
    create_graph: bool,
    strict: bool,
    any_dtype: bool,
) -> list[Tensor]:
    """The Jacobians of one output, a backward pass for each of its entries."""
    if output.requires_grad and output.dtype.is_complex and not any_dtype:
        raise RuntimeError(
            "grad can be implicitly created only for real scalar outputs but got "
            f"{output.dtype}; vectorize=True gives the gradients of the real parts"
        )
    missing = f"Output {i} of the user-provided function is independent of input {{i}}. This is "
    missing += "not allowed in strict mode."
    rows: list[list[Tensor]] = []
    for j in range(output.numel()):
        found: Sequence[Tensor | None] = (None,) * len(operands)
        if output.requires_grad:
            found = grad(
                output,
                operands,
                _unit(output, j),
                retain_graph=True,
                create_graph=create_graph,
                allow_unused=True,
            )
        rows.append(filled(found, operands, strict, create_graph, missing))
    columns = list(zip(*rows, strict=True)) or [()] * len(operands)
    return [
        _stack(list(column)).view((*output.shape, *operand.shape))
        for column, operand in zip(columns, operands, strict=True)
    ]


def _unit(output: Tensor, j: int) -> Tensor:
    """A one at entry `j`, and zeros."""
    array = output._read()
    with x64(True):
        return wrap(jnp.zeros(array.size, array.dtype).at[j].set(1).reshape(array.shape))


def _basis(tensor: Tensor) -> jax.Array:
    """All of them along a new first axis."""
    array = tensor._read()
    return jnp.eye(array.size, dtype=array.dtype).reshape(array.size, *array.shape)


def _batch(output: Tensor, operands: tuple[Tensor, ...]) -> list[Tensor]:
    """The Jacobians of one output, by one backward pass over a batch of cotangents."""
    shapes = [(*output.shape, *operand.shape) for operand in operands]
    if output.numel() == 0:
        raise IndexError(
            "index 0 is out of bounds for dimension 0 with size 0: an output without entries has "
            "no Jacobian here"
        )
    if not output.requires_grad:
        return [operand.new_zeros(s) for operand, s in zip(operands, shapes, strict=True)]

    def row(cotangent: jax.Array) -> list[jax.Array]:
        found = grad(output, operands, wrap(cotangent), retain_graph=True, allow_unused=True)
        pairs = zip(found, operands, strict=True)
        return [(zeros_like(x) if g is None else g)._read() for g, x in pairs]

    with x64(True):
        rows = jax.vmap(row)(_basis(output))
        return [wrap(r.reshape(shape)) for r, shape in zip(rows, shapes, strict=True)]


def _forward(
    func: Callable[..., Any], inputs: Any, create_graph: bool, strict: bool, vectorize: bool
) -> Any:
    for name, there, kind in (("strict", strict, RuntimeError),
                              ("create_graph", create_graph, NotImplementedError)):  # fmt: skip
        if there:
            raise kind(
                f'torch.autograd.functional.jacobian: `{name}=True` and `strategy="forward-mode"`'
                f" are not supported together (yet). Please either set `{name}=False` or "
                '`strategy="reverse-mode"`.'
            )
    if not vectorize:
        raise NotImplementedError(
            "Computing Jacobian using forward-AD or forward-over-reverse Hessian is only "
            "implemented for `vectorize=True`."
        )
    return forward_jacobian(func, inputs)


def hessian(
    func: Callable[..., Any],
    inputs: Any,
    create_graph: bool = False,
    strict: bool = False,
    vectorize: bool = False,
    outer_jacobian_strategy: str = "reverse-mode",
) -> Any:
    """The second derivatives of a number by every pair of entries of the inputs.

    It is the Jacobian of the gradient, which is computed with `create_graph=True`.

    Args:
        func: takes the inputs, gives a tensor of one element.
        inputs: a tensor or a tuple of them.
        create_graph: see `jacobian`.
        strict: see `jacobian`; linear functions are refused, too.
        vectorize: see `jacobian`.
        outer_jacobian_strategy: how the Jacobian of the gradient is computed, see `jacobian`.

    Returns:
        For one input x a tensor of shape (*x, *x). For several inputs a tuple of tuples: at [i][j]
        the derivatives by the entries of input i and input j.

    Raises:
        TypeError: an input or the output is no tensor.
        RuntimeError: the function does not give one number; `strict` found something independent.

    Example:
        >>> import funcgrad.torch as torch
        >>> x = torch.tensor([1.0, 2.0])
        >>> torch.autograd.functional.hessian(lambda x: (x**3).sum() + x.prod(), x)
        tensor([[ 6.,  1.],
                [ 1., 12.]])
    """
    if outer_jacobian_strategy not in _STRATEGIES:
        raise AssertionError('Expected strategy to be either "forward-mode" or "reverse-mode".')
    several, operands = as_tensors(inputs, "inputs", "hessian")

    def number(*arguments: Tensor) -> Tensor:
        outputs = single(func, arguments, "hessian")
        followed(outputs, "outputs", strict)
        # The Jacobian of a number of shape (1,) has that axis, too; a gradient has none.
        return outputs[0].reshape(())

    def gradient(*arguments: Tensor) -> Any:
        if outer_jacobian_strategy == "forward-mode":
            arguments = tuple(t.requires_grad_() for t in arguments)
        found = jacobian(number, arguments, create_graph=True)
        followed(found, "jacobian", strict)
        return found

    rows = jacobian(
        gradient, operands, create_graph, strict, vectorize, strategy=outer_jacobian_strategy
    )
    return rows if several else rows[0][0]
