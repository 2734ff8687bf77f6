"""`optax.losses`, every one."""

import jax.numpy as jnp
import numpy as np

from ..table import row
from ..values import (
    LABELS,
    LOG_SIMPLEX,
    MASK,
    ONE_HOT,
    SIGNS,
    SIMPLEX,
    M,
    N,
    V,
    W,
    f32,
    normal,
)

BINARY = f32(1, 0, 0, 1)


def on_the_simplex(gt):
    """Log-predictions anywhere, targets that sum to 1."""
    return gt.arrays((2, 3), lo=-3, hi=0), gt.arrays((2, 3), simplex=True)


for name in "squared_error l2_loss log_cosh huber_loss".split():
    row(f"optax.losses.{name}", V, W)
row("optax.losses.squared_error", V, label="no targets")
row("optax.losses.l2_loss", V, label="no targets")
row("optax.losses.huber_loss", f32(1, -1, 0, 3), f32(0, 0, 0, 0), label="at its seams")
row("optax.losses.huber_loss", V, W, label="delta", delta=0.3)
row("optax.losses.log_cosh", f32(-90, 0, 90), label="far out")

row("optax.losses.cosine_similarity", M, N)
row("optax.losses.cosine_similarity", M, N, label="epsilon", epsilon=1e-3)
row("optax.losses.cosine_distance", M, N)
row("optax.losses.cosine_distance", M, N, label="masked", where=MASK)
row("optax.losses.triplet_margin_loss", M, N, normal("negatives", 2, 3))
row("optax.losses.ntxent", normal("embeddings", 4, 3), np.array([0, 0, 1, 1], np.int32))

row("optax.losses.sigmoid_binary_cross_entropy", V, BINARY)
row("optax.losses.sigmoid_binary_cross_entropy", f32(-60, 0, 0, 60), BINARY, label="far out")
row("optax.losses.sigmoid_focal_loss", V, call=lambda f, x: f(x, BINARY))
row("optax.losses.sigmoid_focal_loss", V, label="alpha",
    call=lambda f, x: f(x, BINARY, alpha=0.25, gamma=1.5))  # fmt: skip
row("optax.losses.sigmoid_focal_loss", V, BINARY, label="by labels",
    expected_failure={"value": "logsumexp has no gradient by weights that are 0"})  # fmt: skip
row("optax.losses.hinge_loss", V, SIGNS)
row("optax.losses.hinge_loss", SIGNS, SIGNS, label="at its kink")
row("optax.losses.perceptron_loss", V, SIGNS)
row("optax.losses.perceptron_loss", f32(0, 1, -1, 0), SIGNS, label="at its kink")
row("optax.losses.sparsemax_loss", V, np.array([1, 0, 0, 1], np.int32))

row("optax.losses.softmax_cross_entropy", M, ONE_HOT)
row("optax.losses.softmax_cross_entropy", M, SIMPLEX, label="soft targets")
row("optax.losses.softmax_cross_entropy", M, ONE_HOT, label="masked", where=MASK,
    expected_failure={"finite": "by labels NaN: 0 times a masked -inf"})  # fmt: skip
row("optax.losses.safe_softmax_cross_entropy", M, ONE_HOT)
row("optax.losses.softmax_cross_entropy_with_integer_labels", M, LABELS)
row("optax.losses.poly_loss_cross_entropy", M, ONE_HOT)
row("optax.losses.multiclass_hinge_loss", M, LABELS)
row("optax.losses.multiclass_perceptron_loss", M, LABELS)
row("optax.losses.multiclass_perceptron_loss", f32(1, 1, 0), np.int32(0), label="ties")
row("optax.losses.multiclass_sparsemax_loss", M, LABELS)
row("optax.losses.smooth_labels", ONE_HOT, 0.1)

for name in "kl_divergence generalized_kl_divergence".split():
    row(f"optax.losses.{name}", LOG_SIMPLEX, SIMPLEX, strategies=on_the_simplex)
row("optax.losses.kl_divergence", LOG_SIMPLEX, label="one-hot targets",
    call=lambda f, predictions: f(predictions, ONE_HOT))  # fmt: skip
row("optax.losses.kl_divergence_with_log_targets", LOG_SIMPLEX, np.log(SIMPLEX))

row("optax.losses.dice_loss", M, ONE_HOT)
row("optax.losses.dice_loss", M, ONE_HOT, label="weights",
    class_weights=f32(1, 2, 0.5))  # fmt: skip
row("optax.losses.dice_loss", SIMPLEX, ONE_HOT, label="probabilities", apply_softmax=False,
    strategies=lambda gt: (gt.arrays((2, 3), simplex=True), gt.arrays((2, 3), simplex=True)),
    expected_failure={"jit": "asks by a branch whether the predictions sum to 1"})  # fmt: skip
row("optax.losses.binary_dice_loss", M, ONE_HOT)
row("optax.losses.multiclass_generalized_dice_loss", M, ONE_HOT)
row("optax.losses.ranking_softmax_loss", M, f32(0, 2, 1, 1, 0, 3).reshape(2, 3))
row("optax.losses.ranking_softmax_loss", M, ONE_HOT, label="masked", where=MASK)
row(
    "optax.losses.make_fenchel_young_loss", M, ONE_HOT,
    call=lambda f, scores, targets: f(lambda s: jnp.log(jnp.sum(jnp.exp(s))))(scores, targets),
)  # fmt: skip

frames = normal("ctc", 2, 4, 3)
paddings = np.array([[0, 0, 0, 0], [0, 0, 0, 1]], np.float32)
words = np.array([[1, 2], [2, 0]], np.int32)
word_paddings = np.array([[0, 0], [0, 1]], np.float32)
for name in "ctc_loss ctc_loss_with_forward_probs".split():
    row(
        f"optax.losses.{name}", frames,
        call=lambda f, logits: f(logits, paddings, words, word_paddings),
    )  # fmt: skip
