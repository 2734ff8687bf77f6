"""Losses as modules: a table.

Every one takes `reduction`: `"mean"`, `"sum"` or `"none"`; `size_average` and `reduce` are the
retired arguments that meant the same.
"""

from functools import partial
from typing import Any

from . import functional
from .family import Applied, applied
from .module import Module

_loss = partial(applied, __name__)
_REDUCED: dict[str, Any] = {"size_average": None, "reduce": None, "reduction": "mean", "_shown": ()}

MSELoss = _loss("MSELoss", "mse_loss", "(x − y)².", **_REDUCED)
L1Loss = _loss("L1Loss", "l1_loss", "|x − y|.", **_REDUCED)
SmoothL1Loss = _loss(
    "SmoothL1Loss", "smooth_l1_loss", "½(x − y)²/β near 0, |x − y| − ½β beyond β.",
    **_REDUCED, beta=1.0,
)  # fmt: skip
HuberLoss = _loss(
    "HuberLoss", "huber_loss", "½(x − y)² near 0, δ(|x − y| − ½δ) beyond δ.",
    reduction="mean", delta=1.0, _shown=(),
)  # fmt: skip
BCELoss = _loss(
    "BCELoss", "binary_cross_entropy", "−y log x − (1 − y) log(1 − x), of probabilities.",
    weight=None, **_REDUCED,
)  # fmt: skip
BCEWithLogitsLoss = _loss(
    "BCEWithLogitsLoss", "binary_cross_entropy_with_logits", "The same of σ(x), computed safely.",
    weight=None, **_REDUCED, pos_weight=None,
)  # fmt: skip
CrossEntropyLoss = _loss(
    "CrossEntropyLoss", "cross_entropy", "−log softmax x at the class; or against probabilities.",
    weight=None, size_average=None, ignore_index=-100, reduce=None, reduction="mean",
    label_smoothing=0.0, _shown=(),
)  # fmt: skip
NLLLoss = _loss(
    "NLLLoss", "nll_loss", "−x at the class, of log-probabilities.",
    weight=None, size_average=None, ignore_index=-100, reduce=None, reduction="mean", _shown=(),
)  # fmt: skip
KLDivLoss = _loss(
    "KLDivLoss", "kl_div", "y(log y − x), of log-probabilities x.", **_REDUCED, log_target=False
)
GaussianNLLLoss = _loss(
    "GaussianNLLLoss", "gaussian_nll_loss", "½(log var + (x − y)²/var).",
    full=False, eps=1e-6, reduction="mean", _shown=(), _keyword_only=True,
)  # fmt: skip
PoissonNLLLoss = _loss(
    "PoissonNLLLoss", "poisson_nll_loss", "eˣ − yx; x − y log x without log_input.",
    log_input=True, full=False, size_average=None, eps=1e-8, reduce=None, reduction="mean",
    _shown=(),
)  # fmt: skip
HingeEmbeddingLoss = _loss(
    "HingeEmbeddingLoss", "hinge_embedding_loss", "x where y = 1, max(0, margin − x) where −1.",
    margin=1.0, **_REDUCED,
)  # fmt: skip
MarginRankingLoss = _loss(
    "MarginRankingLoss", "margin_ranking_loss", "max(0, −y(x₁ − x₂) + margin).",
    margin=0.0, **_REDUCED,
)  # fmt: skip
CosineEmbeddingLoss = _loss(
    "CosineEmbeddingLoss", "cosine_embedding_loss", "1 − cos where y = 1, max(0, cos − margin).",
    margin=0.0, **_REDUCED,
)  # fmt: skip
SoftMarginLoss = _loss("SoftMarginLoss", "soft_margin_loss", "log(1 + e^(−yx)).", **_REDUCED)
TripletMarginLoss = _loss(
    "TripletMarginLoss", "triplet_margin_loss", "max(0, |a − p| − |a − n| + margin).",
    margin=1.0, p=2.0, eps=1e-6, swap=False, **_REDUCED,
)  # fmt: skip
MultiLabelMarginLoss = _loss(
    "MultiLabelMarginLoss", "multilabel_margin_loss",
    "max(0, 1 − x_y + x) over the classes y before the first −1 and all others.", **_REDUCED,
)  # fmt: skip
MultiLabelSoftMarginLoss = _loss(
    "MultiLabelSoftMarginLoss", "multilabel_soft_margin_loss",
    "Binary cross entropy of every class, of logits.", weight=None, **_REDUCED,
)  # fmt: skip


class _MultiMargin(Applied):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.p not in (1, 2):
            raise ValueError("only p == 1 and p == 2 supported")
        if self.weight is not None and self.weight.ndim != 1:
            raise ValueError(
                "MultiMarginLoss: expected weight to be None or 1D tensor, got "
                f"{self.weight.ndim}D instead"
            )


MultiMarginLoss = _loss(
    "MultiMarginLoss", "multi_margin_loss", "max(0, margin − x_y + x)^p, mean over the classes.",
    _MultiMargin, p=1, margin=1.0, weight=None, **_REDUCED,
)  # fmt: skip
CosineSimilarity = _loss(
    "CosineSimilarity", "cosine_similarity", "x₁·x₂ / (|x₁||x₂|) along dim.",
    dim=1, eps=1e-8, _shown=(),
)  # fmt: skip


class PairwiseDistance(Module):
    """|x₁ − x₂ + eps| in the p-norm along the last axis."""

    def __init__(self, p: float = 2.0, eps: float = 1e-6, keepdim: bool = False) -> None:
        super().__init__()
        self.norm, self.eps, self.keepdim = p, eps, keepdim

    def forward(self, x1: Any, x2: Any) -> Any:
        return functional.pairwise_distance(x1, x2, self.norm, self.eps, self.keepdim)
