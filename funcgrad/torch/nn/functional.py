"""`torch.nn.functional`: the operations of the table, and what adds randomness or `inplace`."""

import warnings
from collections.abc import Callable
from functools import wraps
from typing import Any

from ...ops import OPS
from ...tape import bind
from ...tape.loose import one_hot as one_hot
from ...tape.tensor import Tensor
from .heads import multi_head_attention_forward as multi_head_attention_forward
from .heads import scaled_dot_product_attention as scaled_dot_product_attention
from .images import max_unpool1d as max_unpool1d
from .images import max_unpool2d as max_unpool2d
from .images import max_unpool3d as max_unpool3d
from .images import unfold as unfold
from .interpolation import interpolate as interpolate
from .interpolation import upsample as upsample
from .interpolation import upsample_bilinear as upsample_bilinear
from .interpolation import upsample_nearest as upsample_nearest
from .noise import alpha_dropout as alpha_dropout
from .noise import dropout as dropout
from .noise import dropout1d as dropout1d
from .noise import dropout2d as dropout2d
from .noise import dropout3d as dropout3d
from .noise import feature_alpha_dropout as feature_alpha_dropout
from .noise import gumbel_softmax as gumbel_softmax
from .noise import rrelu as rrelu
from .running import batch_norm as batch_norm
from .running import instance_norm as instance_norm

_rows = bind.names("functional")
globals().update(_rows)


def _with_inplace(name: str, function: Callable[..., Any]) -> Callable[..., Any]:
    """The function with PyTorch's last argument `inplace`, which edits the input."""
    row = OPS[name]
    edit = bind.inplace_function(row)
    at = len(row.parameters)

    @wraps(function)
    def either(*args: Any, inplace: bool = False, **kwargs: Any) -> Tensor:
        if len(args) == at + 1:
            args, inplace = args[:at], args[at]
        return (edit if inplace else function)(*args, **kwargs)

    return either


_INPLACE = (
    "relu", "relu6", "leaky_relu", "elu", "selu", "celu", "silu", "mish", "hardtanh",
    "hardsigmoid", "hardswish", "threshold",
)  # fmt: skip
globals().update({name: _with_inplace(name, _rows[name]) for name in _INPLACE if name in _rows})
for _name in ("relu", "leaky_relu", "elu", "selu", "celu", "hardtanh", "threshold"):
    if _name in _rows:
        globals()[f"{_name}_"] = bind.inplace_function(OPS[_name])


def _with_implicit_dim(name: str, function: Callable[..., Any]) -> Callable[..., Any]:
    """The function with PyTorch's guess where `dim` is not given."""

    @wraps(function)
    def guessing(
        input: Tensor, dim: int | None = None, _stacklevel: int = 3, dtype: Any = None
    ) -> Tensor:
        if dim is None:
            warnings.warn(
                f"Implicit dimension choice for {name} has been deprecated. Change the call to "
                "include dim=X as an argument.",
                stacklevel=_stacklevel,
            )
            dim = 0 if input.ndim in (0, 1, 3) else 1
        return function(input, dim, dtype=dtype)

    return guessing


globals().update(
    {
        name: _with_implicit_dim(name, _rows[name])
        for name in ("softmax", "log_softmax", "softmin")
        if name in _rows
    }
)

# A function is pickled by where it is found, and a layer may hold one.
for _name, _value in list(globals().items()):
    if getattr(_value, "__module__", None) == bind.__name__ and _name == _value.__qualname__:
        _value.__module__ = __name__
