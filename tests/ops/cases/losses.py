"""Cases of `funcgrad.ops.losses` and `funcgrad.ops.classes`."""

from ..table import call, case, given, index, positive, probability, real

FLOATS = "float32 bfloat16"
REDUCTIONS = ("sum", "none")
SIGNS = given([[1, -1, 1, 1], [-1, 1, 1, -1], [1, 1, -1, -1]], "int64", grad=False)
LABELS = given([0, 3, -100], "int64", grad=False)
INF = float("inf")
NAMED = "PyTorch composes it, or names the kernel by the dimensions of its operands"


def reductions(*operands, **options):
    """One call for each reduction, the mean first."""
    return [call(*operands, **options)] + [
        call(*operands, reduction=name, **options) for name in REDUCTIONS
    ]


case("mse_loss", *reductions(real(3, 4), real(3, 4)), dtypes=FLOATS)
case("l1_loss", *reductions(real(3, 4), real(3, 4)), kinks=[(1.0, 1.0)], dtypes=FLOATS)
case("smooth_l1_loss", *reductions(real(3, 4), real(3, 4)),
     call(real(3, 4), real(3, 4), beta=0.25), kinks=[(2.0, 1.0), (1.0, 1.0)], dtypes=FLOATS,
     refused={"negative values for beta": call(real(2), real(2), beta=-1.0)})  # fmt: skip
case("huber_loss", *reductions(real(3, 4), real(3, 4)), call(real(3, 4), real(3, 4), delta=0.25),
     kinks=[(2.0, 1.0), (1.0, 1.0)], dtypes=FLOATS,
     refused={"non-positive values for delta": call(real(2), real(2), delta=0.0)})  # fmt: skip
case("binary_cross_entropy", *reductions(probability(3, 4), probability(3, 4)),
     call(probability(3, 4), probability(3, 4), weight=probability(4, grad=False)),
     kinks=[(0.0, 1.0), (1.0, 0.0), (0.5, 0.5), (0.0, 0.0)], dtypes="float32",
     refused={"different to the input size": call(probability(3), probability(4)),
              "between 0 and 1": call(given([1.5]), given([1.0]))},
     tolerance="float32 constant")  # fmt: skip
case("binary_cross_entropy_with_logits", *reductions(real(3, 4), probability(3, 4)),
     call(real(3, 4), probability(3, 4), weight=probability(4, grad=False),
          pos_weight=probability(4, grad=False)),
     kinks=[(0.0, 1.0), (0.0, 0.0), (300.0, 0.0), (-300.0, 1.0)], dtypes=FLOATS,
     refused={"must be the same as input size": call(real(3), real(4))})  # fmt: skip
case("kl_div", *reductions(real(3, 4), probability(3, 4)),
     call(real(3, 4), probability(3, 4), reduction="batchmean"),
     call(real(3, 4), real(3, 4), log_target=True), dtypes="float32")  # fmt: skip
case("gaussian_nll_loss", *reductions(real(3, 4), real(3, 4), positive(3, 4)),
     call(real(3, 4), real(3, 4), positive(3), full=True), dtypes="float32")  # fmt: skip
case("poisson_nll_loss", *reductions(real(3, 4), positive(3, 4)),
     call(positive(3, 4), positive(3, 4), log_input=False, full=True), dtypes="float32",
     differs={"name": NAMED})  # fmt: skip
case("soft_margin_loss", *reductions(real(3, 4), SIGNS), dtypes="float32")
case("nll_loss", *reductions(real(3, 4), LABELS),
     call(real(3, 4), LABELS, weight=probability(4, grad=False)),
     call(real(3, 4), index(3), ignore_index=1), dtypes="float32",
     refused={"out of bounds": call(real(3, 4), given([0, 4, 1], "int64"))})  # fmt: skip
case("cross_entropy", *reductions(real(3, 4), LABELS),
     call(real(3, 4), LABELS, weight=probability(4, grad=False)),
     call(real(3, 4), LABELS, weight=probability(4, grad=False), label_smoothing=0.2),
     call(real(3, 4), LABELS, reduction="none", label_smoothing=0.2),
     call(real(3, 4), probability(3, 4, grad=False), label_smoothing=0.1),
     call(real(4), given(2, "int64")), call(real(2, 4, 3), index(2, 3)), dtypes="float32",
     differs={"name": NAMED},
     refused={"out of bounds": call(real(3, 4), given([0, -1, 1], "int64")),
              "to match target batch_size": call(real(3, 4), index(2))})  # fmt: skip
case("hinge_embedding_loss", *reductions(real(3, 4), SIGNS), dtypes="float32")
case("margin_ranking_loss", *reductions(real(4), real(4), given([1, -1, 1, 1], "int64")),
     dtypes="float32")  # fmt: skip
case("cosine_embedding_loss", *reductions(real(3, 4), real(3, 4), given([1, -1, 1], "int64")),
     dtypes="float32")  # fmt: skip
case("triplet_margin_loss", *reductions(real(3, 4), real(3, 4), real(3, 4)),
     call(real(3, 4), real(3, 4), real(3, 4), swap=True), dtypes="float32")  # fmt: skip
case("pairwise_distance", call(real(3, 4), real(3, 4)), call(real(3, 4), real(3, 4), keepdim=True),
     dtypes="float32")  # fmt: skip
