"""A function whose compiled programs are kept."""

from collections.abc import Callable, Hashable
from typing import Any

import jax

from .scope import keeping


class Program:
    """`jax.jit` of a function; the next process finds what it compiles.

    Args:
        function: of arrays.
        sign: of the operands: something that is not the same where another program is compiled.
            That need not hold always, for it only decides what is kept.
        options: those of `jax.jit`.
    """

    __slots__ = ("_jitted", "_met", "_sign")

    def __init__(
        self, function: Callable[..., Any], sign: Callable[..., Hashable], **options: Any
    ) -> None:
        self._jitted, self._sign = jax.jit(function, **options), sign
        self._met: set[Hashable] = set()

    def __call__(self, *operands: Any) -> Any:
        sign = self._sign(*operands)
        if sign in self._met:
            return self._jitted(*operands)
        with keeping():
            results = self._jitted(*operands)
        self._met.add(sign)
        return results


def like(array: Any) -> Hashable:
    """What two arrays, or tracers, have in common for which the same program runs."""
    return type(array), array.shape, array.dtype
