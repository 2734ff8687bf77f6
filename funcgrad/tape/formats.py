"""Layouts and memory formats: PyTorch's names for how elements lie in memory.

An array has no format, so every tensor is `strided` and every result is in C order. The names are
taken wherever PyTorch takes them.
"""

from typing import Any, ClassVar


class _Named:
    """An object that is only its name."""

    __slots__ = ("name",)
    _all: ClassVar[dict[str, Any]] = {}

    def __new__(cls) -> Any:
        raise TypeError(f"cannot create '{_KINDS[cls]}' instances")

    @classmethod
    def _make(cls, name: str) -> Any:
        made = object.__new__(cls)
        made.name = name
        _Named._all[name] = made
        return made

    def __repr__(self) -> str:
        return f"torch.{self.name}"

    def __reduce__(self) -> Any:
        return _find, (self.name,)


class Layout(_Named):
    """How a tensor is stored: here always `strided`."""

    __slots__ = ()


class MemoryFormat(_Named):
    """The order of the elements in memory."""

    __slots__ = ()


_KINDS: dict[type, str] = {Layout: "torch.layout", MemoryFormat: "torch.memory_format"}


def _find(name: str) -> _Named:
    return _Named._all[name]


strided, sparse_coo = (Layout._make(name) for name in ("strided", "sparse_coo"))
contiguous_format, preserve_format, channels_last, channels_last_3d = (
    MemoryFormat._make(name)
    for name in ("contiguous_format", "preserve_format", "channels_last", "channels_last_3d")
)
# How many axes a format is for, and their order in memory, outer ones first.
AXES: dict[Any, tuple[int, ...]] = {channels_last: (0, 2, 3, 1), channels_last_3d: (0, 2, 3, 4, 1)}


def check_layout(name: str, value: Any) -> None:
    """Raise for what is no layout, and for one that there is not."""
    if value is None or value is strided:
        return
    if not isinstance(value, Layout):
        raise TypeError(
            f"{name}(): argument 'layout' must be torch.layout, not {type(value).__name__}"
        )
    raise NotImplementedError(f"{name}(): there are no sparse tensors here; use torch.strided")


def check_format(name: str, value: Any, ndim: int | None = None) -> None:
    """Raise for what is no memory format, and for one that does not fit the number of axes."""
    if value is None:
        return
    if not isinstance(value, MemoryFormat):
        raise TypeError(
            f"{name}(): argument 'memory_format' must be torch.memory_format, not "
            f"{type(value).__name__}"
        )
    axes = AXES.get(value)
    if axes is not None and ndim is not None and ndim != len(axes):
        raise RuntimeError(f"required rank {len(axes)} tensor to use {value.name} format")
