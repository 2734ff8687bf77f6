"""Adam with its first steps rectified.

Source: Liu et al., "On the variance of the adaptive learning rate and beyond", 2019.
"""

from typing import Any

import jax.numpy as jnp
import optax

from .checks import check, check_betas, refuse_differentiable
from .groups import Group
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
    """−lr · r · m̂ / √v̂, and −lr · m̂ while too few gradients are known."""
    beta1, beta2 = numbers["betas"]
    decoupled = flags["decoupled_weight_decay"]
    start = {**flags, "weight_decay": flags["weight_decay"] and not decoupled}
    update = prepared(gradient, parameter, numbers, start)
    # PyTorch adds eps to √v, optax to √v̂ = √v / √(1 − β₂ᵗ).
    eps = numbers["eps"] / jnp.sqrt(1 - beta2 ** (state["step"] + 1))
    scale = optax.scale_by_radam(beta1, beta2, eps.astype(update.dtype))
    memory = optax.ScaleByAdamState(state["step"], state["exp_avg"], state["exp_avg_sq"])
    update, memory = scale.update(update, memory)
    update = through(
        update.astype(gradient.dtype),
        parameter,
        optax.add_decayed_weights(numbers["weight_decay"])
        if decoupled and flags["weight_decay"]
        else None,
        optax.scale_by_learning_rate(numbers["lr"]),
    )
    return update, {"exp_avg": memory.mu, "exp_avg_sq": memory.nu}


class RAdam(Transformed):
    """Adam whose steps are smaller while v is an average of few gradients.

    With ρ∞ = 2 / (1 − β₂) − 1 and ρ = ρ∞ − 2tβ₂ᵗ / (1 − β₂ᵗ): p ← p − lr · m̂ while ρ ≤ 5, and then
    p ← p − lr · r · m̂ / √v̂ with r² = (ρ − 4)(ρ − 2)ρ∞ / ((ρ∞ − 4)(ρ∞ − 2)ρ).

    Args:
        params: tensors or groups.
        lr: learning rate.
        betas: β₁ and β₂.
        eps: keeps the denominator from zero.
        weight_decay: L2 penalty.
        decoupled_weight_decay: decay the weights outside the gradient, as `AdamW`.
        foreach, capturable: accepted, without effect: a step is one program in any case.
        maximize: climb instead.
        differentiable: not supported.
    """

    rule = staticmethod(adapt)
    numbers = ("lr", "betas", "eps", "weight_decay")
    flags = ("maximize", "weight_decay", "decoupled_weight_decay")

    def __init__(
        self,
        params: Any,
        lr: Any = 1e-3,
        betas: tuple[Any, Any] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0,
        decoupled_weight_decay: bool = False,
        *,
        foreach: bool | None = None,
        maximize: bool = False,
        capturable: bool = False,
        differentiable: bool = False,
    ) -> None:
        check(lr=lr, eps=eps)
        check_betas(betas)
        check(weight_decay=weight_decay)
        refuse_differentiable(differentiable)
        super().__init__(
            params,
            {
                "lr": lr, "betas": betas, "eps": eps, "weight_decay": weight_decay,
                "maximize": maximize, "foreach": foreach, "capturable": capturable,
                "decoupled_weight_decay": decoupled_weight_decay, "differentiable": differentiable,
            },
        )  # fmt: skip

    def slots(self, group: Group) -> dict[str, float]:
        return {"exp_avg": 0.0, "exp_avg_sq": 0.0}
