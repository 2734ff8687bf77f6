"""The Mersenne Twister under PyTorch's CPU generator, and the bytes of its state.

Source: M. Matsumoto and T. Nishimura, "Mersenne Twister: a 623-dimensionally equidistributed
uniform pseudo-random number generator", 1998, with their seeding of 2002. NumPy's `RandomState`,
whose stream is frozen, has the same engine.
"""

from typing import Any

import numpy as np

WORDS = 624

# What PyTorch's `get_state` writes: a C struct whose layout is Torch 7's. Each word of 32 bits is
# stored in 64; `left` counts the draws until the words are mixed anew. Gaps are the compiler's
# padding, and two numbers that nobody reads.
STATE = np.dtype(
    {
        "names": ["seed", "left", "seeded", "next", "words",
                  "spare", "has_spare", "float_spare", "has_float_spare"],
        "formats": ["<u8", "<i4", "<i4", "<u8", ("<u8", WORDS), "<f8", "<i4", "<f4", "?"],
        "offsets": [0, 8, 12, 16, 24, 5024, 5040, 5048, 5052],
        "itemsize": 5056,
    }
)  # fmt: skip


class Twister:
    """A stream of 32-bit words that a seed decides."""

    def start(self, seed: int) -> None:
        """Start the stream of a seed of 64 bits, of which the low 32 count."""
        self.started_with = seed
        self._engine = np.random.RandomState(seed & 0xFFFFFFFF)
        # A new engine and one that has used up its words stand at the same place; PyTorch's state
        # tells them apart.
        self._unused = True

    def draw32(self, n: int) -> np.ndarray:
        """The next n words of 32 bits, from which everything else is made."""
        self._unused = self._unused and n == 0
        return self._engine.randint(0, 2**32, n, np.uint32)

    def draw64(self, n: int) -> np.ndarray:
        """n numbers of 64 bits, of two words each: the first is the high half."""
        words = self.draw32(2 * n).astype(np.uint64)
        return (words[::2] << np.uint64(32)) | words[1::2]

    def unit(self, n: int, dtype: np.dtype) -> np.ndarray:
        """n uniform values in [0, 1) of float32 or float64: as many bits as a mantissa has."""
        if dtype == np.float64:
            return (self.draw64(n) & np.uint64(2**53 - 1)).astype(np.float64) * 2.0**-53
        return (self.draw32(n) & np.uint32(2**24 - 1)).astype(np.float32) * np.float32(2.0**-24)

    def write(self, state: np.ndarray) -> None:
        """Put the engine's part into a record of `STATE`."""
        engine: Any = self._engine.get_state(legacy=False)
        words, position = engine["state"]["key"], engine["state"]["pos"]
        state["seed"], state["words"], state["seeded"] = self.started_with, words, True
        state["left"] = WORDS + 1 - position
        state["next"] = 0 if self._unused else position

    def read(self, state: np.ndarray) -> None:
        """Go on from a record of `STATE`."""
        left, following = int(state["left"]), int(state["next"])
        unused = (left, following) == (1, 0)
        if not (state["seeded"] and left > 0 and (unused or left + following == WORDS + 1)):
            raise RuntimeError("Invalid mt19937 state: these bytes are not what get_state() gives")
        words = {"key": state["words"].astype(np.uint32), "pos": WORDS + 1 - left}
        self._engine.set_state({"bit_generator": "MT19937", "state": words})
        self.started_with, self._unused = int(state["seed"]), unused
