"""One point and one property, without Hypothesis: for a script, or to look at a failure closely."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import jax
import numpy as np

from funcgrad.testing.coordinates import Vector
from funcgrad.testing.differences import STEPS, Kind
from funcgrad.testing.examiner import Examiner
from funcgrad.testing.measurement import Measurement
from funcgrad.testing.properties import second, taylor, value
from funcgrad.testing.properties.check import Check
from funcgrad.testing.report import Counterexample, GradientError, PropertyResult, Report
from funcgrad.testing.subject import Subject
from funcgrad.testing.telling.text import message

Verdict = Literal["smooth", "kink", "noisy", "pole"]
_WORDS: dict[int, Verdict] = {
    Kind.SMOOTH: "smooth",
    Kind.KINK: "kink",
    Kind.NOISY: "noisy",
    Kind.POLE: "pole",
}


@dataclass(frozen=True)
class NumericalJvp:
    """A directional derivative by differences.

    Attributes:
        value: a tree like the function's differentiable outputs; at a kink the mean of both sides.
        error: how far each entry may be off, in the same structure.
        low: the lower of the one-sided derivatives; `value` where the function is smooth.
        high: the higher of them.
        verdict: "smooth", "kink" (the sides differ), "pole" (no slope at all) or "noisy" (rounding
            hides it): the worst of all entries.
    """

    value: Any
    error: Any
    low: Any
    high: Any
    verdict: Verdict


@dataclass(frozen=True)
class TaylorTest:
    """How the remainder of a Taylor polynomial falls with the step.

    Attributes:
        steps: the steps, in units of the direction.
        remainders: |⟨ct, f(x + h·u)⟩ − polynomial(h)| at each.
        rates: the orders from step to step, where rounding does not hide them.
        ok: whether the order is that of a right derivative, or nothing but rounding is left.
    """

    steps: Vector
    remainders: Vector
    rates: Vector
    ok: bool


def numerical_jvp(
    fn: Callable[..., Any], primals: Sequence[Any], tangents: Sequence[Any]
) -> NumericalJvp:
    """The derivative of `fn` at `primals` along `tangents`, from values alone.

    The traced function is run in float64, whatever its dtype is, on a ladder of steps relative to
    the size of the tangents; see `funcgrad.testing.differences`.

    Args:
        fn: a function of arrays.
        primals: its arguments.
        tangents: a direction, in the structure of the differentiable leaves of `primals`.

    Returns:
        A `NumericalJvp`.

    Example:
        >>> import jax.numpy as jnp
        >>> from funcgrad import testing as gt
        >>> found = gt.numerical_jvp(jnp.abs, (0.0,), (1.0,))
        >>> found.verdict, float(found.low), float(found.high)
        ('kink', -1.0, 1.0)
    """
    measured = _measured(fn, primals)
    inputs, outputs = measured.programs.inputs, measured.programs.outputs
    measured.whole = True
    direction = inputs.vector(_like(measured, tangents))[None]
    with np.errstate(all="ignore"):
        found, _ = measured.ladders(direction, STEPS)
    kinds = found.kind[0]
    worst = max(kinds.tolist(), key=[Kind.SMOOTH, Kind.KINK, Kind.NOISY, Kind.POLE].index)

    def tree(vector: Vector) -> Any:
        leaves = [
            leaf.astype(np.complex128 if np.iscomplexobj(leaf) else np.float64)
            for leaf in _wide(outputs, vector)
        ]
        return leaves[0] if len(leaves) == 1 else leaves

    return NumericalJvp(
        tree(found.value[0]),
        tree(found.error[0]),
        tree(found.low[0]),
        tree(found.high[0]),
        _WORDS[worst],
    )


def taylor_test(
    fn: Callable[..., Any], primals: Sequence[Any], direction: Any = None, order: int = 1
) -> TaylorTest:
    """Whether what is left of `fn` beyond its Taylor polynomial falls with the right order.

    Args:
        fn: a function of arrays; of several outputs a random weighted sum is taken.
        primals: its arguments.
        direction: a tangent in the structure of the differentiable leaves; random if None.
        order: of the polynomial: 1 (the remainder falls with h²) or 2 (with h³).

    Returns:
        A `TaylorTest`.

    Raises:
        ValueError: if the order is neither 1 nor 2.

    Example:
        >>> import jax.numpy as jnp
        >>> from funcgrad import testing as gt
        >>> gt.taylor_test(jnp.sin, (1.0,)).ok
        True
    """
    if order not in (1, 2):
        raise ValueError(f"a Taylor test is of order 1 or 2, not {order!r}")
    measured = _measured(fn, primals)
    programs = measured.programs
    along = measured.directions[-1]
    if direction is not None:
        along = programs.inputs.vector(_like(measured, direction))
    weights = measured.random_cotangent
    rows = measured.x + np.concatenate([[0.0], STEPS])[:, None] * along
    with np.errstate(all="ignore"):
        out, gradient, tangent, _ = measured.run(rows, weights[None], along[None], measured.fixed)
        values = out @ weights
        slope = float(gradient[0] @ along if gradient is not None else tangent[0] @ weights)
        left = values[1:] - values[0] - STEPS * slope
        if order == 2:
            results = programs.second(measured.x[None], weights[None], along[None], measured.fixed)
            hessian = next(result for result in results if result is not None)
            left = left - STEPS**2 / 2 * float(hessian[0] @ along)
        size = np.maximum(np.abs(values[1:]), abs(values[0])) + STEPS * abs(slope)
        rates = taylor.rates(np.abs(left), size, measured.epsilon)
    ok = not len(rates) or float(np.max(rates)) >= order + (0.8 if order == 1 else 0.7)
    return TaylorTest(STEPS, np.abs(left), rates, ok)


def check_vjp(fn: Callable[..., Any], primals: Sequence[Any], **options: Any) -> Report:
    """Whether `jax.vjp` of `fn` at one point equals the differences.

    Args:
        fn: a function of arrays.
        primals: its arguments.
        options: `argnums`, `rtol`, `atol`, `seed` of `check_gradients`.

    Raises:
        GradientError: if it does not.

    Example:
        >>> import jax.numpy as jnp
        >>> from funcgrad import testing as gt
        >>> gt.check_vjp(jnp.sin, (jnp.arange(3.0),)).ok
        True
    """
    return _checked(fn, primals, "value", lambda measured: value.check(measured, "vjp"), options)


def check_jvp(fn: Callable[..., Any], primals: Sequence[Any], **options: Any) -> Report:
    """Whether `jax.jvp` of `fn` at one point equals the differences; as `check_vjp`.

    Example:
        >>> import jax.numpy as jnp
        >>> from funcgrad import testing as gt
        >>> gt.check_jvp(jnp.sin, (jnp.arange(3.0),)).ok
        True
    """
    return _checked(fn, primals, "value", lambda measured: value.check(measured, "jvp"), options)


def check_hvp(fn: Callable[..., Any], primals: Sequence[Any], **options: Any) -> Report:
    """Whether the second derivatives of `fn` at one point equal the differences of its gradient.

    Both ways are taken, jvp of vjp and vjp of vjp; otherwise as `check_vjp`.

    Example:
        >>> import jax.numpy as jnp
        >>> from funcgrad import testing as gt
        >>> gt.check_hvp(lambda x: jnp.sum(x**3), (jnp.arange(3.0),)).ok
        True
    """
    return _checked(fn, primals, "second", second.check, options)


def _measured(
    fn: Callable[..., Any],
    primals: Sequence[Any],
    *,
    argnums: int | Sequence[int] | None = None,
    rtol: float | None = None,
    atol: float | None = None,
    seed: int = 0,
) -> Measurement:
    if not isinstance(primals, tuple | list):
        raise TypeError(
            f"primals are a tuple of the function's arguments; got {type(primals).__name__}. "
            "Write (x,) for one"
        )
    subject = Subject.of(fn, primals, argnums)
    leaves = jax.tree.leaves(tuple(primals))
    examiner = Examiner(subject, properties=(), order=2, x64=x64_of(leaves), rtol=rtol, atol=atol)
    return examiner.measure(leaves, seed)


def x64_of(leaves: Sequence[Any]) -> bool:
    """Whether a function of these leaves is run with 64-bit types."""
    on = jax.config.jax_enable_x64  # type: ignore[attr-defined]
    return bool(on) or any(
        str(getattr(leaf, "dtype", "")) in ("float64", "complex128") for leaf in leaves
    )


def _like(measured: Measurement, tangents: Any) -> list[Any]:
    leaves = jax.tree.leaves(tangents)
    shapes = [tuple(np.shape(leaf)) for leaf in leaves]
    expected = list(measured.programs.inputs.shapes)
    if shapes != expected:
        raise ValueError(
            f"a direction has the shapes of the differentiable arguments, {expected}; got {shapes}"
        )
    return leaves


def _wide(outputs: Any, vector: Vector) -> list[Any]:
    from dataclasses import replace

    from funcgrad.testing.coordinates import wide

    leaves: list[Any] = replace(
        outputs, dtypes=tuple(wide(dtype) for dtype in outputs.dtypes)
    ).leaves(vector)
    return leaves


def _checked(
    fn: Callable[..., Any],
    primals: Sequence[Any],
    name: str,
    look: Callable[[Measurement], list[Check]],
    options: dict[str, Any],
) -> Report:
    measured = _measured(fn, primals, **options)
    with np.errstate(all="ignore"):
        checks = look(measured)
    if not checks:
        raise TypeError(f"{measured.programs.subject.name} has no such derivative to check")
    found: list[Counterexample] = [check.finding for check in checks if check.finding]
    results = {
        kind: PropertyResult(
            kind,
            "fail" if found and found[0].property == kind else "pass",
            checks=sum(check.count for check in checks if check.property == kind),
            worst=max(check.ratio for check in checks if check.property == kind),
        )
        for kind in dict.fromkeys(check.property for check in checks)
    }
    report = Report(
        measured.programs.subject.name,
        results,
        found[0] if found else None,
        examples=1,
        seed=measured.seed,
        worst=max(result.worst for result in results.values()),
    )
    if found:
        raise GradientError(report, message(report))
    return report
