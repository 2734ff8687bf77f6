"""Normal values within bounds."""

import math
from typing import Any

import numpy as np

from ...tape import inplace, random
from ...tape.creation import make
from ...tape.random.drawing import Draw, drawn
from ...tape.tensor import Tensor


def array(tensor: Tensor) -> np.ndarray:
    """The values of a tensor."""
    return np.asarray(tensor._read())


def fill(tensor: Tensor, values: np.ndarray) -> Tensor:
    """Put values into a tensor in place, in its dtype."""
    inplace.check(tensor, tensor.requires_grad)
    made = make(values.astype(tensor.dtype.numpy), None, tensor.device, False)
    inplace.write(tensor, made._read())
    return tensor


def like(tensor: Tensor, draw: Draw, generator: Any = None) -> np.ndarray:
    """What is drawn for a new tensor that lies in memory as this one does."""
    axes, _ = random.lies(tensor)
    stream = random.stream_of(generator, tensor.device)
    turned = axes != tuple(range(tensor.ndim))
    return drawn(stream, draw, tensor.shape, tensor.dtype.numpy, axes, turned)


def normal(
    tensor: Tensor, mean: float, std: float, low: float, high: float, generator: Any
) -> np.ndarray:
    """Normal values within bounds for every element of a tensor, which is drawn into."""

    def below(bound: float) -> float:
        return (1.0 + math.erf((bound - mean) / std / math.sqrt(2.0))) / 2.0

    if below(high) - below(low) > 0.3:
        return _drawn_again(tensor, mean, std, low, high, generator)
    return _thinned(tensor, mean, std, low, high, generator)


def _drawn_again(
    tensor: Tensor, mean: float, std: float, low: float, high: float, generator: Any
) -> np.ndarray:
    """Normal draws; those outside are replaced by what comes at their place in the next draw."""

    def draw(stream: Any, n: int, dtype: np.dtype, serial: bool) -> np.ndarray:
        return stream.normal(mean, std, n, dtype, serial)

    dtype = tensor.dtype.numpy
    least, most = dtype.type(low), dtype.type(high)
    values = array(tensor.normal_(mean, std, generator=generator))
    outside = (values < least) | (values > most)
    while outside.any():
        values = np.where(outside, like(tensor, draw, generator), values)
        outside = (values < least) | (values > most)
    return values


def _thinned(
    tensor: Tensor, mean: float, std: float, low: float, high: float, generator: Any
) -> np.ndarray:
    """Uniform draws, each kept with a probability in proportion to the density there."""
    dtype = tensor.dtype.numpy
    # Half types are computed with in float32 and rounded after every operation. A number that is
    # subtracted is rounded to the dtype as well, one that is multiplied or divided by is not.
    work = np.dtype(np.float64 if dtype == np.float64 else np.float32)
    centre = dtype.type(mean).astype(work)
    peak = dtype.type(-0.5 * ((max(low, min(mean, high)) - mean) / std) ** 2).astype(work)

    def rounded(values: np.ndarray) -> np.ndarray:
        return values.astype(dtype).astype(work)

    def uniform(low: float, high: float) -> np.ndarray:
        def draw(stream: Any, n: int, dtype: np.dtype, serial: bool) -> np.ndarray:
            return stream.uniform(low, high, n, dtype)

        return like(tensor, draw, generator).astype(work)

    def refused(candidates: np.ndarray) -> np.ndarray:
        away = rounded(rounded(candidates - centre) / work.type(std))
        height = rounded(rounded(rounded(away * away) * work.type(-0.5)) - peak)
        draws = uniform(0.0, 1.0)
        with np.errstate(divide="ignore"):
            # The logarithm in float64, rounded once: PyTorch's errs by less than one ulp.
            logarithms = rounded(np.log(draws.astype(np.float64)).astype(work))
        return logarithms > height

    values = array(tensor.uniform_(low, high, generator=generator)).astype(work)
    pending = refused(values)
    while pending.any():
        candidates = uniform(low, high)
        values = np.where(pending, candidates, values)
        pending &= refused(candidates)
    return values
