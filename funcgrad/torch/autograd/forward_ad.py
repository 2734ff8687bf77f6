"""`torch.autograd.forward_ad`: tensors with tangents, that operations carry along.

Every operation does, by `jax.jvp` of its function, those too that have no forward mode in PyTorch;
a `Function` by its own `jvp`. Unlike in PyTorch a tangent must have the dtype of its tensor.

Example:
    >>> import funcgrad.torch as torch
    >>> import funcgrad.torch.autograd.forward_ad as fwAD
    >>> with fwAD.dual_level():
    ...     x = fwAD.make_dual(torch.tensor([1.0, 2.0]), torch.tensor([1.0, 10.0]))
    ...     y = x ** 3
    ...     fwAD.unpack_dual(y).tangent
    tensor([  3., 120.])

Source: PyTorch, "Forward-mode automatic differentiation" (2.13).
"""

from contextlib import ContextDecorator
from typing import NamedTuple, Self

from ...tape import modes
from ...tape.forward import state
from ...tape.forward_level import check_tangent, enter, leave, same_layout
from ...tape.tensor import Tensor

__all__ = ["UnpackedDualTensor", "dual_level", "enter_dual_level", "exit_dual_level", "make_dual",
           "unpack_dual"]  # fmt: skip


class UnpackedDualTensor(NamedTuple):
    """What `unpack_dual` gives: a tensor and its tangent, which may be None."""

    primal: Tensor
    tangent: Tensor | None


class dual_level(ContextDecorator):
    """Inside the block tensors can be made dual; at its end all tangents are gone.

    Raises:
        RuntimeError: a level is open already; PyTorch has one level, too.
    """

    def __enter__(self) -> Self:
        enter()
        return self

    def __exit__(self, *error: object) -> None:
        leave(None)


def enter_dual_level() -> int:
    """Open a level; `dual_level` does it for a block.

    Returns:
        Its number.

    Raises:
        RuntimeError: a level is open already.
    """
    return enter()


def exit_dual_level(*, level: int | None = None) -> None:
    """Close the level, and forget all tangents.

    Args:
        level: its number.

    Raises:
        RuntimeError: it is not open.
    """
    leave(level)


def make_dual(tensor: Tensor, tangent: Tensor, *, level: int | None = None) -> Tensor:
    """A view of a tensor that has a tangent.

    Args:
        tensor: floating or complex.
        tangent: of the same shape and dtype. Where it lies in memory as the tensor does it is not
            copied, and an edit in place of the dual tensor changes it.
        level: the number of the open level.

    Returns:
        The dual tensor: gradients go through it to the tensor.

    Raises:
        RuntimeError: no level is open; the tangent does not fit; one of the two is dual already.
        ValueError: one of the two is of integers.

    Example:
        >>> import funcgrad.torch as torch
        >>> import funcgrad.torch.autograd.forward_ad as fwAD
        >>> with fwAD.dual_level():
        ...     fwAD.make_dual(torch.tensor([1.0, 2.0]), torch.tensor([1.0, 0.0])).exp()
        tensor([2.7183, 7.3891], tangent=tensor([2.7183, 0.0000]))
    """
    opened = state.level
    if opened is None:
        raise RuntimeError(
            "Trying to create a dual Tensor for forward AD but no level exists, make sure to "
            "enter_dual_level() first."
        )
    if level not in (0, None):
        raise RuntimeError("Invalid level given to _make_dual")
    for name, given in (("primal", tensor), ("tangent", tangent)):
        if not (given.is_floating_point() or given.is_complex()):
            raise ValueError(
                f"Expected {name} to be floating point or complex, but got: {given.dtype}"
            )
    if opened.tangent(tensor) is not None:
        raise RuntimeError(
            "Making a dual Tensor based on a Tensor that already has a forward gradient at the "
            "same level 0 is not supported."
        )
    if opened.tangent(tangent) is not None:
        raise RuntimeError(
            "Setting a forward grad that itself has a forward gradient at the same level 0 is not "
            "supported."
        )
    check_tangent(tensor, tangent)
    dual = tensor.view_as(tensor)
    if not modes.is_inference_mode_enabled():
        opened.give(dual, tangent if same_layout(tensor, tangent) else tangent.clone())
    return dual


def unpack_dual(tensor: Tensor, *, level: int | None = None) -> UnpackedDualTensor:
    """The tensor and its tangent.

    Args:
        tensor: dual or not.
        level: the number of the open level.

    Returns:
        The tensor without a tangent, and the tangent: both share memory with the dual tensor. It is
        None where there is none, or no level is open.

    Example:
        >>> import funcgrad.torch as torch
        >>> torch.autograd.forward_ad.unpack_dual(torch.tensor(1.0))
        UnpackedDualTensor(primal=tensor(1.), tangent=None)
    """
    opened = state.level
    if opened is None:
        return UnpackedDualTensor(tensor, None)
    if not isinstance(tensor, Tensor):
        raise TypeError(
            "_unpack_dual(): argument 'dual' (position 1) must be Tensor, not "
            f"{type(tensor).__name__}"
        )
    tangent = None if modes.is_inference_mode_enabled() else opened.tangent(tensor)
    primal = tensor.view_as(tensor)
    opened.give(primal, None)
    return UnpackedDualTensor(primal, tangent)
