"""What a program depends on that is seldom set, and whose setters say so."""

from collections.abc import Sequence
from typing import Any

from .. import anomaly, changes, devices, dtypes, forward, modes, saved
from ..noted_hooks import NotedHooks
from .sources import Source
from .watching import active


def settings() -> tuple[Any, ...]:
    """The switches that every operation looks at."""
    return modes.state.grad, modes.state.inference, dtypes.default.dtype, devices.current()


def can_stage() -> bool:
    """Whether a program can stand for what would happen now: no tangents, no packing, no looks."""
    return forward.state.level is None and not saved.state.pairs and not anomaly.state.enabled


def is_noted(source: Source) -> bool:
    """Whether changes of what the code looked at are noted."""
    return type(source.value) is NotedHooks


class Unchanged:
    """Switches and hooks as they were when a program was made.

    Args:
        sources: the hooks.

    Attributes:
        here, everywhere: the tokens of `changes` when they were last found to be so.
    """

    __slots__ = ("_settings", "_sources", "everywhere", "here")

    def __init__(self, sources: Sequence[Source]) -> None:
        self._settings, self._sources = settings(), sources
        self.here: Any = None
        self.everywhere: Any = None

    def is_so(self) -> bool:
        """Whether they still are."""
        # What another thread sets in the meantime leaves a token that is not the one kept here.
        here, everywhere = changes.here.token, changes.everywhere.token
        if self.why() is not None:
            return False
        self.here, self.everywhere = here, everywhere
        return True

    def why(self) -> str | None:
        """In words, what is not as it was."""
        if active() is not None:
            return "a trace goes on"
        if settings()[:2] != self._settings[:2]:
            return "the grad mode is another"
        if settings() != self._settings:
            return "the default dtype or device is another"
        if not can_stage():
            return "a mode is on in which nothing is compiled"
        changed = next((source for source in self._sources if not source.is_same()), None)
        return None if changed is None else f"`{changed.key}` has changed"
