"""Losses that ask the scores of the right classes to exceed the others by a margin."""

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from .losses import composed, legacy, reduced
from .promotion import scalar_name
from .row import row

Array = jax.Array


def _positive(values: Array) -> Array:
    return jnp.where(values > 0, values, 0)


def _classes(target: Array) -> None:
    if target.dtype.name != "int64":
        raise RuntimeError(
            f"expected scalar type Long but found {scalar_name(target.dtype)}; convert with .long()"
        )


def _check_classes(input: Any, target: Any, *_: Any, **__: Any) -> None:
    labels = np.asarray(target)
    if labels.size and input.ndim and (labels.min() < 0 or labels.max() >= input.shape[-1]):
        raise RuntimeError("target out of range")


@row("multi_margin_loss", "input target ~weight", "keep", "functional", check=_check_classes,
     saves="input target weight")  # fmt: skip
def multi_margin_loss(input, target, p=1, margin=1.0, weight=None, size_average=None, reduce=None,
                      reduction="mean"):  # fmt: skip
    """Mean over the classes of `max(0, margin - x_target + x)^p`, the target left out."""
    if p not in (1, 2):
        raise ValueError("only p == 1 and p == 2 supported")
    _classes(target)
    batched, scores = input.ndim == 2, jnp.atleast_2d(input)
    classes, labels = scores.shape[-1], jnp.atleast_1d(target)
    if labels.shape != scores.shape[:1]:
        raise RuntimeError(
            "multi_margin_loss: target tensor should be 1-D with size equal to the number of input "
            f"samples (batch size). Expected target size {list(scores.shape[:1])}, but got "
            f"{list(labels.shape)}. Input has shape {list(input.shape)}."
        )
    if weight is not None and weight.ndim != 1:
        raise ValueError("weight must be one-dimensional")
    if weight is not None and weight.shape != (classes,):
        raise RuntimeError(
            f"inconsistent weight size, expected {classes} but got {list(weight.shape)}"
        )
    own = jnp.take_along_axis(scores, labels[:, None], 1)
    others = jnp.arange(classes) != labels[:, None]
    loss = jnp.sum(jnp.where(others, _positive(margin - own + scores) ** p, 0), 1) / classes
    loss = loss if weight is None else loss * weight[labels]
    return reduced(loss if batched else loss[0], legacy(reduction, size_average, reduce))


def _check_sets(input: Any, target: Any, *_: Any, **__: Any) -> None:
    labels = np.asarray(target)
    if labels.size and input.ndim and (labels.min() < -1 or labels.max() >= input.shape[-1]):
        raise RuntimeError("argument #2 'target' is out of range")


@row("multilabel_margin_loss", "input target", "keep", "functional", check=_check_sets,
     node="MultilabelMarginLoss", saves="input target")  # fmt: skip
def multilabel_margin_loss(input, target, size_average=None, reduce=None, reduction="mean"):
    """`max(0, 1 - x_target + x)` over all targets and all other classes, divided by the classes.

    The targets of an example are the classes that stand before the first -1.
    """
    _classes(target)
    if target.shape != input.shape:
        raise RuntimeError(
            f"inconsistent target size: {list(target.shape)} for input of size: {list(input.shape)}"
        )
    batched, scores = input.ndim == 2, jnp.atleast_2d(input)
    classes, labels = scores.shape[-1], jnp.atleast_2d(target)
    named = jnp.cumsum(labels < 0, 1) == 0
    labels = jnp.where(named, labels, 0)
    right = jnp.any(named[:, :, None] & (labels[:, :, None] == jnp.arange(classes)), 1)
    own = jnp.take_along_axis(scores, labels, 1)
    pairs = named[:, :, None] & ~right[:, None, :]
    terms = jnp.where(pairs, _positive(1 - own[:, :, None] + scores[:, None, :]), 0)
    loss = jnp.sum(terms, (1, 2)) / classes
    return reduced(loss if batched else loss[0], legacy(reduction, size_average, reduce))


@row("multilabel_soft_margin_loss", "input target weight", "common", "functional",
     overload=composed("Div"), saves="input target weight")  # fmt: skip
def multilabel_soft_margin_loss(input, target, weight=None, size_average=None, reduce=None,
                                reduction="mean"):  # fmt: skip
    """Binary cross entropy of every class, averaged over the classes; the input holds logits."""
    zero = jnp.zeros_like(input)
    loss = target * jnp.logaddexp(-input, zero) + (1 - target) * jnp.logaddexp(input, zero)
    loss = jnp.mean(loss if weight is None else loss * weight, -1)
    return reduced(loss, legacy(reduction, size_average, reduce))
