"""`torch.cuda` on JAX's GPU devices; without one, as PyTorch built without CUDA."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import jax

from ..tape.devices import Device, gpus
from ..tape.random.gpus import get_rng_state as get_rng_state
from ..tape.random.gpus import get_rng_state_all as get_rng_state_all
from ..tape.random.gpus import initial_seed as initial_seed
from ..tape.random.gpus import manual_seed as manual_seed
from ..tape.random.gpus import manual_seed_all as manual_seed_all
from ..tape.random.gpus import seed as seed
from ..tape.random.gpus import seed_all as seed_all
from ..tape.random.gpus import set_rng_state as set_rng_state
from ..tape.random.gpus import set_rng_state_all as set_rng_state_all


def is_available() -> bool:
    """Whether there is a GPU that JAX can use."""
    return bool(gpus())


def is_initialized() -> bool:
    """Whether the GPUs are in use; here, as soon as there are any."""
    return is_available()


def init() -> None:
    """Make sure that there is a GPU."""
    _gpu()


def device_count() -> int:
    """How many GPUs JAX can use."""
    return len(gpus())


def current_device() -> int:
    """The number of the GPU that `"cuda"` means."""
    _gpu()
    return 0


def get_device_name(device: Any = None) -> str:
    """The name of a GPU."""
    return _gpu(device).device_kind


def get_device_capability(device: Any = None) -> tuple[int, int]:
    """The compute capability of a GPU, major and minor."""
    major, _, minor = str(getattr(_gpu(device), "compute_capability", "0.0")).partition(".")
    return int(major), int(minor or 0)


@dataclass(frozen=True)
class _Properties:
    """What is known of a GPU; memory in bytes."""

    name: str
    major: int
    minor: int
    total_memory: int


def get_device_properties(device: Any = None) -> _Properties:
    """The name, the compute capability and the memory of a GPU."""
    memory = _memory(device).get("bytes_limit", 0)
    return _Properties(get_device_name(device), *get_device_capability(device), memory)


def is_bf16_supported(including_emulation: bool = True) -> bool:
    """Whether there is a GPU; XLA computes in bfloat16 on each."""
    return is_available()


def synchronize(device: Any = None) -> None:
    """Wait until the GPU has done what was asked for."""
    jax.device_put(0, _gpu(device)).block_until_ready()


def empty_cache() -> None:
    """Accepted, without effect: JAX keeps the memory it has taken."""


def memory_allocated(device: Any = None) -> int:
    """The bytes that arrays take on a GPU now."""
    return _memory(device).get("bytes_in_use", 0) if is_available() else 0


def max_memory_allocated(device: Any = None) -> int:
    """The most bytes that arrays took on a GPU."""
    return _memory(device).get("peak_bytes_in_use", 0) if is_available() else 0


def memory_reserved(device: Any = None) -> int:
    """The bytes that JAX has taken on a GPU."""
    return _memory(device).get("pool_bytes", 0) if is_available() else 0


def max_memory_reserved(device: Any = None) -> int:
    """The most bytes that JAX took on a GPU."""
    return _memory(device).get("peak_pool_bytes", 0) if is_available() else 0


def _gpu(device: Any = None) -> jax.Device:
    """The GPU of a number, a name or a device; raises where there is none."""
    if device is None or isinstance(device, int):
        return Device("cuda", device).jax()
    return Device(device).jax()


def _memory(device: Any) -> Mapping[str, int]:
    return _gpu(device).memory_stats() or {}
