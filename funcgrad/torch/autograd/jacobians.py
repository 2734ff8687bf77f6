"""The two Jacobians that `gradcheck` compares: by differences of values, and by the backward pass.

Both have a row for each entry of an input and a column for each entry of a result, and are NumPy
arrays. Results are real here: of complex ones the real and the imaginary part are checked in turn.
For a complex input the Jacobian is PyTorch's gradient, ∂/∂x + i ∂/∂y.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import jax
import numpy as np

from ...tape import inplace
from ...tape.autograd import grad
from ...tape.nodes import x64
from ...tape.tensor import Tensor, wrap

Values = list[np.ndarray]


def as_tuple(value: Any) -> tuple[Any, ...]:
    """One value or several as a tuple."""
    return tuple(value) if isinstance(value, (tuple, list)) else (value,)


def followed(values: Sequence[Any]) -> list[Tensor]:
    """The tensors that require grad."""
    return [v for v in values if isinstance(v, Tensor) and v.requires_grad]


def inexact(values: Sequence[Tensor]) -> list[Tensor]:
    """The tensors that can have gradients by their dtype."""
    return [v for v in values if v.dtype.is_floating_point or v.dtype.is_complex]


def numpy(tensor: Tensor) -> np.ndarray:
    """The values, whether the tensor requires grad or not."""
    return np.asarray(tensor._read())


# --- by differences ----------------------------------------------------------------------------


def numerical(
    function: Callable[..., Any], inputs: tuple[Any, ...], results: Sequence[Tensor], eps: float
) -> list[list[np.ndarray]]:
    """Jacobians by central differences, for each input that requires grad one for each result."""
    jacobians = []
    for target in followed(inputs):
        columns = [
            tangents(function, inputs, target, *steps, eps, place)
            for place, steps in _steps(target)
        ]
        empty = [
            np.empty((0, r.numel()), numpy(target if target.dtype.is_complex else r).dtype)
            for r in inexact(results)
        ]
        several = [np.stack(parts) for parts in zip(*columns, strict=True)]
        jacobians.append(several if columns else empty)
    return jacobians


def _steps(target: Tensor) -> Iterator[tuple[tuple[int, ...], tuple[np.ndarray, np.ndarray]]]:
    """Each entry of a tensor, with the unit steps along it: the real one and the imaginary one."""
    real = np.zeros_like(numpy(target).real)
    for place in np.ndindex(*target.shape):
        step = real.copy()
        step[place] = 1
        yield place, (step, step)


def tangents(
    function: Callable[..., Any],
    inputs: tuple[Any, ...],
    target: Tensor,
    real: np.ndarray,
    imaginary: np.ndarray,
    eps: float,
    place: tuple[int, ...] | None = None,
) -> Values:
    """What the results do, by central differences, when one input moves; flat, one a result.

    The function may find the tensor elsewhere than among its arguments (a module's parameters): its
    value is replaced where it is, unnoticed by the versions, and put back.
    """
    along = slope(function, inputs, target, real, eps, place)
    if not target.dtype.is_complex:
        return along
    across = slope(function, inputs, target, imaginary * 1j, eps, place)
    return [x + 1j * y for x, y in zip(along, across, strict=True)]


def slope(
    function: Callable[..., Any],
    inputs: tuple[Any, ...],
    target: Tensor,
    direction: np.ndarray,
    eps: float,
    place: tuple[int, ...] | None,
) -> Values:
    """What the results do when one input moves in a direction, real or complex; see `tangents`."""
    before, shared = target._read(), target.data
    start = np.asarray(before)
    ends = []
    try:
        for step in (-eps, eps):
            with x64(True):
                moved = (start + direction * step).astype(start.dtype)
                inplace.write(shared, jax.device_put(moved, before.sharding))
            results = inexact(as_tuple(function(*inputs)))
            ends.append([numpy(result) for result in results])
    finally:
        inplace.write(shared, before)
    return [_difference(a, b, eps, place) for a, b in zip(*ends, strict=True)]


def _difference(
    low: np.ndarray, high: np.ndarray, eps: float, place: tuple[int, ...] | None
) -> np.ndarray:
    for what, a, b in (
        ("shape", low.shape, high.shape),
        ("dtype", f"torch.{low.dtype}", f"torch.{high.dtype}"),
    ):
        if a != b:
            at = "" if place is None else f"on index {place} "
            shown = (
                f"torch.Size({list(a)}) and torch.Size({list(b)})"
                if what == "shape"
                else (f"{a} and {b}")
            )
            raise AssertionError(
                f"Expected `func` to return outputs with the same {what} when inputs are perturbed "
                f"{at}by {eps}, but got: {what}s {shown}."
            )
    return ((high - low) / np.asarray(2 * eps, low.real.dtype)).reshape(-1)


# --- by the backward pass ----------------------------------------------------------------------


def analytical(output: Tensor, inputs: Sequence[Tensor], rows: Sequence[np.ndarray]) -> Values:
    """Products of cotangents with the Jacobian by the backward pass, one array an input.

    Args:
        output: the result.
        inputs: those that require grad.
        rows: the cotangents, each flat; the unit vectors give the whole Jacobian.
    """
    place = output._read()
    jacobians = [np.zeros((t.numel(), len(rows)), numpy(t).dtype) for t in inputs]
    for j, row in enumerate(rows):
        cotangent = wrap(row.astype(place.dtype).reshape(place.shape))
        found = grad(output, inputs, cotangent, retain_graph=True, allow_unused=True)
        for jacobian, gradient in zip(jacobians, found, strict=True):
            if gradient is not None:
                jacobian[:, j] = numpy(gradient).reshape(-1)
    return jacobians


def units(output: Tensor) -> list[np.ndarray]:
    """The unit vectors of a result."""
    return list(np.eye(output.numel()))
