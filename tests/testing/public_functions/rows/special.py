"""`jax.scipy.special`."""

import numpy as np

from ..table import row, within
from ..values import POSITIVE, POSITIVE2, PROBABLE, PROBABLE2, SIMPLEX, WITHIN, ZEROS, M, V, f32

for name in "erf erfc expit i0e i1 i1e ndtr sici fresnel".split():
    row(f"jax.scipy.special.{name}", V)
for name in "digamma gamma gammaln loggamma entr".split():
    row(f"jax.scipy.special.{name}", POSITIVE)
for name in "kl_div rel_entr xlogy xlog1py".split():
    row(f"jax.scipy.special.{name}", POSITIVE, POSITIVE2)
for name in "beta betaln boxcox boxcox1p gammainc gammaincc poch".split():
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
row("jax.scipy.special.bessel_jn", POSITIVE, v=3, n_iter=10)
row("jax.scipy.special.hyp1f1", POSITIVE, POSITIVE2, WITHIN,
    strategies=within("positive, positive, given", POSITIVE, POSITIVE2, WITHIN))  # fmt: skip
row("jax.scipy.special.hyp2f1", PROBABLE, POSITIVE2, POSITIVE, WITHIN / 2,
    strategies=within("probability, positive, positive, probability", *[PROBABLE] * 4))  # fmt: skip
row("jax.scipy.special.comb", POSITIVE + 4, POSITIVE2)
row("jax.scipy.special.owens_t", V, PROBABLE2)
row("jax.scipy.special.gammasgn", V)
row("jax.scipy.special.sph_harm_y", POSITIVE[:2], POSITIVE2[:2], call=lambda f, theta, phi: f(
    np.array([2, 1]), np.array([1, 0]), theta, phi, n_max=2),
    strategies=within("angle, moderate", POSITIVE[:2], POSITIVE[:2]))  # fmt: skip

# Where a term is defined by its limit, and far out in the tails.
for name in "i1 i0e erf".split():
    row(f"jax.scipy.special.{name}", np.abs(ZEROS), label="at zero")
row("jax.scipy.special.xlogy", f32(0, 0, 2), f32(1, 3, 0.5), label="zeros")
row("jax.scipy.special.kl_div", SIMPLEX, SIMPLEX[::-1].copy(), label="simplex",
    strategies=lambda gt: (gt.arrays((2, 3), simplex=True),) * 2)  # fmt: skip
row("jax.scipy.special.expit", f32(-90, 0, 90), label="far out")

# Right in a domain, and beside it a real defect of JAX 0.10.2.
for name in "dawsn erfcx log_ndtr".split():
    row(f"jax.scipy.special.{name}", V, strategies=within("moderate", V))
# Of expi, [1e-7, -1e-7] runs for ever: its loops for small values never end.
for name in "factorial i0 expi".split():
    row(f"jax.scipy.special.{name}", POSITIVE, strategies=within("positive", POSITIVE))
row("jax.scipy.special.spence", PROBABLE, strategies=within("probability", PROBABLE))

LEAKS = "the second derivative raises TypeError: the rule leaks a tracer"
row("jax.scipy.special.exp1", POSITIVE, strategies=within("positive", POSITIVE),
    expected_failure={"second": LEAKS})  # fmt: skip
row("jax.scipy.special.expn", POSITIVE, strategies=within("positive", POSITIVE),
    call=lambda f, x: f(2, x), expected_failure={"second": LEAKS})  # fmt: skip
CANCELS = "the rule subtracts terms that agree in all their digits"
row("jax.scipy.special.dawsn", f32(1e4, -2e4), label="far out",
    expected_failure=dict.fromkeys(("jit", "value"), f"{CANCELS}: 0, not -5e-9"))  # fmt: skip
row("jax.scipy.special.erfcx", f32(1e4, 2e4), label="far out",
    expected_failure={"value": f"{CANCELS}: -1.2e-7, not -5.6e-9"})  # fmt: skip
row("jax.scipy.special.wofz", V[:3] + 1j * POSITIVE[:3],
    expected_failure={"value": f"{CANCELS}: 1e-7j at 2e4, not -1e-9j"})  # fmt: skip
row("jax.scipy.special.log_ndtr", f32(-1e4, -2e5), label="far out",
    expected_failure=dict.fromkeys(("jit", "value"), f"{CANCELS}: 2981, not 1e4"))  # fmt: skip
row("jax.scipy.special.factorial", f32(-1, -2.5), label="negative",
    expected_failure={"finite": "0, with the NaN of a branch not taken as gradient"})  # fmt: skip
row("jax.scipy.special.poch", f32(0, 1), f32(1, 1), label="zero",
    expected_failure={"finite": "poch(z, 1) is z, its gradient at 0 NaN"})  # fmt: skip
row("jax.scipy.special.spence", f32(1.5, 2.0), label="above one",
    expected_failure={"finite": "NaN between 1 and 2, and 0 at 1, where it is -1"})  # fmt: skip
row("jax.scipy.special.boxcox", POSITIVE, f32(0, 0, 1, 2), label="lambda zero",
    expected_failure={"value": "by lambda 0 at 0, where it is log(x)**2 / 2"})  # fmt: skip
row("jax.scipy.special.sph_harm_y", f32(0, 1), f32(1, 1), label="at a pole",
    call=lambda f, theta, phi: f(np.array([2, 1]), np.array([1, 0]), theta, phi, n_max=2),
    expected_failure={"finite": "NaN by theta at the pole, where it is smooth"})  # fmt: skip
row("jax.scipy.special.i0", f32(0, 1), label="at zero",
    options={"nonsmooth": "error"},
    expected_failure={"value": "1 at 0, not 0: exp(|x|) i0e(x), with two signs of 0"})  # fmt: skip
