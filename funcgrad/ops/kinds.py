"""Which kinds of dtype an operation accepts."""

from typing import Any

from .promotion import BOOL, COMPLEX, FLOAT, INT, kind, scalar_name


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


def not_complex(name: str, operand: Any) -> None:
    """Refuse a complex operand, in the words that PyTorch has for functions of real numbers."""
    if kind(operand.dtype) == COMPLEX:
        raise NotImplementedError(f"{name} is not supported for complex inputs")


def is_complex(operand: Any) -> bool:
    """Whether the dtype is complex."""
    return kind(operand.dtype) == COMPLEX
