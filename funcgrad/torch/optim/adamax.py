"""Adamax.

Source: Kingma and Ba, "Adam: a method for stochastic optimization", 2014, section 7.
"""

from typing import Any

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
    """−lr · m̂ / u."""
    update = prepared(gradient, parameter, numbers, flags)
    scale = optax.scale_by_adamax(*numbers["betas"], numbers["eps"])
    memory = optax.ScaleByAdamState(state["step"], state["exp_avg"], state["exp_inf"])
    update, memory = scale.update(update, memory)
    update = through(update, parameter, optax.scale_by_learning_rate(numbers["lr"]))
    return update, {"exp_avg": memory.mu, "exp_inf": memory.nu}


class Adamax(Transformed):
    """Adam with the largest gradient, slowly forgotten, in place of the mean square.

    m ← β₁m + (1 − β₁)g, u ← max(β₂u, |g| + eps), p ← p − lr · m̂ / u.

    Args:
        params: tensors or groups.
        lr: learning rate.
        betas: β₁ and β₂.
        eps: keeps u from zero.
        weight_decay: L2 penalty.
        foreach, capturable: accepted, without effect: a step is one program in any case.
        maximize: climb instead.
        differentiable: not supported.
    """

    rule = staticmethod(adapt)
    numbers = ("lr", "betas", "eps", "weight_decay")

    def __init__(
        self,
        params: Any,
        lr: Any = 2e-3,
        betas: tuple[Any, Any] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0,
        foreach: bool | None = None,
        *,
        maximize: bool = False,
        differentiable: bool = False,
        capturable: bool = False,
    ) -> None:
        check(lr=lr, eps=eps)
        check_betas(betas)
        check(weight_decay=weight_decay)
        refuse_differentiable(differentiable)
        super().__init__(
            params,
            {
                "lr": lr, "betas": betas, "eps": eps, "weight_decay": weight_decay,
                "foreach": foreach, "maximize": maximize, "differentiable": differentiable,
                "capturable": capturable,
            },
        )  # fmt: skip

    def slots(self, group: Group) -> dict[str, float]:
        return {"exp_avg": 0.0, "exp_inf": 0.0}
