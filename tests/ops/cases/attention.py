"""Cases of `funcgrad.ops.attention`."""

from ..table import call, case, given, mask, positive, real

FLASH = {"name": "PyTorch's kernel, and with it the node, depends on dimensions and dtype",
         "saves": "a composed path saves other values than the kernel"}  # fmt: skip
BLIND = given([[False, False, False], [True, False, True]], "bool")
FUTURE = given([[False, True, True], [False, False, True]], "bool")
INF = float("inf")


def attention(torch):
    """What dropout multiplies by is drawn there, and an operand here: it is left out."""

    def run(query, key, value, attn_mask=None, **options):
        return torch.nn.functional.scaled_dot_product_attention(
            query, key, value, attn_mask, **options
        )

    return run


QKV = (real(2, 2, 2), real(2, 3, 2), real(2, 3, 2))
case("scaled_dot_product_attention", call(*QKV), call(*QKV, real(2, 3), scale=0.7),
     call(*QKV, mask(2, 2, 3)), call(*QKV, is_causal=True),
     call(real(1, 4, 2, 2), real(1, 2, 3, 2), real(1, 2, 3, 1), enable_gqa=True),
     kinks=[call(*QKV, BLIND), call(real(1, 1, 2, 2), real(1, 1, 3, 2), real(1, 1, 3, 2), BLIND),
            call(*QKV, given([[0.0, -INF, -INF], [-INF] * 3], grad=False))],
     dtypes="float32 bfloat16", oracle=attention, differs=FLASH,
     refused={"same dtype, but got query.dtype: float key": call(
                  real(2, 2), real(2, 2, dtype="float64"), real(2, 2)),
              "Expected attn_mask dtype to be bool or float": call(
                  *QKV, given([[1, 1, 1]], "int64")),
              "at least 2 dimensional": call(real(2), real(2, 2), real(2, 2)),
              "Number of heads in key and value": call(
                  real(3, 2, 2), real(2, 2, 2), real(2, 2, 2), enable_gqa=True)})  # fmt: skip


def heads(torch):
    """PyTorch's function, whose arguments come in another order."""

    def run(query, key, value, in_proj_weight=None, in_proj_bias=None, bias_k=None, bias_v=None,
            out_proj_weight=None, out_proj_bias=None, num_heads=1, add_zero_attn=False,
            **options):  # fmt: skip
        output, weights = torch.nn.functional.multi_head_attention_forward(
            query, key, value, query.shape[-1], num_heads, in_proj_weight, in_proj_bias, bias_k,
            bias_v, add_zero_attn, 0.0, out_proj_weight, out_proj_bias,
            use_separate_proj_weight=in_proj_weight is None, **options,
        )  # fmt: skip
        return output if weights is None else (output, weights)

    return run


INPUTS = (real(2, 2, 4), real(3, 2, 4), real(3, 2, 4))
PADDED = given([[False, False, True], [False, True, True]], "bool")
OUT = (real(4, 4), real(4))
COMPOSED = {
    "name": "PyTorch composes it of twenty operations",
    "saves": "those work on views of the weights, and an edit is an error of the views",
}
case("multi_head_attention_forward",
     call(*INPUTS, real(12, 4), real(12), None, None, *OUT, num_heads=2, attn_mask=FUTURE),
     call(*INPUTS, real(12, 4), real(12), real(1, 1, 4), real(1, 1, 4), *OUT, num_heads=2,
          add_zero_attn=True, key_padding_mask=PADDED, attn_mask=real(2, 3),
          average_attn_weights=False),
     call(real(2, 2, 4), real(3, 2, 3), real(3, 2, 2), None, None, None, None, *OUT, num_heads=4,
          q_proj_weight=real(4, 4), k_proj_weight=real(4, 3), v_proj_weight=real(4, 2),
          attn_mask=real(8, 2, 3), need_weights=False),
     call(*INPUTS, real(12, 4), None, None, None, real(4, 4), num_heads=2, need_weights=False,
          static_k=real(4, 3, 2), static_v=positive(4, 3, 2)),
     dtypes="float32", oracle=heads, differs=COMPOSED)  # fmt: skip
