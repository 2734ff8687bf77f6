"""`jax.lax`: what the rest is built of, and control flow."""

import jax.numpy as jnp
import numpy as np
from jax import lax as control

from ..table import row, within
from ..values import (
    INDICES,
    LOWER,
    MASK,
    POSITIVE,
    POSITIVE2,
    SPD,
    TIED,
    WITHIN,
    ZEROS,
    M,
    N,
    S,
    T,
    V,
    W,
    Z,
    f32,
    normal,
)

for name in """abs asinh atan bessel_i0e bessel_i1e cbrt cos cosh erf erfc exp exp2 expm1 logistic
        neg sign sin sinh square tan tanh floor ceil round""".split():
    row(f"jax.lax.{name}", V)
for name in "digamma lgamma log log1p rsqrt sqrt reciprocal".split():
    row(f"jax.lax.{name}", POSITIVE)
for name in "acos asin atanh erf_inv".split():
    row(f"jax.lax.{name}", WITHIN)
row("jax.lax.acosh", POSITIVE + 1)
row("jax.lax.abs", ZEROS, label="at its kink")
row("jax.lax.abs", Z, label="complex")
row("jax.lax.conj", Z)
row("jax.lax.real", Z)
row("jax.lax.imag", Z)

for name in "add atan2 div max min mul rem sub complex".split():
    row(f"jax.lax.{name}", V, W)
row("jax.lax.pow", POSITIVE, POSITIVE2)
for name in "igamma igammac".split():
    row(f"jax.lax.{name}", POSITIVE, POSITIVE2,
        strategies=within("positive, positive", POSITIVE, POSITIVE2))  # fmt: skip
row("jax.lax.betainc", np.abs(WITHIN), call=lambda f, x: f(POSITIVE, POSITIVE2, x))
row("jax.lax.polygamma", POSITIVE, call=lambda f, x: f(jnp.ones(4), x))
row("jax.lax.max", TIED, TIED[::-1].copy(), label="ties")
row("jax.lax.integer_pow", ZEROS, y=3)
row("jax.lax.clamp", V, call=lambda f, x: f(-0.5, x, 0.5))
row("jax.lax.clamp", np.float32(-0.5), V, np.float32(0.5), label="traced scalar bounds",
    expected_failure={"structure": "vjp raises TypeError for bounds of no axes"})  # fmt: skip
row("jax.lax.clamp", f32(-1, -1, 0, 0), TIED, f32(1, 1, 1, 2), label="at its bounds",
    expected_failure={"value": "clamp(t, t, 2 * t) has the gradient 0 at 1, not 1"})  # fmt: skip
row("jax.lax.select", MASK, M, N)
row("jax.lax.select_n", np.array([0, 2, 1, 0], np.int32), V, W, V * W)
row("jax.lax.reduce_precision", V, call=lambda f, x: f(x, 8, 23))
row("jax.lax.convert_element_type", V, new_dtype=np.float16)

row("jax.lax.broadcast", V, sizes=(2,))
row("jax.lax.broadcast_in_dim", V, shape=(4, 2), broadcast_dimensions=(0,))
row("jax.lax.concatenate", (V, W), dimension=0)
row("jax.lax.pad", V, np.float32(0.5), padding_config=((1, 2, 1),))
row("jax.lax.pad", V, np.float32(0.5), label="cropping", padding_config=((-1, 2, 0),))
row("jax.lax.reshape", M, new_sizes=(3, 2))
row("jax.lax.rev", M, dimensions=(1,))
row("jax.lax.transpose", T, permutation=(2, 0, 1))
row("jax.lax.squeeze", M[None], dimensions=(0,))
row("jax.lax.expand_dims", V, dimensions=(1,))
row("jax.lax.collapse", T, start_dimension=0, stop_dimension=2)
row("jax.lax.slice", V, start_indices=(1,), limit_indices=(4,), strides=(2,))
row("jax.lax.slice_in_dim", M, start_index=0, limit_index=2, axis=1)
row("jax.lax.split", V, sizes=(1, 3))
row("jax.lax.dynamic_slice", V, (np.int32(1),), slice_sizes=(2,))
row("jax.lax.dynamic_slice", V, (np.int32(3),), label="clamped", slice_sizes=(2,))
row("jax.lax.dynamic_update_slice", V, W[:2], (np.int32(1),))
row("jax.lax.dynamic_index_in_dim", M, np.int32(1), axis=1)
row("jax.lax.dynamic_update_index_in_dim", M, N[:, 0], np.int32(2), axis=1)
row("jax.lax.gather", V, INDICES[:, None], call=lambda f, a, i: f(
    a, i, control.GatherDimensionNumbers((), (0,), (0,)), slice_sizes=(1,)))  # fmt: skip

columns = control.ScatterDimensionNumbers((), (0,), (0,))
unique = np.array([[2], [0], [3]], np.int32)
for name in "scatter_add scatter_sub scatter_mul scatter".split():
    row(f"jax.lax.{name}", V, W[:3],
        call=lambda f, a, v: f(a, unique, v, columns, unique_indices=True))  # fmt: skip
row("jax.lax.scatter_add", V, INDICES[:, None], W[:3], label="twice the same",
    dimension_numbers=columns)  # fmt: skip
row("jax.lax.index_take", V, (INDICES,), axes=(0,))

row("jax.lax.dot", M, S)
row("jax.lax.dot_general", T, T, dimension_numbers=(((2,), (2,)), ((0,), (0,))))
row("jax.lax.batch_matmul", T, T.transpose(0, 2, 1).copy())
row("jax.lax.ragged_dot", normal("lhs", 3, 2), normal("rhs", 2, 2, 2), np.array([1, 2], np.int32))
image, kernel = normal("image", 1, 1, 3, 3), normal("kernel", 1, 1, 2, 2)
row("jax.lax.conv", image, kernel, window_strides=(1, 1), padding="VALID")
row("jax.lax.conv_general_dilated", image, kernel, window_strides=(2, 1), padding="SAME")
row("jax.lax.conv_general_dilated", image, kernel, label="dilated", window_strides=(1, 1),
    padding=[(1, 1), (0, 1)], rhs_dilation=(2, 1))  # fmt: skip
row("jax.lax.conv_with_general_padding", image, kernel, window_strides=(1, 1),
    padding=[(1, 0), (0, 1)], lhs_dilation=(1, 1), rhs_dilation=(1, 1))  # fmt: skip
row("jax.lax.conv_transpose", normal("image", 1, 3, 3, 1), normal("kernel", 2, 2, 1, 1),
    strides=(2, 2), padding="VALID")  # fmt: skip
row("jax.lax.conv_general_dilated_patches", image, filter_shape=(2, 2), window_strides=(1, 1),
    padding="VALID")  # fmt: skip
row("jax.lax.conv_general_dilated_local", image, normal("local", 1, 4, 2, 2),
    window_strides=(1, 1), padding="VALID", filter_shape=(2, 2))  # fmt: skip

for name in "cumsum cumprod cummax cummin cumlogsumexp".split():
    row(f"jax.lax.{name}", V)
row("jax.lax.cummax", TIED, label="ties")
row("jax.lax.cumsum", M, label="reverse", axis=1, reverse=True)
row("jax.lax.sort", V)
row("jax.lax.sort_key_val", V, W)
row("jax.lax.top_k", V, call=lambda f, x: f(x, 2)[0])
row("jax.lax.top_k", TIED, label="ties", call=lambda f, x: f(x, 2)[0])
for name in "sum prod max min".split():
    row(f"jax.lax.reduce_{name}", M, axes=(1,))
row("jax.lax.reduce_max", TIED, label="ties", axes=(0,))
row("jax.lax.reduce", M, call=lambda f, x: f(x, np.float32(0), control.add, (0,)))
row("jax.lax.reduce_window", M, label="max pooling",
    call=lambda f, x: f(x, -np.float32(np.inf), control.max, (1, 2), (1, 1), "VALID"))  # fmt: skip
row("jax.lax.reduce_window", M, label="sum pooling",
    call=lambda f, x: f(x, np.float32(0), control.add, (2, 2), (1, 1), "SAME"))  # fmt: skip

row("jax.lax.cond", True, V, call=lambda f, p, x: f(p, jnp.sin, lambda t: t * t, x))
row("jax.lax.switch", np.int32(1), V, call=lambda f, i, x: f(i, [jnp.sin, jnp.cos, jnp.tanh], x))
row("jax.lax.map", M, call=lambda f, x: f(jnp.prod, x))
row("jax.lax.scan", np.float32(0.5), V,
    call=lambda f, h, xs: f(lambda c, x: (jnp.tanh(c * 0.9 + x), c * x), h, xs))  # fmt: skip
row("jax.lax.associative_scan", V, call=lambda f, x: f(jnp.multiply, x))
row("jax.lax.fori_loop", V, label="fixed bounds",
    call=lambda f, x: f(0, 3, lambda i, c: jnp.sin(c) + i, x))  # fmt: skip
row("jax.lax.while_loop", V, label="forward mode only", call=lambda f, x: f(
    lambda c: c[0] < 3, lambda c: (c[0] + 1, jnp.sin(c[1])), (0, x))[1])  # fmt: skip
row("jax.lax.custom_linear_solve", SPD, V[:3],
    call=lambda f, a, b: f(lambda x: a @ x, b, lambda _, b: jnp.linalg.solve(a, b), symmetric=True),
    strategies=lambda gt: (gt.arrays((3, 3), spd=True), gt.arrays(3)))  # fmt: skip
row("jax.lax.custom_root", POSITIVE, call=lambda f, a: f(
    lambda x: x * x - a, jnp.ones(4), lambda _, x: jnp.sqrt(control.stop_gradient(a)),
    lambda g, y: y / g(jnp.ones(4))))  # fmt: skip

row("jax.lax.linalg.cholesky", SPD, strategies=lambda gt: (gt.arrays((3, 3), spd=True),))
row("jax.lax.linalg.triangular_solve", LOWER, S, left_side=True, lower=True)
row("jax.lax.linalg.tridiagonal_solve", f32(0, 1, 0.5), f32(3, 4, 3), f32(1, -1, 0), S)
row("jax.lax.linalg.lu", SPD, call=lambda f, a: f(a)[0],
    strategies=lambda gt: (gt.arrays((3, 3), spd=True),))  # fmt: skip

row("jax.checkpoint", V, call=lambda f, x: f(lambda t: jnp.sin(jnp.exp(t)))(x))
row("jax.vmap", M, call=lambda f, x: f(jnp.linalg.norm)(x))
row("jax.grad", V, call=lambda f, x: f(lambda t: jnp.sum(jnp.tanh(t) ** 3))(x))
row("jax.jvp", V, W, call=lambda f, x, t: f(jnp.cumprod, (x,), (t,)))
row("jax.hessian", V, call=lambda f, x: f(jnp.prod)(x))
row("jax.linearize", V, W, call=lambda f, x, t: f(jnp.tanh, x)[1](t))
