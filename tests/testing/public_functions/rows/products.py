"""`jax.numpy`: products of arrays, and polynomials."""

from ..table import row
from ..values import S2, Z2, Z_MATRIX, M, N, S, T, V, W, Z, f32, normal

X3, Y3 = normal("X3", 3), normal("Y3", 3)

row("jax.numpy.dot", M, N.T.copy())
row("jax.numpy.dot", V, W, label="vectors")
row("jax.numpy.matmul", M, S)
row("jax.numpy.matmul", T, S, label="batches")
row("jax.numpy.matmul", Z_MATRIX, Z_MATRIX, label="complex, the same twice")
row("jax.numpy.vdot", V, W)
row("jax.numpy.vdot", Z, Z2, label="complex")
row("jax.numpy.vecdot", M, N)
row("jax.numpy.vecdot", Z, Z2, label="complex")
row("jax.numpy.matvec", M, X3)
row("jax.numpy.vecmat", X3, S)
row("jax.numpy.inner", M, N)
row("jax.numpy.outer", V, W)
row("jax.numpy.kron", M, V[:2])
row("jax.numpy.cross", X3, Y3)
row("jax.numpy.cross", M, N, label="rows")
row("jax.numpy.tensordot", T, M, axes=([2], [1]))
row("jax.numpy.einsum", M, S, call=lambda f, a, b: f("ij,jk->ik", a, b))
row("jax.numpy.einsum", S, S2, label="a trace", call=lambda f, a, b: f("ij,ji->", a, b))
row("jax.numpy.einsum", S, label="a diagonal", call=lambda f, a: f("ii->i", a))
row("jax.numpy.einsum", M, X3, label="three", call=lambda f, a, x: f("ij,j,kj->ik", a, x, a))

row("jax.numpy.convolve", V, X3)
row("jax.numpy.convolve", V, X3, label="same", mode="same")
row("jax.numpy.correlate", V, X3)
row("jax.numpy.correlate", Z, Z2, label="complex", mode="full")

row("jax.numpy.poly", X3)
row("jax.numpy.polyadd", V, X3)
row("jax.numpy.polysub", V, X3)
row("jax.numpy.polymul", V, X3)
row("jax.numpy.polyder", V)
row("jax.numpy.polyint", V)
row("jax.numpy.polyval", X3, V)
row("jax.numpy.polydiv", V, f32(2, 1))
row("jax.numpy.polyfit", V, call=lambda f, y: f(f32(0, 1, 2, 3), y, 2))
# Known by sorting and trimming: JAX wants to be told that no leading coefficient is zero.
row("jax.numpy.roots", f32(1, -2, -5, 6), strip_zeros=False)
