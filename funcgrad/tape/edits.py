"""Edits in place that PyTorch refuses for dtypes of which it computes the function itself."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from ..ops import OPS, kind
from ..ops.names import scalar_name, type_name
from ..ops.promotion import BOOL, COMPLEX, RULES
from . import dtypes
from .bind import inplace_function, parse
from .plans import code
from .tensor import Tensor


def _abs(dtype: Any, operands: list, statics: dict[str, Any]) -> None:
    if kind(dtype) == COMPLEX:
        raise RuntimeError(
            "In-place abs is not supported for complex tensors. Its values are real: use abs()."
        )


def _accumulated(name: str) -> Callable[..., None]:
    def check(dtype: Any, operands: list, statics: dict[str, Any]) -> None:
        wanted = statics["dtype"]
        if wanted is not None and wanted != dtype:
            raise RuntimeError(
                f"Bad in-place call: input tensor dtype {type_name(dtype)} and output tensor dtype "
                f"{type_name(wanted)} should match; use {name}()"
            )
        if kind(dtype) == BOOL:
            raise NotImplementedError(
                f"\"{name}_out_cpu\" not implemented for 'Bool'; use {name}()"
            )

    return check


def _float_power(dtype: Any, operands: list, statics: dict[str, Any]) -> None:
    codes = tuple(code(operand) for operand in operands)
    wanted, _ = RULES["doubled"](codes, dtypes.default.dtype.numpy)
    if wanted is not None and wanted != dtype:
        raise RuntimeError(
            f"the base given to float_power_ has dtype {scalar_name(dtype)} but the operation's "
            f"result requires dtype {scalar_name(wanted)}; use float_power()"
        )


_CHECKS = {
    "abs": _abs,
    "cumsum": _accumulated("cumsum"),
    "cumprod": _accumulated("cumprod"),
    "float_power": _float_power,
}


def _checked(name: str) -> Any:
    row, check = OPS[name], _CHECKS[name]
    plain = inplace_function(row)

    @wraps(plain)
    def edit(input: Tensor, *args: Any, **kwargs: Any) -> Tensor:
        operands, statics = parse(row, f"{name}_", (input, *args), kwargs)
        check(input._read().dtype, operands, statics)
        return plain(input, *args, **kwargs)

    return edit


def install() -> None:
    """Give the tensor these methods."""
    for name in _CHECKS:
        for alias in (name, *OPS[name].alias):
            setattr(Tensor, f"{alias}_", _checked(name))


install()
