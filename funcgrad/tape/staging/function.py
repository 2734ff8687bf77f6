"""A function of tensors that runs as compiled programs, one for each kind of call."""

import warnings
import weakref
from collections.abc import Callable, Sequence
from typing import Any

import jax

from ..tensor import Tensor
from . import guards, unchanged
from .program import MISS, Program
from .refusals import explained
from .stance import DELAYED, STANCES
from .stance import state as stance
from .traced import Traced
from .trees import flatten
from .watching import active

_MANY = 8  # programs for one kind of call, from which on it is worth a warning

_all: "weakref.WeakSet[Staged]" = weakref.WeakSet()


def _miss(leaves: Sequence[Any]) -> Any:
    return MISS


class Staged:
    """Calls a function through programs, which it traces as they are needed.

    Args:
        function: of tensors, numbers and whatever else, in tuples, lists and dicts.
        name: of its programs.
        whole: whether it is an error that the function cannot be traced; else it is called as it
            is from then on, after one warning.

    Attributes:
        last: of a tuple of arguments: what the program gives that ran last, or `MISS` if it is none
            for them. To be tried first, by who calls often.
    """

    def __init__(self, function: Callable[..., Any], name: str, whole: bool = False) -> None:
        self.function, self.name, self.whole = function, name, whole
        self.forget()
        _all.add(self)

    def forget(self) -> None:
        """Drop all programs."""
        self._programs: dict[Any, list[Program]] = {}
        self.eager, self._packs = False, True
        self.delayed = False
        self.last: Callable[[Sequence[Any]], Any] = _miss

    @property
    def programs(self) -> list[Program]:
        """All programs."""
        return [program for found in self._programs.values() for program in found]

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        if not stance.direct:
            return self._uncompiled(args, kwargs)
        if self.eager or active() is not None or not unchanged.can_stage():
            return self.function(*args, **kwargs)
        leaves: list[Any] = []
        structure, rebuild = flatten((args, kwargs), leaves)
        if any(isinstance(x, Tensor) and isinstance(x._read(), jax.core.Tracer) for x in leaves):
            return self.function(*args, **kwargs)  # the user's own trace
        key = (structure, unchanged.settings(), *map(guards.signature, leaves))
        fitting = self._programs.setdefault(key, [])
        for program in fitting:
            result = program.call(leaves)
            if result is not MISS:
                self._note(program, structure, args)
                return result
        if stance.name != "default" and self._stays_eager(fitting, leaves):
            return self.function(*args, **kwargs)
        self._packs = self._packs and not any(program.is_read_often for program in fitting)
        try:
            traced = Traced(self.function, self.name, rebuild, leaves)
            program = Program(traced, self._packs, fitting)
        except Exception as error:
            refused = explained(error)
            if refused is None:
                raise
            if self.whole:
                raise refused from None
            self.eager, self.last = True, _miss
            self._warn(f"runs as it is, not compiled: {refused}")
            return self.function(*args, **kwargs)
        fitting.insert(0, program)
        if len(fitting) == _MANY:
            self._warn(
                f"has been compiled {_MANY} times for arguments of one kind, the last time because "
                f"{fitting[1].why(leaves) or 'a shape is another'}; give as an argument what "
                "changes"
            )
        self._note(program, structure, args)
        return program.first(leaves)

    def _uncompiled(self, args: Any, kwargs: Any) -> Any:
        if stance.name not in STANCES:
            raise RuntimeError(f"invalid torch.compile stance {stance.name!r}")
        return self.function(*args, **kwargs)

    def _stays_eager(self, fitting: list[Program], leaves: list[Any]) -> bool:
        """What the stance says of a call that no program fits."""
        if stance.name == "fail_on_recompile":
            why = f"\n    because {fitting[0].why(leaves)}" if fitting else ""
            raise RuntimeError(
                "Detected recompile when torch.compile stance is 'fail_on_recompile'. "
                f"function name: {self.name!r}{why}"
            )
        first, self.delayed = not self.delayed, self.delayed or stance.name in DELAYED
        return stance.name == "eager_on_recompile" or first

    def _note(self, program: Program, structure: Any, args: tuple[Any, ...]) -> None:
        """Try this program first at the next call, if its arguments are leaves themselves."""
        if structure == (tuple, (tuple, *[None] * len(args)), (dict, ())):
            self.last = program.call

    def _warn(self, what: str) -> None:
        warnings.warn(f"the compiled function {self.name} {what}", UserWarning, stacklevel=4)


def reset() -> None:
    """Drop the programs of all functions."""
    for staged in list(_all):
        staged.forget()
