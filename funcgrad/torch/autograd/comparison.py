"""How `gradcheck` compares the two Jacobians: entry by entry, or (`fast_mode`) along one line."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ...tape.random.generator import Generator
from ...tape.tensor import Tensor, wrap
from .jacobians import analytical, as_tuple, followed, inexact, numerical, numpy, tangents, units


class GradcheckError(RuntimeError):
    """A gradient failed `gradcheck` or `gradgradcheck`."""


@dataclass(frozen=True)
class Check:
    """One comparison: a function with real results, and what is asked of it.

    Attributes:
        function: takes the inputs, gives a tensor or several.
        inputs: what it is called with.
        all_results: what it gave.
        eps: the step of the differences.
        rtol: the relative tolerance, of the numerical value.
        atol: the absolute tolerance.
        nondet_tol: by how much two backward passes may differ.
        part: for each result that is part of a complex one, which part it is.
    """

    function: Callable[..., Any]
    inputs: tuple[Any, ...]
    all_results: tuple[Tensor, ...]
    eps: float
    rtol: float
    atol: float
    nondet_tol: float
    part: dict[int, str]

    @property
    def results(self) -> list[Tensor]:
        """The results that have gradients."""
        return followed(self.all_results)

    def numerical(self) -> list[list[np.ndarray]]:
        """Jacobians by differences: for each input one for each result that has gradients."""
        return [
            self.with_gradients(jacobians)
            for jacobians in numerical(self.function, self.inputs, self.all_results, self.eps)
        ]

    def with_gradients(self, found: Sequence[Any]) -> list[Any]:
        """Of what was found for every floating result, that for results that have gradients."""
        results = inexact(self.all_results)
        return [f for f, result in zip(found, results, strict=True) if result.requires_grad]

    def analytical(self, output: Tensor, rows: Sequence[np.ndarray]) -> list[np.ndarray]:
        """Jacobians by the backward pass, which is run twice and must give the same."""
        first, second = (analytical(output, followed(self.inputs), rows) for _ in range(2))
        for a, b in zip(first, second, strict=True):
            if a.size and np.max(np.abs(a - b)) > self.nondet_tol:
                raise GradcheckError(
                    "Backward is not reentrant, i.e., running backward with same input and "
                    "grad_output multiple times gives different values, although analytical "
                    "gradient matches numerical gradient.The tolerance for nondeterminism was "
                    f"{self.nondet_tol}.\nIf the operation is meant to be non-deterministic, pass "
                    "`nondet_tol=` with the difference that is to be allowed."
                )
        return first

    def mismatch(self, output: int, input: int, found: Any, expected: Any) -> str:
        """What to say of a gradient that is not what the differences give."""
        part = self.part.get(output)
        first = f"While considering the {part} part of complex outputs only, " if part else ""
        return (
            f"{first}Jacobian mismatch for output {output} with respect to input {input},\n"
            f"numerical:{wrap(expected)}\nanalytical:{wrap(found)}\n"
        )


def close(found: Any, expected: Any, rtol: float, atol: float) -> bool:
    """`torch.allclose`."""
    return bool(np.all(np.isclose(found, expected, rtol, atol)))


def entry_by_entry(check: Check) -> None:
    """Compare every entry of every Jacobian.

    Raises:
        GradcheckError: one differs, or the backward pass gives this and then that.
    """
    expected = check.numerical()
    if not check.results:
        expected = numerical(check.function, check.inputs, check.all_results, check.eps)
        if any(np.any(jacobian != 0) for jacobians in expected for jacobian in jacobians):
            raise GradcheckError("Numerical gradient for function expected to be zero")
    for i, result in enumerate(check.results):
        for j, found in enumerate(check.analytical(result, units(result))):
            if not close(found, expected[j][i], check.rtol, check.atol):
                raise GradcheckError(check.mismatch(i, j, found, expected[j][i]))


def along_one_direction(check: Check) -> None:
    """Compare vᵀ J u for one random u a input and one v a result, all of them positive.

    Raises:
        GradcheckError: as `entry_by_entry`; the message holds the whole Jacobians too.
    """
    generator = Generator()
    inputs = followed(check.inputs)
    # Of a complex input the real and the imaginary part move by different amounts.
    us = [[unit(generator, t) for _ in range(1 + t.dtype.is_complex)] for t in inputs]
    vs = [unit(generator, result) for result in check.results]
    moved = []
    for tensor, u in zip(inputs, us, strict=True):
        real, imaginary = (u[0].reshape(tensor.shape), u[-1].reshape(tensor.shape))
        moved.append(tangents(check.function, check.inputs, tensor, real, imaginary, check.eps))
    if not vs and any(np.any(np.abs(m) > check.nondet_tol) for several in moved for m in several):
        raise GradcheckError("Numerical gradient for function expected to be zero")
    for i, (result, v) in enumerate(zip(check.results, vs, strict=True)):
        for j, (product, u) in enumerate(zip(check.analytical(result, [v]), us, strict=True)):
            found = product[:, 0].real @ u[0]
            if len(u) == 2:
                found = found + 1j * (product[:, 0].imag @ u[1])
            expected = np.sum(v * check.with_gradients(moved[j])[i])
            # Each entry may be off by atol, and as all of u and v is positive that adds up.
            atol = check.atol * float(sum(part.sum() for part in u)) * float(v.sum())
            if not close(found, expected, check.rtol, atol):
                message = check.mismatch(i, j, np.asarray(found), np.asarray(expected))
                raise GradcheckError(message + _whole(check, i, j))


def unit(generator: Generator, tensor: Tensor) -> np.ndarray:
    """A random vector of length one with no negative entry, in a tensor's real dtype."""
    values = generator._stream.rand(tensor.numel()).astype(numpy(tensor).real.dtype)
    norm = np.linalg.norm(values)
    return values / norm if norm else values


def _whole(check: Check, i: int, j: int) -> str:
    """What `entry_by_entry` finds where `along_one_direction` has found something."""
    expected = check.numerical()[j][i]
    result = check.results[i]
    found = analytical(result, followed(check.inputs), units(result))[j]
    text = (
        "\nThe above quantities relating the numerical and analytical jacobians are computed \n"
        "in fast mode. Below, we recompute numerical and analytical jacobians in slow mode:\n\n"
        f"Numerical:\n {wrap(expected)}\nAnalytical:\n{wrap(found)}\n\n"
        f"The max per-element difference (slow mode) is: {np.max(np.abs(expected - found))}.\n"
    )
    if close(found, expected, check.rtol, check.atol):
        text += (
            "Fast gradcheck failed but element-wise differences are small. This means that the "
            "test might've passed in slow_mode: pass fast_mode=False."
        )
    return text


def parts_of_complex(function: Callable[..., Any], part: str) -> Callable[..., tuple[Any, ...]]:
    """The function with the real or imaginary parts of its complex results."""

    def real_valued(*inputs: Any) -> tuple[Any, ...]:
        results = as_tuple(function(*inputs))
        return tuple(getattr(r, part) if r.dtype.is_complex else r for r in results)

    return real_valued
