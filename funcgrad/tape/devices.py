"""Devices by PyTorch's names, on JAX's devices; the default device.

`"cuda"` is JAX's `"gpu"`. A device name resolves when it is used, so that naming one that is not
there is no error before.
"""

from typing import Any

import jax

from ..devices import device as resolve
from ..errors import DeviceError


class Device:
    """`torch.device("cuda:1")`: a type and an index; in a `with` block, the default device."""

    __slots__ = ("_before", "index", "type")

    type: str
    index: int | None

    def __init__(self, type: Any, index: int | None = None) -> None:
        if isinstance(type, Device):
            type, index = type.type, type.index
        if isinstance(type, int):
            type, index = "cuda", type
        name, _, number = str(type).partition(":")
        if number:
            if index is not None:
                raise RuntimeError(
                    f"type (string) must not include an index because index was passed explicitly: "
                    f"{type}"
                )
            if not number.isdigit():
                raise RuntimeError(f"Invalid device string: '{type}'")
            index = int(number)
        if name not in _PLATFORMS:
            raise RuntimeError(
                f"Expected one of {', '.join(_PLATFORMS)} device type at start of device string: "
                f"{name}"
            )
        self.type, self.index = name, index
        self._before: list[Any] = []

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Device) and (self.type, self.index) == (other.type, other.index)

    def __hash__(self) -> int:
        return hash((self.type, self.index))

    def __str__(self) -> str:
        return self.type if self.index is None else f"{self.type}:{self.index}"

    def __repr__(self) -> str:
        index = "" if self.index is None else f", index={self.index}"
        return f"device(type='{self.type}'{index})"

    def __enter__(self) -> "Device":
        self._before.append(_default.device)
        _default.device = self
        return self

    def __exit__(self, *error: object) -> None:
        _default.device = self._before.pop()

    def jax(self) -> jax.Device:
        """The JAX device; raises where there is none, as PyTorch built without CUDA does."""
        try:
            return resolve(str(self))
        except DeviceError as error:
            if self.type == "cuda" and not gpus():
                raise AssertionError(f"Torch not compiled with CUDA enabled: {error}") from None
            raise


def gpus() -> list[jax.Device]:
    """The GPUs that JAX can use."""
    try:
        return jax.local_devices(backend="gpu")
    except RuntimeError:  # JAX has no GPU platform here
        return []


_PLATFORMS = {"cpu": "cpu", "cuda": "gpu", "tpu": "tpu"}


class _Default:
    device: Device | None = None
    _jax: tuple[Device | None, jax.Device] | None = None


_default = _Default()


def set_default_device(device: Any) -> None:
    """Where new tensors are made from now on; None means the CPU."""
    chosen = None if device is None else Device(device)
    if chosen is not None:
        chosen.jax()
    _default.device = chosen


def get_default_device() -> Device:
    """Where new tensors are made."""
    return _default.device or Device("cpu")


def current(device: Any = None) -> jax.Device:
    """The JAX device of a PyTorch device, or the default one."""
    if device is not None:
        return Device(device).jax()
    cached = _default._jax
    if cached is None or cached[0] is not _default.device:
        cached = _default._jax = (_default.device, get_default_device().jax())
    return cached[1]


def of_array(array: Any) -> Device:
    """The PyTorch device on which an array lies; a traced array lies on the default one."""
    if isinstance(array, jax.core.Tracer):
        return get_default_device()
    device = next(iter(array.devices()))
    kind = "cuda" if device.platform == "gpu" else device.platform
    index = device.local_hardware_id if kind != "cpu" else (device.id or None)
    return Device(kind, index)
