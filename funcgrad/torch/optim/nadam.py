"""Adam with Nesterov's momentum.

Source: Dozat, "Incorporating Nesterov momentum into Adam", 2016.
"""

from typing import Any

import jax.numpy as jnp
import optax

from ...tape.tensor import Tensor
from .checks import check, check_betas, refuse_differentiable
from .groups import Group
from .operands import single
from .program import Array, Numbers, State, prepared, through
from .transformed import Transformed


def adapt(
    parameter: Array,
    gradient: Array,
    state: State,
    numbers: Numbers,
    flags: dict[str, bool],
    first: bool,
) -> tuple[Array, State]:
    """−lr · ((1 − μₜ)g / (1 − Πμ) + μₜ₊₁m / (1 − Πμ·μₜ₊₁)) / (√v̂ + eps)."""
    beta1, beta2 = numbers["betas"]
    step = state["step"] + 1
    decoupled = flags["decoupled_weight_decay"]
    start = {**flags, "weight_decay": flags["weight_decay"] and not decoupled}
    update = prepared(gradient, parameter, numbers, start)
    # optax's Nesterov form of Adam keeps μ the same; PyTorch's, as in the paper, lets it rise.
    decay = numbers["momentum_decay"]
    mu = beta1 * (1 - 0.5 * 0.96 ** (step * decay))
    following = beta1 * (1 - 0.5 * 0.96 ** ((step + 1) * decay))
    product = state["mu_product"] * mu
    mean = optax.tree.update_moment(update, state["exp_avg"], beta1, 1)
    square = optax.tree.update_moment(update, state["exp_avg_sq"], beta2, 2)
    root = jnp.sqrt(optax.tree.bias_correction(square, beta2, step)) + numbers["eps"]
    # The product is kept in float32, and goes on from there in float64.
    wide = product.astype(jnp.float64)
    now = ((1 - mu) / (1 - wide)).astype(root.dtype)
    ahead = (following / (1 - wide * following)).astype(root.dtype)
    update = through(
        (now * update + ahead * mean) / root,
        parameter,
        optax.add_decayed_weights(numbers["weight_decay"])
        if decoupled and flags["weight_decay"]
        else None,
        optax.scale_by_learning_rate(numbers["lr"]),
    )
    return update, {"exp_avg": mean, "exp_avg_sq": square, "mu_product": product}


class NAdam(Transformed):
    """Adam that looks ahead along its mean, with a momentum μ that rises to β₁.

    μₜ = β₁(1 − ½ · 0.96^(t · momentum_decay)).

    Args:
        params: tensors or groups.
        lr: learning rate.
        betas: β₁ and β₂.
        eps: keeps the denominator from zero.
        weight_decay: L2 penalty.
        momentum_decay: how fast μ rises.
        decoupled_weight_decay: decay the weights outside the gradient, as `AdamW`.
        foreach, capturable: accepted, without effect: a step is one program in any case.
        maximize: climb instead.
        differentiable: not supported.
    """

    rule = staticmethod(adapt)
    numbers = ("lr", "betas", "eps", "weight_decay", "momentum_decay")
    flags = ("maximize", "weight_decay", "decoupled_weight_decay")

    def __init__(
        self,
        params: Any,
        lr: Any = 2e-3,
        betas: tuple[Any, Any] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0,
        momentum_decay: float = 4e-3,
        decoupled_weight_decay: bool = False,
        *,
        foreach: bool | None = None,
        maximize: bool = False,
        capturable: bool = False,
        differentiable: bool = False,
    ) -> None:
        check(lr=lr, eps=eps)
        check_betas(betas)
        check(weight_decay=weight_decay, momentum_decay=momentum_decay)
        refuse_differentiable(differentiable)
        super().__init__(
            params,
            {
                "lr": lr, "betas": betas, "eps": eps, "weight_decay": weight_decay,
                "momentum_decay": momentum_decay, "decoupled_weight_decay": decoupled_weight_decay,
                "maximize": maximize, "foreach": foreach, "capturable": capturable,
                "differentiable": differentiable,
            },
        )  # fmt: skip

    def slots(self, group: Group) -> dict[str, float]:
        return {"mu_product": 1.0, "exp_avg": 0.0, "exp_avg_sq": 0.0}

    def _complete(self, state: dict[str, Tensor], slots: dict[str, float], array: Array) -> None:
        state.setdefault("step", single(array))
        state.setdefault("mu_product", single(array, slots["mu_product"]))
        super()._complete(state, slots, array)
