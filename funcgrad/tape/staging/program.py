"""A traced function as one compiled program, and what a call of it does."""

from collections.abc import Callable, Collection, Sequence
from functools import cached_property
from typing import Any

import jax

from ...cache import keeping
from .calling import write_call
from .code import MISS as MISS
from .donating import donated
from .packed import PackMet, only_read, packed
from .results import Results
from .traced import Traced


class Program:
    """A traced function, compiled.

    Args:
        traced: the function.
        packs: whether small arrays may be packed.
        before: earlier programs for calls of this kind.

    Attributes:
        call: of the leaves of arguments; does to what is there what the function would do, and
            returns what it would return, or `MISS` if this is no program for that.
        read: small arrays that the function only reads, by cell.
    """

    def __init__(
        self, traced: Traced, packs: bool = True, before: "Sequence[Program]" = ()
    ) -> None:
        results, self.read = traced.results(), dict[Any, Any]()
        given = donated(traced, results)
        if packs:
            self.read = only_read(traced)
            traced, given = packed(traced, results, given, [program.read for program in before])
        self._packs = [met.pack for met in traced.operands if isinstance(met, PackMet)]
        results.begin_with(list(given.values()))
        run = _compiled(traced, results, given)
        self._code = write_call(traced, results, run, given)
        self._name = traced.name if traced.name.isidentifier() else "call"
        self.call = self._code.function(self._name)

    @property
    def is_read_often(self) -> bool:
        """Whether what it has packed is looked at so often that it had better not be packed."""
        return any(pack.is_read_often for pack in self._packs)

    @cached_property
    def first(self) -> Callable[[Sequence[Any]], Any]:
        """The call without conditions, for what the function was traced for."""
        return self._code.function(self._name, "unchecked")

    @cached_property
    def why(self) -> Callable[[Sequence[Any]], str | None]:
        """Of the leaves of arguments: in words, which condition does not hold; None if all do.

        Of the shapes of operands the call itself finds out.
        """
        return self._code.function(self._name, "why")


def _compiled(traced: Traced, results: Results, given: Collection[int]) -> Callable[..., Any]:
    program = traced.function(results)
    program.__name__ = program.__qualname__ = traced.name
    # Compiled ahead of the call, it asks for no setting of JAX when it is called, such as x64.
    with jax.enable_x64(True), keeping():
        arrays = [met.array for met in traced.operands]
        return _direct(jax.jit(program, donate_argnums=tuple(given)).lower(*arrays).compile())


def _direct(compiled: Any) -> Callable[..., Any]:
    """What a compiled program hands its call on to, which takes a microsecond less.

    That is no part of JAX's interface: where it is not there, the program itself does the same.
    """
    try:
        found = compiled._executable.create_cpp_call(compiled._params)
    except (AttributeError, TypeError):
        found = None
    return compiled if found is None else found
