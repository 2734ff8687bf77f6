"""Errors about options."""

from collections.abc import Sequence
from typing import Any

import jax

from ...tape.tensor import Tensor


def check(**options: Any) -> None:
    """Raise PyTorch's error for a negative option; the name is that of the message."""
    for name, value in options.items():
        if name == "lr" and isinstance(value, Tensor) and value.numel() != 1:
            raise ValueError("Tensor lr must be 1-element")
        if not isinstance(value, (Tensor, jax.Array)) and not value >= 0.0:
            raise ValueError(f"Invalid {_MESSAGES.get(name, name)}: {value}")


def check_betas(betas: Sequence[Any]) -> None:
    """Raise PyTorch's error for a β outside [0, 1)."""
    for i, beta in enumerate(betas):
        if isinstance(beta, (int, float)) and not 0.0 <= beta < 1.0:
            raise ValueError(f"Invalid beta parameter at index {i}: {beta}")


_MESSAGES = {
    "lr": "learning rate",
    "momentum": "momentum value",
    "weight_decay": "weight_decay value",
    "eps": "epsilon value",
    "alpha": "alpha value",
    "lr_decay": "lr_decay value",
    "momentum_decay": "momentum_decay value",
    "initial_accumulator_value": "initial_accumulator_value value",
}


def refuse_differentiable(differentiable: bool) -> None:
    """A step is not recorded; say so where PyTorch would record it."""
    if differentiable:
        raise NotImplementedError(
            "differentiable=True: a step here is one program outside the graph. To differentiate "
            "through updates write them as a function and use optax with jax.grad"
        )
