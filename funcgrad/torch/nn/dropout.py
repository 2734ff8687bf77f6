"""Modules that drop values while training."""

from typing import Any

from . import functional
from .family import Applied, applied


class _Dropout(Applied):
    """Passes on whether the module is training."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not 0 <= self.p <= 1:
            raise ValueError(f"dropout probability has to be between 0 and 1, but got {self.p}")

    def forward(self, input: Any) -> Any:
        return getattr(functional, self.function)(input, self.p, self.training, self.inplace)

    def extra_repr(self) -> str:
        return f"p={self.p}, inplace={self.inplace}"


class _AlphaDropout(_Dropout):
    """Knows `inplace` but does not use it, as in PyTorch."""

    def forward(self, input: Any) -> Any:
        return getattr(functional, self.function)(input, self.p, self.training)


def _dropout(name: str, function: str, doc: str, base: type = _Dropout) -> type[Applied]:
    return applied(__name__, name, function, doc, base, p=0.5, inplace=False)


Dropout = _dropout("Dropout", "dropout", "Zeroes values with probability p, scales the rest.")
Dropout1d = _dropout("Dropout1d", "dropout1d", "Zeroes whole channels (N, C, L).")
Dropout2d = _dropout("Dropout2d", "dropout2d", "Zeroes whole channels (N, C, H, W).")
Dropout3d = _dropout("Dropout3d", "dropout3d", "Zeroes whole channels (N, C, D, H, W).")
AlphaDropout = _dropout(
    "AlphaDropout", "alpha_dropout", "Drops to SELU's lower limit; keeps mean and variance.",
    _AlphaDropout,
)  # fmt: skip
FeatureAlphaDropout = _dropout(
    "FeatureAlphaDropout", "feature_alpha_dropout", "The same with whole channels (N, C, *).",
    _AlphaDropout,
)  # fmt: skip
