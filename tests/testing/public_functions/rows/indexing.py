"""`jax.numpy`: entries picked by indices and masks, or put there."""

import numpy as np

from ..table import row
from ..values import INDICES, MASK, VECTOR_MASK, M, N, S, V, W, f32

row("jax.numpy.take", V, INDICES)
row("jax.numpy.take", M, INDICES, label="axis", axis=1)
row("jax.numpy.take", V, np.array([0, 7, -1], np.int32), label="out of bounds", mode="clip")
row("jax.numpy.take_along_axis", M, np.array([[0, 2], [1, 1]], np.int32), axis=1)
row("jax.numpy.put", V, INDICES, W[:3], inplace=False)
row(
    "jax.numpy.put_along_axis", M, np.array([[0], [2]], np.int32), N[:, :1],
    call=lambda f, a, i, v: f(a, i, v, axis=1, inplace=False),
)  # fmt: skip
row("jax.numpy.place", V, W[:2], call=lambda f, a, v: f(a, VECTOR_MASK, v, inplace=False))
row("jax.numpy.fill_diagonal", S, 2.0, inplace=False)
row("jax.numpy.compress", V, call=lambda f, a: f(VECTOR_MASK, a, size=3))
row("jax.numpy.extract", M, call=lambda f, a: f(MASK, a, size=4))
row("jax.numpy.select", V, W, call=lambda f, a, b: f([a > 0.5, b > 0], [a * b, b], 1.0))
row("jax.numpy.interp", f32(0.3, 1.2, 1.9, 5), f32(0, 1, 2), f32(1, -1, 3),
    strategies=lambda gt: (gt.arrays(4), gt.arrays(3, sorted=True), gt.arrays(3)))  # fmt: skip
row("jax.numpy.interp", f32(0, 1, 2), label="at its knots",
    call=lambda f, x: f(x, f32(0, 1, 2), f32(1, -1, 3)))  # fmt: skip
