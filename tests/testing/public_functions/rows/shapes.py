"""`jax.numpy`: the same entries in another shape or order."""

import numpy as np

from ..table import row
from ..values import M, N, S, T, V, f32

for name in """atleast_1d atleast_2d atleast_3d broadcast_arrays flip fliplr flipud
        matrix_transpose ravel rot90 squeeze transpose unstack diagonal tril triu diag""".split():
    row(f"jax.numpy.{name}", M)

row("jax.numpy.broadcast_to", V, shape=(2, 4))
row("jax.numpy.broadcast_arrays", V[:3], M, label="of two")
row("jax.numpy.expand_dims", V, axis=0)
row("jax.numpy.moveaxis", T, source=0, destination=-1)
row("jax.numpy.permute_dims", T, axes=(2, 0, 1))
row("jax.numpy.repeat", V, repeats=2)
row("jax.numpy.repeat", M, label="by entry", repeats=np.array([1, 0, 2]), axis=1,
    total_repeat_length=3)  # fmt: skip
row("jax.numpy.reshape", M, shape=(3, 2))
row("jax.numpy.resize", M, new_shape=(2, 4))
row("jax.numpy.roll", M, shift=1, axis=1)
row("jax.numpy.rollaxis", T, axis=2)
row("jax.numpy.squeeze", M[None], label="axis", axis=0)
row("jax.numpy.swapaxes", T, axis1=0, axis2=2)
row("jax.numpy.tile", V, reps=2)
row("jax.numpy.transpose", T, label="axes", axes=(1, 0, 2))
row("jax.numpy.diag", V, label="of a vector")
row("jax.numpy.diagflat", M)
row("jax.numpy.tril", S, label="below", k=-1)
row("jax.numpy.vander", V, strategies=lambda gt: (gt.arrays(4, lo=0.1, hi=3),))
row("jax.numpy.vander", f32(0, 1, 2), label="at zero",
    expected_failure={"finite": "NaN at 0: powers by a float exponent"})  # fmt: skip
row("jax.numpy.vander", V, label="rising", N=3, increasing=True,
    strategies=lambda gt: (gt.arrays(4, lo=0.1, hi=3),))  # fmt: skip
row("jax.numpy.meshgrid", V, N[0])
row("jax.numpy.ix_", V, call=lambda f, x: x[None][f(np.array([0]), np.array([1, 3]))])
