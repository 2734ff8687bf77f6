"""Devices by PyTorch's names, on JAX's devices; the default device.

`"cuda"` is JAX's `"gpu"`. A device name resolves when it is used, so that naming one that is not
there is no error before.
"""

import re
from functools import lru_cache
from typing import Any

import jax

from ..devices import device as resolve
from ..errors import DeviceError
from . import changes


class Device:
    """`torch.device("cuda:1")`: a type and an index; in a `with` block, the default device."""

    __slots__ = ("_before", "index", "type")

    type: str
    index: int | None

    def __init__(self, type: Any, index: int | None = None) -> None:
        if isinstance(type, Device):
            type, index = type.type, type.index
        if isinstance(type, int) and not isinstance(type, bool):
            if type >= 0 and not gpus():
                raise RuntimeError(
                    "Cannot access accelerator device when none is available: a number names a "
                    "GPU; the CPU is 'cpu'"
                )
            type, index = "cuda", type
        if not isinstance(type, str):
            raise TypeError(
                f"device() received an invalid combination of arguments - got ({_kind(type)}): "
                f"argument 'device' must be torch.device, not {_kind(type)}; a device is a string "
                "such as 'cpu' or 'cuda:1', or a number"
            )
        if not type:
            raise RuntimeError("Device string must not be empty")
        match = _NAME.fullmatch(type)
        if match is None:
            raise RuntimeError(f"Invalid device string: '{type}'")
        if match[2]:
            if index is not None:
                raise RuntimeError(
                    f"type (string) must not include an index because index was passed explicitly: "
                    f"{type}"
                )
            index = int(match[2])
        if match[1] not in _PLATFORMS and match[1] not in _ELSEWHERE:
            raise RuntimeError(
                f"Expected one of {', '.join((*_PLATFORMS, *_ELSEWHERE))} device type at start of "
                f"device string: {match[1]}"
            )
        if index is not None and index < 0:
            raise RuntimeError(f"Device index must not be negative, got {index}")
        self.type, self.index = match[1], index
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
        self._before.append(chosen.device)
        chosen.choose(self)
        return self

    def __exit__(self, *error: object) -> None:
        chosen.choose(self._before.pop())

    def jax(self) -> jax.Device:
        """The JAX device; raises where there is none, as PyTorch built without CUDA does."""
        if self.type in _ELSEWHERE:
            raise _absent(self.type)
        try:
            return resolve(str(self))
        except DeviceError as error:
            if self.type == "cuda" and not gpus():
                raise AssertionError(f"Torch not compiled with CUDA enabled: {error}") from None
            raise RuntimeError(
                f"Expected one of the devices of this machine, and not device type at start of "
                f"device string: {self.type}; {error}"
            ) from None


def _kind(value: object) -> str:
    return type(value).__name__


def _absent(name: str) -> Exception:
    """What using a device of PyTorch's raises that JAX has under no name of PyTorch's."""
    if name == "meta":
        return NotImplementedError(
            "funcgrad has no meta tensors; jax.eval_shape gives the shapes of a function's results "
            "without values"
        )
    if name in ("xpu", "mtia"):
        return AssertionError(f"Torch not compiled with {name.upper()} enabled; use cpu or cuda")
    return NotImplementedError(
        f"Could not run 'aten::empty.memory_format' with arguments from the '{name.upper()}' "
        f"backend: arrays lie on {', '.join(_PLATFORMS)} here"
    )


def gpus() -> list[jax.Device]:
    """The GPUs that JAX can use."""
    try:
        return jax.local_devices(backend="gpu")
    except RuntimeError:  # JAX has no GPU platform here
        return []


_NAME = re.compile(r"([a-zA-Z_]+)(?::(0|[1-9][0-9]*))?")
_PLATFORMS = {"cpu": "cpu", "cuda": "gpu", "tpu": "tpu"}
# Names that PyTorch knows too: naming one is no error, using it is.
_ELSEWHERE = (
    "ipu", "xpu", "mkldnn", "opengl", "opencl", "ideep", "hip", "ve", "fpga", "maia", "xla", "lazy",
    "vulkan", "mps", "meta", "hpu", "mtia", "privateuseone",
)  # fmt: skip


class _Default:
    device: Device | None = None
    _jax: tuple[Device | None, jax.Device] | None = None

    def choose(self, device: Device | None) -> None:
        self.device = device
        changes.note()


chosen = _Default()


def set_default_device(device: Any) -> None:
    """Where new tensors are made from now on; None means the CPU."""
    found = None if device is None else Device(device)
    if found is not None:
        found.jax()
    chosen.choose(found)


def get_default_device() -> Device:
    """Where new tensors are made."""
    return chosen.device or Device("cpu")


def current(device: Any = None) -> jax.Device:
    """The JAX device of a PyTorch device, or the default one."""
    if device is not None:
        return Device(device).jax()
    cached = chosen._jax
    if cached is None or cached[0] is not chosen.device:
        cached = chosen._jax = (chosen.device, get_default_device().jax())
    return cached[1]


def of_array(array: Any) -> Device:
    """The PyTorch device on which an array lies; a traced array lies on the default one."""
    if isinstance(array, jax.core.Tracer):
        return get_default_device()
    return _of_sharding(array.sharding)


@lru_cache(maxsize=256)
def _of_sharding(sharding: jax.sharding.Sharding) -> Device:
    device = next(iter(sharding.device_set))
    kind = "cuda" if device.platform == "gpu" else device.platform
    index = device.local_hardware_id if kind != "cpu" else (device.id or None)
    return Device(kind, index)
