"""Attention in several heads, with weights that are learnt."""

from typing import Any

from ...tape.full import empty
from ...tape.parameter import Parameter
from ...tape.tensor import Tensor
from . import init
from .heads import multi_head_attention_forward
from .linear import Linear
from .module import Module


class NonDynamicallyQuantizableLinear(Linear):
    """A `Linear` under the name that PyTorch prints for the output projection."""


class MultiheadAttention(Module):
    """Queries attend to keys, in num_heads heads side by side, and get an average of the values.

    Args:
        embed_dim: E, size of queries and outputs; each head has E / num_heads of it.
        num_heads: H.
        dropout: while training, the probability with which a weight is dropped.
        bias: whether the projections have biases.
        add_bias_kv: add a key and a value that are learnt.
        add_zero_attn: add a key and a value of zeros.
        kdim: size of keys; E unless given.
        vdim: size of values; E unless given.
        batch_first: take and give (N, L, E), and not (L, N, E).
        device: where the weights are made.
        dtype: of the weights.

    Example:
        >>> import funcgrad.torch as torch
        >>> attention = torch.nn.MultiheadAttention(4, 2, batch_first=True)
        >>> x = torch.zeros(1, 3, 4)
        >>> output, weights = attention(x, x, x)
        >>> output.shape, weights.shape
        (torch.Size([1, 3, 4]), torch.Size([1, 3, 3]))

    Source: Vaswani et al., "Attention is all you need", 2017.
    """

    in_proj_weight: Parameter | None
    in_proj_bias: Parameter | None
    q_proj_weight: Parameter | None
    k_proj_weight: Parameter | None
    v_proj_weight: Parameter | None
    bias_k: Parameter | None
    bias_v: Parameter | None

    def __init__(
        self,
        embed_dim: int,
        num_heads: int,
        dropout: float = 0.0,
        bias: bool = True,
        add_bias_kv: bool = False,
        add_zero_attn: bool = False,
        kdim: int | None = None,
        vdim: int | None = None,
        batch_first: bool = False,
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        if embed_dim <= 0 or num_heads <= 0:
            raise ValueError(
                "embed_dim and num_heads must be greater than 0, got "
                f"embed_dim={embed_dim} and num_heads={num_heads} instead"
            )
        super().__init__()
        self.embed_dim, self.num_heads, self.dropout = embed_dim, num_heads, dropout
        self.kdim = embed_dim if kdim is None else kdim
        self.vdim = embed_dim if vdim is None else vdim
        self._qkv_same_embed_dim = self.kdim == self.vdim == embed_dim
        self.batch_first, self.add_zero_attn = batch_first, add_zero_attn
        self.head_dim = embed_dim // num_heads
        if self.head_dim * num_heads != embed_dim:
            raise AssertionError("embed_dim must be divisible by num_heads")

        def made(wanted: bool, *size: int) -> Parameter | None:
            return Parameter(empty(size, device=device, dtype=dtype)) if wanted else None

        same, sizes = self._qkv_same_embed_dim, (embed_dim, self.kdim, self.vdim)
        for name, size in zip("qkv", sizes, strict=True):
            self.register_parameter(f"{name}_proj_weight", made(not same, embed_dim, size))
        self.register_parameter("in_proj_weight", made(same, 3 * embed_dim, embed_dim))
        self.register_parameter("in_proj_bias", made(bias, 3 * embed_dim))
        self.out_proj = NonDynamicallyQuantizableLinear(
            embed_dim, embed_dim, bias, device=device, dtype=dtype
        )
        self.bias_k, self.bias_v = (made(add_bias_kv, 1, 1, embed_dim) for _ in range(2))
        self._reset_parameters()

    def _reset_parameters(self) -> None:
        for name in ("in", "q", "k", "v"):
            weight = getattr(self, f"{name}_proj_weight")
            if weight is not None:
                init.xavier_uniform_(weight)
        if self.in_proj_bias is not None:
            init.zeros_(self.in_proj_bias)
            init.zeros_(self.out_proj.bias)
        for bias in (self.bias_k, self.bias_v):
            if bias is not None:
                init.xavier_normal_(bias)

    def forward(
        self,
        query: Tensor,
        key: Tensor,
        value: Tensor,
        key_padding_mask: Tensor | None = None,
        need_weights: bool = True,
        attn_mask: Tensor | None = None,
        average_attn_weights: bool = True,
        is_causal: bool = False,
    ) -> tuple[Tensor, Tensor | None]:
        """Attend.

        Args:
            query: (L, N, E), or (L, E).
            key: (S, N, kdim), or (S, kdim).
            value: (S, N, vdim), or (S, vdim).
            key_padding_mask: (N, S): bool, True where a key is padding, or floating, to be added.
            need_weights: whether to return the weights.
            attn_mask: (L, S) or (N·H, L, S): bool, True keeps a query from a key, or floating.
            average_attn_weights: average the weights over the heads.
            is_causal: a hint that the mask keeps each query from later keys.

        Returns:
            (L, N, E), and None or the weights (N, L, S), or (N, H, L, S) for each head.
        """
        swapped = self.batch_first and query.ndim == 3
        if swapped:
            query, key, value = (x.transpose(0, 1) for x in (query, key, value))
        output, weights = multi_head_attention_forward(
            query, key, value, self.embed_dim, self.num_heads, self.in_proj_weight,
            self.in_proj_bias, self.bias_k, self.bias_v, self.add_zero_attn, self.dropout,
            self.out_proj.weight, self.out_proj.bias, self.training, key_padding_mask,
            need_weights, attn_mask, not self._qkv_same_embed_dim, self.q_proj_weight,
            self.k_proj_weight, self.v_proj_weight, average_attn_weights=average_attn_weights,
            is_causal=is_causal,
        )  # fmt: skip
        return output.transpose(0, 1) if swapped else output, weights
