"""The frequencies of a discrete Fourier transform."""

from typing import Any

import numpy as np

from . import dtypes
from .creation import make
from .dtypes import DType
from .tensor import Tensor


def fftfreq(
    n: int,
    d: float = 1.0,
    *,
    dtype: DType | None = None,
    device: Any = None,
    requires_grad: bool = False,
) -> Tensor:
    """The frequency of each entry of `fft` of n samples, `d` apart.

    >>> fftfreq(4)
    tensor([ 0.0000,  0.2500, -0.5000, -0.2500])
    """
    return _frequencies(np.fft.fftfreq(n) * n, n, d, dtype, device, requires_grad)


def rfftfreq(
    n: int,
    d: float = 1.0,
    *,
    dtype: DType | None = None,
    device: Any = None,
    requires_grad: bool = False,
) -> Tensor:
    """The frequency of each entry of `rfft` of n samples, `d` apart.

    >>> rfftfreq(4)
    tensor([0.0000, 0.2500, 0.5000])
    """
    return _frequencies(np.arange(n // 2 + 1), n, d, dtype, device, requires_grad)


def _frequencies(
    places: np.ndarray, n: int, d: float, dtype: DType | None, device: Any, requires_grad: bool
) -> Tensor:
    chosen = dtypes.default.dtype if dtype is None else dtype
    scale = np.asarray(1.0 / (n * d)).astype(chosen.numpy)
    return make(np.rint(places).astype(chosen.numpy) * scale, chosen, device, requires_grad)
