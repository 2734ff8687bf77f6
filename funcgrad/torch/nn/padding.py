"""Padding as modules: a table."""

from typing import Any

from ...tape.tensor import Tensor
from . import functional
from .conv import repeated
from .module import Module


class _Padding(Module):
    axes: int
    mode = "constant"

    def __init__(self, padding: Any) -> None:
        super().__init__()
        self.padding = repeated(padding, 2 * self.axes)

    def forward(self, input: Tensor) -> Tensor:
        return functional.pad(input, self.padding, self.mode)

    def extra_repr(self) -> str:
        return f"{self.padding}"


class _Constant(_Padding):
    def __init__(self, padding: Any, value: float) -> None:
        super().__init__(padding)
        self.value = value

    def forward(self, input: Tensor) -> Tensor:
        return functional.pad(input, self.padding, self.mode, self.value)

    def extra_repr(self) -> str:
        return f"padding={self.padding}, value={self.value}"


class _Zero(_Padding):
    value = 0.0


class _Reflection(_Padding):
    mode = "reflect"


class _Replication(_Padding):
    mode = "replicate"


class _Circular(_Padding):
    mode = "circular"

    def forward(self, input: Tensor) -> Tensor:
        n = self.axes
        if input.ndim not in (n + 1, n + 2):
            raise ValueError(f"expected {n + 1}D or {n + 2}D input (got {input.ndim}D input)")
        return super().forward(input)


_SIDES = "left, right, top, bottom, front, back".split(", ")


def _made(name: str, base: type[_Padding], axes: int, what: str) -> type[_Padding]:
    doc = f"Puts {what} around the last axes: one number, or ({', '.join(_SIDES[: 2 * axes])})."
    full = f"{name}{axes}d"
    members = {"axes": axes, "__doc__": doc, "__module__": __name__, "__qualname__": full}
    return type(full, (base,), members)


ConstantPad1d, ConstantPad2d, ConstantPad3d = (
    _made("ConstantPad", _Constant, n, "a value") for n in (1, 2, 3)
)
ZeroPad1d, ZeroPad2d, ZeroPad3d = (_made("ZeroPad", _Zero, n, "zeros") for n in (1, 2, 3))
ReflectionPad1d, ReflectionPad2d, ReflectionPad3d = (
    _made("ReflectionPad", _Reflection, n, "what a mirror at the edge shows") for n in (1, 2, 3)
)
ReplicationPad1d, ReplicationPad2d, ReplicationPad3d = (
    _made("ReplicationPad", _Replication, n, "the value at the edge") for n in (1, 2, 3)
)
CircularPad1d, CircularPad2d, CircularPad3d = (
    _made("CircularPad", _Circular, n, "the values of the other side") for n in (1, 2, 3)
)
