"""`torch.distributions.utils`: what several distributions need."""

from collections.abc import Callable
from functools import update_wrapper
from typing import Any

import jax
import numpy as np

from ...tape import dtypes
from ...tape.creation import tensor
from ...tape.full import empty
from ...tape.loose import broadcast_tensors
from ...tape.modes import enable_grad
from ...tape.tensor import Size, Tensor
from ..nn.functional import softmax

NUMBER = (bool, int, float)
euler_constant = 0.57721566490153286060


def broadcast_all(*values: Any) -> tuple[Tensor, ...]:
    """Tensors and numbers as tensors of one shape; a number takes the first tensor's dtype."""
    tensors = [value for value in values if isinstance(value, Tensor)]
    if not all(isinstance(value, (Tensor, *NUMBER)) for value in values):
        raise ValueError(
            "Input arguments must all be instances of Number, torch.Tensor or objects implementing "
            "__torch_function__."
        )
    dtype = tensors[0].dtype if tensors else dtypes.default.dtype
    device = tensors[0].device if tensors else None
    return broadcast_tensors(
        *(v if isinstance(v, Tensor) else tensor(v, dtype=dtype, device=device) for v in values)
    )


def standard_normal(shape: Any, like: Tensor) -> Tensor:
    """Standard normal values in the dtype of another tensor."""
    return empty(tuple(shape), dtype=like.dtype, device=like.device).normal_()


def sum_rightmost(value: Tensor, dim: int) -> Tensor:
    """The sum over the last `dim` axes."""
    if dim == 0:
        return value
    return value.reshape((*value.shape[:-dim], -1)).sum(-1)


def clamp_probs(probs: Tensor) -> Tensor:
    """Probabilities kept from 0 and 1 by the dtype's eps."""
    eps = dtypes.finfo(probs.dtype).eps
    return probs.clamp(min=eps, max=1 - eps)


def logits_to_probs(logits: Tensor, is_binary: bool = False) -> Tensor:
    """Probabilities of log-odds (binary), or of log probabilities along the last axis."""
    return logits.sigmoid() if is_binary else softmax(logits, dim=-1)


def probs_to_logits(probs: Tensor, is_binary: bool = False) -> Tensor:
    """Log-odds (binary), or log probabilities."""
    kept = clamp_probs(probs)
    return kept.log() - (-kept).log1p() if is_binary else kept.log()


class lazy_property:
    """An attribute that is computed, with its graph, when it is first asked for."""

    def __init__(self, wrapped: Callable[[Any], Any]) -> None:
        self.wrapped = wrapped
        update_wrapper(self, wrapped)  # type: ignore[arg-type]

    def __get__(self, instance: Any, owner: Any = None) -> Any:
        if instance is None:
            return self
        with enable_grad():
            value = self.wrapped(instance)
        setattr(instance, self.wrapped.__name__, value)
        return value


def all_true(valid: Tensor) -> bool:
    """Whether a check holds everywhere; under `jax.jit`, where nobody knows, it counts as held."""
    array = valid._read()
    return isinstance(array, jax.core.Tracer) or bool(np.asarray(array).all())


def as_size(shape: Any) -> Size:
    """A shape as PyTorch shows it."""
    return shape if isinstance(shape, Size) else Size(shape)
