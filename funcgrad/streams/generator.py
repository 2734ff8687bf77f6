"""The generator: draws as NumPy arrays."""

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from . import choices, counts, integers, normals
from .rounding import cast, libm, scale_and_shift
from .stream import Stream

Size = int | Sequence[int]


class Generator(Stream):
    """PyTorch's CPU generator: the same numbers for the same seed, as NumPy arrays.

    Each method draws what PyTorch's function or in-place method of the name draws, and leaves the
    stream where PyTorch leaves it. `size` is a shape, or a length; a dtype is one of NumPy's (with
    `ml_dtypes.bfloat16`).

    Args:
        seed: as `torch.manual_seed` takes it.

    Example:
        The numbers that a PyTorch script starts from after `torch.manual_seed(0)`:

        >>> from funcgrad.streams import Generator
        >>> stream = Generator(0)
        >>> stream.randn(2, 2)
        array([[ 1.5409961 , -0.2934289 ],
               [-2.1787894 ,  0.56843126]], dtype=float32)
        >>> stream.randperm(4)
        array([1, 0, 3, 2])
    """

    # --- continuous ------------------------------------------------------------------------

    def rand(self, *size: int, dtype: Any = np.float32) -> np.ndarray:
        """Uniform values in [0, 1)."""
        return self.uniform(0.0, 1.0, size, dtype)

    def uniform(
        self, low: float = 0.0, high: float = 1.0, size: Size = (), dtype: Any = np.float32
    ) -> np.ndarray:
        """Uniform values in [low, high); of a complex dtype each part is one.

        Example:
            >>> from funcgrad.streams import Generator
            >>> Generator(0).uniform(-1.0, 1.0, 3)
            array([-0.00748682,  0.5364436 , -0.82304513], dtype=float32)
        """
        dtype = np.dtype(dtype)
        if dtype.kind == "c":
            return self._complex(self.uniform, low, high, size, dtype)
        work = _work(dtype)
        start, stop = work.type(low), work.type(high)
        values = scale_and_shift(self.unit(_count(size), work), stop - start, start)
        values = cast(values, dtype)
        # What rounding has taken up to the upper bound, PyTorch puts at the lower one.
        values[values == dtype.type(high)] = dtype.type(low)
        return values.reshape(size)

    def randn(self, *size: int, dtype: Any = np.float32) -> np.ndarray:
        """Standard normal values."""
        return self.normal(0.0, 1.0, size, dtype)

    def normal(
        self,
        mean: float = 0.0,
        std: float = 1.0,
        size: Size = (),
        dtype: Any = np.float32,
        serial: bool = False,
    ) -> np.ndarray:
        """Normal values; of a complex dtype each part has the standard deviation std / √2.

        Args:
            mean: the mean of each.
            std: the standard deviation of each.
            size: the shape.
            dtype: a floating or complex dtype.
            serial: one at a time, as PyTorch fills a tensor that is not contiguous (and any of
                fewer than 16 values).

        Example:
            >>> from funcgrad.streams import Generator
            >>> Generator(0).normal(5.0, 2.0, 3)
            array([8.081992  , 4.413142  , 0.64242125], dtype=float32)
        """
        dtype = np.dtype(dtype)
        if dtype.kind == "c":
            return self._complex(self.normal, mean, std / math.sqrt(2), size, dtype, serial)
        n, work = _count(size), _work(dtype)
        if serial or n < normals.BLOCK:
            values = normals.one_by_one(self, n)
        else:
            values = normals.in_blocks(self, n, work, halves=dtype != work)
        return cast(scale_and_shift(values, std, mean), dtype).reshape(size)

    def _complex(
        self, draw: Any, a: float, b: float, size: Size, dtype: np.dtype, *more: Any
    ) -> np.ndarray:
        parts = draw(a, b, 2 * _count(size), np.empty(0, dtype).real.dtype, *more)
        return parts.view(dtype).reshape(size)

    def log_normal(
        self, mean: float = 1.0, std: float = 2.0, size: Size = (), dtype: Any = np.float32
    ) -> np.ndarray:
        """exp(x) of normal values x."""
        values = scale_and_shift(normals.one_by_one(self, _count(size)), std, mean)
        return cast(libm(math.exp, values), np.dtype(dtype)).reshape(size)

    def exponential(
        self, rate: float = 1.0, size: Size = (), dtype: Any = np.float32
    ) -> np.ndarray:
        """Values with the density rate · exp(-rate · x)."""
        values = -1.0 / rate * libm(math.log1p, -self._unit64(size))
        return cast(values, np.dtype(dtype)).reshape(size)

    def cauchy(
        self, median: float = 0.0, sigma: float = 1.0, size: Size = (), dtype: Any = np.float32
    ) -> np.ndarray:
        """Values with the density 1/π · sigma / ((x - median)² + sigma²)."""
        tangents = libm(math.tan, math.pi * (self._unit64(size) - 0.5))
        return cast(scale_and_shift(tangents, sigma, median), np.dtype(dtype)).reshape(size)

    def _unit64(self, size: Size) -> np.ndarray:
        return self.unit(_count(size), np.dtype(np.float64))

    # --- discrete --------------------------------------------------------------------------

    def randint(
        self, low: int, high: int | None = None, size: Size = (), dtype: Any = np.int64
    ) -> np.ndarray:
        """Integers in [low, high); without `high`, up to the largest that the dtype counts to.

        Raises:
            RuntimeError: the range is empty, or a bound does not fit into the dtype.

        Example:
            >>> from funcgrad.streams import Generator
            >>> Generator(0).randint(0, 10, (2, 3))
            array([[4, 9, 3],
                   [0, 3, 9]])
        """
        values = integers.between(self, low, high, _count(size), np.dtype(dtype))
        return values.reshape(size)

    def random(self, size: Size = (), dtype: Any = np.int64) -> np.ndarray:
        """Integers from 0 to the largest that the dtype counts to: `Tensor.random_()`."""
        return integers.full(self, _count(size), np.dtype(dtype)).reshape(size)

    def randperm(self, n: int, dtype: Any = np.int64) -> np.ndarray:
        """0 … n-1 in random order."""
        return integers.permutation(self, n).astype(dtype, copy=False)

    def bernoulli(
        self, p: float | np.ndarray, size: Size | None = None, dtype: Any = np.float32
    ) -> np.ndarray:
        """1 with probability p, else 0.

        Args:
            p: one probability, or one for each value in an array.
            size: the shape; that of p unless given.
            dtype: any.

        Raises:
            RuntimeError: a probability is not in [0, 1].

        Example:
            >>> from funcgrad.streams import Generator
            >>> Generator(0).bernoulli(0.5, 5)
            array([0., 0., 1., 0., 0.], dtype=float32)
        """
        size = np.shape(p) if size is None else size
        drawn = choices.bernoulli(self, p, _count(size))
        return drawn.astype(dtype).reshape(size)

    def geometric(self, p: float, size: Size = (), dtype: Any = np.float32) -> np.ndarray:
        """How many trials of probability p it takes to the first success."""
        values = np.ceil(libm(math.log, self._unit64(size)) / math.log1p(-p))
        return cast(values, np.dtype(dtype)).reshape(size)

    def poisson(self, rate: np.ndarray) -> np.ndarray:
        """Counts of events, one for each rate, in the dtype of the rates."""
        drawn = counts.draw_each(self, counts.poisson, rate)
        return cast(drawn, rate.dtype).reshape(rate.shape)

    def binomial(self, count: np.ndarray, prob: np.ndarray) -> np.ndarray:
        """Counts of successes in `count` trials of probability `prob`, in their dtype."""
        drawn = counts.draw_each(self, counts.binomial(count.dtype), count, prob)
        return cast(drawn, count.dtype).reshape(count.shape)

    def multinomial(
        self, weights: np.ndarray, num_samples: int, replacement: bool = False
    ) -> np.ndarray:
        """Indices drawn with probabilities in proportion to weights.

        Args:
            weights: at least 0, one row of them or several; they need not sum to one. Where they
                lie transposed in memory PyTorch draws in that order, if without replacement.
            num_samples: how many indices to draw from each row.
            replacement: whether an index may come again.

        Returns:
            int64, `(num_samples,)` or `(rows, num_samples)`.

        Example:
            >>> import numpy as np
            >>> from funcgrad.streams import Generator
            >>> Generator(0).multinomial(np.array([0.1, 0.2, 0.7]), 2)
            array([2, 1])
        """
        weights = np.asarray(weights)
        rows = weights.reshape(-1, weights.shape[-1])
        if replacement and num_samples > 1:  # one is drawn the other way all the same
            drawn = choices.with_replacement(self, rows, num_samples)
        else:
            transposed = abs(rows.strides[0]) < abs(rows.strides[1])
            times = self.exponential(1.0, rows.T.shape if transposed else rows.shape, rows.dtype)
            drawn = choices.without_replacement(rows, times.T if transposed else times, num_samples)
        return drawn.reshape(*weights.shape[:-1], num_samples)


def _work(dtype: np.dtype) -> np.dtype:
    """In what a floating dtype is drawn."""
    return np.dtype(np.float64 if dtype == np.float64 else np.float32)


def _count(size: Size) -> int:
    return math.prod(size) if isinstance(size, Sequence) else size
