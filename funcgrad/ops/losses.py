"""Losses that compare an input with a target, element by element."""

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from . import kinds
from .pairs import xlogy
from .pointwise import magnitude
from .promotion import BOOL, INT, kind, scalar_name
from .reductions import averaged
from .row import row

Array = jax.Array


def reduced(loss: Array, reduction: str) -> Array:
    """A loss of each element as its mean, its sum, or as it is ("none")."""
    if reduction == "none":
        return loss
    if reduction == "mean":
        return jnp.mean(loss)
    if reduction == "sum":
        return jnp.sum(loss)
    raise ValueError(f"{reduction} is not a valid value for reduction; use none, mean or sum")


def legacy(reduction: str, size_average: Any, reduce: Any) -> str:
    """The reduction that the deprecated `size_average` and `reduce` ask for."""
    if size_average is None and reduce is None:
        return reduction
    if reduce is False:
        return "none"
    return "sum" if size_average is False else "mean"


def composed(last: str) -> Any:
    """The name of a loss that PyTorch composes: of the reduction, or of the last operation."""

    def overload(reduction: str = "mean", **_: Any) -> str:
        named = {"mean": "MeanBackward0", "sum": "SumBackward0"}
        return named.get(reduction, f"{last}Backward0")

    return overload


@row("mse_loss", "input target weight", "common", "functional")
def mse_loss(input, target, size_average=None, reduce=None, reduction="mean", weight=None):
    """Squared difference."""
    kinds.floating("mse_cpu", input)
    loss = jnp.square(input - target)
    return _weighted(loss, weight, legacy(reduction, size_average, reduce))


def _weighted(loss: Array, weight: Array | None, reduction: str) -> Array:
    if weight is None:
        return reduced(loss, reduction)
    if reduction == "mean":
        return jnp.sum(loss * weight) / jnp.sum(jnp.broadcast_to(weight, loss.shape))
    return reduced(loss * weight, reduction)


@row("l1_loss", "input target weight", "distance", "functional", overload=composed("Abs"),
     saves=())  # fmt: skip
def l1_loss(input, target, size_average=None, reduce=None, reduction="mean", weight=None):
    """Absolute difference; its gradient at 0 is 0."""
    reduction = legacy(reduction, size_average, reduce)
    if reduction == "mean":
        averaged(input)
    return _weighted(magnitude(input - target), weight, reduction)


@row("smooth_l1_loss", "input target", "common", "functional", node="SmoothL1Loss")
def smooth_l1_loss(input, target, size_average=None, reduce=None, reduction="mean", beta=1.0):
    """Squared below `beta`, absolute above."""
    if beta < 0:
        raise RuntimeError("smooth_l1_loss does not support negative values for beta.")
    kinds.floating("smooth_l1_cpu", input)
    size = jnp.abs(input - target)
    if beta == 0:
        return reduced(size, legacy(reduction, size_average, reduce))
    loss = jnp.where(size < beta, 0.5 * jnp.square(input - target) / beta, size - 0.5 * beta)
    return reduced(loss, legacy(reduction, size_average, reduce))


@row("huber_loss", "input target weight", "common", "functional")
def huber_loss(input, target, reduction="mean", delta=1.0, weight=None):
    """Squared up to `delta`, absolute times `delta` above."""
    if delta <= 0:
        raise RuntimeError("huber_loss does not support non-positive values for delta.")
    kinds.floating("huber_cpu", input)
    size = jnp.abs(input - target)
    loss = jnp.where(size <= delta, 0.5 * jnp.square(input - target), delta * (size - 0.5 * delta))
    return _weighted(loss, weight, reduction)


@jax.custom_jvp
def _cross_entropy(p: Array, y: Array) -> Array:
    """Binary cross entropy of a probability, its logarithms held above -100."""
    low = jnp.asarray(-100, p.dtype)
    return -(y * jnp.maximum(jnp.log(p), low) + (1 - y) * jnp.maximum(jnp.log1p(-p), low))


@_cross_entropy.defjvp
def _cross_entropy_jvp(primals: Any, tangents: Any) -> tuple[Array, Array]:
    # No phrasing gives PyTorch's derivative: it goes on where the logarithm is held, as
    # (p - y) / (p (1 - p)) with the denominator held above 1e-12, a constant of single precision,
    # and by the target unheld.
    (p, y), (dp, dy) = primals, tangents
    by_p = (p - y) / jnp.maximum((1 - p) * p, jnp.asarray(np.float32(1e-12), p.dtype))
    by_y = jnp.log1p(-p) - jnp.log(p)
    return _cross_entropy(p, y), by_p * dp + by_y * dy


def _check_probability(input: Any, *_: Any, **__: Any) -> None:
    values = np.asarray(input)
    if not ((values >= 0) & (values <= 1)).all():
        raise RuntimeError(
            "all elements of input should be between 0 and 1; take a sigmoid first, or use "
            "binary_cross_entropy_with_logits"
        )


@row("binary_cross_entropy", "input target weight", "matching", "functional",
     check=_check_probability)  # fmt: skip
def binary_cross_entropy(input, target, weight=None, size_average=None, reduce=None,
                         reduction="mean"):  # fmt: skip
    """Binary cross entropy of probabilities."""
    if input.shape != target.shape:
        raise ValueError(
            f"Using a target size (torch.Size({list(target.shape)})) that is different to the "
            f"input size (torch.Size({list(input.shape)})) is deprecated. Please ensure they have "
            "the same size."
        )
    loss = _cross_entropy(input, target)
    loss = loss if weight is None else loss * weight
    return reduced(loss, legacy(reduction, size_average, reduce))


def _check_size(input: Any, target: Any, *_: Any, **__: Any) -> None:
    if input.shape != target.shape:
        raise ValueError(
            f"Target size (torch.Size({list(target.shape)})) must be the same as input size "
            f"(torch.Size({list(input.shape)}))"
        )


def _check_logits(input: Any, target: Any, *rest: Any, **statics: Any) -> None:
    _check_size(input, target)
    what = kind(target.dtype)
    if what == BOOL:
        raise RuntimeError(
            "Subtraction, the `-` operator, with a bool tensor is not supported: targets are "
            "floating. Use .to(input.dtype)"
        )
    if what == INT:
        raise RuntimeError(
            f"result type {scalar_name(input.dtype)} can't be cast to the desired output type "
            f"{scalar_name(target.dtype)}: targets are floating. Use .to(input.dtype)"
        )


@row("binary_cross_entropy_with_logits", "input target weight ~pos_weight", "common", "functional",
     check=_check_logits)  # fmt: skip
def binary_cross_entropy_with_logits(input, target, weight=None, size_average=None, reduce=None,
                                     reduction="mean", pos_weight=None):  # fmt: skip
    """Binary cross entropy of logits: stable, for the logarithm of the sigmoid is never formed."""
    _check_size(input, target)
    positive = 1 if pos_weight is None else (pos_weight.astype(input.dtype) - 1) * target + 1
    loss = (1 - target) * input + positive * jnp.logaddexp(-input, jnp.zeros_like(input))
    loss = loss if weight is None else loss * weight
    return reduced(loss, legacy(reduction, size_average, reduce))


def _kl_overload(reduction: str = "mean", **_: Any) -> str:
    return "DivBackward0" if reduction == "batchmean" else composed("Sub")(reduction)


@row("kl_div", "input target", "common", "functional", overload=_kl_overload)
def kl_div(input, target, size_average=None, reduce=None, reduction="mean", log_target=False):
    """Kullback-Leibler divergence; the input holds logarithms of probabilities."""
    if log_target:
        loss = jnp.exp(target) * (target - input)
    else:
        loss = xlogy(target, target) - target * input
    reduction = legacy(reduction, size_average, reduce)
    if reduction == "batchmean":
        return jnp.sum(loss) / input.shape[0]
    return reduced(loss, reduction)


def _check_variance(input: Any, target: Any, var: Any, **_: Any) -> None:
    if (np.asarray(var) < 0).any():
        raise ValueError("var has negative entry/entries")


@row("gaussian_nll_loss", "input target var", "joined", "functional", overload=composed("Mul"),
     check=_check_variance, saves=())  # fmt: skip
def gaussian_nll_loss(input, target, var, full=False, eps=1e-6, reduction="mean"):
    """Negative log likelihood of a normal distribution with the given variance."""
    if var.shape != input.shape:
        if var.shape == input.shape[:-1]:
            var = var[..., None]
        elif not (var.shape[:-1] == input.shape[:-1] and var.shape[-1:] == (1,)) and var.ndim:
            raise ValueError("var is of incorrect size")
    # PyTorch holds the variance above eps without a gradient of its own for that.
    held = var + jax.lax.stop_gradient(jnp.maximum(var, jnp.asarray(eps, var.dtype)) - var)
    loss = 0.5 * (jnp.log(held) + jnp.square(input - target) / held)
    if full:
        loss = loss + 0.5 * np.log(2 * np.pi)
    return reduced(loss, reduction)


@row("poisson_nll_loss", "input target", "floating", "functional", overload=composed("Sub"),
     saves="input@target target")  # fmt: skip
def poisson_nll_loss(input, target, log_input=True, full=False, size_average=None, eps=1e-8,
                     reduce=None, reduction="mean"):  # fmt: skip
    """Negative log likelihood of a Poisson distribution."""
    loss = jnp.exp(input) - target * input if log_input else input - target * jnp.log(input + eps)
    if full:
        # Of a count of 0 PyTorch's gradient is NaN, as of the term that is left out.
        stirling = target * jnp.log(target) - target + 0.5 * jnp.log(2 * np.pi * target)
        loss = loss + jnp.where(target > 1, stirling, 0)
    return reduced(loss, legacy(reduction, size_average, reduce))


@row("soft_margin_loss", "input target", "common", "functional")
def soft_margin_loss(input, target, size_average=None, reduce=None, reduction="mean"):
    """`log(1 + exp(-target · input))`, targets 1 or -1."""
    loss = jnp.logaddexp(-target * input, jnp.zeros_like(input))
    return reduced(loss, legacy(reduction, size_average, reduce))
