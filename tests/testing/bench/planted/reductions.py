"""Slips in rules of functions that reduce, broadcast, shift or reorder."""

from functools import partial

import jax
import jax.numpy as jnp
import numpy as np

from ..cases import given, labels, normal, rule, simplex
from ..cases import planted as _planted
from ..witness import at, second

planted = partial(_planted, family="reductions")


def of_one(function, backward):
    """`function` of one array with this rule, the array being what is kept."""
    return rule(function, lambda x: (function(x), x), lambda x, g: (backward(x, g),))


def bias(gather):
    return rule(
        lambda x, b: jnp.tanh(x) + b,
        lambda x, b: (jnp.tanh(x) + b, x),
        lambda x, g: (g * (1 - jnp.tanh(x) ** 2), gather(g)),
    )


BIAS = bias(lambda g: jnp.sum(g, 0))
planted("bias, mean for sum", "the bias's gradient is the batch's mean",
        (normal(4, 3), normal(3)), BIAS, bias(lambda g: jnp.mean(g, 0)))  # fmt: skip
planted(
    "bias, first row for sum",
    "broadcasting undone by taking one row: right for batch 1",
    (normal(1, 3), normal(3)),
    BIAS,
    bias(lambda g: g[0]),
    shows=lambda f, args: at(np.repeat(args[0], 3, 0), args[1])(f, args),
    strategies=lambda gt, d: (gt.arrays((gt.dims("n", 1, 4), 3), d), gt.arrays(3, d)),
)
planted("bias, wrong axis", "summed over the features, which are as many as the batch",
        (normal(4, 4), normal(4)), BIAS, bias(lambda g: jnp.sum(g, 1)))  # fmt: skip


def scale(axes):
    def backward(kept, g):
        x, s = kept
        return g * s, jnp.broadcast_to(jnp.mean(g * x) if axes is None else
                                       jnp.sum(g * x, axes, keepdims=True), s.shape)  # fmt: skip

    return rule(lambda x, s: x * s, lambda x, s: (x * s, (x, s)), backward)


planted("scale, all axes reduced", "the mean over everything, broadcast back to (1, 3)",
        (normal(5, 3), normal(1, 3)), scale(0), scale(None))  # fmt: skip


def mse(divide):
    def value(p, t):
        return jnp.sum((p - t) ** 2) / p.shape[0]

    def backward(kept, g):
        p, t = kept
        d = 2 * g * (p - t) / (p.shape[0] if divide else 1)
        return d, -d

    return rule(value, lambda p, t: (value(p, t), (p, t)), backward)


planted("squared error, batch size forgotten", "right for batch 1 only",
        (normal(1, 4), normal(1, 4)), mse(True), mse(False),
        shows=lambda f, args: at(*(np.repeat(a, 3, 0) for a in args))(f, args),
        strategies=lambda gt, d: (gt.arrays((gt.dims("n", 1, 4), 4), d),) * 2)  # fmt: skip


def variance_slope(unbiased, x, g):
    return g * 2 * (x - jnp.mean(x)) / (x.size - unbiased)


variance = partial(jnp.var, ddof=1)
planted("variance, n for n − 1", "Bessel's correction is in the value only",
        (normal(8),), of_one(variance, partial(variance_slope, 1)),
        of_one(variance, partial(variance_slope, 0)))  # fmt: skip


def log_sum_exp(x):
    top = jax.lax.stop_gradient(jnp.max(x))
    return top + jnp.log(jnp.sum(jnp.exp(x - top)))


planted("logsumexp, no shift in the rule", "e^x / Σ e^x overflows from 89 on (float32)",
        (normal(5),), of_one(log_sum_exp, lambda x, g: g * jax.nn.softmax(x)),
        of_one(log_sum_exp, lambda x, g: g * jnp.exp(x) / jnp.sum(jnp.exp(x))),
        shows=at(np.array([800.0, 1.0])))  # fmt: skip


def softmax_slope(x, g):
    s = jax.nn.softmax(x)
    return s * (g - jnp.sum(s * g, -1, keepdims=True))


def softmax_diagonal(x, g):
    s = jax.nn.softmax(x)
    return s * (1 - s) * g


planted("softmax, diagonal only", "the Jacobian is taken to be diagonal",
        (normal(3, 4),), of_one(jax.nn.softmax, softmax_slope),
        of_one(jax.nn.softmax, softmax_diagonal))  # fmt: skip


def log_softmax_slope(detach, x, g):
    s = jnp.exp(jax.nn.log_softmax(x))
    s = jax.lax.stop_gradient(s) if detach else s
    return g - s * jnp.sum(g, -1, keepdims=True)


planted("log-softmax, second derivative", "the softmax that is kept is detached",
        (normal(3, 4),), of_one(jax.nn.log_softmax, partial(log_softmax_slope, False)),
        of_one(jax.nn.log_softmax, partial(log_softmax_slope, True)), shows=second)  # fmt: skip


def layer_norm(x):
    return (x - x.mean(-1, keepdims=True)) / jnp.sqrt(x.var(-1, keepdims=True) + 1e-2)


def layer_norm_slope(mean, projection, x, g):
    n = layer_norm(x)
    out = g - projection * n * jnp.mean(g * n, -1, keepdims=True)
    out = out - mean * jnp.mean(g, -1, keepdims=True)
    return out / jnp.sqrt(x.var(-1, keepdims=True) + 1e-2)


def norm_slope(mean, projection):
    return of_one(layer_norm, partial(layer_norm_slope, mean, projection))


planted("layer norm, mean term", "the gradient through the mean is missing",
        (normal(3, 5),), norm_slope(1, 1), norm_slope(0, 1))  # fmt: skip
planted("layer norm, variance term", "the gradient through the variance is missing",
        (normal(3, 5),), norm_slope(1, 1), norm_slope(1, 0))  # fmt: skip

planted("cumsum, not reversed", "the transpose of a running sum runs backwards",
        (normal(5),), of_one(jnp.cumsum, lambda x, g: jnp.cumsum(g[::-1])[::-1]),
        of_one(jnp.cumsum, lambda x, g: jnp.cumsum(g)))  # fmt: skip


def change(x):
    return x - jnp.roll(x, 1)


planted("periodic difference, shift", "rolled forward again for backward: off by two",
        (normal(6),), of_one(change, lambda x, g: g - jnp.roll(g, -1)),
        of_one(change, lambda x, g: g - jnp.roll(g, 1)))  # fmt: skip


def others(x):
    before = jnp.concatenate([jnp.ones(1, x.dtype), jnp.cumprod(x)[:-1]])
    after = jnp.concatenate([jnp.cumprod(x[::-1])[::-1][1:], jnp.ones(1, x.dtype)])
    return before * after


planted(
    "prod, a zero among the factors",
    "product / x is 0/0 where x is 0",
    (normal(4),),
    of_one(jnp.prod, lambda x, g: g * others(x)),
    of_one(jnp.prod, lambda x, g: g * jnp.prod(x) / x),
    shows=at(np.array([2.0, 0, 3, 4])),
)


def max_slope(share, x, g):
    most = x == jnp.max(x, -1, keepdims=True)
    return jnp.where(most, g[:, None] / (most.sum(-1, keepdims=True) if share else 1), 0)


row_max = partial(jnp.max, axis=-1)
planted("max pooling, ties", "each of the largest entries gets the whole cotangent",
        (normal(3, 4),), of_one(row_max, partial(max_slope, True)),
        of_one(row_max, partial(max_slope, False)), shows=at(np.ones((2, 3))))  # fmt: skip


def take(slip):
    def backward(kept, g):
        table, rows = kept
        zeros = jnp.zeros_like(table)
        out = zeros.at[rows].set(g) if slip else zeros.at[rows].add(g)
        return out, np.zeros(rows.shape, jax.dtypes.float0)

    return rule(lambda t, rows: t[rows], lambda t, rows: (t[rows], (t, rows)), backward)


planted("embedding, a row twice", "set for add: a row that is taken twice gets one gradient",
        (normal(6, 3), given(np.array([4, 0, 2], np.int32))), take(False), take(True),
        shows=lambda f, args: at(args[0], np.array([1, 1, 2], np.int32))(f, args),
        strategies=lambda gt, d: (gt.arrays((6, 3), d), gt.integers_below(6, (3,))))  # fmt: skip


def sort_slope(invert, x, g):
    order = jnp.argsort(x)
    return g[jnp.argsort(order)] if invert else g[order]


planted("sort, order not inverted", "the permutation is applied once more in place of undone",
        (normal(5),), of_one(jnp.sort, partial(sort_slope, True)),
        of_one(jnp.sort, partial(sort_slope, False)))  # fmt: skip


def median_slope(share, x, g):
    order, n = jnp.argsort(x), x.size
    out = jnp.zeros_like(x)
    if n % 2:
        return out.at[order[n // 2]].set(g)
    low = share * g
    return out.at[order[n // 2 - 1]].set(low).at[order[n // 2]].set(g - low)


planted("median, even number", "the upper of the two gets it all",
        (normal(6),), of_one(jnp.median, partial(median_slope, 0.5)),
        of_one(jnp.median, partial(median_slope, 0.0)))  # fmt: skip


def cross_entropy(smooth):
    def value(x, y):
        target = 0.9 * jax.nn.one_hot(y, x.shape[-1], dtype=x.dtype) + 0.1 / x.shape[-1]
        return -jnp.sum(target * jax.nn.log_softmax(x)) / len(y)

    def backward(kept, g):
        x, y = kept
        target = jax.nn.one_hot(y, x.shape[-1], dtype=x.dtype)
        target = 0.9 * target + 0.1 / x.shape[-1] if smooth else target
        return g * (jax.nn.softmax(x) - target) / len(y), np.zeros(y.shape, jax.dtypes.float0)

    return rule(value, lambda x, y: (value(x, y), (x, y)), backward)


planted("cross entropy, smoothing forgotten", "the labels are smoothed in the value only",
        (normal(4, 5), labels(4, below=5)), cross_entropy(True), cross_entropy(False))  # fmt: skip


planted(
    "entropy, a probability of 0",
    "where picks 0, but the gradient of 0 · log 0 is NaN",
    (simplex(5),),
    lambda p: -jnp.sum(jnp.where(p > 1e-6, p * jnp.log(jnp.where(p > 1e-6, p, 1)), 0)),
    lambda p: -jnp.sum(jnp.where(p > 1e-6, p * jnp.log(p), 0)),
    shows=at(np.array([0.0, 1.0])),
)


def unit(guard):
    def rows(x):
        squares = jnp.sum(x * x, -1, keepdims=True)
        if guard:
            return x / jnp.sqrt(jnp.maximum(squares, 1e-6))
        size = jnp.sqrt(squares)
        return x / jnp.where(size > 1e-3, size, 1e-3)

    return rows


planted("unit rows, a row of zeros", "the norm behind a where is not differentiable at 0: NaN",
        (normal(3, 4),), unit(True), unit(False), shows=at(np.zeros((1, 3))))  # fmt: skip


def distil(student, teacher, detach):
    def loss(x, log_temperature):
        cool = jnp.exp(-log_temperature)
        target = jax.nn.softmax(teacher * (jax.lax.stop_gradient(cool) if detach else cool))
        return -jnp.sum(target * jax.nn.log_softmax(student + x * cool))

    return loss


SCORES = np.random.default_rng(3).normal(size=(2, 3, 4))
planted(
    "temperature detached",
    "the learnt temperature is detached in one of two places",
    (normal(3, 4), normal()),
    partial(distil(*SCORES, False)),
    partial(distil(*SCORES, True)),
)


def count_in_half(half):
    def value(x):
        return jnp.mean(x, 0)

    def backward(x, g):
        ones = jnp.ones(x.shape[0], jnp.bfloat16 if half else x.dtype)
        count = jax.lax.fori_loop(0, x.shape[0], lambda i, c: c + ones[i], jnp.zeros_like(ones[0]))
        return jnp.broadcast_to(g / count.astype(g.dtype), x.shape)

    return of_one(value, backward)


planted("mean, counted in bfloat16", "above 256 rows the count stands still",
        (normal(300, 2),), count_in_half(False), count_in_half(True))  # fmt: skip
