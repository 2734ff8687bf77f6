"""Normalisation that keeps running numbers: functions that also move them."""

import math

from ...ops import OPS
from ...tape.bind import function
from ...tape.modes import no_grad
from ...tape.tensor import Tensor

_batch, _instance = function(OPS["batch_norm"]), function(OPS["instance_norm"])
_moments = function(OPS["running_moments"])


def _follow(
    input: Tensor, mean: Tensor | None, var: Tensor | None, momentum: float, each: bool
) -> None:
    """Move the running numbers; no pass notices, as PyTorch does not count this as an edit."""
    if mean is None or var is None:
        return
    with no_grad():
        found = _moments(input, mean, var, float(momentum), each)
        for running, value in zip((mean, var), found, strict=True):
            running.data.copy_(value)


def batch_norm(
    input: Tensor,
    running_mean: Tensor | None,
    running_var: Tensor | None,
    weight: Tensor | None = None,
    bias: Tensor | None = None,
    training: bool = False,
    momentum: float = 0.1,
    eps: float = 1e-5,
) -> Tensor:
    """Every channel with mean 0 and variance 1, times the weight, plus the bias.

    Args:
        input: (N, C, *).
        running_mean: (C,), used instead of the batch's own outside training, moved in training.
        running_var: the same.
        weight: (C,).
        bias: (C,).
        training: take the mean and the variance of the batch.
        momentum: how far the running numbers move towards those of the batch.
        eps: keeps the root from zero.

    Source: Ioffe and Szegedy, "Batch normalization", 2015.
    """
    shape = tuple(input.shape)
    if training and shape and math.prod((*shape[:1], *shape[2:])) == 1:
        raise ValueError(
            f"Expected more than 1 value per channel when training, got input size {input.shape}"
        )
    if eps < 0 or (training and eps == 0):
        kind = "positive during training" if training else "non-negative"
        raise ValueError(f"batch_norm eps must be {kind}, but got {eps}")
    result = _batch(input, running_mean, running_var, weight, bias, training=training, eps=eps)
    if training and input.numel():
        _follow(input, running_mean, running_var, momentum, False)
    return result


def instance_norm(
    input: Tensor,
    running_mean: Tensor | None = None,
    running_var: Tensor | None = None,
    weight: Tensor | None = None,
    bias: Tensor | None = None,
    use_input_stats: bool = True,
    momentum: float = 0.1,
    eps: float = 1e-5,
) -> Tensor:
    """Every channel of every example with mean 0 and variance 1; arguments as of `batch_norm`.

    Source: Ulyanov et al., "Instance normalization", 2016.
    """
    if use_input_stats and input.numel() == input.shape[0] * input.shape[1]:
        raise ValueError(
            f"Expected more than 1 spatial element when training, got input size {input.shape}"
        )
    result = _instance(
        input, running_mean, running_var, weight, bias, use_input_stats=use_input_stats, eps=eps
    )
    if use_input_stats:
        _follow(input, running_mean, running_var, momentum, True)
    return result
