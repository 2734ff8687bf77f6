"""Random numbers from a JAX key, where a module is a function of arrays.

They are other numbers than PyTorch's. But the key is an operand: each call of a compiled function
can have its own, which numbers drawn by the host while it is traced could not be.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np


class Keyed:
    """What draws in place of a `funcgrad.streams.Generator`; see there for the methods.

    It draws numbers of 32 bits, for which a program can be lowered where JAX's 64-bit types are
    off; those of float64 have the 24 bits of a float32.

    Args:
        key: of `jax.random`; each draw takes the next of its keys.
    """

    def __init__(self, key: Any) -> None:
        self._key = key

    def _next(self) -> Any:
        self._key, key = jax.random.split(self._key)
        return key

    def rand(self, *size: int, dtype: Any = np.float32) -> Any:
        return self.uniform(0.0, 1.0, size, dtype)

    def uniform(
        self, low: float = 0.0, high: float = 1.0, size: Any = (), dtype: Any = np.float32
    ) -> Any:
        drawn = jax.random.uniform(self._next(), _shape(size), _narrow(dtype), low, high)
        return drawn.astype(dtype)

    def randn(self, *size: int, dtype: Any = np.float32) -> Any:
        return self.normal(0.0, 1.0, size, dtype)

    def normal(
        self,
        mean: float = 0.0,
        std: float = 1.0,
        size: Any = (),
        dtype: Any = np.float32,
        serial: bool = False,
    ) -> Any:
        drawn = jax.random.normal(self._next(), _shape(size), _narrow(dtype))
        return drawn.astype(dtype) * std + mean

    def log_normal(
        self, mean: float = 1.0, std: float = 2.0, size: Any = (), dtype: Any = np.float32
    ) -> Any:
        return jnp.exp(self.normal(mean, std, size, dtype))

    def exponential(self, rate: float = 1.0, size: Any = (), dtype: Any = np.float32) -> Any:
        drawn = jax.random.exponential(self._next(), _shape(size), _narrow(dtype))
        return drawn.astype(dtype) / rate

    def cauchy(
        self, median: float = 0.0, sigma: float = 1.0, size: Any = (), dtype: Any = np.float32
    ) -> Any:
        drawn = jax.random.cauchy(self._next(), _shape(size), _narrow(dtype))
        return drawn.astype(dtype) * sigma + median

    def randint(
        self, low: int, high: int | None = None, size: Any = (), dtype: Any = np.int64
    ) -> Any:
        least, most = np.iinfo(np.int32).min, np.iinfo(np.int32).max
        end = most if high is None else high
        if low < least or end - 1 > most:
            raise NotImplementedError(
                f"random integers from a JAX key have 32 bits, but got the range [{low}, {high})"
            )
        # The end itself may be one beyond what an int32 holds.
        drawn = jax.random.randint(self._next(), _shape(size), low, min(end, most), np.int32)
        return drawn.astype(dtype)

    def random(self, size: Any = (), dtype: Any = np.int64) -> Any:
        dtype = np.dtype(dtype)
        most = np.iinfo(dtype).max if dtype.kind in "iu" else (1 << 24) - 1
        return self.randint(0, min(int(most), np.iinfo(np.int32).max - 1) + 1, size, dtype)

    def randperm(self, n: int, dtype: Any = np.int64) -> Any:
        return jax.random.permutation(self._next(), n).astype(dtype)

    def bernoulli(self, p: Any, size: Any = None, dtype: Any = np.float32) -> Any:
        shape = np.shape(p) if size is None else _shape(size)
        return jax.random.bernoulli(self._next(), _float(p), shape).astype(dtype)

    def geometric(self, p: float, size: Any = (), dtype: Any = np.float32) -> Any:
        drawn = jax.random.geometric(self._next(), _float(p), _shape(size), np.int32)
        return drawn.astype(dtype)

    def poisson(self, rate: Any) -> Any:
        drawn = jax.random.poisson(self._next(), _float(rate), dtype=np.int32)
        return drawn.astype(rate.dtype)

    def binomial(self, count: Any, prob: Any) -> Any:
        drawn = jax.random.binomial(self._next(), _float(count), _float(prob), dtype=np.float32)
        return drawn.astype(count.dtype)

    def multinomial(self, weights: Any, num_samples: int, replacement: bool = False) -> Any:
        logits = jnp.log(_float(weights))
        shape = (num_samples, *logits.shape[:-1])
        drawn = jax.random.categorical(self._next(), logits, shape=shape, replace=replacement)
        return jnp.moveaxis(drawn, 0, -1).astype(np.int64)


class _State:
    stream: Keyed | None = None


state = _State()


@contextmanager
def keyed(key: Any) -> Iterator[None]:
    """In the block all random numbers come from a key."""
    before, state.stream = state.stream, Keyed(key)
    try:
        with jax.enable_x64(True):
            yield
    finally:
        state.stream = before


def _shape(size: Any) -> tuple[int, ...]:
    return tuple(size) if isinstance(size, (tuple, list)) else (int(size),)


def _narrow(dtype: Any) -> Any:
    return np.float32 if dtype == np.float64 else dtype


def _float(value: Any) -> Any:
    """Numbers in float32, which decides what JAX draws."""
    return jnp.asarray(value, np.float32)
