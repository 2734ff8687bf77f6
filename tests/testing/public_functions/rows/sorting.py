"""`jax.numpy`: sorting, and what is made by it."""

from ..table import row
from ..values import TIED, TIED_MATRIX, M, V, Z

row("jax.numpy.sort", V)
row("jax.numpy.sort", M, label="axis 0, falling", axis=0, descending=True)
row("jax.numpy.sort", TIED, label="ties")
row("jax.numpy.sort", TIED_MATRIX, label="ties in rows")
row("jax.numpy.sort_complex", Z)
row("jax.numpy.partition", V, kth=1)
row("jax.numpy.partition", TIED, label="ties", kth=2)
row("jax.numpy.partition", TIED, label="sum of ties", call=lambda f, x: f(x, 2).sum(),
    options={"nonsmooth": "error"},
    expected_failure={"value": "a tied entry counts twice: [2, 1, 0, 1]"})  # fmt: skip
# How many entries are distinct is known from the values only, unless it is said.
row("jax.numpy.unique", V, size=4)
row("jax.numpy.unique_values", V, size=4)
row("jax.numpy.union1d", V, V[:2] + 1, size=6)
row("jax.numpy.setxor1d", V, V[:2] + 1, size=6)
