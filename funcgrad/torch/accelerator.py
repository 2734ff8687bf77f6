"""`torch.accelerator`: the device beside the CPU, whatever it is; here JAX's GPUs."""

from typing import Any

from ..tape.devices import Device
from . import cuda as _cuda
from .cuda import device_count as device_count
from .cuda import is_available as is_available


def current_accelerator(check_available: bool = False) -> Device | None:
    """The device `"cuda"`, or None where there is no GPU."""
    return Device("cuda") if is_available() else None


def current_device_index() -> int:
    """The number of the GPU that `"cuda"` means."""
    _need()
    return _cuda.current_device()


def synchronize(device: Any = None) -> None:
    """Wait until the GPU has done what was asked for."""
    _need()
    _cuda.synchronize(device)


def empty_cache() -> None:
    """Accepted, without effect: JAX keeps the memory it has taken."""
    _need()


def _need() -> None:
    if not is_available():
        raise RuntimeError("Cannot access accelerator device when none is available.")
