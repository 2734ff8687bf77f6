"""Settings of PyTorch's engine that scripts change; XLA decides these things by itself.

Each is kept, and given back when it is asked for.
"""

import os
import warnings
from typing import Any


class _Settings:
    threads: int | None = None
    interop_threads: int | None = None
    deterministic = warn_only = False
    precision = "highest"


_state = _Settings()


def _count(name: str, value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise TypeError(f"{name} expects an int, but got {type(value).__name__}")
    if value <= 0:
        raise RuntimeError(f"{name} expects a positive integer")
    return value


def _processors() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def set_num_threads(threads: int) -> None:
    """Accepted: XLA fixes its threads when the process starts (see `XLA_FLAGS`)."""
    _state.threads = _count("set_num_threads", threads)


def get_num_threads() -> int:
    """What was set; before, how many processors this process may use."""
    return _state.threads or _processors()


def set_num_interop_threads(threads: int) -> None:
    """Accepted, as `set_num_threads`."""
    _state.interop_threads = _count("set_num_interop_threads", threads)


def get_num_interop_threads() -> int:
    """What was set; before, how many processors this process may use."""
    return _state.interop_threads or _processors()


def use_deterministic_algorithms(mode: bool, *, warn_only: bool = False) -> None:
    """Accepted: on the CPU every operation is deterministic."""
    if not isinstance(mode, bool):
        raise TypeError(
            "_set_deterministic_algorithms(): argument 'mode' (position 1) must be bool, not "
            f"{type(mode).__name__}"
        )
    _state.deterministic, _state.warn_only = mode, warn_only


def are_deterministic_algorithms_enabled() -> bool:
    """What was set."""
    return _state.deterministic


def is_deterministic_algorithms_warn_only_enabled() -> bool:
    """What was set."""
    return _state.warn_only


def set_float32_matmul_precision(precision: str) -> None:
    """Accepted: products are taken at full float32 precision, `"highest"`."""
    if precision not in ("highest", "high", "medium"):
        warnings.warn(
            f"{precision} is not one of 'highest', 'high', or 'medium'; the current"
            "setFloat32MatmulPrecision call has no effect.",
            UserWarning,
            stacklevel=2,
        )
        return
    _state.precision = precision


def get_float32_matmul_precision() -> str:
    """What was set."""
    return _state.precision


def set_flush_denormal(mode: bool) -> bool:
    """Not in our hands: False says so."""
    return False
