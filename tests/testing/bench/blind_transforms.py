"""Bugs that one gradient does not show: the second order, two uses of one layer, a batch."""

from __future__ import annotations

import jax
import jax.numpy as jnp
from jax.custom_batching import custom_vmap

from .blind_kit import Plant, WrongAt, apart, quick, ruled, values


def _partition_plain(x):
    return jax.nn.logsumexp(x)


def _partition(fault):
    def forward(x):
        total = jax.nn.logsumexp(x)
        return total, (x, jax.lax.stop_gradient(total) if fault else total)

    def backward(kept, ct):
        x, total = kept
        return (ct * jnp.exp(x - total),)

    return ruled(_partition_plain, forward, backward)


def _second_of_partition(fn):
    with jax.enable_x64(True):
        x = values(4)
        second = [quick(jax.jacrev(jax.grad(function)))(x) for function in (fn, _partition_plain)]
        return apart(*second)


def _swish(x):
    return x * jax.nn.sigmoid(x)


def _twice_plain(x):
    return _swish(x) + _swish(1 - 2 * x)


def _twice(fault):
    memory = {}

    def forward(x):
        memory["input"] = x
        return _swish(x), x

    def backward(x, ct):
        # As a layer that keeps its input on itself: the second use overwrites the first's.
        x = memory["input"] if fault else x
        level = jax.nn.sigmoid(x)
        return (ct * level * (1 + x * (1 - level)),)

    layer = ruled(_swish, forward, backward)
    return lambda x: layer(x) + layer(1 - 2 * x)


def _shrink(x):
    return x * jax.lax.rsqrt(1 + jnp.sum(x**2))


def _pull(x, ct):
    scale = jax.lax.rsqrt(1 + jnp.sum(x**2))
    return scale * ct - scale**3 * jnp.sum(x * ct) * x


def _shrinking(fault):
    pull = _pull
    if fault:
        pull = custom_vmap(_pull)

        @pull.def_vmap
        def _(size, batched, x, ct):
            # Written as if the kernel took a batch; its sums run over the batch as well.
            x = x if batched[0] else jnp.broadcast_to(x, (size, *x.shape))
            ct = ct if batched[1] else jnp.broadcast_to(ct, (size, *ct.shape))
            return _pull(x, ct), True

    return ruled(_shrink, lambda x: (_shrink(x), x), lambda x, ct: (pull(x, ct),))


def _shrinking_in_a_batch(fn):
    x = values(3, 4)

    def batch(function):
        return quick(jax.vmap(jax.grad(lambda row: jnp.sum(function(row) ** 2))))(x)

    with jax.enable_x64(True):
        return apart(batch(fn), batch(_shrink))


PLANTS = [
    Plant(
        "partition_held_fixed_the_second_time",
        "the backward takes its normaliser as a constant: the second derivative lacks a term",
        _partition,
        _partition_plain,
        lambda draw: (draw.normal(6),),
        _second_of_partition,
    ),
    Plant(
        "layer_used_twice",
        "the layer keeps its last input on itself, and the first use reads the second's",
        _twice,
        _twice_plain,
        lambda draw: (draw.normal(5),),
        WrongAt(_twice_plain, values(5)),
    ),
    Plant(
        "shrinking_sums_over_the_batch",
        "the backward's own rule for vmap sums over the batch too; a batch of one is right",
        _shrinking,
        _shrink,
        lambda draw: (draw.normal(4),),
        _shrinking_in_a_batch,
    ),
]
