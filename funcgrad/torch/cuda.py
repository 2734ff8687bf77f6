"""`torch.cuda` on JAX's GPU devices."""

from typing import Any

import jax


def _gpus() -> list[jax.Device]:
    try:
        return jax.devices("gpu")
    except RuntimeError:  # JAX has no GPU platform here
        return []


def is_available() -> bool:
    """Whether there is a GPU that JAX can use."""
    return bool(_gpus())


def device_count() -> int:
    """How many GPUs JAX can use."""
    return len(_gpus())


def current_device() -> int:
    """The number of the GPU that `"cuda"` means."""
    if not _gpus():
        raise RuntimeError("there is no GPU that JAX can use; run on 'cpu'")
    return 0


def get_device_name(device: Any = None) -> str:
    """The name of a GPU."""
    return _gpus()[0 if device is None else int(device)].device_kind


def synchronize(device: Any = None) -> None:
    """Wait until the GPU has done what was asked for."""
    for gpu in _gpus():
        jax.device_put(0, gpu).block_until_ready()


def manual_seed(seed: int) -> None:
    """Accepted; draws come from the CPU generator here."""


manual_seed_all = manual_seed
