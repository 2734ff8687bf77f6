"""What a compiled function does when it is called: the stance of all of them.

Source: PyTorch, `torch.compiler.set_stance` (2.13).
"""

from contextlib import ContextDecorator
from typing import Any

from .watching import active

# Those that make the first call without a program, and programs from the second on.
DELAYED = ("eager_then_compile", "aot_eager_then_compile")
STANCES = ("default", "force_eager", "eager_on_recompile", "fail_on_recompile", *DELAYED)


class State:
    """The stance, and whether it lets a call go to its programs at once."""

    name = "default"
    direct = True

    def set(self, name: str) -> None:
        self.name, self.direct = name, name in STANCES and name != "force_eager"


state = State()


class set_stance(ContextDecorator):
    """What compiled functions do from now on; also a context manager, and a decorator.

    Args:
        stance: "default"; "force_eager": run as if nothing was compiled; "eager_on_recompile": run
            the programs that are there, and what none of them fits as it is; "fail_on_recompile":
            raise instead; "eager_then_compile": the first call of each function as it is.
        skip_guard_eval_unsafe: accepted, without effect: what a program needs is looked at always.
        force_backend: accepted with the default stance, without effect: the compiler is XLA.

    Raises:
        RuntimeError: in a compiled function; for a `force_backend` with another stance. At the
            call of a compiled function, for a stance that there is not.

    Example:
        >>> import funcgrad.torch as torch
        >>> double = torch.compile(lambda x: x * 2)
        >>> with torch.compiler.set_stance("fail_on_recompile"):
        ...     double(torch.ones(1))
        Traceback (most recent call last):
            ...
        RuntimeError: Detected recompile when torch.compile stance is 'fail_on_recompile'. ...
        >>> @torch.compiler.set_stance("force_eager")
        ... def uncompiled(x):
        ...     return double(x)
        >>> uncompiled(torch.ones(1))
        tensor([2.])
    """

    def __init__(
        self,
        stance: str = "default",
        *,
        skip_guard_eval_unsafe: bool = False,
        force_backend: Any = None,
    ) -> None:
        if force_backend is not None and stance != "default":
            raise RuntimeError("non-default stance cannot have force_backend set")
        self.stance, self.before = stance, state.name
        _set(stance)

    def __call__(self, func: Any) -> Any:
        _set(self.before)  # until the function is called
        return super().__call__(func)

    def _recreate_cm(self) -> "set_stance":
        # Each call goes back to what was there before it.
        return set_stance(self.stance)

    def __enter__(self) -> None:
        _set(self.stance)

    def __exit__(self, *error: object) -> None:
        _set(self.before)


def _set(stance: str) -> None:
    if active() is not None:
        raise RuntimeError("attempted to set_stance in a torch.compile region")
    state.set(stance)
