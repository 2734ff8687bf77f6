"""`torch.compiler`: what there is around `torch.compile`."""

import functools
from collections.abc import Callable
from typing import Any

from ..tape.staging import Untraceable, is_tracing
from ..tape.staging import reset as reset
from ..tape.staging import set_stance as set_stance
from .compiling import compile as compile
from .programs import BACKENDS


def disable(fn: Any = None, recursive: bool = True, *, reason: str | None = None) -> Any:
    """A function that must not be part of a compiled one: to call it in one is refused.

    Args:
        fn: the function; None to decorate.
        recursive: accepted, without effect.
        reason: for the message.
    """
    if fn is None:
        return functools.partial(disable, reason=reason)

    @functools.wraps(fn)
    def plain(*args: Any, **kwargs: Any) -> Any:
        if is_tracing():
            why = f" ({reason})" if reason else ""
            raise Untraceable(
                f"calls `{fn.__name__}`, which torch.compiler.disable keeps from being compiled"
                f"{why}",
                "call it outside of the compiled function",
            )
        return fn(*args, **kwargs)

    return plain


def is_compiling() -> bool:
    """Whether a function is being traced now."""
    return is_tracing()


is_dynamo_compiling = is_compiling


def is_exporting() -> bool:
    """Whether a function is being exported: never."""
    return False


def list_backends(exclude_tags: Any = ("debug", "experimental")) -> list[str]:
    """The backends that `torch.compile` takes by name; here all of them are XLA."""
    return list(BACKENDS)


def cudagraph_mark_step_begin() -> None:
    """Accepted, without effect."""


def allow_in_graph(fn: Callable[..., Any]) -> Callable[..., Any]:
    """The function as it is: all functions are traced."""
    return fn
