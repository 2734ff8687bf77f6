"""RMSprop.

Source: Tieleman and Hinton, "Lecture 6.5: rmsprop", 2012; centred, Graves, "Generating sequences
with recurrent neural networks", 2013.
"""

from typing import Any

import optax

from .checks import check, refuse_differentiable
from .groups import Group
from .operands import is_zero
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
    """−lr · (the trace of g / (√v + eps))."""
    update = prepared(gradient, parameter, numbers, flags)
    alpha, eps = numbers["alpha"], numbers["eps"]
    square = state["square_avg"]
    if flags["centered"]:
        scale = optax.scale_by_stddev(alpha, eps, eps_in_sqrt=False)
        memory = optax.ScaleByRStdDevState(state["grad_avg"], square)
        update, memory = scale.update(update, memory)
        state = {**state, "square_avg": memory.nu, "grad_avg": memory.mu}
    else:
        scale = optax.scale_by_rms(alpha, eps, eps_in_sqrt=False)
        update, memory = scale.update(update, optax.ScaleByRmsState(square))
        state = {**state, "square_avg": memory.nu}
    if "momentum_buffer" in state:
        trace = optax.trace(numbers["momentum"])
        update, memory = trace.update(update, optax.TraceState(state["momentum_buffer"]))
        state = {**state, "momentum_buffer": memory.trace}
    return through(update, parameter, optax.scale_by_learning_rate(numbers["lr"])), state


class RMSprop(Transformed):
    """Steps scaled by the gradients' recent size.

    v ← αv + (1 − α)g², p ← p − lr · g / (√v + eps); centred, v less the mean gradient squared.

    Args:
        params: tensors or groups.
        lr: learning rate.
        alpha: how much of v stays.
        eps: keeps the denominator from zero.
        weight_decay: L2 penalty.
        momentum: how much of the former steps stays.
        centered: divide by the standard deviation instead.
        capturable, foreach: accepted, without effect: a step is one program in any case.
        maximize: climb instead.
        differentiable: not supported.
    """

    rule = staticmethod(adapt)
    numbers = ("lr", "alpha", "eps", "weight_decay", "momentum")
    flags = ("maximize", "weight_decay", "centered")

    def __init__(
        self,
        params: Any,
        lr: Any = 1e-2,
        alpha: float = 0.99,
        eps: float = 1e-8,
        weight_decay: float = 0,
        momentum: float = 0,
        centered: bool = False,
        capturable: bool = False,
        foreach: bool | None = None,
        maximize: bool = False,
        differentiable: bool = False,
    ) -> None:
        check(lr=lr, eps=eps, momentum=momentum, weight_decay=weight_decay, alpha=alpha)
        refuse_differentiable(differentiable)
        super().__init__(
            params,
            {
                "lr": lr, "momentum": momentum, "alpha": alpha, "eps": eps, "centered": centered,
                "weight_decay": weight_decay, "capturable": capturable, "foreach": foreach,
                "maximize": maximize, "differentiable": differentiable,
            },
        )  # fmt: skip

    def slots(self, group: Group) -> dict[str, float]:
        names = ["square_avg"]
        names += [] if is_zero(group["momentum"]) else ["momentum_buffer"]
        names += ["grad_avg"] * group["centered"]
        return dict.fromkeys(names, 0.0)
