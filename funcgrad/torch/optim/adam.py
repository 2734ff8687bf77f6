"""Adam, and Adam with decoupled weight decay.

Sources: Kingma and Ba, "Adam: a method for stochastic optimization", 2014; Loshchilov and Hutter,
"Decoupled weight decay regularization", 2017; Reddi et al., "On the convergence of Adam and
beyond", 2018 (amsgrad).
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
    """−lr · m̂ / (√v̂ + eps)."""
    beta1, beta2 = numbers["betas"]
    eps, step = numbers["eps"], state["step"]
    decoupled = flags["decoupled_weight_decay"]
    start = {**flags, "weight_decay": flags["weight_decay"] and not decoupled}
    update = prepared(gradient, parameter, numbers, start)
    mean, square = state["exp_avg"], state["exp_avg_sq"]
    if flags["amsgrad"]:
        # PyTorch corrects the bias of the maximum, optax that of what it is the maximum of. Left
        # uncorrected by optax, with s = √(1 − β₂ᵗ): m̂ / (√max / s + eps) = s · m̂ / (√max + s·eps).
        correction = jnp.sqrt(1 - beta2 ** (step + 1))
        adam = optax.scale_by_amsgrad(beta1, beta2, eps * correction, bias_correction_nu=False)
        memory = optax.ScaleByAmsgradState(step, mean, square, state["max_exp_avg_sq"])
        update, memory = adam.update(update, memory)
        update = through(update, parameter, optax.scale(correction.astype(update.dtype)))
        state = {"max_exp_avg_sq": memory.nu_max}
    else:
        adam = optax.scale_by_adam(beta1, beta2, eps)
        update, memory = adam.update(update, optax.ScaleByAdamState(step, mean, square))
        state = {}
    update = through(
        update,
        parameter,
        optax.add_decayed_weights(numbers["weight_decay"])
        if decoupled and flags["weight_decay"]
        else None,
        optax.scale_by_learning_rate(numbers["lr"]),
    )
    return update, {**state, "exp_avg": memory.mu, "exp_avg_sq": memory.nu}


class Adam(Transformed):
    """Steps scaled by the gradients' recent mean and spread.

    m ← β₁m + (1 − β₁)g, v ← β₂v + (1 − β₂)g², p ← p − lr · m̂ / (√v̂ + eps), where the hats divide by
    1 − βᵗ.

    Args:
        params: tensors or groups.
        lr: learning rate.
        betas: β₁ and β₂.
        eps: keeps the denominator from zero.
        weight_decay: L2 penalty.
        amsgrad: let the denominator never shrink.
        foreach, capturable, fused: accepted, without effect: a step is one program in any case.
        maximize: climb instead.
        differentiable: not supported.
        decoupled_weight_decay: decay the weights outside the gradient, as `AdamW`.
    """

    rule = staticmethod(adapt)
    numbers = ("lr", "betas", "eps", "weight_decay")
    flags = ("maximize", "weight_decay", "amsgrad", "decoupled_weight_decay")

    def __init__(
        self,
        params: Any,
        lr: Any = 1e-3,
        betas: tuple[Any, Any] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0,
        amsgrad: bool = False,
        *,
        foreach: bool | None = None,
        maximize: bool = False,
        capturable: bool = False,
        differentiable: bool = False,
        fused: bool | None = None,
        decoupled_weight_decay: bool = False,
    ) -> None:
        check(lr=lr, eps=eps, weight_decay=weight_decay)
        refuse_differentiable(differentiable)
        check_betas(betas)
        super().__init__(
            params,
            {
                "lr": lr, "betas": betas, "eps": eps, "weight_decay": weight_decay,
                "amsgrad": amsgrad, "maximize": maximize, "foreach": foreach,
                "capturable": capturable, "differentiable": differentiable, "fused": fused,
                "decoupled_weight_decay": decoupled_weight_decay,
            },
        )  # fmt: skip

    def slots(self, group: Group) -> dict[str, float]:
        names = ["exp_avg", "exp_avg_sq"] + ["max_exp_avg_sq"] * group["amsgrad"]
        return dict.fromkeys(names, 0.0)


class AdamW(Adam):
    """Adam with weight decay outside the gradient: p ← p − lr·weight_decay·p, then Adam's step."""

    def __init__(
        self,
        params: Any,
        lr: Any = 1e-3,
        betas: tuple[Any, Any] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 1e-2,
        amsgrad: bool = False,
        *,
        maximize: bool = False,
        foreach: bool | None = None,
        capturable: bool = False,
        differentiable: bool = False,
        fused: bool | None = None,
    ) -> None:
        super().__init__(
            params, lr, betas, eps, weight_decay, amsgrad, foreach=foreach, maximize=maximize,
            capturable=capturable, differentiable=differentiable, fused=fused,
            decoupled_weight_decay=True,
        )  # fmt: skip
