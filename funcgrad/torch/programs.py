"""What `torch.compile` and `Module.compile` have in common: functions that run as programs."""

import functools
from collections.abc import Callable
from typing import Any

from ..tape.staging import MISS, Staged
from ..tape.staging.stance import state as stance

_MODES = ("default", "lite", "reduce-overhead", "max-autotune-no-cudagraphs", "max-autotune")
BACKENDS = ("cudagraphs", "inductor", "openxla", "tvm")
_DEBUGGING = ("aot_eager", "eager")


def compiled(
    function: Callable[..., Any],
    *,
    fullgraph: bool = False,
    dynamic: bool | None = None,
    backend: Any = None,
    mode: str | None = None,
    options: dict[str, Any] | None = None,
    name: str | None = None,
    disable: bool = False,
    recompile_limit: int | None = None,
) -> Callable[..., Any]:
    """A function that calls another through its programs; the arguments are `torch.compile`'s."""
    check(mode, options, backend, dynamic)
    if disable:
        return function
    called: str = name or getattr(function, "__name__", "") or type(function).__name__
    programs = Staged(function, called, fullgraph)

    @functools.wraps(function)
    def run(*args: Any, **kwargs: Any) -> Any:
        if not kwargs and stance.direct:
            result = programs.last(args)  # without a call of its own
            if result is not MISS:
                return result
        return programs(*args, **kwargs)

    run._torchdynamo_orig_callable = function
    return run


def check(mode: Any, options: Any, backend: Any, dynamic: Any) -> None:
    """Refuse what PyTorch refuses.

    Raises:
        RuntimeError: for a mode or backend that PyTorch does not have, or a mode beside options.
        AssertionError: for a `dynamic` that is no bool.
    """
    if mode is not None and options is not None:
        raise RuntimeError(
            "Either mode or options can be specified, but both can't be specified at the same time."
        )
    if mode is not None and mode not in _MODES:
        raise RuntimeError(f"Unrecognized mode={mode}, should be one of: {', '.join(_MODES)}")
    if isinstance(backend, str) and backend not in (*BACKENDS, *_DEBUGGING):
        raise RuntimeError(
            f"Invalid backend: '{backend}', see `torch.compiler.list_backends()` for available "
            "backends; here all of them are XLA"
        )
    if dynamic is not None and not isinstance(dynamic, bool):
        raise AssertionError(f"Expected dynamic to be a bool, got {type(dynamic)}")
