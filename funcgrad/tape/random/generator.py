"""`torch.Generator`, the default generator of each device, and the functions that seed them."""

from typing import Any

import numpy as np

from ...streams import Generator as Stream
from ..creation import make
from ..devices import Device
from ..staging.streams import Drawing
from ..staging.watching import active
from ..tensor import Tensor
from . import keyed, mapped


class Generator:
    """A stream of random numbers.

    On the CPU it is PyTorch's own stream, to the last bit. A GPU's generator draws from a stream of
    the same kind, where PyTorch has another algorithm.

    Args:
        device: whose tensors it draws for.

    Example:
        >>> import funcgrad.torch as torch
        >>> generator = torch.Generator().manual_seed(0)
        >>> torch.rand(2, generator=generator)
        tensor([0.4963, 0.7682])
    """

    def __init__(self, device: Any = "cpu") -> None:
        self._device = Device(device)
        if self._device.type != "cpu":
            try:
                self._device.jax()
            except (AssertionError, NotImplementedError) as error:
                name = self._device.type.upper()
                raise RuntimeError(
                    f"Cannot get {name} generator without ATen_{name.lower()} library: {error}"
                ) from None
        self._stream = Stream()

    @property
    def device(self) -> Device:
        return self._device

    def manual_seed(self, seed: int) -> "Generator":
        """Start the stream of a seed; returns the generator.

        Args:
            seed: from -2**63 to 2**64 - 1; a negative one counts down from 2**64.
        """
        if isinstance(seed, bool) or not isinstance(seed, (int, np.integer)):
            raise RuntimeError(f"manual_seed expected a long, but got {type(seed).__name__}")
        self._stream.manual_seed(int(seed))
        return self

    def initial_seed(self) -> int:
        """The seed that the stream was started with."""
        return self._stream.initial_seed()

    def seed(self) -> int:
        """Start a stream from the system's entropy; returns its seed."""
        return self._stream.seed()

    def get_state(self) -> Tensor:
        """The state as a tensor of bytes; real PyTorch's `set_state` takes the same bytes."""
        return make(self._stream.get_state(), None, "cpu", False)

    def set_state(self, new_state: Tensor) -> "Generator":
        """Go on from a state; returns the generator."""
        if not isinstance(new_state, Tensor):
            raise TypeError(f"expected a torch.ByteTensor, but got {type(new_state).__name__}")
        state = np.asarray(new_state._read())
        if state.dtype != np.uint8:
            raise TypeError("RNG state must be a torch.ByteTensor")
        self._stream.set_state(state)
        return self

    def clone_state(self) -> "Generator":
        """Another generator at the same place of the same stream."""
        return Generator(self._device).set_state(self.get_state())

    def __reduce__(self) -> Any:
        return Generator, (str(self._device),), self._stream.get_state()

    def __setstate__(self, state: np.ndarray) -> None:
        self._stream.set_state(state)

    def __repr__(self) -> str:
        return f"<torch._C.Generator object at {id(self):#x}>"


def _unseeded(device: Device) -> Generator:
    generator = Generator(device)
    generator.seed()
    return generator


default_generator = _unseeded(Device("cpu"))
_others: dict[Device, Generator] = {}


def default_of(device: Any) -> Generator:
    """The generator that a device's tensors are drawn from where none is given."""
    device = Device(device)
    if device.type == "cpu":
        return default_generator
    device = Device(device.type, device.index or 0)
    if device not in _others:
        device.jax()  # raises where there is none
        # Made when it is first used, as if all devices had been seeded together.
        _others[device] = Generator(device).manual_seed(default_generator.initial_seed())
    return _others[device]


def stream_of(generator: Generator | None, device: Any = "cpu") -> Stream:
    """The stream to draw from for a device.

    Raises:
        TypeError: that is no generator.
        RuntimeError: it belongs to another device.
    """
    if generator is None:
        return _staged(default_of(device)._stream)
    if not isinstance(generator, Generator):
        raise TypeError(
            f"argument 'generator' must be torch.Generator, not {type(generator).__name__}"
        )
    wanted, found = Device(device).type, generator.device.type
    if wanted != found:
        raise RuntimeError(
            f"Expected a '{wanted}' device type for generator but found '{found}': make it with "
            f"torch.Generator(device='{wanted}')"
        )
    return _staged(generator._stream)


def _staged(stream: Stream) -> Any:
    found: Any = stream if keyed.state.stream is None else keyed.state.stream
    if mapped.state.innermost is not None:
        return mapped.inside(found)
    if found is not stream:
        return found
    watch = active()
    return stream if watch is None else Drawing(stream, watch)


def manual_seed(seed: Any) -> Generator:
    """Start the default generators of all devices; returns that of the CPU.

    Args:
        seed: from -2**63 to 2**64 - 1; a negative one counts down from 2**64.

    Example:
        >>> import funcgrad.torch as torch
        >>> _ = torch.manual_seed(0)
        >>> torch.randn(3)                           # the numbers that PyTorch gives
        tensor([ 1.5410, -0.2934, -2.1788])
    """
    for generator in (default_generator, *_others.values()):
        generator.manual_seed(int(seed))
    return default_generator


def seed() -> int:
    """Start all default generators from the system's entropy; returns the seed."""
    value = default_generator.seed()
    manual_seed(value)
    return value


def initial_seed() -> int:
    """The seed of the CPU's default generator."""
    return default_generator.initial_seed()


def get_rng_state() -> Tensor:
    """The state of the CPU's default generator, as bytes."""
    return default_generator.get_state()


def set_rng_state(new_state: Tensor) -> None:
    """Set the state of the CPU's default generator."""
    default_generator.set_state(new_state)
