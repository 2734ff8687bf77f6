"""`torch.random`: the default generators, and a block that leaves them as they were."""

import contextlib
from collections.abc import Iterable, Iterator
from typing import Any

from ..tape.devices import Device, gpus
from ..tape.random import default_generator as default_generator
from ..tape.random import default_of
from ..tape.random import get_rng_state as get_rng_state
from ..tape.random import initial_seed as initial_seed
from ..tape.random import manual_seed as manual_seed
from ..tape.random import seed as seed
from ..tape.random import set_rng_state as set_rng_state


@contextlib.contextmanager
def fork_rng(
    devices: Iterable[Any] | None = None,
    enabled: bool = True,
    _caller: str = "fork_rng",
    _devices_kw: str = "devices",
    device_type: str | None = None,
) -> Iterator[None]:
    """In a `with` block: the default generators stand afterwards where they stood before.

    Args:
        devices: numbers of the GPUs whose generators are put back too; all unless given.
        enabled: whether to do anything.
        device_type: `"cuda"`; with `"meta"` nothing is done.

    Example:
        >>> import funcgrad.torch as torch
        >>> _ = torch.manual_seed(0)
        >>> with torch.random.fork_rng():
        ...     inside = torch.rand(2)
        >>> torch.equal(inside, torch.rand(2))
        True
    """
    if not enabled or device_type == "meta":
        yield
        return
    if device_type not in (None, "cuda"):
        raise RuntimeError(f"torch has no generators of `{device_type}` besides the CPU's; "
                           "fork_rng takes 'cuda'")  # fmt: skip
    numbers = range(len(gpus())) if devices is None else list(devices)
    generators = [default_generator]
    for number in numbers:
        device = Device("cuda", number) if isinstance(number, int) else Device(number)
        generators.append(default_of(device))
    states = [generator.get_state() for generator in generators]
    try:
        yield
    finally:
        for generator, state in zip(generators, states, strict=True):
            generator.set_state(state)
