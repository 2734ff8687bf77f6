"""Planted bugs, each beside its mended twin, by where people make them."""

from . import cotangents, linalg, loops, pointwise, reductions, transforms

__all__ = ["cotangents", "linalg", "loops", "pointwise", "reductions", "transforms"]
