"""What `gradcheck` demands of a backward pass besides right numbers."""

import warnings
from collections.abc import Callable, Sequence
from typing import Any

import jax
import jax.numpy as jnp

from ...tape import dtypes
from ...tape.autograd import grad
from ...tape.full import zeros_like
from ...tape.function import Function
from ...tape.nodes import x64
from ...tape.random import randn_like
from ...tape.tensor import Tensor, wrap
from .comparison import GradcheckError, close
from .jacobians import as_tuple, followed, numpy


def inputs_can_be_checked(inputs: tuple[Any, ...]) -> None:
    """Refuse inputs that differences cannot be taken of; warn of too little precision.

    Raises:
        ValueError: none requires grad.
        RuntimeError: entries of one share their memory.
    """
    for i, tensor in enumerate(inputs):
        if not (isinstance(tensor, Tensor) and tensor.requires_grad):
            continue
        if tensor.dtype not in (dtypes.float64, dtypes.complex128):
            warnings.warn(
                f"Input #{i} requires gradient and is not a double precision floating point or "
                "complex. This check will likely fail if all the inputs are not of double "
                "precision floating point or complex. ",
                UserWarning,
                stacklevel=4,
            )
        if any(s == 0 and n > 1 for s, n in zip(tensor.stride(), tensor.shape, strict=True)):
            raise RuntimeError(
                f"The {i}th input has a dimension with stride 0. gradcheck only supports inputs "
                "that are non-overlapping to be able to compute the numerical gradients correctly. "
                "You should call .contiguous on the input before passing it to gradcheck."
            )
    if not followed(inputs):
        raise ValueError(
            "gradcheck expects at least one input tensor to require gradient, but none of them "
            "have requires_grad=True."
        )


def zero_gives_zero(results: Sequence[Tensor], inputs: Sequence[Tensor]) -> None:
    """The gradients are zero where those of the results are."""
    found = grad(results, inputs, [zeros_like(r) for r in results], allow_unused=True)
    for gradient in found:
        if gradient is not None and numpy(gradient).any():
            raise GradcheckError("backward not multiplied by grad_output")


class _Undefined(Function):
    """Itself forwards, and backwards no gradient at all."""

    @staticmethod
    def forward(ctx: Any, x: Tensor) -> Tensor:
        return x.view_as(x)

    @staticmethod
    def backward(ctx: Any, *gradients: Any) -> None:
        return None


def undefined_is_handled(function: Callable[..., Any], inputs: tuple[Any, ...]) -> None:
    """The backward pass takes gradients that are not there, of all results and of each alone."""
    count = len(followed(as_tuple(function(*inputs))))
    alone = [{i} for i in range(count)] if count > 1 else []
    for undefined in [set(range(count)), *alone]:
        results = followed(as_tuple(function(*inputs)))
        results = [_Undefined.apply(r) if i in undefined else r for i, r in enumerate(results)]
        try:
            zeros = [zeros_like(r) for r in results]
            found = grad(results, followed(inputs), zeros, allow_unused=True)
        except RuntimeError as error:
            _warn_of_undefined()
            raise GradcheckError(
                "Expected backward function to handle undefined output grads: those of results "
                "that nothing uses, which are None after ctx.set_materialize_grads(False)."
            ) from error
        if any(g is not None and numpy(g).any() for g in found):
            _warn_of_undefined()
            raise GradcheckError(
                "Expected all input grads to be undefined or zero when all output grads are "
                "undefined or zero."
            )


def _warn_of_undefined() -> None:
    warnings.warn(
        "Backwards compatibility: New undefined gradient support checking feature is enabled by "
        "default, but it may break existing callers of this function. If this is true for you, you "
        'can call this function with "check_undefined_grad=False" to disable the feature',
        UserWarning,
        stacklevel=2,
    )


def batches_agree(result: Tensor, inputs: Sequence[Tensor]) -> None:
    """One backward pass over a batch of gradients, by `jax.vmap`, gives what single ones give."""

    def gradients(cotangent: Tensor) -> tuple[Any, ...]:
        found = grad(result, inputs, cotangent, retain_graph=True, allow_unused=True)
        pairs = zip(found, inputs, strict=True)
        return tuple(zeros_like(t)._read() if g is None else g._read() for g, t in pairs)

    cotangents = [randn_like(result)._read() for _ in range(2)]
    try:
        with x64(True):
            batched = jax.vmap(lambda array: gradients(wrap(array)))(jnp.stack(cotangents))
    except (RuntimeError, jax.errors.JAXTypeError) as error:
        raise GradcheckError(f"While computing batched gradients, got: {error}") from error
    single = [gradients(wrap(array)) for array in cotangents]
    for i, (found, *expected) in enumerate(zip(batched, *single, strict=True)):
        with x64(True):
            wanted = jnp.stack(expected)
        if not close(found, wanted, 1e-5, 1e-8):
            raise GradcheckError(
                f"gradcheck or gradgradcheck failed while testing batched gradient computation, "
                f"for input {i}.\nGot:\n{wrap(found)}\n\nExpected:\n{wrap(wanted)}"
            )
