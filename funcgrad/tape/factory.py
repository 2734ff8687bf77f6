"""What the functions that make tensors have in common: their options, and where the result goes."""

import warnings
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from ..ops.names import scalar_name
from . import devices, dtypes
from .creation import make
from .dtypes import DType
from .formats import check_format, check_layout
from .outs import put
from .tensor import Tensor

_KNOWN = frozenset({"dtype", "out", "layout", "device", "requires_grad", "pin_memory"})


class Options(NamedTuple):
    """The keyword arguments of a function that makes tensors, checked.

    Attributes:
        name: of the function, for messages.
        dtype: the one that is given, or that of `out`, or the function's own.
        out: the tensor that the result goes to, or None.
        device: where a new one goes.
        requires_grad: whether autograd follows the result.
    """

    name: str
    dtype: DType
    out: Tensor | None
    device: Any
    requires_grad: bool


def _wrong(name: str, argument: str, wanted: str, got: Any) -> TypeError:
    return TypeError(f"{name}(): argument '{argument}' must be {wanted}, not {type(got).__name__}")


def asked(
    name: str,
    options: Mapping[str, Any],
    default: DType,
    *,
    also: Sequence[str] = (),
    lacks: Sequence[str] = (),
    ndim: int | None = None,
) -> Options:
    """The options of a call.

    Args:
        name: the function.
        options: its keyword arguments.
        default: the dtype where neither `dtype` nor `out` says it.
        also: keyword arguments that this function has beside the common ones.
        lacks: those of the common ones that it has not.
        ndim: how many axes the result has, for functions that take a memory format.
    """
    known = {*_KNOWN, *also, *(() if ndim is None else ("memory_format",))}
    if unknown := options.keys() - known.difference(lacks):
        raise TypeError(f"{name}() got an unexpected keyword argument '{min(unknown)}'")
    dtype, out, device = (options.get(word) for word in ("dtype", "out", "device"))
    if dtype is not None:
        dtype = dtypes.given(dtype, name)
    if out is not None and not isinstance(out, Tensor):
        raise _wrong(name, "out", "Tensor", out)
    requires = options.get("requires_grad", False)
    if not isinstance(requires, bool):
        raise _wrong(name, "requires_grad", "bool", requires)
    if device is not None and not isinstance(device, (str, int, devices.Device)):
        raise _wrong(name, "device", "torch.device", device)
    check_layout(name, options.get("layout"))
    check_format(name, options.get("memory_format"), ndim)
    if out is not None:
        if dtype is not None and dtype is not out.dtype:
            raise RuntimeError(
                f"dtype {scalar_name(dtype.numpy)} does not match dtype of out parameter "
                f"({scalar_name(out.dtype.numpy)})"
            )
        dtype = out.dtype
    return Options(name, dtype or default, out, device, requires)


def deliver(options: Options, array: np.ndarray) -> Tensor:
    """The values as a new tensor, or as those of `out`, which takes their shape."""
    out = options.out
    if out is None:
        return make(array, None, options.device, options.requires_grad)
    refuse_leaf(options.name, out)
    made = make(array, None, out.device, False)
    put(out, made._read(), warn=False)
    if options.requires_grad:
        out.requires_grad_()
    return out


def refuse_leaf(name: str, out: Tensor) -> None:
    """PyTorch's error for `out=` with a leaf that requires grad."""
    if out.requires_grad and out.is_leaf:
        raise RuntimeError(
            f"aten::{name}(): functions with out=... arguments don't support automatic "
            "differentiation, but one of the arguments requires grad; pass a detached tensor."
        )


def warn_of_length(out: Tensor | None, count: int) -> None:
    """PyTorch's warning where a tensor with elements is given another length."""
    if out is None or out.numel() in (0, count):
        return
    warnings.warn(
        f"The number of elements in the out tensor of shape {list(out.shape)} is {out.numel()} "
        f"which does not match the computed number of elements {count}. Note that this may occur "
        "as a result of rounding error. The out tensor will be resized to a tensor of shape "
        f"({count},).",
        UserWarning,
        stacklevel=3,
    )
