"""What `gradcheck` asks of forward mode: that tangents are what differences of values give.

Of a complex input the imaginary and the real part move in turn, as in PyTorch; the results may be
complex.
"""

from collections.abc import Callable, Sequence
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from ...tape.full import zeros_like
from ...tape.nodes import x64
from ...tape.random import randn_like
from ...tape.random.generator import Generator
from ...tape.tensor import Tensor, wrap
from .comparison import Check, GradcheckError, close, unit
from .forward_ad import dual_level, make_dual, unpack_dual
from .jacobians import Values, as_tuple, followed, inexact, numpy, slope


def tangents_agree(check: Check, fast_mode: bool) -> None:
    """Compare the tangents of results with differences of their values.

    Args:
        check: the function, its inputs and results.
        fast_mode: along one random direction an input, instead of along each of its entries.

    Raises:
        GradcheckError: one differs.
    """
    parted = any(tensor.dtype.is_complex for tensor in followed(check.inputs))
    for word in ("imaginary", "real") if parted else ("",):
        generator = Generator()
        for j, tensor in enumerate(followed(check.inputs)):
            turn = 1j if word == "imaginary" and tensor.dtype.is_complex else 1
            directions, atol = [unit_step * turn for unit_step in np.eye(tensor.numel())], 1.0
            if fast_mode:
                u = unit(generator, tensor)
                directions, atol = [u * turn], float(u.sum())
            for i, (found, expected) in enumerate(_both(check, tensor, directions)):
                if close(found, expected, check.rtol, check.atol * atol):
                    continue
                said = f"While considering the {word} part of complex inputs only, " if word else ""
                said += (
                    f"Jacobian computed with forward mode mismatch for output {i} with respect to "
                    f"input {j},\nnumerical:{wrap(_shown(expected, fast_mode))}\n"
                    f"analytical:{wrap(_shown(found, fast_mode))}\n"
                )
                if fast_mode:
                    whole = [step * turn for step in np.eye(tensor.numel())]
                    said += _slowly(*_both(check, tensor, whole)[i])
                raise GradcheckError(said)


def _shown(matrix: np.ndarray, fast_mode: bool) -> np.ndarray:
    return matrix[0] if fast_mode else matrix


def _slowly(found: np.ndarray, expected: np.ndarray) -> str:
    return (
        "\nThe above quantities relating the numerical and analytical jacobians are computed \n"
        "in fast mode. Below, we recompute numerical and analytical jacobians in slow mode:\n\n"
        f"Numerical:\n {wrap(expected)}\nAnalytical:\n{wrap(found)}\n\n"
        f"The max per-element difference (slow mode) is: {np.max(np.abs(expected - found))}.\n"
    )


def _both(
    check: Check, target: Tensor, directions: Sequence[np.ndarray]
) -> list[tuple[np.ndarray, np.ndarray]]:
    """By forward mode and by differences: for each result a row for each direction."""
    pairs: list[tuple[Values, Values]] = []
    for direction in directions:
        step = direction.reshape(target.shape)
        moved = slope(check.function, check.inputs, target, step, check.eps, None)
        pushed = _pushed(check, {id(target): wrap(step.astype(numpy(target).dtype))})
        pairs.append((pushed, check.with_gradients(moved)))
    return [
        (
            np.stack([found[i] for found, _ in pairs]),
            np.stack([expected[i] for _, expected in pairs]),
        )
        for i in range(len(check.results))
        if pairs
    ]


def _pushed(check: Check, given: dict[int, Tensor], without: Tensor | None = None) -> Values:
    """The tangents of the results that have gradients, flat.

    Args:
        check: the function and its inputs.
        given: tangents by the `id` of their input; those of the other inputs are zeros.
        without: an input that gets no tangent.
    """
    found = _run(check.function, check.inputs, given, without)
    return [numpy(tangent).reshape(-1) for tangent in check.with_gradients(found)]


def _run(
    function: Callable[..., Any],
    inputs: Sequence[Any],
    given: dict[int, Tensor],
    without: Tensor | None = None,
) -> list[Tensor]:
    """The tangents of the floating results; zeros for one that has none."""
    duals: list[Any] = []
    with dual_level():
        for x in inputs:
            if not (isinstance(x, Tensor) and x.requires_grad):
                duals.append(x)
            elif x is without:
                duals.append(x.detach())
            else:
                tangent = given[id(x)] if id(x) in given else zeros_like(x)
                duals.append(make_dual(x.detach(), tangent))
        results = inexact(as_tuple(function(*duals)))
        tangents = [unpack_dual(result).tangent for result in results]
    pairs = zip(tangents, results, strict=True)
    return [zeros_like(r) if t is None else t.detach() for t, r in pairs]


def missing_is_zero(check: Check) -> None:
    """An input without a tangent moves the results as one with a tangent of zeros does.

    Raises:
        GradcheckError: it does not.
    """
    given = {id(x): randn_like(x.detach()) for x in followed(check.inputs)}
    for j, tensor in enumerate(followed(check.inputs)):
        zeros = {**given, id(tensor): zeros_like(tensor)}
        pairs = zip(_pushed(check, zeros), _pushed(check, given, without=tensor), strict=True)
        for i, (expected, found) in enumerate(pairs):
            if not close(found, expected, 1e-5, 1e-8):
                raise GradcheckError(
                    f"Mismatch in tangent values for output with index: {i} when input: {j} has an "
                    f"undefined tangent value. Got: {wrap(found)} but expected: {wrap(expected)}"
                )


def batches_of_tangents_agree(check: Check) -> None:
    """One run on a batch of tangents, by `jax.vmap`, gives what single runs give.

    Raises:
        GradcheckError: it does not, or it fails.
    """
    for j, tensor in enumerate(followed(check.inputs)):

        def along(tangent: jax.Array, tensor: Tensor = tensor) -> list[jax.Array]:
            found = _run(check.function, check.inputs, {id(tensor): wrap(tangent)})
            return [t._read() for t in found]

        tangents = [randn_like(tensor.detach())._read() for _ in range(2)]
        try:
            with x64(True):
                batched = jax.vmap(along)(jnp.stack(tangents))
        except (RuntimeError, jax.errors.JAXTypeError) as error:
            raise GradcheckError(f"While computing batched gradients, got: {error}") from error
        single = [along(tangent) for tangent in tangents]
        for found, *expected in zip(batched, *single, strict=True):
            with x64(True):
                wanted = jnp.stack(expected)
            if not close(found, wanted, 1e-5, 1e-8):
                raise GradcheckError(
                    "gradcheck or gradgradcheck failed while testing batched gradient "
                    f"computation, forward mode, for input {j}.\nGot:\n{wrap(found)}\n\nExpected:\n"
                    f"{wrap(wanted)}"
                )
