"""`jax.numpy`: functions of one array, entry by entry."""

import numpy as np

from ..table import row, within
from ..values import KINKS, MASK, POSITIVE, WITH_NAN, WITHIN, ZEROS, M, V, Z, f32

for name in """abs angle arcsinh arctan cbrt ceil conj copy cos cosh
        deg2rad exp exp2 expm1 fabs floor frexp i0 modf nan_to_num negative positive
        rad2deg real rint round sign sin sinc sinh square tan tanh trunc""".split():
    row(f"jax.numpy.{name}", V)

for name in "log log10 log1p log2 reciprocal sqrt arccosh".split():
    row(f"jax.numpy.{name}", POSITIVE + 1)
for name in "log sqrt cbrt reciprocal".split():
    row(f"jax.numpy.{name}", POSITIVE, label="around 1")
for name in "arccos arcsin arctanh".split():
    row(f"jax.numpy.{name}", WITHIN)

# At zero: kinks, poles of the derivative, and functions that only look as if they had one.
for name in "abs fabs square sinc sign expm1 log1p i0 tanh".split():
    row(f"jax.numpy.{name}", ZEROS if name != "log1p" else f32(0, 1e-6, 2), label="at zero")
row("jax.numpy.sqrt", f32(1e-6, 1e-3, 4, 100), label="near its pole")
row("jax.numpy.cbrt", f32(1e-3, -1, 8), label="near its pole")
row("jax.numpy.nan_to_num", WITH_NAN, label="of a NaN")
row("jax.numpy.imag", Z)
row("jax.numpy.real", Z, label="complex")
row("jax.numpy.angle", Z, label="complex")
for name in "abs conj exp log sin cos tanh sqrt square reciprocal arctan negative".split():
    row(f"jax.numpy.{name}", Z, label="complex")

row("jax.numpy.clip", V, min=-0.5, max=0.5)
row("jax.numpy.clip", KINKS, label="at its bounds", min=-1.0, max=1.0)
row("jax.numpy.clip", V, f32(-1, 0, 0, -1), f32(1, 0.5, 1, 2), label="traced bounds")
EXPONENTS = np.array([1, 0, -2, 3], np.int32)
row("jax.numpy.ldexp", POSITIVE, EXPONENTS,
    strategies=within("positive, given", POSITIVE, EXPONENTS))  # fmt: skip
row("jax.numpy.ldexp", f32(0, 1), np.array([3, 3], np.int32), label="at zero",
    expected_failure={"value": "1 at 0, where it is 2**n: 0 is returned as it came"})  # fmt: skip
row("jax.numpy.unwrap", f32(0, 1, 3, 6, 7.5, 9))
row("jax.numpy.astype", V, call=lambda f, x: f(x, np.float16))
row("jax.numpy.array", V)
row("jax.numpy.asarray", V)
row("jax.numpy.gradient", V)
row("jax.numpy.gradient", M, label="both axes")
pieces = [lambda t: -t, lambda t: t * t, 0.5]
row("jax.numpy.piecewise", V, call=lambda f, x: f(x, [x < 0, x > 1], pieces))
row("jax.numpy.where", M, -M, call=lambda f, a, b: f(MASK, a, b))
row(
    "jax.numpy.where", ZEROS, label="guarded",
    call=lambda f, x: f(x > 0, np.sqrt(2) * f(x > 0, x, 1.0) ** 0.5, 0.0),
)  # fmt: skip
row("jax.numpy.vectorize", V, M[:, :1], call=lambda f, a, b: f(lambda x, y: x * y + x)(a, b))
row("jax.numpy.frompyfunc", V, call=lambda f, x: f(lambda a, b: a * b + a, 2, 1, identity=0)(x, x))
row("jax.numpy.apply_along_axis", M, call=lambda f, a: f(lambda r: r * r[0], 1, a))
row("jax.numpy.apply_over_axes", M, call=lambda f, a: f(
    lambda x, axis: (x * x).sum(axis, keepdims=True), a, [0]))  # fmt: skip
