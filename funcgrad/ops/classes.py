"""Losses of classes, and losses of distances between vectors."""

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from .losses import composed, legacy, reduced
from .promotion import scalar_name
from .row import row

Array = jax.Array


def _check_labels(input: Any, target: Any, *_: Any, ignore_index: int = -100, **__: Any) -> None:
    labels = np.asarray(target)
    if labels.dtype.kind not in "iu":
        return
    classes = input.shape[0] if input.ndim == 1 else input.shape[1]
    wrong = labels[(labels != ignore_index) & ((labels < 0) | (labels >= classes))]
    if wrong.size:
        raise IndexError(f"Target {wrong.flat[0]} is out of bounds.")


def _nll(scores: Array, target: Array, weight: Array | None, ignore: int, reduction: str) -> Array:
    """Minus the score of each target's class; the mean is over the weights of what counts."""
    axis = 0 if scores.ndim == 1 else 1
    expected = (*scores.shape[:axis], *scores.shape[axis + 1 :])
    if target.shape != expected:
        if scores.shape[:1] != target.shape[:1] and axis == 1:
            raise ValueError(
                f"Expected input batch_size ({scores.shape[0]}) to match target batch_size "
                f"({target.shape[0] if target.ndim else 0})."
            )
        raise RuntimeError(f"Expected target size {list(expected)}, got {list(target.shape)}")
    counted = target != ignore
    label = jnp.where(counted, target, 0)
    picked = jnp.squeeze(jnp.take_along_axis(scores, jnp.expand_dims(label, axis), axis), axis)
    weights = jnp.ones_like(picked) if weight is None else weight[label]
    weights = jnp.where(counted, weights, 0)
    loss = -picked * weights
    if reduction == "mean":
        return jnp.sum(loss) / jnp.sum(weights)
    return reduced(loss, reduction)


def _labels(name: str, input: Array, target: Array) -> None:
    if input.ndim <= 2 and target.ndim > 1:
        raise RuntimeError(
            "0D or 1D target tensor expected, multi-target not supported: the target has the shape "
            f"{list(target.shape)}; one class for each row is target.squeeze(1) or target.argmax(1)"
        )
    if target.dtype.name not in ("int64", "uint8"):
        raise RuntimeError(
            f"expected target dtype to be Long or Byte, but got {scalar_name(target.dtype)}: "
            f"{name} takes the numbers of classes; convert with .long()"
        )


def _weights(weight: Array | None, input: Array) -> None:
    classes = input.shape[0 if input.ndim == 1 else 1]
    if weight is not None and weight.shape != (classes,):
        raise RuntimeError(
            f"weight tensor should be defined either for all {classes} classes or no classes but "
            f"got weight tensor of shape: {list(weight.shape)}"
        )


@row("nll_loss", "input target ~weight", "as is", "functional", check=_check_labels,
     saves="input target weight")  # fmt: skip
def nll_loss(input, target, weight=None, size_average=None, ignore_index=-100, reduce=None,
             reduction="mean"):  # fmt: skip
    """Negative log likelihood: minus the input at the class of each target."""
    _labels("nll_loss", input, target)
    _weights(weight, input)
    return _nll(input, target, weight, ignore_index, legacy(reduction, size_average, reduce))


def _cross_entropy_overload(label_smoothing: float = 0.0, **_: Any) -> str:
    return "AddBackward0" if label_smoothing else "NllLossBackward0"


@row("cross_entropy", "input target ~weight", "as is", "functional", check=_check_labels,
     overload=_cross_entropy_overload, saves="target weight")  # fmt: skip
def cross_entropy(input, target, weight=None, size_average=None, ignore_index=-100, reduce=None,
                  reduction="mean", label_smoothing=0.0):  # fmt: skip
    """`nll_loss` of `log_softmax`; targets are classes, or probabilities of the input's shape."""
    if not 0.0 <= label_smoothing <= 1.0:
        raise RuntimeError(f"label_smoothing must be between 0.0 and 1.0. Got: {label_smoothing}")
    reduction = legacy(reduction, size_average, reduce)
    axis = 0 if input.ndim == 1 else 1
    scores = jax.nn.log_softmax(input, axis)
    shape = [1] * input.ndim
    shape[axis] = input.shape[axis]
    _weights(weight, input)
    wide = None if weight is None else weight.reshape(shape)
    if target.shape == input.shape:
        if not jnp.issubdtype(target.dtype, jnp.floating):
            raise RuntimeError(
                "Expected floating point type for target with class probabilities, got "
                f"{scalar_name(target.dtype)}; numbers of classes have one axis less"
            )
        smooth = target * (1 - label_smoothing) + label_smoothing / input.shape[axis]
        loss = -jnp.sum(scores * smooth * (1 if wide is None else wide), axis)
        return (
            jnp.sum(loss) / max(loss.size, 1) if reduction == "mean" else reduced(loss, reduction)
        )
    _labels("cross_entropy", input, target)
    plain = _nll(scores, target, weight, ignore_index, reduction)
    if label_smoothing == 0.0:
        return plain
    counted = target != ignore_index
    spread = jnp.where(counted, -jnp.sum(scores if wide is None else scores * wide, axis), 0)
    if reduction == "mean":
        label = jnp.where(counted, target, 0)
        weights = jnp.where(counted, 1 if weight is None else weight[label], 0)
        smoothed = jnp.sum(spread) / jnp.sum(weights)
    else:
        smoothed = reduced(spread, reduction)
    return (1 - label_smoothing) * plain + label_smoothing / input.shape[axis] * smoothed


@row("hinge_embedding_loss", "input target", "common", "functional", overload=composed("Add"),
     saves=())  # fmt: skip
def hinge_embedding_loss(input, target, margin=1.0, size_average=None, reduce=None,
                         reduction="mean"):  # fmt: skip
    """The input where the target is 1, `max(0, margin - input)` where it is -1."""
    far = jnp.where(margin - input > 0, margin - input, 0)
    loss = jnp.where(target != 1, far, 0) + jnp.where(target != -1, input, 0)
    return reduced(loss, legacy(reduction, size_average, reduce))


def _by_margin(margin=0.0, **_):
    """Integers become floating by a margin that is."""
    return "floating" if isinstance(margin, float) else "common"


@row("margin_ranking_loss", "input1 input2 target", _by_margin, "functional",
     overload=composed("ClampMin"), saves=())  # fmt: skip
def margin_ranking_loss(input1, input2, target, margin=0.0, size_average=None, reduce=None,
                        reduction="mean"):  # fmt: skip
    """`max(0, -target · (input1 - input2) + margin)`."""
    loss = -target * (input1 - input2) + margin
    return reduced(jnp.where(loss >= 0, loss, 0), legacy(reduction, size_average, reduce))


def _cosine(x1: Array, x2: Array, eps: float) -> Array:
    squares = [jnp.sum(x * x, -1) + eps for x in (x1, x2)]
    return jnp.sum(x1 * x2, -1) / jnp.sqrt(squares[0] * squares[1])


@row("cosine_embedding_loss", "input1 input2 ~target", "floating joined", "functional",
     overload=composed("Add"), saves="input1 input2")  # fmt: skip
def cosine_embedding_loss(input1, input2, target, margin=0.0, size_average=None, reduce=None,
                          reduction="mean"):  # fmt: skip
    """`1 - cos` where the target is 1, `max(0, cos - margin)` where it is -1."""
    if target.ndim == 1 and input1.ndim != 2:
        raise RuntimeError(
            f"1D target tensor expects 2D input tensors, but found inputs with sizes "
            f"{list(input1.shape)} and {list(input2.shape)}."
        )
    cosine = _cosine(input1, input2, 1e-12)
    far = jnp.where(cosine - margin >= 0, cosine - margin, 0)
    loss = jnp.where(target == 1, 1 - cosine, 0) + jnp.where(target == -1, far, 0)
    return reduced(loss, legacy(reduction, size_average, reduce))


def _distance(x1: Array, x2: Array, p: float, eps: float) -> Array:
    size = jnp.abs(x1 - x2 + eps)
    if p == 2:
        return jnp.sqrt(jnp.sum(size * size, -1))
    return jnp.sum(size**p, -1) ** (1 / p)


@row("pairwise_distance", "x1 x2", "float parts", "functional torch", node="Norm",
     overload=lambda **statics: 1, saves="result")  # fmt: skip
def pairwise_distance(x1, x2, p=2.0, eps=1e-6, keepdim=False):
    """The p-norm of the difference of vectors along the last axis."""
    found = _distance(x1, x2, p, eps)
    return found[..., None] if keepdim else found


@row("triplet_margin_loss", "anchor positive negative", "float parts", "functional",
     overload=composed("ClampMin"), saves=())  # fmt: skip
def triplet_margin_loss(anchor, positive, negative, margin=1.0, p=2.0, eps=1e-6, swap=False,
                        size_average=None, reduce=None, reduction="mean"):  # fmt: skip
    """How far the positive is from the anchor, less how far the negative is, plus a margin."""
    near = _distance(anchor, positive, p, eps)
    far = _distance(anchor, negative, p, eps)
    if swap:
        far = jnp.minimum(far, _distance(positive, negative, p, eps))
    loss = margin + near - far
    return reduced(jnp.where(loss >= 0, loss, 0), legacy(reduction, size_average, reduce))
