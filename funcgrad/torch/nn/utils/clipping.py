"""Gradients kept within bounds."""

import warnings
from collections.abc import Iterable, Sequence
from types import GeneratorType
from typing import Any

import jax
import jax.numpy as jnp

from ....cache import Program, like
from ....ops.promotion import opmath
from ....tape.creation import tensor
from ....tape.inplace import write
from ....tape.tensor import Tensor, wrap


def _total(gradients: Sequence[jax.Array], order: float) -> jax.Array:
    """The norm of the norms: that of all values as one vector."""
    norms = [
        jnp.linalg.norm(g.astype(opmath(g.dtype)).ravel(), order).astype(g.dtype) for g in gradients
    ]
    stacked = jnp.stack(norms)
    return jnp.linalg.norm(stacked.astype(opmath(stacked.dtype)), order).astype(stacked.dtype)


def _scaled(gradients: Sequence[jax.Array], limit: float, total: jax.Array) -> list[jax.Array]:
    factor = jnp.minimum(limit / (total + 1e-6), 1.0)
    return [g * factor.astype(g.dtype) for g in gradients]


def _clamped(gradients: Sequence[jax.Array], limit: float) -> list[jax.Array]:
    return [jnp.clip(g, -limit, limit) for g in gradients]


def _sign(gradients: Sequence[jax.Array], *_: Any) -> Any:
    return len(gradients), like(gradients[0]), like(gradients[-1])


_total_program = Program(_total, _sign, static_argnums=1)
_scaled_program, _clamped_program = Program(_scaled, _sign), Program(_clamped, _sign)


def _listed(tensors: Tensor | Iterable[Tensor]) -> list[Tensor]:
    return [tensors] if isinstance(tensors, Tensor) else list(tensors)


def _gradients(parameters: Iterable[Tensor]) -> list[Tensor]:
    return [p.grad for p in parameters if p.grad is not None]


def _replace(gradients: Sequence[Tensor], arrays: Sequence[jax.Array]) -> None:
    for gradient, array in zip(gradients, arrays, strict=True):
        write(gradient, array)


def get_total_norm(
    tensors: Tensor | Iterable[Tensor],
    norm_type: float = 2.0,
    error_if_nonfinite: bool = False,
    foreach: bool | None = None,
) -> Tensor:
    """The norm of some tensors as one vector.

    Args:
        tensors: one or several.
        norm_type: p of the p-norm; may be `inf`.
        error_if_nonfinite: raise where the norm is infinite or NaN.
        foreach: accepted, without effect: the norm is one program in any case.
    """
    arrays = [t._read() for t in _listed(tensors)]
    if not arrays:
        return tensor(0.0)
    with jax.enable_x64(True):
        total = wrap(_total_program(arrays, float(norm_type)))
    if error_if_nonfinite and not abs(total.item()) < float("inf"):
        raise RuntimeError(
            f"The total norm of order {float(norm_type)} for gradients from `parameters` is "
            "non-finite, so it cannot be clipped. To disable this error and scale the gradients by "
            "the non-finite norm anyway, set `error_if_nonfinite=False`"
        )
    return total


def clip_grads_with_norm_(
    parameters: Tensor | Iterable[Tensor],
    max_norm: float,
    total_norm: Tensor,
    foreach: bool | None = None,
) -> None:
    """Scale the gradients in place by max_norm / total_norm, where that is below 1."""
    gradients = _gradients(_listed(parameters))
    if gradients:
        arrays = [g._read() for g in gradients]
        with jax.enable_x64(True):
            _replace(gradients, _scaled_program(arrays, float(max_norm), total_norm._read()))


def clip_grad_norm_(
    parameters: Tensor | Iterable[Tensor],
    max_norm: float,
    norm_type: float = 2.0,
    error_if_nonfinite: bool = False,
    foreach: bool | None = None,
) -> Tensor:
    """Scale the gradients in place so that their norm, as one vector, is at most max_norm.

    Args:
        parameters: whose gradients; those without one are skipped.
        max_norm: the limit.
        norm_type: p of the p-norm; may be `inf`.
        error_if_nonfinite: raise where the norm is infinite or NaN.
        foreach: accepted, without effect.

    Returns:
        The norm before.
    """
    max_norm, norm_type = float(max_norm), float(norm_type)
    listed = _listed(parameters)
    if isinstance(parameters, GeneratorType) and not listed:
        warnings.warn(
            "`parameters` is an empty generator, no gradient clipping will occur.", stacklevel=2
        )
    total = get_total_norm(_gradients(listed), norm_type, error_if_nonfinite)
    clip_grads_with_norm_(listed, max_norm, total)
    return total


def clip_grad_norm(
    parameters: Tensor | Iterable[Tensor],
    max_norm: float,
    norm_type: float = 2.0,
    error_if_nonfinite: bool = False,
    foreach: bool | None = None,
) -> Tensor:
    """`clip_grad_norm_` under its retired name."""
    warnings.warn(
        "`torch.nn.utils.clip_grad_norm` is now deprecated in favor of "
        "`torch.nn.utils.clip_grad_norm_`.",
        FutureWarning,
        stacklevel=2,
    )
    return clip_grad_norm_(parameters, max_norm, norm_type, error_if_nonfinite, foreach)


def clip_grad_value_(
    parameters: Tensor | Iterable[Tensor], clip_value: float, foreach: bool | None = None
) -> None:
    """Limit every value of the gradients, in place, to ±clip_value."""
    gradients = _gradients(_listed(parameters))
    if gradients:
        arrays = [g._read() for g in gradients]
        with jax.enable_x64(True):
            _replace(gradients, _clamped_program(arrays, float(clip_value)))
