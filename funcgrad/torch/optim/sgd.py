"""Stochastic gradient descent."""

from typing import Any

import optax

from .checks import check, refuse_differentiable
from .groups import Group
from .operands import is_zero
from .program import Array, Numbers, State, prepared, through
from .transformed import Transformed


def descend(
    parameter: Array,
    gradient: Array,
    state: State,
    numbers: Numbers,
    flags: dict[str, bool],
    first: bool,
) -> tuple[Array, State]:
    """−lr · (the trace of the gradients); PyTorch's trace starts with a gradient undamped."""
    update = prepared(gradient, parameter, numbers, flags)
    if "momentum_buffer" in state:
        if flags["dampening"] and not first:
            update = through(update, parameter, optax.scale(1 - numbers["dampening"]))
        trace = optax.trace(numbers["momentum"], flags["nesterov"])
        update, memory = trace.update(update, optax.TraceState(state["momentum_buffer"]))
        state = {"momentum_buffer": memory.trace}
    return through(update, parameter, optax.scale_by_learning_rate(numbers["lr"])), state


class SGD(Transformed):
    """Gradient descent with momentum.

    v ← momentum·v + (1 − dampening)·(g + weight_decay·p), p ← p − lr·v; with nesterov the step goes
    along g + momentum·v. The first v is the gradient itself.

    Args:
        params: tensors or groups.
        lr: learning rate.
        momentum: how much of v stays.
        dampening: how little of the gradient enters v.
        weight_decay: L2 penalty.
        nesterov: look ahead; needs momentum and no dampening.
        maximize: climb instead.
        foreach, fused: accepted, without effect: a step is one program in any case.
        differentiable: not supported.

    Example:
        >>> import funcgrad.torch as torch
        >>> x = torch.tensor(5.0, requires_grad=True)
        >>> optimizer = torch.optim.SGD([x], lr=0.3)
        >>> (x ** 2).backward()
        >>> optimizer.step()
        >>> x
        tensor(2.0000, requires_grad=True)
    """

    rule = staticmethod(descend)
    numbers = ("lr", "momentum", "dampening", "weight_decay")
    flags = ("maximize", "weight_decay", "dampening", "nesterov")
    counted = False

    def __init__(
        self,
        params: Any,
        lr: Any = 1e-3,
        momentum: float = 0,
        dampening: float = 0,
        weight_decay: Any = 0,
        nesterov: bool = False,
        *,
        maximize: bool = False,
        foreach: bool | None = None,
        differentiable: bool = False,
        fused: bool | None = None,
    ) -> None:
        check(lr=lr, momentum=momentum, weight_decay=weight_decay)
        refuse_differentiable(differentiable)
        if nesterov and (momentum <= 0 or dampening != 0):
            raise ValueError("Nesterov momentum requires a momentum and zero dampening")
        super().__init__(
            params,
            {
                "lr": lr, "momentum": momentum, "dampening": dampening,
                "weight_decay": weight_decay, "nesterov": nesterov, "maximize": maximize,
                "foreach": foreach, "differentiable": differentiable, "fused": fused,
            },
        )  # fmt: skip

    def slots(self, group: Group) -> dict[str, float]:
        return {} if is_zero(group["momentum"]) else {"momentum_buffer": 0.0}

    def _distinguishes_first(self, group: Group) -> bool:
        return not is_zero(group["dampening"])
