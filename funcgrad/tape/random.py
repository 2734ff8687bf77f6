"""PyTorch's CPU generator: a Mersenne Twister, and what is drawn from it.

A float32 uniform takes 24 bits of one 32-bit draw, a float64 uniform 53 bits of two. Normals come
from Box and Muller's transform, one at a time below 16 values, in blocks of 16 from there on.

Source: PyTorch 2.13, `aten/src/ATen/core/MT19937RNGEngine.h`, `DistributionsHelper.h` and
`native/cpu/DistributionTemplates.h`, for x86-64.
"""

from typing import Any

import numpy as np

from . import creation, dtypes, inplace
from .creation import make, shape_of
from .tensor import Tensor


class Generator:
    """A stream of random numbers."""

    def __init__(self, device: Any = "cpu") -> None:
        self.device = device
        self.manual_seed(67280421310721)  # PyTorch's default seed

    def manual_seed(self, seed: int) -> "Generator":
        """Start the stream anew; returns the generator."""
        self._seed = int(seed)
        self._bits = np.random.MT19937()
        # The reference's own initialisation, from the seed's low 32 bits.
        self._bits._legacy_seeding(self._seed & 0xFFFFFFFF)
        self._spare: float | None = None
        return self

    def initial_seed(self) -> int:
        """The seed it was started with."""
        return self._seed

    def draw32(self, n: int) -> np.ndarray:
        """n draws of 32 bits."""
        return self._bits.random_raw(n).astype(np.uint64)

    def draw64(self, n: int) -> np.ndarray:
        """n draws of 64 bits, each from two of 32: the first is the high half."""
        pairs = self.draw32(2 * n).reshape(n, 2)
        return (pairs[:, 0] << np.uint64(32)) | pairs[:, 1]

    def uniform(self, n: int, dtype: np.dtype) -> np.ndarray:
        """n values in [0, 1) of a floating dtype."""
        if dtype == np.float64:
            return (self.draw64(n) & np.uint64(2**53 - 1)).astype(np.float64) * 2.0**-53
        bits = {"float32": 24, "float16": 11, "bfloat16": 8}[dtype.name]
        draws = self.draw32(n) & np.uint64(2**bits - 1)
        return (draws.astype(np.float32) * np.float32(2.0**-bits)).astype(dtype)

    def normal(self, n: int, dtype: np.dtype) -> np.ndarray:
        """n standard normals of a floating dtype."""
        if n < 16:
            return np.array([self._one_normal() for _ in range(n)]).astype(dtype)
        work = np.dtype(np.float64) if dtype == np.float64 else np.dtype(np.float32)
        values = self.uniform(n, work)
        whole = n // 16 * 16
        blocks = _box_muller(values[:whole].reshape(-1, 16)).reshape(-1)
        values[:whole] = blocks
        if n % 16:
            values[-16:] = _box_muller(self.uniform(16, work).reshape(1, 16))[0]
        return values.astype(dtype)

    def _one_normal(self) -> float:
        if self._spare is not None:
            value, self._spare = self._spare, None
            return value
        u1, u2 = self.uniform(2, np.dtype(np.float64))
        radius, angle = np.sqrt(-2.0 * np.log1p(-u2)), 2.0 * np.pi * u1
        self._spare = float(radius * np.sin(angle))
        return float(radius * np.cos(angle))


def _box_muller(blocks: np.ndarray) -> np.ndarray:
    """Rows of 16 uniforms to rows of 16 normals."""
    one = blocks.dtype.type(1)
    radius = np.sqrt(blocks.dtype.type(-2) * np.log(one - blocks[:, :8]))
    angle = blocks.dtype.type(2 * np.pi) * blocks[:, 8:]
    return np.concatenate([radius * np.cos(angle), radius * np.sin(angle)], axis=1)


default_generator = Generator()


def manual_seed(seed: int) -> Generator:
    """Start the default generator anew; returns it."""
    return default_generator.manual_seed(seed)


def seed() -> int:
    """Start the default generator from the system's entropy; returns the seed."""
    value = int(np.random.SeedSequence().generate_state(1, np.uint64)[0])
    default_generator.manual_seed(value)
    return value


def initial_seed() -> int:
    """The seed of the default generator."""
    return default_generator.initial_seed()


def rand(*size: Any, generator: Generator | None = None, dtype: Any = None, device: Any = None,
         requires_grad: bool = False) -> Tensor:  # fmt: skip
    """Uniform values in [0, 1)."""
    shape, dtype = shape_of(size), dtype or dtypes.default.dtype
    values = (generator or default_generator).uniform(_count(shape), dtype.numpy)
    return make(values.reshape(shape), None, device, requires_grad)


def randn(*size: Any, generator: Generator | None = None, dtype: Any = None, device: Any = None,
          requires_grad: bool = False) -> Tensor:  # fmt: skip
    """Standard normal values."""
    shape, dtype = shape_of(size), dtype or dtypes.default.dtype
    values = (generator or default_generator).normal(_count(shape), dtype.numpy)
    return make(values.reshape(shape), None, device, requires_grad)


def rand_like(input: Tensor, **options: Any) -> Tensor:
    """Uniform values in [0, 1), with the shape and dtype of another tensor."""
    return rand(input.shape, **{"dtype": input.dtype, "device": input.device, **options})


def randn_like(input: Tensor, **options: Any) -> Tensor:
    """Standard normal values, with the shape and dtype of another tensor."""
    return randn(input.shape, **{"dtype": input.dtype, "device": input.device, **options})


def randint(low: int, high: Any = None, size: Any = None, *, generator: Any = None,
            dtype: Any = None, device: Any = None) -> Tensor:  # fmt: skip
    """Integers in [low, high); `randint(high, size)` starts at 0."""
    if size is None:
        low, high, size = 0, low, high
    if high <= low:
        raise RuntimeError(
            f"random_ expects 'from' to be less than 'to', but got from={low} >= to={high}"
        )
    shape, source = shape_of((size,)), generator or default_generator
    draws = source.draw32(_count(shape)) % np.uint64(high - low)
    values = draws.astype(np.int64) + low
    return make(values.reshape(shape), dtype or dtypes.int64, device, False)


def permutation(n: int, generator: Generator | None = None) -> np.ndarray:
    """`randperm`'s numbers: Fisher and Yates's shuffle from the front."""
    values = np.arange(n)
    draws = (generator or default_generator).draw32(max(n - 1, 0))
    for i, draw in enumerate(draws):
        j = i + int(draw) % (n - i)
        values[i], values[j] = values[j], values[i]
    return values


def randperm(n: int, *, generator: Generator | None = None, dtype: Any = None,
             device: Any = None) -> Tensor:  # fmt: skip
    """A random permutation of 0 … n-1."""
    return make(permutation(n, generator), dtype or dtypes.int64, device, False)


def bernoulli_mask(shape: tuple[int, ...], p: float, generator: Any = None) -> Tensor:
    """1.0 with probability p, else 0.0, in the default dtype."""
    draws = (generator or default_generator).uniform(_count(shape), np.dtype(np.float64))
    return make((draws < p).astype(dtypes.default.dtype.numpy).reshape(shape), None, None, False)


def _fill(tensor: Tensor, values: np.ndarray) -> Tensor:
    """Put new values into a tensor in place; what it was before has no gradient any more."""
    inplace.check(tensor, tensor.requires_grad)
    made = creation.make(
        values.reshape(tensor.shape).astype(tensor.dtype.numpy), None, tensor.device, False
    )
    return tensor.copy_(made)


def uniform_(tensor: Tensor, a: float = 0.0, b: float = 1.0, generator: Any = None) -> Tensor:
    """Fill with uniform values in [a, b)."""
    if a > b:
        raise RuntimeError(
            f"uniform_ expects to return a [from, to) range, but found from={a} > to={b}"
        )
    dtype = tensor.dtype.numpy
    draws = (generator or default_generator).uniform(tensor.numel(), dtype)
    return _fill(tensor, draws * dtype.type(b - a) + dtype.type(a))


def normal_(tensor: Tensor, mean: float = 0.0, std: float = 1.0, generator: Any = None) -> Tensor:
    """Fill with normal values."""
    if std < 0:
        raise RuntimeError(f"normal expects std >= 0.0, but found std {std}")
    dtype = tensor.dtype.numpy
    draws = (generator or default_generator).normal(tensor.numel(), dtype)
    return _fill(tensor, draws * dtype.type(std) + dtype.type(mean))


def _count(shape: tuple[int, ...]) -> int:
    return int(np.prod(shape, dtype=np.int64))


Tensor.uniform_, Tensor.normal_ = uniform_, normal_
