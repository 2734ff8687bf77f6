"""`torch.nn.functional`: the operations of the table, and what adds randomness or `inplace`."""

import warnings
from collections.abc import Callable
from functools import wraps
from typing import Any

from ...ops import OPS
from ...tape import bind, random
from ...tape.loose import one_hot as one_hot
from ...tape.tensor import Tensor
from .heads import multi_head_attention_forward as multi_head_attention_forward
from .heads import scaled_dot_product_attention as scaled_dot_product_attention
from .images import max_unpool1d as max_unpool1d
from .images import max_unpool2d as max_unpool2d
from .images import max_unpool3d as max_unpool3d
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


def _check(p: float) -> None:
    if not 0.0 <= p <= 1.0:
        raise ValueError(f"dropout probability has to be between 0 and 1, but got {p}")


def _drop(input: Tensor, shape: tuple[int, ...], p: float, inplace: bool) -> Tensor:
    if p == 1:  # nothing is drawn
        noise: Any = 0.0
    else:
        noise = random.bernoulli_mask(shape, 1 - p).to(device=input.device, dtype=input.dtype)
        noise = noise / (1 - p)
    return input.mul_(noise) if inplace else input * noise


def dropout(input: Tensor, p: float = 0.5, training: bool = True, inplace: bool = False) -> Tensor:
    """Zero each value with probability p and scale the others by 1/(1 − p).

    Args:
        input: of any shape.
        p: the probability of zero.
        training: if False the input is returned as it is.
        inplace: edit the input.
    """
    _check(p)
    return _drop(input, tuple(input.shape), p, inplace) if training and p > 0 else input


def _channels(n: int) -> Callable[..., Tensor]:
    def drop(input: Tensor, p: float = 0.5, training: bool = True, inplace: bool = False) -> Tensor:
        _check(p)
        if not training or p == 0:
            return input
        # (N, C, …), or one example without its N.
        kept = 1 if input.ndim == n + 1 else 2
        return _drop(input, (*input.shape[:kept], *(1,) * (input.ndim - kept)), p, inplace)

    drop.__name__ = drop.__qualname__ = f"dropout{n}d"
    drop.__doc__ = f"Zero whole channels, of {n} axes each, with probability p."
    return drop


dropout1d, dropout2d, dropout3d = map(_channels, (1, 2, 3))


def alpha_dropout(
    input: Tensor, p: float = 0.5, training: bool = False, inplace: bool = False
) -> Tensor:
    """Set values to SELU's lower limit with probability p, keeping mean and variance.

    Source: Klambauer et al., "Self-normalizing neural networks", 2017.
    """
    _check(p)
    if not training or p == 0:
        return input
    if p == 1:
        return _drop(input, (), p, inplace)
    limit = 1.7580993408473766  # SELU's scale times its α
    a = 1.0 / ((limit**2 * p + 1) * (1 - p)) ** 0.5
    kept = random.bernoulli_mask(tuple(input.shape), 1 - p)
    kept = kept.to(device=input.device, dtype=input.dtype)
    shift = (kept - 1) * (limit * a) + limit * a * p
    return input.mul_(kept * a).add_(shift) if inplace else input * (kept * a) + shift

# A function is pickled by where it is found, and a layer may hold one.
for _name, _value in list(globals().items()):
    if getattr(_value, "__module__", None) == bind.__name__ and _name == _value.__qualname__:
        _value.__module__ = __name__
