"""`torch.cuda`'s functions for seeds and states: the default generators of the GPUs.

Without a GPU seeding is accepted and does nothing, as in PyTorch.
"""

from collections.abc import Sequence
from typing import Any

from ..devices import Device, gpus
from ..tensor import Tensor
from .generator import Generator, default_of


def _of(device: Any) -> Generator:
    return default_of(Device("cuda", device) if isinstance(device, int) else device)


def manual_seed(seed: int) -> None:
    """Start the default generator of the GPU that `"cuda"` means."""
    if gpus():
        _of("cuda").manual_seed(int(seed))


def manual_seed_all(seed: int) -> None:
    """Start the default generators of all GPUs."""
    for number in range(len(gpus())):
        _of(number).manual_seed(int(seed))


def seed() -> None:
    """Start the default generator of the GPU that `"cuda"` means from the system's entropy."""
    if gpus():
        _of("cuda").seed()


def seed_all() -> None:
    """Start the default generators of all GPUs from the system's entropy, with one seed."""
    if gpus():
        manual_seed_all(_of("cuda").seed())


def initial_seed() -> int:
    """The seed of the default generator of the GPU that `"cuda"` means."""
    return _of("cuda").initial_seed()


def get_rng_state(device: Any = "cuda") -> Tensor:
    """The state of a GPU's default generator, as bytes."""
    return _of(device).get_state()


def get_rng_state_all() -> list[Tensor]:
    """The states of the default generators of all GPUs."""
    return [get_rng_state(number) for number in range(len(gpus()))]


def set_rng_state(new_state: Tensor, device: Any = "cuda") -> None:
    """Set the state of a GPU's default generator."""
    if gpus():
        _of(device).set_state(new_state)


def set_rng_state_all(new_states: Sequence[Tensor]) -> None:
    """Set the states of the default generators of all GPUs."""
    for number, state in enumerate(new_states):
        set_rng_state(state, number)
