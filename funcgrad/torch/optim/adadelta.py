"""Adadelta.

Source: Zeiler, "ADADELTA: an adaptive learning rate method", 2012.
"""

from typing import Any

import optax

from .checks import check, refuse_differentiable
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
    """−lr · Δ, where Δ = √(u + eps) / √(v + eps) · g."""
    update = prepared(gradient, parameter, numbers, flags)
    scale = optax.scale_by_adadelta(numbers["rho"], numbers["eps"])
    memory = optax.ScaleByAdaDeltaState(state["square_avg"], state["acc_delta"])
    update, memory = scale.update(update, memory)
    update = through(update, parameter, optax.scale_by_learning_rate(numbers["lr"]))
    return update, {"square_avg": memory.e_g, "acc_delta": memory.e_x}


class Adadelta(Transformed):
    """Steps in the units of the parameters: as large as the former ones were.

    v ← ρv + (1 − ρ)g², Δ = √(u + eps) / √(v + eps) · g, u ← ρu + (1 − ρ)Δ², p ← p − lr · Δ.

    Args:
        params: tensors or groups.
        lr: learning rate.
        rho: how much of v and u stays.
        eps: keeps the roots from zero.
        weight_decay: L2 penalty.
        foreach, capturable: accepted, without effect: a step is one program in any case.
        maximize: climb instead.
        differentiable: not supported.
    """

    rule = staticmethod(adapt)
    numbers = ("lr", "rho", "eps", "weight_decay")

    def __init__(
        self,
        params: Any,
        lr: Any = 1.0,
        rho: float = 0.9,
        eps: float = 1e-6,
        weight_decay: float = 0,
        foreach: bool | None = None,
        *,
        capturable: bool = False,
        maximize: bool = False,
        differentiable: bool = False,
    ) -> None:
        check(lr=lr)
        if not 0.0 <= rho <= 1.0:
            raise ValueError(f"Invalid rho value: {rho}")
        check(eps=eps, weight_decay=weight_decay)
        refuse_differentiable(differentiable)
        super().__init__(
            params,
            {
                "lr": lr, "rho": rho, "eps": eps, "weight_decay": weight_decay,
                "maximize": maximize, "capturable": capturable, "foreach": foreach,
                "differentiable": differentiable,
            },
        )  # fmt: skip

    def slots(self, group: Group) -> dict[str, float]:
        return {"square_avg": 0.0, "acc_delta": 0.0}
