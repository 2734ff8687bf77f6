"""`torch.__config__`: what this PyTorch is built of."""

from importlib.metadata import version

import jax

from .torch_version import __version__


def show() -> str:
    """A text that says which versions compute here, and on what."""
    built = [f"{name} {version(name)}" for name in ("jax", "jaxlib", "optax", "numpy")]
    devices = ", ".join(f"{device.platform}:{device.id}" for device in jax.local_devices())
    lines = [f"PyTorch {__version__}, on:", *built, f"devices: {devices}"]
    return "\n  - ".join(lines) + "\n"
