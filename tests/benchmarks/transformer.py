"""A small transformer, which learns the next token: one block of attention and an MLP."""

from types import ModuleType
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import optax

from .networks import classes, cross_entropy, starts
from .task import Arrays, Pure, Stateful, Task

STEPS, BATCH, LENGTH, TOKENS, WIDTH, HEADS, HIDDEN = 10, 8, 32, 64, 64, 4, 256
RATE, DECAY = 1e-3, 0.01
# Attention has no biases: the gradient of a key's is zero but for rounding, of which Adam would
# make full steps in any direction.
SHAPES = {
    "position": (LENGTH, WIDTH),
    "embedding.weight": (TOKENS, WIDTH),
    "norm1.weight": (WIDTH,), "norm1.bias": (WIDTH,),
    "attention.in_proj_weight": (3 * WIDTH, WIDTH), "attention.out_proj.weight": (WIDTH, WIDTH),
    "norm2.weight": (WIDTH,), "norm2.bias": (WIDTH,),
    "hidden.weight": (HIDDEN, WIDTH), "hidden.bias": (HIDDEN,),
    "out.weight": (WIDTH, HIDDEN), "out.bias": (WIDTH,),
    "head.weight": (TOKENS, WIDTH), "head.bias": (TOKENS,),
}  # fmt: skip


def start() -> dict[str, np.ndarray]:
    found = dict(zip(SHAPES, starts(list(SHAPES.values())), strict=True))
    return found | {name: found[name] + 1 for name in ("norm1.weight", "norm2.weight")}


def sentences() -> Arrays:
    tokens = classes(STEPS, BATCH, LENGTH + 1, of=TOKENS)
    return tokens[..., :-1], tokens[..., 1:]


def in_torch(torch: ModuleType) -> Stateful:
    nn = torch.nn

    class Transformer(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.position = nn.Parameter(torch.zeros(LENGTH, WIDTH))
            self.embedding = nn.Embedding(TOKENS, WIDTH)
            self.norm1 = nn.LayerNorm(WIDTH)
            self.attention = nn.MultiheadAttention(WIDTH, HEADS, bias=False, batch_first=True)
            self.norm2 = nn.LayerNorm(WIDTH)
            self.hidden, self.out = nn.Linear(WIDTH, HIDDEN), nn.Linear(HIDDEN, WIDTH)
            self.head = nn.Linear(WIDTH, TOKENS)
            self.later = torch.ones(LENGTH, LENGTH, dtype=torch.bool).triu(1)

        def forward(self, tokens: Any) -> Any:
            x = self.embedding(tokens) + self.position
            y = self.norm1(x)
            x = x + self.attention(y, y, y, attn_mask=self.later, need_weights=False)[0]
            x = x + self.out(nn.functional.gelu(self.hidden(self.norm2(x))))
            return self.head(x)

    model = Transformer()
    parameters = dict(model.named_parameters())
    with torch.no_grad():
        for name, value in start().items():
            parameters[name].copy_(torch.tensor(value))
    criterion = nn.CrossEntropyLoss()
    optimizer = torch.optim.AdamW(model.parameters(), lr=RATE, weight_decay=DECAY)

    def step(x: Any, y: Any) -> Any:
        optimizer.zero_grad()
        loss = criterion(model(x).flatten(0, 1), y.flatten())
        loss.backward()
        optimizer.step()
        return loss

    return Stateful(step, lambda: [parameters[name] for name in SHAPES])


def normalized(p: Any, name: str, x: Any) -> Any:
    return jax.nn.standardize(x, epsilon=1e-5) * p[f"{name}.weight"] + p[f"{name}.bias"]


def predict(p: Any, tokens: Any) -> Any:
    x = p["embedding.weight"][tokens] + p["position"]
    projected = normalized(p, "norm1", x) @ p["attention.in_proj_weight"].T
    heads = projected.reshape(BATCH, LENGTH, 3, HEADS, WIDTH // HEADS)
    query, key, value = (heads[:, :, i] for i in range(3))
    attended = jax.nn.dot_product_attention(query, key, value, is_causal=True)
    x = x + attended.reshape(x.shape) @ p["attention.out_proj.weight"].T
    hidden = normalized(p, "norm2", x) @ p["hidden.weight"].T + p["hidden.bias"]
    x = x + jax.nn.gelu(hidden, approximate=False) @ p["out.weight"].T + p["out.bias"]
    return x @ p["head.weight"].T + p["head.bias"]


def in_jax() -> Pure:
    optimizer = optax.adamw(RATE, weight_decay=DECAY)
    parameters = jax.tree.map(jnp.asarray, start())

    def step(state: Any, x: Any, y: Any) -> Any:
        parameters, memory = state
        value, slopes = jax.value_and_grad(lambda p: cross_entropy(predict(p, x), y))(parameters)
        updates, memory = optimizer.update(slopes, memory, parameters)
        return (optax.apply_updates(parameters, updates), memory), value

    state = parameters, optimizer.init(parameters)
    return Pure(step, state, lambda state: [state[0][name] for name in SHAPES])


TASKS = [Task("transformer", STEPS, sentences, in_torch, in_jax)]
