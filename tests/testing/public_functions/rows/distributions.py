"""`jax.scipy.stats`: densities, distributions and their inverses.

Not every function of every distribution: those that differ in how they are computed. The densities
and quantiles of the Gumbel distributions are absent, since JAX cannot differentiate them: inside
they give `xlog1py` an integer, whose tangent the rule multiplies.
"""

import numpy as np

from ..table import row, within
from ..values import POSITIVE, POSITIVE2, PROBABLE, SIMPLEX, SPD, M, V, W, f32

COUNTS = np.array([0, 2, 1, 5], np.int32)
TWICE = np.array([1, 0, 2], np.int32)


def rows(distribution, functions, *arguments, domains=""):
    """One row for each of these functions."""
    strategies = within(domains, *arguments) if domains else None
    for name in functions.split():
        row(f"jax.scipy.stats.{distribution}.{name}", *arguments, strategies=strategies)


rows("norm", "cdf logpdf pdf sf", V, W, POSITIVE)
# Far out the logarithms lose their digits: see log_ndtr.
rows("norm", "logcdf logsf", V, W, POSITIVE + 1, domains="moderate, moderate, above one")
rows("norm", "ppf isf", PROBABLE, W, POSITIVE)
rows("cauchy", "logpdf cdf logcdf", V, W, POSITIVE)
rows("cauchy", "ppf", PROBABLE, W, POSITIVE)
rows("gumbel_r", "cdf logcdf logsf", V, W, POSITIVE)
rows("laplace", "logpdf cdf", V, W, POSITIVE)
rows("logistic", "logpdf cdf", V, W, POSITIVE)
rows("logistic", "ppf", PROBABLE, W, POSITIVE)
rows("gennorm", "logpdf", V, POSITIVE)
rows("gennorm", "cdf", POSITIVE, POSITIVE2, domains="positive, positive")
row("jax.scipy.stats.gennorm.cdf", f32(0, 1), f32(1, 1), label="at zero",
    expected_failure={"finite": "NaN at 0, where the density is 1/2"})  # fmt: skip
rows("t", "logpdf", V, POSITIVE, W, POSITIVE2)
rows("truncnorm", "logpdf cdf logsf", PROBABLE, f32(-2, -1, -2, -3), f32(2, 1, 3, 1),
     domains="probability, below minus one, above one")  # fmt: skip
rows("uniform", "logpdf cdf ppf", PROBABLE, W * 0, POSITIVE)
rows("vonmises", "logpdf", V, POSITIVE)
rows("wrapcauchy", "logpdf", POSITIVE, PROBABLE)

rows("expon", "logpdf cdf logsf", POSITIVE, W * 0, POSITIVE2,
     domains="positive, given, positive")  # fmt: skip
rows("expon", "ppf", PROBABLE)
rows("gamma", "logpdf cdf logsf", POSITIVE, POSITIVE2, domains="positive, positive")
rows("chi2", "logpdf cdf", POSITIVE, POSITIVE2, domains="positive, positive")
rows("pareto", "logpdf logsf", POSITIVE + 1, POSITIVE2, domains="above one, positive")
rows("beta", "logpdf pdf", PROBABLE, POSITIVE, POSITIVE2,
     domains="probability, positive, positive")  # fmt: skip
# Of the incomplete beta function JAX knows the derivative by the last argument only.
row("jax.scipy.stats.beta.cdf", PROBABLE, call=lambda f, x: f(x, POSITIVE, POSITIVE2),
    strategies=within("probability", PROBABLE))  # fmt: skip
row("jax.scipy.stats.dirichlet.logpdf", SIMPLEX[0], POSITIVE[:3],
    strategies=lambda gt: (gt.arrays(3, simplex=True), gt.arrays(3, lo=0.3, hi=3)))  # fmt: skip
row("jax.scipy.stats.multivariate_normal.logpdf", V[:3], W[:3], SPD,
    strategies=lambda gt: (gt.arrays(3), gt.arrays(3), gt.arrays((3, 3), spd=True)))  # fmt: skip

rows("bernoulli", "logpmf", COUNTS % 2, PROBABLE, domains="given, probability")
rows("betabinom", "logpmf", COUNTS, 6, POSITIVE, POSITIVE2,
     domains="given, given, positive, positive")  # fmt: skip
rows("binom", "logpmf", COUNTS, 6, PROBABLE, domains="given, given, probability")
rows("geom", "logpmf", COUNTS + 1, PROBABLE, domains="given, probability")
rows("nbinom", "logpmf", COUNTS, POSITIVE, PROBABLE, domains="given, positive, probability")
rows("poisson", "logpmf pmf cdf", COUNTS, POSITIVE, domains="given, positive")
rows("multinomial", "logpmf", TWICE, 3, SIMPLEX[0])
row("jax.scipy.stats.sem", M)
row("jax.scipy.stats.gaussian_kde", M, W[:2], call=lambda f, data, x: f(data[0])(x))
