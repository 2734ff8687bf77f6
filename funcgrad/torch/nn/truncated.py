"""Normal values within bounds."""

import math
from typing import Any

import numpy as np

from ...tape import inplace
from ...tape.creation import empty_like, make
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
    dtype = tensor.dtype.numpy
    least, most = dtype.type(low), dtype.type(high)
    values = array(tensor.normal_(mean, std, generator=generator))
    outside = (values < least) | (values > most)
    while outside.any():
        again = array(empty_like(tensor).normal_(mean, std, generator=generator))
        values = np.where(outside, again, values)
        outside = (values < least) | (values > most)
    return values


def _thinned(
    tensor: Tensor, mean: float, std: float, low: float, high: float, generator: Any
) -> np.ndarray:
    """Uniform draws, each kept with a probability in proportion to the density there."""
    dtype = tensor.dtype.numpy
    # Half types are computed with in float32 and rounded after every operation.
    work = np.dtype(np.float64 if dtype == np.float64 else np.float32)
    peak = -0.5 * ((max(low, min(mean, high)) - mean) / std) ** 2

    def rounded(values: np.ndarray) -> np.ndarray:
        return values.astype(dtype).astype(work)

    def uniform(into: Tensor, *bounds: float) -> np.ndarray:
        return array(into.uniform_(*bounds, generator=generator)).astype(work)

    def refused(candidates: np.ndarray) -> np.ndarray:
        away = rounded(rounded(candidates - work.type(mean)) / work.type(std))
        height = rounded(rounded(rounded(away * away) * work.type(-0.5)) - work.type(peak))
        draws = uniform(empty_like(tensor))
        with np.errstate(divide="ignore"):
            # The logarithm in float64, rounded once: PyTorch's errs by less than one ulp.
            logarithms = rounded(np.log(draws.astype(np.float64)).astype(work))
        return logarithms > height

    values = uniform(tensor, low, high)
    pending = refused(values)
    while pending.any():
        candidates = uniform(empty_like(tensor), low, high)
        values = np.where(pending, candidates, values)
        pending &= refused(candidates)
    return values
