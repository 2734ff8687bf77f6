"""`jax.nn`: activations, softmaxes, attention."""

import jax

from ..table import row, within
from ..values import KINKS, MASK, SIMPLEX, ZEROS, M, N, T, V, between, f32, normal

for name in """celu elu gelu hard_sigmoid hard_silu hard_tanh identity leaky_relu
        log_sigmoid mish relu relu6 selu sigmoid silu soft_sign softplus sparse_plus
        sparse_sigmoid squareplus tanh""".split():
    row(f"jax.nn.{name}", V)

row("jax.nn.relu", ZEROS, label="at its kink")
row("jax.nn.relu6", f32(0, 6, 3, -1, 7), label="at its kinks")
row("jax.nn.leaky_relu", ZEROS, label="at its kink")
row("jax.nn.elu", ZEROS, label="at zero")
row("jax.nn.selu", ZEROS, label="at its kink")
row("jax.nn.hard_tanh", KINKS, label="at its kinks")
row("jax.nn.hard_sigmoid", f32(-3, 3, 0, 4), label="at its kinks")
row("jax.nn.hard_silu", f32(-3, 3, 0, 4), label="at its kinks")
row("jax.nn.soft_sign", ZEROS, label="at zero")
row("jax.nn.sparse_plus", f32(-1, 1, 0, 2), label="at its seams")
row("jax.nn.sparse_sigmoid", f32(-1, 1, 0, 2), label="at its kinks")
row("jax.nn.celu", V, 0.7, label="alpha")
row("jax.nn.gelu", V, label="exact", approximate=False)
row("jax.nn.softplus", f32(-40, 0, 40, 90), label="far out")
row("jax.nn.log_sigmoid", f32(-90, 0, 40), label="far out")

row("jax.nn.glu", normal("glu", 2, 4))
row("jax.nn.log1mexp", between("log1mexp", 0.2, 3, 4))
row("jax.nn.softmax", M)
row("jax.nn.softmax", M, label="masked", where=MASK)
row("jax.nn.softmax", f32(1, 1, 1), label="ties")
row("jax.nn.log_softmax", M)
row("jax.nn.log_softmax", M, label="axis 0", axis=0)
row("jax.nn.logsumexp", M)
row("jax.nn.logsumexp", M, label="axis", axis=1, keepdims=True)
row("jax.nn.logsumexp", M, SIMPLEX, label="weights", call=lambda f, a, b: f(a, b=b),
    strategies=within("moderate, probability", M, SIMPLEX))  # fmt: skip
row("jax.nn.logsumexp", f32(0, 0), f32(0, 1), label="a weight of zero",
    call=lambda f, a, b: f(a, b=b),
    expected_failure={"value": "by a weight of 0 the gradient is 0, not exp(a) / sum"})  # fmt: skip
row("jax.nn.logsumexp", f32(100, 100, -100), label="ties far out")
row("jax.nn.logmeanexp", M)
row("jax.nn.logmeanexp", M, label="masked", where=MASK)
row("jax.nn.standardize", M)
row("jax.nn.standardize", normal("long", 8), label="stable", axis=0, algorithm="stable")

heads = [normal(f"attention {n}", 1, 2, 1, 3) for n in ("query", "key", "value")]
row("jax.nn.dot_product_attention", *heads)
row("jax.nn.dot_product_attention", *heads, label="causal", is_causal=True)
row(
    "jax.nn.dot_product_attention", *heads, normal("bias", 1, 1, 2, 2), label="bias",
    scale=0.5,
)  # fmt: skip

for name in "relu softplus sigmoid silu".split():
    row(f"jax.nn.{name}", M.astype(jax.numpy.bfloat16), label="bfloat16")
row("jax.nn.softmax", N.astype("float16"), label="float16")
row("jax.nn.tanh", T[:0], label="no entries")
