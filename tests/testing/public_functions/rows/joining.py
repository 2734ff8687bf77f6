"""`jax.numpy`: many arrays into one, one into many."""

import numpy as np

from ..table import row
from ..values import M, N, T, V, W

for name in "column_stack concatenate dstack hstack stack vstack".split():
    row(f"jax.numpy.{name}", (V, W))
row("jax.numpy.append", V, W)
row("jax.numpy.block", [V, W])
row("jax.numpy.concatenate", (M, N[:1]), label="axis 0")
row("jax.numpy.stack", (M, N), label="axis", axis=1)
row("jax.numpy.block", [[M, N], [N, M]], label="of blocks")
row("jax.numpy.choose", np.array([0, 1, 1, 0], np.int32), (V, W), mode="wrap")
row("jax.numpy.array_split", V, indices_or_sections=3)
row("jax.numpy.split", V, indices_or_sections=2)
row("jax.numpy.split", V, label="at places", indices_or_sections=(1, 3))
row("jax.numpy.hsplit", M, indices_or_sections=3)
row("jax.numpy.vsplit", M, indices_or_sections=2)
row("jax.numpy.dsplit", T, indices_or_sections=3)
row("jax.numpy.insert", V, obj=1, values=5.0)
row("jax.numpy.insert", V, W[:2], label="several", call=lambda f, a, v: f(a, np.array([0, 3]), v))
row("jax.numpy.delete", V, obj=2)
row("jax.numpy.pad", V, pad_width=2)
for mode in "edge linear_ramp maximum mean median minimum reflect symmetric wrap".split():
    row("jax.numpy.pad", M, label=mode, pad_width=1, mode=mode)
