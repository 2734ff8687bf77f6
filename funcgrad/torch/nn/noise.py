"""Functions of `torch.nn.functional` that draw: dropout in its forms, and what else is noisy.

What is drawn comes from the default generator, in PyTorch's order: in the order of memory where the
input is a view. Under `jax.jit` it is drawn once, when the function is traced.
"""

import math
import warnings
from typing import Any

import numpy as np

from ...ops import FLOAT, OPS, kind
from ...ops.promotion import COMPLEX, HALF, scalar_name
from ...tape import inplace as edits
from ...tape import random, record
from ...tape.bind import function
from ...tape.creation import make
from ...tape.full import empty, zeros_like
from ...tape.random.drawing import drawn
from ...tape.tensor import Tensor
from .truncated import array, like

# SELU's scale times its α, the negative of its lower limit.
_LIMIT = 1.7580993408473766
_rrelu, _softmax = OPS["rrelu_with_noise"], function(OPS["softmax"])


def _work(dtype: np.dtype) -> np.dtype:
    """What PyTorch computes a dtype in; each operation then rounds."""
    return np.dtype(np.float32) if dtype in HALF else dtype


def _kept(input: Tensor, p: float, channels: bool) -> np.ndarray:
    """Ones, and zeros with probability p; for each value or for each channel (N, C)."""

    def draw(stream: Any, n: int, dtype: np.dtype, serial: bool) -> np.ndarray:
        return stream.bernoulli(1 - p, n, dtype)

    if not channels:
        return like(input, draw)
    if input.ndim < 2:
        raise RuntimeError("Feature dropout requires at least 2 dimensions in the input")
    stream = random.stream_of(None, input.device)
    shape = (*input.shape[:2], *(1,) * (input.ndim - 2))
    return drawn(stream, draw, shape, input.dtype.numpy)


def _check(input: Tensor, p: float) -> None:
    if not 0.0 <= p <= 1.0:
        raise ValueError(f"dropout probability has to be between 0 and 1, but got {p}")
    found = kind(input.dtype.numpy)
    if found == COMPLEX:
        raise NotImplementedError(
            f"\"bernoulli_scalar_cpu_\" not implemented for '{scalar_name(input.dtype.numpy)}'"
        )
    if found != FLOAT and 0 < p < 1:
        raise RuntimeError(
            "result type Float can't be cast to the desired output type "
            f"{scalar_name(input.dtype.numpy)}: dropout scales what it keeps, so it takes floats"
        )


def _drop(input: Tensor, p: float, training: bool, inplace: bool, channels: bool = False) -> Tensor:
    if not training or p == 0 or not input.numel():
        return input
    _check(input, p)
    noise: Any = 0
    if p < 1:
        kept = _kept(input, p, channels)
        work = _work(kept.dtype)
        scaled = (kept.astype(work) / work.type(1 - p)).astype(kept.dtype)
        noise = make(scaled, None, input.device, False)
    return input.mul_(noise) if inplace else input * noise


def _drop_to_limit(
    input: Tensor, p: float, training: bool, inplace: bool, channels: bool
) -> Tensor:
    """Set what is dropped to SELU's lower limit; a·x + b keeps mean and variance."""
    if not training or p == 0 or p == 1 or not input.numel():
        return _drop(input, p, training, inplace)
    _check(input, p)
    kept = _kept(input, p, channels)
    dtype, work = kept.dtype, _work(kept.dtype)

    def rounded(values: np.ndarray) -> np.ndarray:
        return values.astype(dtype).astype(work)

    a = 1.0 / math.sqrt((_LIMIT * _LIMIT * p + 1) * (1 - p))
    ones = kept.astype(work)
    lowered = rounded((ones - work.type(1)) * work.type(_LIMIT * a))
    # A number that is added is rounded to the dtype first, one that is multiplied is not.
    raised = lowered + dtype.type(_LIMIT * a * p).astype(work)
    shift = make(raised.astype(dtype), None, input.device, False)
    scale = make((ones * work.type(a)).astype(dtype), None, input.device, False)
    return (input.mul_(scale) if inplace else input * scale).add_(shift)


def dropout(input: Tensor, p: float = 0.5, training: bool = True, inplace: bool = False) -> Tensor:
    """Zero each value with probability p and scale the others by 1/(1 − p).

    Args:
        input: of any shape.
        p: the probability of zero.
        training: if False the input is returned as it is.
        inplace: edit the input.
    """
    _check_p(p)
    return _drop(input, p, training, inplace)


def _check_p(p: float) -> None:
    if not 0.0 <= p <= 1.0:
        raise ValueError(f"dropout probability has to be between 0 and 1, but got {p}")


def alpha_dropout(
    input: Tensor, p: float = 0.5, training: bool = False, inplace: bool = False
) -> Tensor:
    """Set values to SELU's lower limit with probability p, keeping mean and variance.

    Source: Klambauer et al., "Self-normalizing neural networks", 2017.
    """
    _check_p(p)
    return _drop_to_limit(input, p, training, inplace, channels=False)


def feature_alpha_dropout(
    input: Tensor, p: float = 0.5, training: bool = False, inplace: bool = False
) -> Tensor:
    """`alpha_dropout` of whole channels (N, C, *)."""
    _check_p(p)
    return _drop_to_limit(input, p, training, inplace, channels=True)


def _advice(name: str, n: int) -> str:
    plural = "dimension" if n == 1 else "dimensions"
    return (
        f"Note that {name} exists to provide channel-wise dropout on inputs with {n} spatial "
        f"{plural}, a channel dimension, and an optional batch dimension (i.e. {n + 1}D or "
        f"{n + 2}D inputs)."
    )


def _unbatched(input: Tensor, p: float, training: bool, inplace: bool, n: int) -> Tensor:
    """Channel-wise; one example (C, *) without its N counts as a batch of one."""
    if input.ndim == n + 2:
        return _drop(input, p, training, inplace, channels=True)
    dropped = _drop(input.unsqueeze(0), p, training, inplace, channels=True)
    return input if inplace else dropped.squeeze(0)


def dropout1d(
    input: Tensor, p: float = 0.5, training: bool = True, inplace: bool = False
) -> Tensor:
    """Zero whole channels of (N, C, L) or (C, L) with probability p."""
    _check_p(p)
    if input.ndim not in (2, 3):
        raise RuntimeError(
            f"dropout1d: Expected 2D or 3D input, but received a {input.ndim}D input. "
            + _advice("dropout1d", 1)
        )
    return _unbatched(input, p, training, inplace, 1)


def _warn_of(name: str, input: Tensor, n: int) -> None:
    if input.ndim not in (n + 1, n + 2):
        warnings.warn(
            f"{name}: Received a {input.ndim}-D input to {name}, which is deprecated and will "
            "result in an error in a future release. To retain the behavior and silence this "
            f"warning, please use dropout instead. {_advice(name, n)}",
            stacklevel=3,
        )


def dropout2d(
    input: Tensor, p: float = 0.5, training: bool = True, inplace: bool = False
) -> Tensor:
    """Zero whole channels of (N, C, H, W) with probability p; (N, C, L) is taken as well."""
    _check_p(p)
    _warn_of("dropout2d", input, 2)
    if input.ndim == 3:
        warnings.warn(
            "dropout2d: Received a 3D input to dropout2d and assuming that channel-wise 1D dropout "
            "behavior is desired - input is interpreted as shape (N, C, L), where C is the channel "
            "dim. This behavior will change in a future release to interpret the input as one "
            "without a batch dimension, i.e. shape (C, H, W). To maintain the 1D channel-wise "
            "dropout behavior, please switch to using dropout1d instead.",
            stacklevel=2,
        )
    return _drop(input, p, training, inplace, channels=True)


def dropout3d(
    input: Tensor, p: float = 0.5, training: bool = True, inplace: bool = False
) -> Tensor:
    """Zero whole channels of (N, C, D, H, W) or (C, D, H, W) with probability p."""
    _check_p(p)
    _warn_of("dropout3d", input, 3)
    return _unbatched(input, p, training, inplace, 3)


def rrelu(
    input: Tensor,
    lower: float = 1.0 / 8,
    upper: float = 1.0 / 3,
    training: bool = False,
    inplace: bool = False,
) -> Tensor:
    """The element, or where it is not positive a part of it.

    Args:
        input: of any shape.
        lower: the part is drawn from [lower, upper) while training, and is else their mean.
        upper: see lower.
        training: whether it is drawn.
        inplace: edit the input.

    Source: Xu et al., "Empirical evaluation of rectified activations in convolutional network",
    2015.
    """
    if lower > upper:
        raise RuntimeError("Lower bound should be less than or equal to the upper bound")
    noise: Any = (lower + upper) / 2
    if training and kind(input.dtype.numpy) == FLOAT:
        values = array(input)
        slopes = np.ones(values.shape, values.dtype)
        low = values <= 0
        # One float64 draw for each value that needs it; the bounds are of the precision below.
        draws = random.stream_of(None, input.device).rand(int(low.sum()), dtype=np.float64)
        work = _work(values.dtype)
        first, last = float(work.type(lower)), float(work.type(upper))
        slopes[low] = (draws * (last - first) + first).astype(work)
        noise = make(slopes, None, input.device, False)
    return (edits if inplace else record).call(_rrelu, [input, noise], {})


def gumbel_softmax(
    logits: Tensor, tau: float = 1, hard: bool = False, eps: float = 1e-10, dim: int = -1
) -> Tensor:
    """A sample from the Gumbel-softmax distribution: nearly one-hot, and differentiable.

    Args:
        logits: (*, K), log probabilities up to a constant.
        tau: the temperature; the smaller, the closer to one-hot.
        hard: return one-hot vectors, with the gradients of the soft ones.
        eps: without effect.
        dim: where the K are.

    Source: Jang, Gu and Poole, "Categorical reparameterization with Gumbel-softmax", 2017.
    """
    if eps != 1e-10:
        warnings.warn("`eps` parameter is deprecated and has no effect.", stacklevel=2)
    times = empty(logits.shape, dtype=logits.dtype, device=logits.device).exponential_()
    soft = _softmax((logits + -times.log()) / tau, dim)
    if not hard:
        return soft
    index = soft.max(dim, keepdim=True)[1]
    one = zeros_like(logits).scatter_(dim, index, 1.0)
    return one - soft.detach() + soft
