"""Seeds and states: where a generator stands in its stream."""

import secrets
from typing import Self

import numpy as np

from .twister import STATE, Twister

DEFAULT_SEED = 67280421310721


class Stream(Twister):
    """A Mersenne Twister that PyTorch's seeds start and PyTorch's states describe."""

    def __init__(self, seed: int = DEFAULT_SEED) -> None:
        self.manual_seed(seed)

    def manual_seed(self, seed: int) -> Self:
        """Start the stream of a seed; returns the generator.

        Args:
            seed: from -2**63 to 2**64 - 1; a negative one counts down from 2**64.

        Raises:
            ValueError: the seed does not fit into 64 bits.
        """
        if not -(2**63) <= seed < 2**64:
            raise ValueError(
                f"Overflow when unpacking long long: a seed has 64 bits, and {seed} does not fit"
            )
        self.start(seed % 2**64)
        # Of two normals drawn alone the second waits here. PyTorch's state has a place for one in
        # float32 too, which its CPU generator never fills.
        self.spare: float | None = None
        self._float_spare: float | None = None
        return self

    def initial_seed(self) -> int:
        """The seed that the stream was started with, from 0 to 2**64 - 1."""
        return self.started_with

    def seed(self) -> int:
        """Start a stream from the system's entropy; returns its seed, of 64 bits."""
        return self.manual_seed(secrets.randbits(64)).initial_seed()

    def get_state(self) -> np.ndarray:
        """The state as the 5056 bytes that PyTorch's `get_state` gives."""
        state = np.zeros((), STATE)
        self.write(state)
        if self.spare is not None:
            state["spare"], state["has_spare"] = self.spare, True
        if self._float_spare is not None:
            state["float_spare"], state["has_float_spare"] = self._float_spare, True
        return np.frombuffer(state.tobytes(), np.uint8).copy()

    def set_state(self, state: np.ndarray) -> Self:
        """Go on from a state of this package's or PyTorch's `get_state`; returns the generator.

        Raises:
            RuntimeError: these bytes are no such state.
        """
        state = np.asarray(state)
        if state.dtype != np.uint8:
            raise TypeError(f"expected a torch.ByteTensor, but got {state.dtype}")
        if state.size != STATE.itemsize:
            raise RuntimeError(
                f"Expected a CPUGeneratorImplState of size {STATE.itemsize} but found the input "
                f"RNG state size to be {state.size}"
            )
        record = np.frombuffer(state.tobytes(), STATE)[0]
        self.read(record)
        self.spare = float(record["spare"]) if record["has_spare"] else None
        self._float_spare = float(record["float_spare"]) if record["has_float_spare"] else None
        return self

    def clone_state(self) -> Self:
        """Another generator at the same place of the same stream."""
        return type(self)().set_state(self.get_state())
