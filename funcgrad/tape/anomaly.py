"""Anomaly detection: a backward pass that stops at the first node whose gradient is NaN."""

import warnings
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import jax
import jax.numpy as jnp

from ..ops.promotion import COMPLEX, FLOAT, kind
from . import changes

if TYPE_CHECKING:
    from .graph import Node
    from .tensor import Tensor


class _State:
    enabled, check_nan = False, True


state = _State()


def _switch(enabled: bool, check_nan: bool) -> None:
    state.enabled, state.check_nan = enabled, check_nan
    changes.note()


def is_anomaly_enabled() -> bool:
    """Whether anomaly detection is on."""
    return state.enabled


def is_anomaly_check_nan_enabled() -> bool:
    """Whether it looks for NaN."""
    return state.check_nan


class set_detect_anomaly:
    """Switches at once when it is called, and back when it leaves a `with` block.

    Args:
        mode: on or off.
        check_nan: whether a NaN is an error.

    The error names the node. Where the node was made PyTorch prints too; here a figure of the graph
    shows it (`funcgrad.graphs`).

    Example:
        >>> import funcgrad.torch as torch
        >>> x = torch.zeros(1, requires_grad=True)
        >>> with torch.autograd.set_detect_anomaly(True):
        ...     (x.sqrt() * 0).sum().backward()
        Traceback (most recent call last):
            ...
        RuntimeError: Function 'SqrtBackward0' returned nan values in its 0th output.
    """

    def __init__(self, mode: bool, check_nan: bool = True) -> None:
        for name, value in (("enabled", mode), ("check_nan", check_nan)):
            if not isinstance(value, bool):
                raise TypeError(
                    f"set_anomaly_enabled(): argument '{name}' must be bool, not "
                    f"{type(value).__name__}"
                )
        self._before = (state.enabled, state.check_nan)
        _switch(mode, check_nan)

    def __enter__(self) -> None:
        pass

    def __exit__(self, *error: object) -> None:
        _switch(*self._before)


class detect_anomaly:
    """Anomaly detection inside a `with` block; warns that it takes time.

    Args:
        check_nan: whether a NaN is an error.
    """

    def __init__(self, check_nan: bool = True) -> None:
        self._check_nan = check_nan
        warnings.warn(
            "Anomaly Detection has been enabled. This mode will increase the runtime and should "
            "only be enabled for debugging.",
            UserWarning,
            stacklevel=2,
        )

    def __enter__(self) -> None:
        self._switch = set_detect_anomaly(True, self._check_nan)

    def __exit__(self, *error: object) -> None:
        self._switch.__exit__(*error)


def look(node: "Node", results: "Sequence[Tensor | None]") -> None:
    """Raise if a node gave a NaN; while a program is traced there is nothing to look at."""
    if not state.check_nan:
        return
    for i, result in enumerate(results):
        array: Any = None if result is None else result._read()
        if array is None or isinstance(array, jax.core.Tracer):
            continue
        if kind(array.dtype) in (FLOAT, COMPLEX) and bool(jnp.isnan(array).any()):
            raise RuntimeError(f"Function '{node.name()}' returned nan values in its {i}th output.")
