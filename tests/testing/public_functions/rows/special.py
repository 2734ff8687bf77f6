"""`jax.scipy.special`."""

import numpy as np

from ..table import row, within
from ..values import POSITIVE, POSITIVE2, PROBABLE, PROBABLE2, SIMPLEX, WITHIN, ZEROS, M, V, f32

for name in "erf erfc erfcx dawsn expit i0 i0e i1 i1e log_ndtr ndtr sici fresnel".split():
    row(f"jax.scipy.special.{name}", V)
for name in "digamma gamma gammaln loggamma exp1 expi entr spence factorial".split():
    row(f"jax.scipy.special.{name}", POSITIVE)
for name in "kl_div rel_entr xlogy xlog1py boxcox boxcox1p poch".split():
    row(f"jax.scipy.special.{name}", POSITIVE, POSITIVE2)
for name in "beta betaln gammainc gammaincc".split():
    row(f"jax.scipy.special.{name}", POSITIVE, POSITIVE2,
        strategies=within("positive, positive", POSITIVE, POSITIVE2))  # fmt: skip
for name in "logit ndtri".split():
    row(f"jax.scipy.special.{name}", PROBABLE)
row("jax.scipy.special.erfinv", WITHIN)
row("jax.scipy.special.betainc", PROBABLE, call=lambda f, x: f(POSITIVE, POSITIVE2, x))
row("jax.scipy.special.log_softmax", M, axis=-1)
row("jax.scipy.special.softmax", M, axis=-1)
row("jax.scipy.special.logsumexp", M)
row("jax.scipy.special.logsumexp", f32(1, 1, 1), label="ties")
row("jax.scipy.special.polygamma", POSITIVE, call=lambda f, x: f(1, x),
    strategies=within("positive", POSITIVE))  # fmt: skip
row("jax.scipy.special.multigammaln", POSITIVE + 1, d=2, strategies=within("above one", POSITIVE))
row("jax.scipy.special.zeta", POSITIVE + 1, POSITIVE2,
    strategies=within("above one, positive", POSITIVE, POSITIVE2))  # fmt: skip
row("jax.scipy.special.expn", POSITIVE, call=lambda f, x: f(2, x))
row("jax.scipy.special.bessel_jn", POSITIVE, v=3, n_iter=10)
row("jax.scipy.special.hyp1f1", POSITIVE, POSITIVE2, WITHIN,
    strategies=within("positive, positive, given", POSITIVE, POSITIVE2, WITHIN))  # fmt: skip
row("jax.scipy.special.hyp2f1", PROBABLE, POSITIVE2, POSITIVE, WITHIN / 2,
    strategies=within("probability, positive, positive, probability", *[PROBABLE] * 4))  # fmt: skip
row("jax.scipy.special.comb", POSITIVE + 4, POSITIVE2)
row("jax.scipy.special.owens_t", V, PROBABLE2)
row("jax.scipy.special.wofz", V[:3] + 1j * POSITIVE[:3])
row("jax.scipy.special.gammasgn", V)
row("jax.scipy.special.sph_harm_y", POSITIVE[:2], POSITIVE2[:2], call=lambda f, theta, phi: f(
    np.array([2, 1]), np.array([1, 0]), theta, phi, n_max=2))  # fmt: skip

# Where a term is defined by its limit, and far out in the tails.
for name in "i0 i1 i0e erf".split():
    row(f"jax.scipy.special.{name}", np.abs(ZEROS), label="at zero")
row("jax.scipy.special.xlogy", f32(0, 0, 2), f32(1, 3, 0.5), label="zeros")
row("jax.scipy.special.kl_div", SIMPLEX, SIMPLEX[::-1].copy(), label="simplex",
    strategies=lambda gt: (gt.arrays((2, 3), simplex=True),) * 2)  # fmt: skip
row("jax.scipy.special.log_ndtr", f32(-20, -5, 0, 8), label="far out")
row("jax.scipy.special.boxcox", POSITIVE, f32(0, 0, 1, 2), label="lambda zero")
row("jax.scipy.special.expit", f32(-90, 0, 90), label="far out")
