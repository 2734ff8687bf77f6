"""Slips in rules of matrices, and of complex numbers."""

from functools import partial

import jax
import jax.numpy as jnp
import numpy as np

from ..cases import normal, rule, spd, uniform, waves
from ..cases import planted as _planted
from ..witness import at

planted = partial(_planted, family="linalg")


def of_one(function, backward):
    return rule(function, lambda x: (function(x), x), lambda x, g: (backward(x, g),))


def linear(to_x, to_w):
    return rule(
        lambda x, w: x @ w,
        lambda x, w: (x @ w, (x, w)),
        lambda kept, g: (to_x(*kept, g), to_w(*kept, g)),
    )


def _to_x(x, w, g):
    return g @ w.T


def _to_w(x, w, g):
    return x.T @ g


LINEAR = linear(_to_x, _to_w)
planted("linear, weight not transposed", "the weight is square, so the shapes fit",
        (normal(3, 4), normal(4, 4)), LINEAR, linear(lambda x, w, g: g @ w, _to_w))  # fmt: skip
planted("linear, weight's gradient transposed", "gᵀ x for xᵀ g, the weight being square",
        (normal(3, 4), normal(4, 4)), LINEAR, linear(_to_x, lambda x, w, g: g.T @ x))  # fmt: skip
planted("matmul, gradients swapped", "all matrices are square: each gets the other's",
        (normal(3, 3), normal(3, 3)), LINEAR, linear(_to_w, _to_x))  # fmt: skip
planted("linear, one block 20 % off", "a block of 8 × 8 of a 64 × 64 weight: the last tile",
        (normal(4, 64), normal(64, 64, scale=0.1)), LINEAR,
        linear(_to_x, lambda x, w, g: (x.T @ g).at[56:, 56:].multiply(1.2)))  # fmt: skip
planted("linear, one entry", "the last entry is never written: the loop ends one early",
        (normal(4, 12), normal(12, 12, scale=0.3)), LINEAR,
        linear(_to_x, lambda x, w, g: (x.T @ g).at[-1, -1].set(0)))  # fmt: skip

MILLION = 1_000_000
planted(
    "a million, one block 20 % off",
    "a thousandth of the entries: a tile of a kernel",
    (normal(MILLION),),
    of_one(lambda x: x * x, lambda x, g: 2 * x * g),
    of_one(lambda x: x * x, lambda x, g: (2 * x * g).at[700_000:701_000].multiply(1.2)),
)


def inverse_slope(transpose, a, g):
    b = jnp.linalg.inv(a)
    b = b.T if transpose else b
    return -b @ g @ b


def shifted(n):
    """A matrix that is well away from a singular one."""
    return lambda rng: 0.3 * rng.normal(size=(n, n)) + 2 * np.eye(n)


planted("inverse, not transposed", "−A⁻¹ G A⁻¹ for −A⁻ᵀ G A⁻ᵀ",
        (shifted(3),), of_one(jnp.linalg.inv, partial(inverse_slope, True)),
        of_one(jnp.linalg.inv, partial(inverse_slope, False)))  # fmt: skip


def logdet(a):
    return jnp.linalg.slogdet(a)[1]


planted("log-determinant, not transposed", "A⁻¹ for A⁻ᵀ: right where A is symmetric",
        (spd(3),), of_one(logdet, lambda a, g: g * jnp.linalg.inv(a).T),
        of_one(logdet, lambda a, g: g * jnp.linalg.inv(a)),
        shows=at(np.array([[2.0, 1], [0, 2]])),
        strategies=lambda gt, d: (gt.arrays((3, 3), d),))  # fmt: skip


def det_slope(adjugate, a, g):
    if not adjugate:
        return g * jnp.linalg.det(a) * jnp.linalg.inv(a).T
    rows = [jnp.cross(a[(i + 1) % 3], a[(i + 2) % 3]) for i in range(3)]
    return g * jnp.stack(rows)


def det3(a):
    return jnp.dot(a[0], jnp.cross(a[1], a[2]))


planted("determinant, singular matrix", "det(A) A⁻ᵀ is 0 · ∞",
        (normal(3, 3),), of_one(det3, partial(det_slope, True)),
        of_one(det3, partial(det_slope, False)), shows=at(np.diag([1.0, 2.0, 0.0])))  # fmt: skip


def cholesky_slope(halve, a, g):
    low = jnp.linalg.cholesky(a)
    phi = jnp.tril(low.T @ jnp.tril(g))
    phi = phi - 0.5 * jnp.diag(jnp.diag(phi)) if halve else phi
    back = jax.scipy.linalg.solve_triangular(low, phi, lower=True, trans="T")
    back = jax.scipy.linalg.solve_triangular(low, back.T, lower=True, trans="T").T
    return (back + back.T) / 2


planted("cholesky, diagonal not halved", "Φ takes the lower triangle with half the diagonal",
        (spd(3),), of_one(jnp.linalg.cholesky, partial(cholesky_slope, True)),
        of_one(jnp.linalg.cholesky, partial(cholesky_slope, False)),
        strategies=lambda gt, d: (gt.arrays((3, 3), d, spd=True),))  # fmt: skip


def solve(transpose):
    def backward(kept, g):
        a, x = kept
        v = jnp.linalg.solve(a.T if transpose else a, g)
        return -jnp.outer(v, x), v

    def forward(a, b):
        x = jnp.linalg.solve(a, b)
        return x, (a, x)

    return rule(jnp.linalg.solve, forward, backward)


planted("solve, not transposed", "the cotangent is solved with A, not with Aᵀ",
        (shifted(3), normal(3)), solve(True), solve(False))  # fmt: skip


def quadratic(symmetric):
    def backward(kept, g):
        a, x = kept
        return g * jnp.outer(x, x), g * (2 * a @ x if symmetric else (a + a.T) @ x)

    return rule(lambda a, x: x @ a @ x, lambda a, x: (x @ a @ x, (a, x)), backward)


planted("xᵀ A x, A taken as symmetric", "2 A x: the user had a covariance in mind",
        (spd(3), normal(3)), quadratic(False), quadratic(True),
        shows=at(np.array([[1.0, 3], [0, 1]]), np.array([1.0, 2.0])),
        strategies=lambda gt, d: (gt.arrays((3, 3), d), gt.arrays(3, d)))  # fmt: skip


def unit_slope(project, x, g):
    size = jnp.sqrt(jnp.sum(x * x) + 1e-6)
    n = x / size
    return (g - n * jnp.sum(n * g) if project else g) / size


def unit(x):
    return x / jnp.sqrt(jnp.sum(x * x) + 1e-6)


planted("unit vector, projection forgotten", "the norm is taken to be a constant",
        (normal(4),), of_one(unit, partial(unit_slope, True)),
        of_one(unit, partial(unit_slope, False)))  # fmt: skip


def turn(back):
    def value(p, a):
        c, s = jnp.cos(a), jnp.sin(a)
        return jnp.stack([c * p[0] - s * p[1], s * p[0] + c * p[1]])

    def backward(kept, g):
        p, a = kept
        x, y = value(p, a)
        return value(g, -a if back else a), g[1] * x - g[0] * y

    return rule(value, lambda p, a: (value(p, a), (p, a)), backward)


planted("rotation, turned on", "the cotangent is turned forward, not back",
        (normal(2), normal()), turn(True), turn(False))  # fmt: skip


def attention(slip):
    def weights(q, k):
        s = q @ k.T / np.sqrt(q.shape[-1])
        return jax.nn.softmax(jnp.where(np.tri(len(q), dtype=bool), s, -jnp.inf))

    def backward(kept, g):
        q, k, v = kept
        p = weights(q, k)
        to_p = g @ v.T
        to_s = p * (to_p - jnp.sum(to_p * p, -1, keepdims=True))
        to_s = to_s / (1 if slip == "scale" else np.sqrt(q.shape[-1]))
        return to_s @ k, (to_s if slip == "keys" else to_s.T) @ q, p.T @ g

    return rule(lambda q, k, v: weights(q, k) @ v,
                lambda q, k, v: (weights(q, k) @ v, (q, k, v)), backward)  # fmt: skip


ATTENTION = attention("")
planted("attention, scale forgotten", "1/√d is in the value only",
        (normal(4, 3),) * 3, ATTENTION, attention("scale"))  # fmt: skip
planted("attention, keys not transposed", "as many queries as keys: the shapes fit",
        (normal(4, 3),) * 3, ATTENTION, attention("keys"))  # fmt: skip


def smooth(flip):
    def backward(kept, g):
        x, k = kept
        # The cotangent of a convolution is a correlation: the kernel turned round.
        to_x = jnp.convolve(g, k[::-1] if flip else k, mode="same")
        padded = jnp.pad(x, 1)
        to_k = jnp.stack([jnp.dot(g, padded[2 - j : 2 - j + x.size]) for j in range(3)])
        return to_x, to_k

    def value(x, k):
        return jnp.convolve(x, k, mode="same")

    return rule(value, lambda x, k: (value(x, k), (x, k)), backward)


planted("convolution, kernel not turned", "right for a symmetric kernel",
        (normal(6), normal(3)), smooth(True), smooth(False))  # fmt: skip

# Complex numbers, by JAX's convention: a rule gives the plain transpose, without a conjugate.
power = partial(of_one, lambda z: z.real**2 + z.imag**2)
planted(
    "|z|², conjugate forgotten",
    "2 g z for 2 g z̄: the gradient by PyTorch's convention",
    (waves(4),),
    power(lambda z, g: 2 * g * jnp.conj(z)),
    power(lambda z, g: 2 * g * z),
)


def product(slip):
    def backward(kept, g):
        x, y = kept
        return (g * jnp.conj(y), g * jnp.conj(x)) if slip else (g * y, g * x)

    return rule(lambda x, y: x * y, lambda x, y: (x * y, (x, y)), backward)


planted("complex product, conjugated", "conjugates as PyTorch has them",
        (waves(4), waves(4)), product(False), product(True))  # fmt: skip
planted("fft, inverse for transpose", "the adjoint, n · ifft, where JAX wants the transpose",
        (waves(5),), of_one(jnp.fft.fft, lambda z, g: jnp.fft.fft(g)),
        of_one(jnp.fft.fft, lambda z, g: len(g) * jnp.fft.ifft(g)))  # fmt: skip
planted(
    "exp(iφ), imaginary part lost",
    "only the real part of the cotangent is looked at",
    (uniform(4, lo=0, hi=6),),
    of_one(lambda p: jnp.exp(1j * p), lambda p, g: (g * 1j * jnp.exp(1j * p)).real),
    of_one(lambda p: jnp.exp(1j * p), lambda p, g: (g.real * 1j * jnp.exp(1j * p)).real),
)
