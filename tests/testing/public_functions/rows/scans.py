"""`jax.numpy`: running sums and products, differences."""

from ..table import row
from ..values import WITH_NAN, ZEROS, M, V, W, Z, f32

for (
    name
) in "cumprod cumsum cumulative_prod cumulative_sum diff ediff1d nancumprod nancumsum".split():
    row(f"jax.numpy.{name}", V)
for name in "cumprod cumsum diff".split():
    row(f"jax.numpy.{name}", M, label="axis", axis=0)
row("jax.numpy.cumprod", ZEROS, label="zeros")
row("jax.numpy.cumsum", Z, label="complex")
row("jax.numpy.nancumsum", WITH_NAN, label="with a NaN")
row("jax.numpy.nancumprod", WITH_NAN, label="with a NaN")
row("jax.numpy.cumulative_sum", V, label="initial", include_initial=True)
row("jax.numpy.diff", V, label="twice", n=2)
row("jax.numpy.ediff1d", V, f32(0.5), W[:2], label="ends")
