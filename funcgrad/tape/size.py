"""Shapes as PyTorch takes and shows them."""

import math
import operator
from collections.abc import Iterable
from typing import Any


def ints(name: str, values: Iterable[Any]) -> tuple[int, ...]:
    """Whole numbers that a caller gave as the argument `name`: Python's, NumPy's, or tensors.

    Raises:
        TypeError: for anything else, floats that are whole included.
    """
    try:
        return tuple(operator.index(value) for value in values)
    except TypeError:
        wrong = next((value for value in values if not hasattr(value, "__index__")), None)
        raise TypeError(
            f"argument '{name}' must be tuple of ints, not {type(wrong).__name__}; convert it by "
            "int(…)"
        ) from None


class Size(tuple):
    """A shape; slices, sums and multiples of it are shapes too."""

    def numel(self) -> int:
        """The number of elements."""
        return math.prod(self)

    def __getitem__(self, key: Any) -> Any:
        item = super().__getitem__(key)
        return Size(item) if isinstance(key, slice) else item

    def __add__(self, other: Any) -> "Size":
        if not isinstance(other, tuple):
            raise TypeError(
                f"can only concatenate tuple (not {type(other).__name__}) to torch.Size"
            )
        return Size(super().__add__(other))

    def __radd__(self, other: Any) -> "Size":
        return Size(other) + self if isinstance(other, tuple) else NotImplemented

    def __mul__(self, times: Any) -> "Size":
        return Size(super().__mul__(times))

    __rmul__ = __mul__

    def __repr__(self) -> str:
        return f"torch.Size({list(self)})"
