"""Attention as functions: what they check, and the dropout that they draw."""

import warnings
from typing import Any

from ...ops import OPS
from ...tape.dtypes import bool_
from ...tape.full import ones
from ...tape.record import call
from ...tape.tensor import Tensor
from .noise import dropout

_ATTENTION = OPS["scaled_dot_product_attention"]
_HEADS = OPS["multi_head_attention_forward"]


def _noise(shape: tuple[int, ...], p: float, like: Tensor) -> Tensor:
    """What dropout multiplies weights by: 0 with probability p, else 1/(1 − p)."""
    return dropout(ones(shape, dtype=like.dtype, device=like.device), p)


def scaled_dot_product_attention(
    query: Tensor,
    key: Tensor,
    value: Tensor,
    attn_mask: Tensor | None = None,
    dropout_p: float = 0.0,
    is_causal: bool = False,
    *,
    scale: float | None = None,
    enable_gqa: bool = False,
) -> Tensor:
    """softmax(Q Kᵀ·scale + mask) V: values averaged by how well their keys fit a query.

    Args:
        query: (*, L, E).
        key: (*, S, E).
        value: (*, S, V).
        attn_mask: (*, L, S): bool, True where a query may see a key, or floating, to be added. A
            query that sees no key gets zeros.
        dropout_p: the probability with which a weight is dropped.
        is_causal: keep each query from later keys.
        scale: 1/√E unless given.
        enable_gqa: let several heads of queries share a head of keys and values.

    Returns:
        (*, L, V).

    Source: Vaswani et al., "Attention is all you need", 2017.
    """
    if not 0 <= dropout_p <= 1:
        raise RuntimeError(f"dropout probability has to be between 0 and 1, but got {dropout_p}")
    noise = None
    if dropout_p:
        noise = _noise((*query.shape[:-1], key.shape[-2]), dropout_p, query)
    operands = [query, key, value, attn_mask, noise, scale]
    return call(_ATTENTION, operands, {"is_causal": is_causal, "enable_gqa": enable_gqa})


def _check_mask(mask: Tensor | None, name: str, other: Tensor | None = None) -> None:
    """Raise unless a mask is bool or floating; warn if it is not what the one beside it is."""
    if mask is None:
        return
    if mask.dtype is not bool_ and not mask.dtype.is_floating_point:
        raise AssertionError(f"only bool and floating types of {name} are supported")
    if other is not None and mask.dtype is not other.dtype:
        warnings.warn(
            f"Support for mismatched {name} and attn_mask is deprecated. Use same type for both "
            "instead.",
            stacklevel=3,
        )


def multi_head_attention_forward(
    query: Tensor,
    key: Tensor,
    value: Tensor,
    embed_dim_to_check: int,
    num_heads: int,
    in_proj_weight: Tensor | None,
    in_proj_bias: Tensor | None,
    bias_k: Tensor | None,
    bias_v: Tensor | None,
    add_zero_attn: bool,
    dropout_p: float,
    out_proj_weight: Tensor,
    out_proj_bias: Tensor | None,
    training: bool = True,
    key_padding_mask: Tensor | None = None,
    need_weights: bool = True,
    attn_mask: Tensor | None = None,
    use_separate_proj_weight: bool = False,
    q_proj_weight: Tensor | None = None,
    k_proj_weight: Tensor | None = None,
    v_proj_weight: Tensor | None = None,
    static_k: Tensor | None = None,
    static_v: Tensor | None = None,
    average_attn_weights: bool = True,
    is_causal: bool = False,
) -> tuple[Tensor, Tensor | None]:
    """Attention in several heads, between projections; `MultiheadAttention` calls it.

    Args:
        query: (L, N, E), or (L, E).
        key: (S, N, ·), or (S, ·).
        value: (S, N, ·), or (S, ·).
        embed_dim_to_check: E.
        num_heads: H.
        in_proj_weight: (3E, E), projects to queries, keys and values.
        in_proj_bias: (3E,).
        bias_k: (1, 1, E), a key that is added.
        bias_v: (1, 1, E), its value.
        add_zero_attn: add a key and a value of zeros.
        dropout_p: the probability with which a weight is dropped.
        out_proj_weight: (E, E).
        out_proj_bias: (E,).
        training: whether anything is dropped.
        key_padding_mask: (N, S): bool, True where a key is padding, or floating, to be added.
        need_weights: whether to return the weights.
        attn_mask: (L, S) or (N·H, L, S): bool, True keeps a query from a key, or floating.
        use_separate_proj_weight: project with the three weights that follow.
        q_proj_weight: (E, E).
        k_proj_weight: (E, ·).
        v_proj_weight: (E, ·).
        static_k: (N·H, S, E/H), in place of the projected keys.
        static_v: (N·H, S, E/H), in place of the projected values.
        average_attn_weights: average the weights over the heads.
        is_causal: a hint that the mask keeps each query from later keys.

    Returns:
        (L, N, E), and None or the weights (N, L, S), or (N, H, L, S) for each head.
    """
    batched = _check_dims(query, key, value, key_padding_mask, attn_mask, num_heads)
    if not batched:
        query, key, value = (x.unsqueeze(1) for x in (query, key, value))
        key_padding_mask = None if key_padding_mask is None else key_padding_mask.unsqueeze(0)
    length, batch, size = query.shape
    if is_causal and attn_mask is None:
        raise RuntimeError(
            "Need attn_mask if specifying the is_causal hint. You may use the Transformer module "
            "method `generate_square_subsequent_mask` to create this mask."
        )
    _check_mask(key_padding_mask, "key_padding_mask", attn_mask)
    if is_causal and key_padding_mask is None and not need_weights:
        attn_mask = None
    _check_mask(attn_mask, "attn_mask")
    if size != embed_dim_to_check:
        raise AssertionError(
            f"was expecting embedding dimension of {embed_dim_to_check}, but got {size}"
        )
    if size % num_heads:
        raise AssertionError(f"embed_dim {size} not divisible by num_heads {num_heads}")
    _check_keys(key, value, use_separate_proj_weight)
    _check_masks(query, key, key_padding_mask, attn_mask, num_heads)
    added = (bias_k is not None) + bool(add_zero_attn)
    noise = None
    if training and dropout_p > 0:
        sources = (key if static_k is None else static_k.transpose(0, 1)).shape[0] + added
        noise = _noise((batch * num_heads, length, sources), dropout_p, query)
    separate = (q_proj_weight, k_proj_weight, v_proj_weight)
    found = call(
        _HEADS,
        [query, key, value, None if use_separate_proj_weight else in_proj_weight, in_proj_bias,
         bias_k, bias_v, out_proj_weight, out_proj_bias,
         *(separate if use_separate_proj_weight else (None,) * 3), static_k, static_v, attn_mask,
         key_padding_mask, noise],
        {"num_heads": num_heads, "add_zero_attn": add_zero_attn, "need_weights": need_weights,
         "average_attn_weights": average_attn_weights, "is_causal": is_causal},
    )  # fmt: skip
    output, weights = found if need_weights else (found, None)
    if batched:
        return output, weights
    return output.squeeze(1), None if weights is None else weights.squeeze(0)


def _check_dims(
    query: Tensor, key: Tensor, value: Tensor, padding: Any, mask: Any, num_heads: int
) -> bool:
    """Whether there is a batch; raise unless all operands say so."""
    if query.ndim not in (2, 3):
        raise AssertionError(
            "query should be unbatched 2D or batched 3D tensor but received "
            f"{query.ndim}-D query tensor"
        )
    dims, kind = query.ndim, "batched" if query.ndim == 3 else "unbatched"
    words = f"For {kind} ({dims}-D) `query`, expected"
    if key.ndim != dims or value.ndim != dims:
        raise AssertionError(
            f"{words} `key` and `value` to be {dims}-D but found {key.ndim}-D and {value.ndim}-D "
            "tensors respectively"
        )
    if padding is not None and padding.ndim != dims - 1:
        raise AssertionError(
            f"{words} `key_padding_mask` to be `None` or {dims - 1}-D but found {padding.ndim}-D "
            "tensor instead"
        )
    if mask is not None and mask.ndim not in (2, 3):
        raise AssertionError(
            f"{words} `attn_mask` to be `None`, 2-D or 3-D but found {mask.ndim}-D tensor instead"
        )
    expected = (num_heads, query.shape[0], key.shape[0])
    if mask is not None and dims == 2 and mask.ndim == 3 and mask.shape != expected:
        raise AssertionError(f"Expected `attn_mask` shape to be {expected} but got {mask.shape}")
    return dims == 3


def _check_keys(key: Tensor, value: Tensor, separate: bool) -> None:
    if separate and key.shape[:2] != value.shape[:2]:
        raise AssertionError(
            f"key's sequence and batch dims {key.shape[:2]} do not match value's {value.shape[:2]}"
        )
    if not separate and key.shape != value.shape:
        raise AssertionError(f"key shape {key.shape} does not match value shape {value.shape}")


def _check_masks(query: Tensor, key: Tensor, padding: Any, mask: Any, num_heads: int) -> None:
    batch = query.shape[1]
    expected: tuple[int, ...] = (query.shape[0], key.shape[0])
    if mask is not None:
        if mask.ndim == 3:
            expected = (batch * num_heads, *expected)
        if mask.shape != expected:
            raise RuntimeError(
                f"The shape of the {mask.ndim}D attn_mask is {mask.shape}, but should be "
                f"{expected}."
            )
    if padding is not None:
        for i, n in enumerate((batch, key.shape[0])):
            if padding.shape[i] != n:
                raise AssertionError(
                    f"Expected key_padded_mask.shape[{i}] to be {n}, but got {padding.shape[i]}"
                )
