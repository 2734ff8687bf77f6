"""`jax.numpy`: sums, products, extremes, averages and what statistics makes of them."""

import numpy as np

from ..table import row
from ..values import MASK, POSITIVE, TIED, TIED_MATRIX, WITH_NAN, ZEROS, M, N, V, W, Z, f32, normal

for name in "max mean median min prod ptp std sum var average nanmax nanmin".split():
    row(f"jax.numpy.{name}", M)
    row(f"jax.numpy.{name}", M, label="axis", axis=1)
for name in "nanmean nanprod nanstd nansum nanvar nanmedian".split():
    row(f"jax.numpy.{name}", M)
    row(f"jax.numpy.{name}", WITH_NAN, label="with a NaN")
for name in "nanmax nanmin".split():
    row(f"jax.numpy.{name}", WITH_NAN, label="with a NaN")

for name in "max min median ptp".split():
    row(f"jax.numpy.{name}", TIED, label="ties")
    row(f"jax.numpy.{name}", TIED_MATRIX, label="ties in rows", axis=1)
row("jax.numpy.prod", ZEROS, label="two zeros")
row("jax.numpy.prod", f32(2, 0, 3), label="one zero")
row("jax.numpy.std", f32(1, 2, 1, 2), label="ties")
row("jax.numpy.std", M, label="correction", axis=1, correction=1)
row("jax.numpy.var", M, label="correction", ddof=1)
row("jax.numpy.sum", M, label="masked", where=MASK)
row("jax.numpy.mean", M, label="masked", where=MASK)
row("jax.numpy.max", M, label="masked", where=MASK, initial=-5.0)
row("jax.numpy.sum", np.zeros((0, 3), np.float32), label="no entries", axis=0)
row("jax.numpy.sum", Z, label="complex")
row("jax.numpy.mean", Z, label="complex")
row("jax.numpy.var", Z, label="complex")
row("jax.numpy.prod", Z, label="complex")
row("jax.numpy.average", V, POSITIVE, label="weights", call=lambda f, a, w: f(a, weights=w))

row("jax.numpy.percentile", V, 30.0)
row("jax.numpy.quantile", V, 0.3)
row("jax.numpy.quantile", TIED, 0.5, label="ties")
row("jax.numpy.quantile", V, label="nearest", q=0.4, method="nearest")
row("jax.numpy.nanpercentile", V, 30.0)
row("jax.numpy.nanquantile", WITH_NAN, 0.3)
row("jax.numpy.cov", normal("cov", 2, 4))
row("jax.numpy.corrcoef", normal("corrcoef", 2, 4))
row("jax.numpy.trapezoid", V)
row("jax.numpy.trapezoid", V, W, label="points")
row("jax.numpy.trace", M)
row("jax.numpy.histogram", V, call=lambda f, w: f(np.array([0, 1, 2, 1]), 2, weights=w)[0])
row("jax.numpy.bincount", POSITIVE[:3], call=lambda f, w: f(np.array([0, 2, 2]), w, length=3))
row("jax.numpy.histogram2d", N[0],
    call=lambda f, w: f(np.arange(3), np.arange(3), 2, weights=w)[0])  # fmt: skip
row("jax.numpy.histogramdd", N[0], call=lambda f, w: f(np.eye(3), 2, weights=w)[0])
