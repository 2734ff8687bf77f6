"""Correct functions with loops, branches, rules of their own, matrices and complex numbers."""

from functools import partial

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax

from ..cases import correct as _correct
from ..cases import forward_rule, given, normal, rule, spd, uniform, waves

correct = partial(_correct, family="systems")


def recurrent(w, xs):
    return lax.scan(lambda h, x: (jnp.tanh(w @ h + x),) * 2, jnp.zeros_like(xs[0]), xs)


def halved(x):
    """A loop that runs for as long as the values ask: forward mode only."""
    return lax.while_loop(lambda y: jnp.max(jnp.abs(y)) > 1, lambda y: y * 0.5, x)


def branch(x):
    return lax.cond(jnp.sum(x) > 0, jnp.sin, lambda x: x * x, x)


def switched(x):
    return lax.switch(1, [jnp.sin, jnp.cos, jnp.tanh], x)


def mapped(x):
    return lax.map(lambda row: jnp.tanh(row) / (1 + jnp.sum(row * row)), x)


def newton(a):
    """The cube root by Newton's steps, differentiated implicitly."""

    def solve(f, start):
        return lax.fori_loop(0, 30, lambda i, y: y - f(y) / (3 * y * y), start)

    return lax.custom_root(lambda y: y**3 - a, jnp.ones_like(a), solve, lambda g, y: y / g(1.0))


def conjugate_gradient(a, b):
    return jax.scipy.sparse.linalg.cg(lambda x: (a @ a.T) @ x + x, b, tol=0.0, maxiter=12)[0]


def remat(x):
    return jax.checkpoint(lambda x: jnp.sin(jnp.sin(x)) * x)(x)


def rotated(x):
    return jnp.fft.irfft(jnp.fft.rfft(x) * jnp.asarray([1, 1j, -1, 0.5]).astype(
        "complex64" if x.dtype == jnp.float32 else "complex128"))  # fmt: skip


def eigenvalues(a):
    return jnp.linalg.eigh(a @ a.T + jnp.diag(jnp.arange(1.0, 1 + len(a)).astype(a.dtype) * 4))[0]


def attention(q, k, v):
    s = jnp.einsum("ihd,jhd->hij", q, k) / np.sqrt(q.shape[-1])
    return jnp.einsum("hij,jhd->ihd", jax.nn.softmax(s), v)


def convolved(x, k):
    return lax.conv_general_dilated(x, k, (1, 1), "SAME")


def det3(a):
    return jnp.dot(a[0], jnp.cross(a[1], a[2]))


def verlet(x, v):
    """A pendulum, in steps."""

    def step(state, _):
        x, v = state
        v = v - 0.1 * jnp.sin(x)
        return (x + 0.1 * v, v), x

    return lax.scan(step, (x, v), None, length=12)


def power_series(x):
    return lax.fori_loop(0, 8, lambda i, y: y * x / 2 + 1, jnp.zeros_like(x))


reverse_only = rule(jnp.sin, lambda x: (jnp.sin(x), x), lambda x, g: (g * jnp.cos(x),))
by_position = rule(
    lambda n, x: x**n, lambda n, x: (x**n, x), lambda n, x, g: (n * x ** (n - 1) * g,),
    nondiff_argnums=(0,),
)  # fmt: skip
both_ways = forward_rule(
    lambda x, y: x * jnp.sin(y),
    lambda p, t: (p[0] * jnp.sin(p[1]), t[0] * jnp.sin(p[1]) + p[0] * jnp.cos(p[1]) * t[1]),
)


@jax.custom_gradient
def in_one_go(x):
    y = jnp.exp(-x * x)
    return y, lambda g: -2 * x * y * g


@jax.jit
def compiled(x):
    return jnp.log1p(x * x)


correct("scan", recurrent, normal(3, 3, scale=0.5), normal(4, 3))
correct("while loop, forward only", halved, normal(4, scale=3.0))
correct("cond", branch, uniform(4, lo=0.2, hi=1))
correct("switch", switched, normal(4))
correct("map over rows", mapped, normal(3, 2))
correct("fori_loop of fixed length", power_series, normal(4))
correct("implicit cube root", newton, given(2.0))
correct("conjugate gradients", conjugate_gradient, normal(3, 3, scale=0.5), normal(3))
correct("checkpoint", remat, normal(4))
correct("custom_vjp only", reverse_only, normal(4))
correct("custom_vjp with a static argument", lambda x: by_position(3, x), normal(4))
correct("custom_jvp", both_ways, normal(4), normal(4))
correct("custom_gradient", in_one_go, normal(4))
correct("under jit already", compiled, normal(4))
correct("vmap inside", lambda a, x: jax.vmap(lambda r: jnp.dot(r, x) ** 2)(a), normal(3, 2),
        normal(2))  # fmt: skip
correct("a gradient inside", jax.grad(lambda y: jnp.sum(jnp.sin(y) * y)), normal(4))
correct("pendulum", verlet, normal(2), normal(2))
correct("attention", attention, normal(3, 2, 4), normal(3, 2, 4), normal(3, 2, 4))
correct("convolution", convolved, normal(1, 2, 5, 5), normal(3, 2, 3, 3))
correct("einsum of three", lambda a, b, c: jnp.einsum("ij,jk,ki->i", a, b, c), normal(2, 3),
        normal(3, 2), normal(2, 2))  # fmt: skip
correct("determinant of a singular matrix", det3, given(np.diag([1.0, 2.0, 0.0])))
correct("log-determinant", lambda a: jnp.linalg.slogdet(a)[1], spd(3),
        strategies=lambda gt, d: (gt.arrays((3, 3), d, spd=True),))  # fmt: skip
correct("cholesky", jnp.linalg.cholesky, spd(3),
        strategies=lambda gt, d: (gt.arrays((3, 3), d, spd=True),))  # fmt: skip
correct("inverse", jnp.linalg.inv, spd(3))
correct("solve", jnp.linalg.solve, spd(3), normal(3))
correct("eigenvalues, distinct", eigenvalues, normal(3, 3, scale=0.3))
correct("matrix power", lambda a: jnp.linalg.matrix_power(a, 3), normal(3, 3, scale=0.5))
correct("trace of a product", lambda a, b: jnp.trace(a @ b), normal(3, 2), normal(2, 3))
correct("|z|²", lambda z: jnp.abs(z) ** 2, waves(4))
correct("|z|² by parts", lambda z: z.real**2 + z.imag**2, waves(4))
correct("complex exp", jnp.exp, waves(4, scale=0.7))
correct("real part of a product", lambda z, w: jnp.real(z * jnp.conj(w)), waves(3), waves(3))
correct("conjugate", lambda z: jnp.conj(z) * 2, waves(4))
correct("phase", jnp.angle, given(np.array([1 + 1j, 2 - 1j, -1 + 2j])))
correct("power spectrum", lambda x: jnp.abs(jnp.fft.rfft(x)) ** 2, normal(6))
correct("filtered by fft", rotated, normal(6))
correct("fft of complex values", jnp.fft.fft, waves(4))
correct("complex to real loss", lambda z: jnp.sum(jnp.log1p(z.real**2 + z.imag**2)), waves(4))
correct("complex product with its own rule", rule(
    lambda x, y: x * y, lambda x, y: (x * y, (x, y)), lambda k, g: (g * k[1], g * k[0])),
    waves(3), waves(3))  # fmt: skip
correct("holomorphic polynomial", lambda z: z**3 - 2 * z, waves(4))
