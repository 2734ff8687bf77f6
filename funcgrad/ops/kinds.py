"""Which kinds of dtype an operation accepts."""

from typing import Any

import numpy as np

from .names import scalar_name
from .promotion import BOOL, COMPLEX, DIMENSIONED, FLOAT, FLOAT32, INT, RULES, kind

_NO_ORDER = "complex numbers have no order, take .abs() or .real first"


def only(name: str, operand: Any, *kinds: int) -> None:
    """Refuse an operand whose dtype is of another kind.

    Raises:
        NotImplementedError: with PyTorch's words, `"erf_cpu" not implemented for 'Bool'`.
    """
    if kind(operand.dtype) not in kinds:
        raise NotImplementedError(f"\"{name}\" not implemented for '{scalar_name(operand.dtype)}'")


def numeric(name: str, operand: Any) -> None:
    """Refuse a bool operand."""
    only(name, operand, INT, FLOAT, COMPLEX)


def real(name: str, operand: Any) -> None:
    """Refuse a bool or complex operand."""
    only(name, operand, INT, FLOAT)


def floating(name: str, operand: Any) -> None:
    """Refuse an operand that is not a real floating number."""
    only(name, operand, FLOAT)


def integral(name: str, operand: Any) -> None:
    """Refuse an operand that is neither integer nor bool."""
    only(name, operand, BOOL, INT)


def subtractable(operand: Any, other: np.dtype = FLOAT32) -> None:
    """Refuse a bool operand that is to be subtracted from, in PyTorch's words for the operator."""
    RULES["subtraction"](((operand.dtype, DIMENSIONED), (other, DIMENSIONED)), FLOAT32)


def ordered(name: str, operand: Any, *, bools: bool = True) -> None:
    """Refuse a complex operand, whose numbers have no order, and a bool one unless it may be."""
    if is_complex(operand):
        raise NotImplementedError(
            f"\"{name}\" not implemented for '{scalar_name(operand.dtype)}'; {_NO_ORDER}"
        )
    if not bools:
        numeric(name, operand)


def refuse(message: str, operand: Any, *kinds: int) -> None:
    """Refuse an operand of these kinds.

    Args:
        message: PyTorch's words, with braces where the kind is named, `"sort() of {} numbers"`.
        operand: what is looked at.
        kinds: BOOL or COMPLEX.

    Raises:
        RuntimeError: with these words.
    """
    found = kind(operand.dtype)
    if found in kinds:
        words = message.format("complex" if found == COMPLEX else "bool")
        raise RuntimeError(f"{words}; {_NO_ORDER}" if found == COMPLEX else words)


def not_complex(name: str, operand: Any) -> None:
    """Refuse a complex operand, in the words that PyTorch has for functions of real numbers."""
    if kind(operand.dtype) == COMPLEX:
        raise NotImplementedError(f"{name} is not supported for complex inputs")


def is_complex(operand: Any) -> bool:
    """Whether the dtype is complex."""
    return kind(operand.dtype) == COMPLEX
