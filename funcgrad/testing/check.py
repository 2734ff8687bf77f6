"""The call: `check_gradients`, and the same as a test."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Sequence
from typing import Any, TypeVar

from funcgrad.testing import observers
from funcgrad.testing.course import Course
from funcgrad.testing.options import Options
from funcgrad.testing.report import GradientError, Report
from funcgrad.testing.telling.text import message

Test = TypeVar("Test", bound=Callable[..., Any])


def check_gradients(
    fn: Callable[..., Any],
    *example_args: Any,
    argnums: int | Sequence[int] | None = None,
    order: int = 2,
    modes: str = "auto",
    properties: str | Iterable[str] = "all",
    skip: Iterable[str] = (),
    max_examples: int | None = None,
    max_shapes: int = 4,
    profile: str | None = None,
    rtol: float | None = None,
    atol: float | None = None,
    nonsmooth: str = "interval",
    reference: Any = "auto",
    oracle: Callable[..., Any] | None = None,
    seed: int | None = None,
) -> Report:
    """Test the derivatives of a function, and raise where one is wrong.

    The rule that `jax.vjp` and `jax.jvp` run for `fn` is traced, held in float64 and compared with
    slopes that come from values alone; likewise its second derivatives, its linearity, its two
    modes with each other, and what it does under `jax.jit` and `jax.vmap`. That is asked at the
    example, at values around it, and at points that Hypothesis draws. The first failure is made
    simple and raised. `funcgrad.testing` tells how, and has the list of properties.

    The same call with the same seed gives the same verdict. Most of the time goes into compiling,
    so few shapes of the arguments are tried.

    Args:
        fn: a function of arrays, in any pytrees, that JAX can trace; or a module or a function of
            tensors of `funcgrad.torch`, which may branch on values.
        example_args: its arguments. Arrays and floats keep shape and dtype, and other values are
            tried, too. A `jax.ShapeDtypeStruct` stands for ordinary numbers. A strategy of
            Hypothesis, such as `gt.arrays((n, 3), lo=0)`, anywhere in the arguments, is drawn, and
            nothing outside of what it allows is tried. Python integers, strings and functions are
            part of `fn`; arrays of integers and keys get values, and no derivative.
        argnums: by which arguments to differentiate, a position or several; None for all that have
            floats or complex numbers.
        order: 2, or 1 to leave the second derivatives out.
        modes: "auto" (the default) tests each mode that `fn` has, a `custom_vjp` the reverse one;
            "both" asks for both; "reverse" and "forward" test only one.
        properties: "all" (the default), or names from `gt.PROPERTIES`: one or several.
        skip: names of properties to leave out. Without "jit" a function of arrays may branch on
            values; it is then called, not traced, at fewer points.
        max_examples: how many points Hypothesis draws; None for the profile's.
        max_shapes: how many shapes of the arguments are tried, 4 by default.
        profile: how much is tried: "fast" (14 fixed points, 4 drawn ones, no `size` or `vmap`, no
            call without jit, and `precision` of rules by hand alone, unless `properties` names
            them), "default" (60 and 25) or "thorough" (400 and 400); None for that of the run of
            tests, else "default".
        rtol: the tolerance relative to a number; None for the table's, by the coarsest dtype among
            arguments and results: 4e-6 for float32, 1e-7 for float64.
        atol: the tolerance relative to the largest entry beside it; None for the table's.
        nonsmooth: what is asked at a kink: "interval" (the default: a derivative between the
            slopes on both sides; where kinks inside make JAX's another, that is told in a note),
            "ignore" (nothing) or "error" (that there be none, and the slope beside those inside).
        reference: whose values the differences are of: "auto" (the default: those of `fn`, in
            float64, but for callbacks into Python), "float64" (the same, and an error where that
            cannot be), "same" (those of `fn` in its own dtype, with the error bars of that dtype)
            or another function of the same arguments.
        oracle: a function whose automatic derivative is trusted, to compare with; or None.
        seed: makes the same examples again; None for that of the run of tests, else 0.

    Returns:
        A `Report`, in which nothing failed. It has a verdict for every property that was asked
        for: "pass", "unavailable" where there was nothing to test, "inconclusive" where it was
        tried and could not be decided.

    Raises:
        GradientError: a property is broken. An `AssertionError`, with `.report` and
            `.counterexample`; its message ends with a program that shows the failure in plain JAX.
        TypeError: no argument can be differentiated.
        ValueError: an option is none of the words above, or "float64" was asked for in vain.
        MissingExtraError: Hypothesis is not installed; `check_vjp` and its kind need none.

    Example:
        >>> import jax, jax.numpy as jnp
        >>> from funcgrad import testing as gt
        >>> @jax.custom_vjp
        ... def area(r):
        ...     return 3.0 * r**2
        >>> area.defvjp(lambda r: (area(r), r), lambda r, ct: (3.0 * r * ct,))
        >>> gt.check_gradients(area, 2.0)
        Traceback (most recent call last):
            ...
        funcgrad.testing.report.GradientError: area: property value failed: ...
        >>> area.defvjp(lambda r: (area(r), r), lambda r, ct: (6.0 * r * ct,))
        >>> report = gt.check_gradients(area, 2.0, profile="fast")
        >>> report.ok, report.properties["duality"].verdict
        (True, 'unavailable')

    Sources:
        A. Griewank and A. Walther, *Evaluating Derivatives*, second edition, 2008: what the two
        modes compute, and that they are each other's transpose. C. J. F. Ridders, *Accurate
        computation of F′(x) and F′(x)F″(x)*, 1982: Richardson's extrapolation of differences, with
        an estimate of its error. F. H. Clarke, *Optimization and Nonsmooth Analysis*, 1983: what a
        derivative may be at a kink. P. E. Farrell, D. A. Ham, S. W. Funke and M. E. Rognes,
        *Automated derivation of the adjoint of high-level transient finite element programs*,
        2013: the order of Taylor's remainder as a test. D. R. MacIver, Z. Hatfield-Dodds and
        others, *Hypothesis: a new approach to property-based testing*, 2019.
    """
    __tracebackhide__ = True
    options = Options.of(
        argnums=argnums,
        order=order,
        modes=modes,
        properties=properties,
        skip=skip,
        max_examples=max_examples,
        max_shapes=max_shapes,
        profile=profile,
        rtol=rtol,
        atol=atol,
        nonsmooth=nonsmooth,
        reference=reference,
        oracle=oracle,
        seed=seed,
    )
    report = Course(fn, example_args, options).report()
    observers.tell(report)
    if report.counterexample is not None:
        raise GradientError(report, message(report))
    return report


def gradient_test(fn: Callable[..., Any], *args: Any, **options: Any) -> Callable[[Test], Test]:
    """A test for pytest that checks the gradients of `fn`, and then runs what it decorates.

    The plugin knows it for a test of gradients: `pytest -m gradients` selects it, and the options
    of the run (`--grad-profile`, `--grad-seed`) hold for it where it does not say.

    Args:
        fn: as for `check_gradients`.
        args: its example arguments, or strategies.
        options: those of `check_gradients`.

    Returns:
        A decorator of a function without arguments, whose body may test more, or be empty.

    Raises:
        GradientError: when the test runs, if a property is broken.

    Example:
        >>> import jax.numpy as jnp
        >>> from funcgrad import testing as gt
        >>> @gt.gradient_test(jnp.tanh, jnp.array([0.0, 1.0]), profile="fast")
        ... def test_tanh():
        ...     assert jnp.tanh(0.0) == 0
        >>> test_tanh()
    """

    def decorate(test: Test) -> Test:
        @functools.wraps(test)
        def run() -> None:
            check_gradients(fn, *args, **options)
            test()

        run.__signature__ = None  # type: ignore[attr-defined]
        del run.__wrapped__, run.__signature__  # type: ignore[attr-defined]
        run.is_gradient_test = True  # type: ignore[attr-defined]
        return run  # type: ignore[return-value]

    return decorate
