"""Correct functions of unusual arguments: trees, integers, keys, nothing, and constant ones."""

from functools import partial
from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np

from ..cases import correct as _correct
from ..cases import given, key, labels, normal, rule, waves

correct = partial(_correct, family="structures")


class Layer(NamedTuple):
    """A weight with its bias, which may be missing."""

    weight: object
    bias: object = None


def mlp(params, x):
    for layer in params["layers"]:
        x = jnp.tanh(x @ layer.weight + (0 if layer.bias is None else layer.bias))
    return {"out": x, "size": (jnp.sum(x * x), [jnp.mean(x)])}


PARAMS = {
    "layers": [Layer(normal(3, 4), normal(4)), Layer(normal(4, 2))],
    "step": given(np.array(7, np.int32)),
    "unused": None,
}


def segments(x, i):
    return jax.ops.segment_sum(x, i, 4)


def scattered(x, i, v):
    return x.at[i].add(v), x[i] * v


def dropout(x, k):
    return jnp.where(jax.random.bernoulli(k, 0.7, x.shape), x / 0.7, 0)


def sampled(mean, log_scale, k):
    return mean + jnp.exp(log_scale) * jax.random.normal(k, mean.shape, mean.dtype)


def counted(x):
    return jnp.sum(x), jnp.arange(3), jnp.any(x > 0)


def typed_weakly(x):
    return x * 2.0 + jnp.sum(x) * 3


held = rule(
    lambda x, n: x * n,
    lambda x, n: (x * n, n),
    lambda n, g: (g * n, np.zeros(np.shape(n), jax.dtypes.float0)),
)
unused = rule(lambda x, y: jnp.sin(x), lambda x, y: (jnp.sin(x), (x, y)),
              lambda kept, g: (g * jnp.cos(kept[0]), None))  # fmt: skip

correct("network of named tuples", mlp, PARAMS, normal(2, 3))
correct("constant function", lambda x: jnp.ones(3, x.dtype), normal(4))
correct("an argument ignored", lambda x, y: jnp.sin(x), normal(4), normal(2))
correct("an argument ignored by a rule", unused, normal(4), normal(2))
correct("identity", lambda x: x, normal(3))
correct("a detached baseline", lambda x, y: (x - jax.lax.stop_gradient(0 * y)) * y, normal(3),
        normal(3))  # fmt: skip
correct("zero-size array", lambda x: jnp.sum(x * x), normal(0, 3))
correct("zero-size beside others", lambda x, y: jnp.concatenate([x * x, jnp.sin(y)]), normal(0),
        normal(3))  # fmt: skip
correct("mean of one row", lambda x: jnp.mean(x, 0), normal(1, 3))
correct("scalar", lambda x: x * x * x, normal())
correct("integer argument", lambda x, n: x[n] * n, normal(5), labels(3, below=5))
correct("integer argument with its own rule", held, normal(3), labels(3, below=4))
correct("boolean mask", lambda x, m: jnp.where(m, jnp.tanh(x), x), normal(4),
        given(np.array([True, False, True, True])))  # fmt: skip
correct("embedding of repeated rows", lambda t, i: jnp.tanh(t[i]), normal(4, 3),
        given(np.array([1, 1, 3], np.int32)))  # fmt: skip
correct("scatter with a place twice", scattered, normal(4), given(np.array([2, 2, 0], np.int32)),
        normal(3))  # fmt: skip
correct("segment sum with an empty segment", segments, normal(5, 2),
        given(np.array([0, 0, 3, 1, 3], np.int32)))  # fmt: skip
correct("dropout by a key", dropout, normal(6), key(1))
correct("sampled by a key", sampled, normal(4), normal(4), key(2))
correct("integers and truths beside a sum", counted, normal(3))
correct("weakly typed scalars", typed_weakly, normal(3))
correct("a Python number", lambda x, s: x * s, normal(3), 2.5)
correct("none among the arguments", lambda x, y: x * 2 if y is None else x * y, normal(3), None)
correct("several outputs of one rule", lambda x: {"a": x, "b": (x, 2 * jnp.sin(x))}, normal(3))
correct("repeated arguments", lambda x, y: jnp.dot(x, x) * y + jnp.sum(y * x), normal(3), normal(3))
correct("broadcast of a scalar", lambda x, s, r: x * s + r, normal(3, 4), normal(), normal(1, 4))
correct("concatenated and split", lambda x: jnp.split(jnp.concatenate([x, x * x]), 2), normal(4))
correct("reshaped, turned, flipped", lambda x: jnp.flip(jnp.swapaxes(x, 0, 1)).reshape(-1) * 2,
        normal(2, 3))  # fmt: skip
correct("padded and rolled", lambda x: jnp.roll(jnp.pad(x, (1, 2)), 2) ** 2, normal(4))
correct("piecewise selected", lambda x: jnp.select([x > 1, x > 0], [x, x * x], 0 * x), normal(5))
correct("ten thousand entries", lambda x: jnp.mean(jnp.tanh(x)), normal(10_000))
correct("complex and real together", lambda z, x: z * x, waves(3), normal(3))
