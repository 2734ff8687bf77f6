"""`jax.numpy`: functions of two arrays, entry by entry."""

import numpy as np

from ..table import row
from ..values import POSITIVE, POSITIVE2, SCALAR, TIED, Z2, ZEROS, M, N, V, W, Z, f32

for name in """add arctan2 copysign divide fmax fmin fmod hypot logaddexp
        logaddexp2 maximum minimum mod multiply remainder subtract floor_divide divmod
        heaviside""".split():
    row(f"jax.numpy.{name}", V, W)

# Operands that broadcast, and operands of two kinds.
row("jax.numpy.add", M, N[0], label="broadcast")
row("jax.numpy.multiply", M, N[:, :1], label="broadcast")
row("jax.numpy.divide", M, SCALAR, label="broadcast")
row("jax.numpy.subtract", 1.0, V, label="a number")
row("jax.numpy.multiply", V, np.array([1, 2, 0, -1], np.int32), label="integers")
row("jax.numpy.multiply", Z, Z2, label="complex")
row("jax.numpy.divide", Z, Z2, label="complex")
row("jax.numpy.multiply", V[:3], Z, label="real and complex")

# Ties and zeros.
for name in "maximum minimum fmax fmin".split():
    row(f"jax.numpy.{name}", TIED, TIED[::-1].copy(), label="ties")
row("jax.numpy.maximum", ZEROS, 0.0, label="against zero")
row("jax.numpy.hypot", f32(3, 0, 0), f32(4, 2, 1), label="zeros")
row("jax.numpy.arctan2", f32(0, 1, -1), f32(1, 0, 2), label="on the axes")
row("jax.numpy.logaddexp", f32(1, 90, -90), f32(1, -90, -90), label="ties far out")

row("jax.numpy.power", POSITIVE, POSITIVE2)
row("jax.numpy.float_power", POSITIVE, POSITIVE2)
row("jax.numpy.power", ZEROS, 3, label="a whole exponent")
row("jax.numpy.power", V, label="a float exponent", call=lambda f, x: f(x, 2.0))
row("jax.numpy.power", Z, 2, label="complex")
row("jax.numpy.add.reduce", M, axis=0)
row("jax.numpy.multiply.reduce", M, axis=1)
row("jax.numpy.add.accumulate", V)
row("jax.numpy.multiply.accumulate", V)
row("jax.numpy.subtract.outer", V, W)
row("jax.numpy.add.at", V, W[:3], call=lambda f, a, b: f(a, np.array([0, 0, 2]), b, inplace=False))
row("jax.numpy.add.reduceat", V, indices=np.array([0, 2]))
row("jax.numpy.maximum.reduce", TIED, label="ties")
