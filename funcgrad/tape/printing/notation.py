"""Numbers as text: one notation and one width for all elements of a tensor.

Source: PyTorch 2.13, `torch/_tensor_str.py`, described in `torch.set_printoptions`.
"""

import math
from typing import Any, Protocol

import numpy as np

from ...ops.promotion import COMPLEX, FLOAT, kind
from .options import options


class Notation(Protocol):
    """Turns an element, a Python number, into text; `width` is what lines are filled by."""

    width: int

    def __call__(self, value: Any) -> str:
        """Return the text of an element."""


class Exact:
    """Integers and truth values: as Python writes them, to the right."""

    def __init__(self, values: np.ndarray) -> None:
        self.width = max((len(str(value)) for value in values.ravel().tolist()), default=1)

    def __call__(self, value: Any) -> str:
        return str(value).rjust(self.width)


class Rounded:
    """Floating numbers: whole (`2.`), with decimals (`2.5000`), or scientific (`2.5000e+10`).

    Only what is finite and not zero is measured: a tensor of nothing else is whole, and a value
    that was not measured may be wider than the rest.
    """

    def __init__(self, values: np.ndarray) -> None:
        self.width, self.whole, self.scientific = 1, True, False
        measured = values[np.isfinite(values) & (values != 0)]
        if measured.size == 0:
            return
        self.whole = bool(np.all(measured == np.ceil(measured)))
        self.scientific = (
            _spread(np.abs(measured)) if options.sci_mode is None else bool(options.sci_mode)
        )
        self.width = max(len(self._text(value)) for value in measured.tolist())

    def _text(self, value: float) -> str:
        if self.scientific:
            return f"{value:.{options.precision}e}"
        if self.whole:
            return f"{value:.0f}." if math.isfinite(value) else str(value)
        return f"{value:.{options.precision}f}"

    def __call__(self, value: float) -> str:
        return self._text(value).rjust(self.width)


def _spread(magnitudes: np.ndarray) -> bool:
    """Whether the magnitudes are too far apart, too large or too small for plain decimals."""
    low, high = magnitudes.min(), magnitudes.max()
    with np.errstate(over="ignore"):  # the largest number over the smallest is inf, and far apart
        return bool(high / low > 1000 or high > 1e8 or low < 1e-4)


class Pair:
    """Complex numbers: a notation for the real parts and one for the imaginary parts."""

    def __init__(self, values: np.ndarray) -> None:
        self.real, self.imaginary = Rounded(values.real), Rounded(values.imag)
        self.width = self.real.width + self.imaginary.width + 1

    def __call__(self, value: complex) -> str:
        imaginary = self.imaginary(value.imag).lstrip()
        sign = "" if imaginary.startswith("-") else "+"
        return f"{self.real(value.real)}{sign}{imaginary}j"


def notation(values: np.ndarray) -> Notation:
    """The notation of the elements that are shown: bools, integers, float64 or complex128."""
    found = kind(values.dtype)
    if found < FLOAT:
        return Exact(values)
    return Pair(values) if found == COMPLEX else Rounded(values)
