"""Adagrad.

Source: Duchi et al., "Adaptive subgradient methods for online learning and stochastic
optimization", 2011.
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
    """−lr / (1 + t·lr_decay) · g / (√Σg² + eps)."""
    update = prepared(gradient, parameter, numbers, flags)
    # optax's own root of summed squares has its eps under the root, PyTorch outside. The average
    # of the sum so far and g² is half the new sum: twice it, and eps and the result over √2.
    half = 0.5**0.5
    scale = optax.scale_by_rms(0.5, numbers["eps"] * half, eps_in_sqrt=False)
    update, memory = scale.update(update, optax.ScaleByRmsState(state["sum"]))
    rate = numbers["lr"] / (1 + state["step"] * numbers["lr_decay"])
    rate = rate.astype(update.dtype)
    stages = optax.scale(half), optax.scale_by_learning_rate(rate)
    return through(update, parameter, *stages), {"sum": 2 * memory.nu}


class Adagrad(Transformed):
    """Steps scaled by all gradients so far.

    s ← s + g², p ← p − lr / (1 + (t − 1)·lr_decay) · g / (√s + eps).

    Args:
        params: tensors or groups.
        lr: learning rate.
        lr_decay: how fast it falls.
        weight_decay: L2 penalty.
        initial_accumulator_value: what s starts from.
        eps: keeps the denominator from zero.
        foreach, fused: accepted, without effect: a step is one program in any case.
        maximize: climb instead.
        differentiable: not supported.
    """

    rule = staticmethod(adapt)
    numbers = ("lr", "lr_decay", "eps", "weight_decay")

    def __init__(
        self,
        params: Any,
        lr: Any = 1e-2,
        lr_decay: float = 0,
        weight_decay: float = 0,
        initial_accumulator_value: float = 0,
        eps: float = 1e-10,
        foreach: bool | None = None,
        *,
        maximize: bool = False,
        differentiable: bool = False,
        fused: bool | None = None,
    ) -> None:
        check(lr=lr, lr_decay=lr_decay, weight_decay=weight_decay,
              initial_accumulator_value=initial_accumulator_value, eps=eps)  # fmt: skip
        refuse_differentiable(differentiable)
        super().__init__(
            params,
            {
                "lr": lr, "lr_decay": lr_decay, "eps": eps, "weight_decay": weight_decay,
                "initial_accumulator_value": initial_accumulator_value, "foreach": foreach,
                "maximize": maximize, "differentiable": differentiable, "fused": fused,
            },
        )  # fmt: skip

    def add_param_group(self, param_group: Group) -> None:
        """Take more parameters; their state is there at once, as in PyTorch."""
        super().add_param_group(param_group)
        group = self.param_groups[-1]
        for parameter in group["params"]:
            self._complete(self.state[parameter], self.slots(group), parameter._read())

    def slots(self, group: Group) -> dict[str, float]:
        return {"sum": group["initial_accumulator_value"]}
