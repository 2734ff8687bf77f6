"""Attention: values averaged by how well their keys fit a query.

Source: Vaswani et al., "Attention is all you need", 2017.
"""

import math

import jax
import jax.numpy as jnp
from jax import lax

from .activations import softmax
from .matmul import linear
from .names import c_name
from .row import row

Array = jax.Array


def _product(a: Array, b: Array) -> Array:
    return jnp.matmul(a, b, precision=lax.Precision.HIGHEST)


def _attend(
    query: Array,
    key: Array,
    value: Array,
    bias: Array | None,
    noise: Array | None,
    scale: Array | float | None,
    causal: bool,
    safe: bool,
) -> tuple[Array, Array]:
    """Outputs (*, L, V) and weights (*, L, S), of queries (*, L, E) on keys and values (*, S, ·).

    Args:
        query: may differ from the keys in size.
        key: as many as values.
        value: what is averaged.
        bias: (*, L, S), added to the fit; -inf keeps a query from a key.
        noise: (*, L, S), what dropout multiplies the weights by.
        scale: of the fit; 1/√E if it is None.
        causal: keep each query from later keys.
        safe: a query that is kept from all keys gets zeros, and not NaN.
    """
    scale = 1 / math.sqrt(query.shape[-1]) if scale is None else scale
    scores = _product(query * scale, jnp.swapaxes(key, -1, -2))
    if bias is not None:
        scores = scores + bias
    if causal:
        scores = jnp.where(jnp.tril(jnp.ones(scores.shape[-2:], bool)), scores, -jnp.inf)
    if safe:
        # Replaced before and after, or the derivative of what is not chosen would be NaN.
        lost = jnp.max(scores, -1, keepdims=True) == -jnp.inf
        weights = jnp.where(lost, 0, softmax(jnp.where(lost, 0, scores), -1))
    else:
        weights = softmax(scores, -1)
    weights = weights if noise is None else weights * noise
    return _product(weights, value), weights


def _forbidding(mask: Array, like: Array, allowed: bool) -> Array:
    """A bool mask, whose value `allowed` lets a query see a key, as what is added to the fit."""
    if mask.dtype != bool:
        return mask
    return jnp.where(mask == allowed, 0, -jnp.inf).astype(like.dtype)


def _check(query: Array, key: Array, value: Array, attn_mask: Array | None) -> None:
    if not query.dtype == key.dtype == value.dtype:
        raise RuntimeError(
            "Expected query, key, and value to have the same dtype, but got query.dtype: "
            f"{c_name(query.dtype)} key.dtype: {c_name(key.dtype)} and value.dtype: "
            f"{c_name(value.dtype)} instead."
        )
    if min(query.ndim, key.ndim, value.ndim) < 2:
        raise RuntimeError(
            "Expected query, key, and value to all be  at least 2 dimensional, but got query.dim: "
            f"{query.ndim} key.dim: {key.ndim} and value.dim: {value.ndim} instead."
        )
    if query.shape[-1] != key.shape[-1] or key.shape[-2] != value.shape[-2]:
        raise RuntimeError(
            f"query and key must have the same last size, but got {query.shape[-1]} and "
            f"{key.shape[-1]}; key and value must be equally many, but got {key.shape[-2]} and "
            f"{value.shape[-2]}"
        )
    if attn_mask is not None and attn_mask.dtype not in (bool, query.dtype):
        raise RuntimeError(
            "Expected attn_mask dtype to be bool or float or to match query dtype, but got "
            f"attn_mask.dtype: {c_name(attn_mask.dtype)} and  query.dtype: {c_name(query.dtype)} "
            "instead."
        )


@row("scaled_dot_product_attention", "query key value attn_mask ~noise ~scale", bind="",
     node="ScaledDotProductFlashAttentionForCpu", saves="query key value result")  # fmt: skip
def scaled_dot_product_attention(query, key, value, attn_mask=None, noise=None, scale=None,
                                 is_causal=False, enable_gqa=False):  # fmt: skip
    """softmax(Q Kᵀ·scale + mask) V: (*, L, E), (*, S, E) and (*, S, V) to (*, L, V).

    A bool mask is True where a query may see a key. With `enable_gqa` several heads of queries, on
    the third axis from the right, share a head of keys and values.
    """
    _check(query, key, value, attn_mask)
    if enable_gqa:
        heads = [x.shape[-3] for x in (query, key, value)]
        if heads[0] % heads[1] or heads[0] % heads[2]:
            raise RuntimeError(
                "Number of heads in key and value must divide the number of heads in query, but "
                f"got {heads[1]}, {heads[2]} and {heads[0]}"
            )
        key, value = (
            jnp.repeat(x, heads[0] // n, -3) for x, n in zip((key, value), heads[1:], strict=True)
        )
    bias = None if attn_mask is None else _forbidding(attn_mask, query, True)
    scale = scale if scale is None else scale.astype(query.dtype)
    return _attend(query, key, value, bias, noise, scale, is_causal, True)[0]


def _heads(x: Array, count: int) -> Array:
    """(T, N, E) to (N, H, T, E/H)."""
    time, batch, size = x.shape
    return x.reshape(time, batch, count, size // count).transpose(1, 2, 0, 3)


def _widened(mask: Array | None, count: int) -> Array | None:
    """A mask with columns for keys that were added, which all may see."""
    if mask is None or not count:
        return mask
    return jnp.pad(mask, ((0, 0),) * (mask.ndim - 1) + ((0, count),))


@row("multi_head_attention_forward",
     "query key value in_proj_weight in_proj_bias bias_k bias_v out_proj_weight out_proj_bias "
     "q_proj_weight k_proj_weight v_proj_weight static_k static_v attn_mask key_padding_mask "
     "~noise", bind="", node="NativeMultiHeadAttention",
     saves="query key value in_proj_weight out_proj_weight q_proj_weight k_proj_weight "
     "v_proj_weight static_k static_v")  # fmt: skip
def multi_head_attention_forward(
    query, key, value, in_proj_weight=None, in_proj_bias=None, bias_k=None, bias_v=None,
    out_proj_weight=None, out_proj_bias=None, q_proj_weight=None, k_proj_weight=None,
    v_proj_weight=None, static_k=None, static_v=None, attn_mask=None, key_padding_mask=None,
    noise=None, num_heads=1, add_zero_attn=False, need_weights=True, average_attn_weights=True,
    is_causal=False,
):  # fmt: skip
    """Queries, keys and values projected, parted into heads, attended and projected again.

    Args:
        query: (L, N, E).
        key: (S, N, ·).
        value: (S, N, ·).
        in_proj_weight: (3E, E), of queries, keys and values; or `q_proj_weight` and so on.
        in_proj_bias: (3E,).
        bias_k: (1, 1, E), a key that is added; `bias_v` is its value.
        out_proj_weight: (E, E); out_proj_bias: (E,).
        static_k: (N·H, S, E/H), in place of the projected keys; `static_v` in place of the values.
        attn_mask: (L, S) or (N·H, L, S); True keeps a query from a key, a number is added.
        key_padding_mask: (N, S), the same for all queries.
        noise: (N·H, L, S), what dropout multiplies the weights by.
        num_heads: H.
        add_zero_attn: add a key and a value of zeros.
        need_weights: return weights (N, L, S) too, averaged over the heads, or (N, H, L, S).
        is_causal: keep each query from later keys, where there is no mask.

    Returns:
        (L, N, E), and the weights if they are needed.
    """
    length, batch, size = query.shape
    weights = (q_proj_weight, k_proj_weight, v_proj_weight)
    if in_proj_weight is not None:
        weights = jnp.split(in_proj_weight, 3)
    biases = (None,) * 3 if in_proj_bias is None else jnp.split(in_proj_bias, 3)
    q, k, v = map(linear, (query, key, value), weights, biases)
    added = 0
    if bias_k is not None:
        shape, added = (1, batch, size), 1
        k = jnp.concatenate([k, jnp.broadcast_to(bias_k, shape)])
        v = jnp.concatenate([v, jnp.broadcast_to(bias_v, shape)])
    q, k, v = (_heads(x, num_heads) for x in (q, k, v))
    if static_k is not None:
        k = static_k.reshape(batch, num_heads, *static_k.shape[1:])
    if static_v is not None:
        v = static_v.reshape(batch, num_heads, *static_v.shape[1:])
    if add_zero_attn:
        added += 1
        k, v = (jnp.pad(x, ((0, 0), (0, 0), (0, 1), (0, 0))) for x in (k, v))
    bias = None
    if attn_mask is not None:
        bias = _widened(_forbidding(attn_mask, query, False), added)
        bias = bias.reshape(-1, num_heads, *bias.shape[1:]) if bias.ndim == 3 else bias
    if key_padding_mask is not None:
        padding = _widened(_forbidding(key_padding_mask, query, False), added)[:, None, None, :]
        bias = padding if bias is None else bias + padding
    if noise is not None:
        noise = noise.reshape(batch, num_heads, length, -1)
    # Where the weights are asked for, PyTorch leaves NaN in them for a query that sees no key.
    found, weights = _attend(
        q, k, v, bias, noise, None, is_causal and bias is None, not need_weights
    )
    found = found.transpose(2, 0, 1, 3).reshape(length, batch, size)
    output = linear(found, out_proj_weight, out_proj_bias)
    if not need_weights:
        return output
    return output, jnp.mean(weights, 1) if average_attn_weights else weights
