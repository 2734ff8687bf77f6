"""Slips that `jit`, `vmap` or a second call bring to light."""

import itertools
from functools import partial

import jax
import jax.numpy as jnp
import numpy as np

from ..cases import normal, rule, uniform
from ..cases import planted as _planted
from ..witness import batched, compiled, twice

planted = partial(_planted, family="transforms")


def of_one(function, backward):
    return rule(function, lambda x: (function(x), x), lambda x, g: (backward(x, g),))


def quartic(x):
    return x**4 / 4


RIGHT = of_one(quartic, lambda x, g: g * x**3)

planted("branch on a value", "`if` over an array's entries: runs eagerly, not under jit",
        (uniform(4, lo=0.2, hi=2),), RIGHT,
        of_one(quartic, lambda x, g: g * x**3 if jnp.all(x != 0) else jnp.zeros_like(x)),
        shows=compiled)  # fmt: skip

planted("NumPy in the rule", "np.asarray takes the array out of the trace",
        (normal(4),), RIGHT,
        of_one(quartic, lambda x, g: jnp.asarray(np.asarray(g) * np.asarray(x) ** 3)),
        shows=compiled)  # fmt: skip

planted("a shape from values", "the rule picks the non-zero entries: their number is a value",
        (normal(4),), RIGHT,
        of_one(quartic, lambda x, g: jnp.zeros_like(x).at[jnp.nonzero(x)[0]].add(
            (g * x**3)[jnp.nonzero(x)[0]])), shows=compiled)  # fmt: skip


def called(method, whole):
    """The slope by a callback to NumPy, centred by the mean of the last axis or of everything."""

    def slope(x):
        x = np.asarray(x)
        mean = x.mean() if whole else x.mean(-1, keepdims=True)
        return (2 * (x - mean) / x.shape[-1]).astype(x.dtype)

    def backward(x, g):
        return g * jax.pure_callback(
            slope, jax.ShapeDtypeStruct(x.shape, x.dtype), x, vmap_method=method
        )

    return of_one(jnp.var, backward)


def called_right():
    return called("broadcast_all", False)


planted("callback, the batch mixed in", "under vmap NumPy takes the mean over the batch as well",
        (normal(5),), called_right, lambda: called("broadcast_all", True), fresh=True,
        shows=lambda f, args: jax.vmap(jax.grad(f))(jnp.stack([args[0], 2 * args[0]])),
        dtypes=("float32", "float64"))  # fmt: skip

planted(
    "callback without a rule for vmap",
    "vmap_method is not given: vmap refuses",
    (normal(5),),
    called_right,
    lambda: called(None, False),
    fresh=True,
    shows=batched,
)


def batched_rule(sums):
    """A slope with its own rule for `vmap`, which sums over the batch by mistake."""

    @jax.custom_batching.custom_vmap
    def slope(x, g):
        return g * x**3

    @slope.def_vmap
    def _(size, mapped, x, g):
        x = x if mapped[0] else jnp.broadcast_to(x, (size, *x.shape))
        g = g if mapped[1] else jnp.broadcast_to(g, (size, *g.shape))
        out = g * x**3
        return (jnp.broadcast_to(jnp.mean(out, 0), out.shape) if sums else out), True

    return of_one(quartic, slope)


planted("own rule for vmap, mean over the batch", "each example gets the mean gradient",
        (normal(4),), batched_rule(False), batched_rule(True),
        shows=lambda f, args: jax.vmap(jax.grad(lambda x: jnp.sum(f(x))))(
            jnp.stack([args[0], 2 * args[0]])))  # fmt: skip


def mapped_rule(asks):
    """A slope with its own rule for `vmap`, which takes both arguments to be batched."""

    @jax.custom_batching.custom_vmap
    def slope(x, g):
        return g * x**3

    @slope.def_vmap
    def _(size, mapped, x, g):
        return jax.vmap(lambda x, g: g * x**3, [0 if m or not asks else None for m in mapped])(
            x, g
        ), True

    return of_one(quartic, slope)


planted("own rule for vmap, one argument not batched", "the cotangent is shared by all examples",
        (normal(3),), mapped_rule(True), mapped_rule(False),
        shows=lambda f, args: jax.vmap(lambda x: jax.vjp(f, x)[1](args[0])[0])(
            jnp.stack([args[0], 2 * args[0], -args[0]])))  # fmt: skip


def scaled_once(grows):
    """Loss scaling inside the rule, with a scale that moves from call to call."""
    scales = itertools.count(1)

    def backward(x, g):
        return g * x**3 * (next(scales) if grows else 1)

    return of_one(quartic, backward)


planted("a scale that grows", "each call of the rule has another scale",
        (normal(4),), lambda: scaled_once(False), lambda: scaled_once(True), fresh=True,
        shows=twice)  # fmt: skip


def remembering(remembers):
    """The rule keeps the first argument it sees, and uses it ever after."""
    seen = {}

    def keep(x):
        if not remembers:
            return x
        return seen.setdefault(x.shape, np.array(x))

    def kept(x):
        return jax.pure_callback(
            keep, jax.ShapeDtypeStruct(x.shape, x.dtype), x, vmap_method="sequential"
        )

    return of_one(quartic, lambda x, g: g * kept(x) ** 3)


planted("the first call's argument", "a cache by shape: right at the first point only",
        (normal(4),), lambda: remembering(False), lambda: remembering(True), fresh=True,
        shows=twice)  # fmt: skip


def drawn(fresh_noise):
    """A rule with stochastic rounding whose generator is never put back."""
    rng = np.random.default_rng(0)

    def noisy(g):
        if not fresh_noise:
            return np.array(g)
        return (np.asarray(g) * (1 + 1e-2 * rng.normal(size=np.shape(g)))).astype(g.dtype)

    def backward(x, g):
        noise = jax.pure_callback(
            noisy, jax.ShapeDtypeStruct(g.shape, g.dtype), g, vmap_method="sequential"
        )
        return noise * x**3

    return of_one(quartic, backward)


planted(
    "noise in the rule",
    "two equal calls give unequal gradients",
    (normal(4),),
    lambda: drawn(False),
    lambda: drawn(True),
    fresh=True,
    shows=twice,
)
