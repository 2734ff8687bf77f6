"""The call: `check_gradients`, and the same as a test."""

from __future__ import annotations

import contextlib
import functools
import itertools
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import Any, TypeVar

import jax
import numpy as np
from jax.extend import core

from funcgrad.testing import counterexample as words
from funcgrad.testing import defaults, observers, sizes
from funcgrad.testing.eager import LOOKED, EagerPrograms
from funcgrad.testing.examiner import Examiner, first_line
from funcgrad.testing.ledger import Ledger
from funcgrad.testing.points import literals, pool, sweep
from funcgrad.testing.profiles import Profile, profile_named
from funcgrad.testing.programs import Missing, Programs
from funcgrad.testing.report import PROPERTIES, Counterexample, GradientError, Report
from funcgrad.testing.search import Leaves, around, drawn, find, is_strategy, seed_of, simpler
from funcgrad.testing.single import x64_of
from funcgrad.testing.subject import Subject
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
        profile: how much is tried: "fast" (12 fixed points, 4 drawn ones, and no `size`,
            `precision` or `vmap` unless `properties` names them), "default" (60 and 25) or
            "thorough" (400 and 400); None for that of the run of tests, else "default".
        rtol: the tolerance relative to a number; None for the table's, by the coarsest dtype among
            arguments and results: 4e-6 for float32, 1e-7 for float64.
        atol: the tolerance relative to the largest entry beside it; None for the table's.
        nonsmooth: what is asked at a kink: "interval" (the default: a derivative between the
            slopes on both sides), "ignore" (nothing) or "error" (that there be none).
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
    options = {"profile": profile, "seed": seed, "max_examples": max_examples}
    chosen = defaults.current() | {
        name: value for name, value in options.items() if value is not None
    }
    run = _Run(
        fn,
        example_args,
        argnums=argnums,
        order=order,
        modes=one_of("modes", modes, ("auto", "reverse", "forward", "both")),
        nonsmooth=one_of("nonsmooth", nonsmooth, ("interval", "ignore", "error")),
        reference=reference
        if callable(reference)
        else one_of("reference", reference, ("auto", "float64", "same")),
        oracle=oracle,
        properties=properties,
        skip=skip,
        max_shapes=max_shapes,
        rtol=rtol,
        atol=atol,
        profile=profile_named(chosen.get("profile", "default")),
        seed=int(chosen.get("seed", 0)),
        max_examples=chosen.get("max_examples"),
    )
    report = run.report()
    observers.tell(report)
    if report.counterexample is not None:
        raise GradientError(report, message(report))
    return report


class _Run:
    """One call of `check_gradients`."""

    def __init__(
        self,
        fn: Callable[..., Any],
        arguments: tuple[Any, ...],
        *,
        argnums: Any,
        order: int,
        modes: str,
        nonsmooth: str,
        reference: Any,
        oracle: Callable[..., Any] | None,
        properties: Any,
        skip: Iterable[str],
        max_shapes: int,
        rtol: float | None,
        atol: float | None,
        profile: Profile,
        seed: int,
        max_examples: int | None,
    ) -> None:
        self.started = time.process_time()
        self.fn, self.profile, self.seed = fn, profile, seed
        self.examples = profile.examples if max_examples is None else max_examples
        self.max_shapes = max_shapes
        asked = set(PROPERTIES if properties == "all" else _names(properties)) - set(_names(skip))
        self.properties = asked - (profile.without if properties == "all" else set())
        translated = _translated(fn, arguments)
        names = None
        # A function of tensors may look at values; one of arrays, where jit does not matter.
        self.may_look = translated is not None or "jit" not in asked
        self.tensors: Any = None
        if translated is not None:
            self.tensors = arguments, translated.argnums if argnums is None else argnums
            names = translated.names
            fn, arguments = translated.function, translated.arguments
            argnums = translated.argnums if argnums is None else argnums
        self.arguments = jax.tree.map(_concrete, arguments, is_leaf=_is_spec)
        self.drawn = any(
            is_strategy(leaf) for leaf in jax.tree.leaves(self.arguments, is_leaf=is_strategy)
        )
        example = self._first() if self.drawn else self.arguments
        self.subject = Subject.of(fn, example, argnums, names)
        if "differentiated" not in self.subject.roles:
            raise TypeError(
                "check_gradients needs an argument to differentiate by, of floats or complex "
                f"numbers; {self.subject.name} was given none among argnums={argnums}. Pass arrays "
                "of floats (jnp.asarray(x, float))"
            )
        self.leaves = [_owned(leaf) for leaf in jax.tree.leaves(tuple(example))]
        self.examiner = Examiner(
            self.subject,
            properties=self.properties,
            order=order,
            x64=x64_of(self.subject.split(self.leaves)[0]),
            rtol=rtol,
            atol=atol,
            modes=modes,
            nonsmooth=nonsmooth,
            reference=reference,
            oracle=oracle,
            lean=profile.lean,
        )
        self.ledger = Ledger(asked)

    def _first(self) -> Any:
        """One set of arguments that the strategies give: the simplest."""
        import hypothesis

        found = find(
            drawn(self.arguments, lambda tree: [tree], 1),
            lambda _: True,
            examples=1,
            seed=self.seed,
        )
        if found is None:
            raise hypothesis.errors.Unsatisfiable(f"{self.arguments} gave no example")
        return found[0]

    # The course of a check

    def report(self) -> Report:
        """Run it."""
        programs = self._traced()
        if programs is None:
            return self._reported()
        if not programs.outputs.shapes:
            raise TypeError(
                "check_gradients needs an output with a derivative, of floats or complex numbers; "
                f"{self.subject.name} gave none"
            )
        broken = self.ledger.add(self.examiner.modes(self.leaves))
        if broken is None:
            self._say_what_is_missing(programs)
            special = pool(literals(_programs(programs)))
            stages: list[Callable[[list[float]], Leaves | None]] = [
                self._fixed_points,
                self._whole,
                self._sizes,
                self._drawn_points,
            ]
            for stage in stages:
                failing = stage(special)
                if failing is not None:
                    self._simplify(failing, special)
                if self.ledger.broken is not None:
                    break
        return self._reported()

    def _traced(self) -> Programs | None:
        """The programs for the example, or None where it cannot be traced at all."""
        try:
            return self._programs()
        except LOOKED as error:
            # An integer array may be a size or an axis, which is no number of the program.
            subject = self.subject
            self.subject = self.examiner.subject = subject.with_fixed_as_static(self.leaves)
            with contextlib.suppress(*LOOKED):
                return self._programs()
            if self.may_look:
                self.subject = self.examiner.subject = subject
                return self._called(error)
            if "jit" not in self.properties:
                raise
            self.ledger.broken = Counterexample(
                "jit",
                "the function runs under jax.jit, without a branch on values",
                jax.tree.unflatten(self.subject.tree, self.leaves),
                expected="a program",
                got=f"{type(error).__name__}: {first_line(error)}",
                where="jax.jit",
                facts={"exception": error},
            )
            return None

    def _programs(self) -> Programs:
        """Those of the example, traced; raises what looking at a value raises, a rule's too."""
        programs = self.examiner.at(self.leaves)
        if self.may_look:
            for mode in (programs.reverse, programs.forward):
                if isinstance(mode, LOOKED):
                    raise mode
        return programs

    def _called(self, error: Exception) -> Programs:
        """Those of the example, by calls, for nobody can trace a function that looks at values."""
        self.examiner.programs.clear()
        self.examiner.eager = True
        why = f"the function looks at values ({type(error).__name__}), so it was called, not traced"
        for name in ("jit", "vmap"):
            self.ledger.unavailable(name, why)
        return self.examiner.at(self.leaves)

    def _say_what_is_missing(self, programs: Programs) -> None:
        for name, mode in (("duality", programs.forward), ("duality", programs.reverse)):
            if isinstance(mode, Missing):
                self.ledger.unavailable(name, str(mode))
        if self.examiner.order < 2:
            self.ledger.unavailable("second", "order=1 was asked for")

    def _fixed_points(self, special: list[float]) -> Leaves | None:
        """The example, and values around it."""
        if self.drawn:
            return None
        points = sweep(self.subject, self.leaves, special)
        most = self._few(self.profile.points)
        for number, point in enumerate(itertools.islice(points, most)):
            if self._look(point, given=number == 0):
                return point
        return None

    def _whole(self, special: list[float]) -> Leaves | None:
        self.ledger.add(self.examiner.whole(self.leaves, self.seed))
        return None

    def _sizes(self, special: list[float]) -> Leaves | None:
        """Other shapes that the function takes."""
        if self.drawn or "size" not in self.properties:
            return None
        taken = 1
        for leaves in sizes.others(self.subject, self.leaves):
            if taken >= self.max_shapes:
                break
            checks = sizes.check(self.examiner, leaves, self.seed)
            taken += checks is not None
            if checks is not None and self.ledger.add(checks):
                break
        return None

    def _drawn_points(self, special: list[float]) -> Leaves | None:
        """Points that Hypothesis draws."""
        most = self._few(self.examples)
        if most == 1 < self.examples and not self.drawn:
            return None  # a look takes seconds, and the example had one
        points = self._points(special)
        return find(points, self._broken, examples=most, seed=self.seed, most=most)

    def _few(self, count: int) -> int:
        """So many points, or fewer of a function whose every call takes its time."""
        programs = self.examiner.at(self.leaves)
        most = 2**20 // (programs.inputs.size + programs.outputs.size + 1)
        return max(1, min(count, max(4, count // 8) if programs.slow else count, most))

    def _points(self, special: list[float]) -> Any:
        if self.drawn:
            return drawn(self.arguments, self._flat, self.max_shapes)
        return around(self.subject, self.leaves, special)

    def _flat(self, arguments: Any) -> Leaves:
        leaves, tree = jax.tree.flatten(tuple(arguments))
        if tree != self.subject.tree:
            raise TypeError(
                "strategies must give the same structure each time; these gave "
                f"{self.subject.tree} and then {tree}"
            )
        return [_owned(leaf) for leaf in leaves]

    def _broken(self, point: Leaves) -> bool:
        if not self.examiner.knows(point) and len(self.examiner.programs) >= self.max_shapes:
            return False
        return self._look(point)

    def _look(self, point: Leaves, *, given: bool = False) -> bool:
        checks = self.examiner.point(point, seed_of(point, self.seed), given=given)
        return self.ledger.add(checks) is not None

    def _simplify(self, failing: Leaves, special: list[float]) -> None:
        """The simplest point at which the same property breaks, found by Hypothesis."""
        name = self.ledger.broken.property if self.ledger.broken else None
        most = self._few(self.profile.shrinks)
        if most < 8:
            return  # every look takes its time, and the point is one that has a name
        best: dict[str, Counterexample] = {}

        def broken(point: Leaves) -> bool:
            if not self.examiner.knows(point):
                return False
            checks = self.examiner.point(point, seed_of(point, self.seed), only=name)
            found = [check.finding for check in checks or () if check.finding]
            if found and found[0].property == name:
                best[str(seed_of(point, self.seed))] = found[0]
                return True
            return False

        points = simpler(self.subject, failing, special)
        simple = find(points, broken, examples=most, seed=self.seed, most=most)
        if simple is not None:
            self.ledger.broken = best[str(seed_of(simple, self.seed))]

    def _maker(self, broken: Counterexample) -> Any:
        """The equation of the vjp that made what is not finite, where it can be found."""
        leaves = [_owned(leaf) for leaf in jax.tree.leaves(broken.arguments)]
        differentiated, fixed = self.subject.split(leaves)

        def vjp(*x: Any) -> Any:
            out, pull = jax.vjp(lambda *x: self.subject.call(x, fixed), *x)
            cts = [
                jax.numpy.asarray(ct, one.dtype)
                for ct, one in zip(broken.cotangent, out, strict=True)
            ]
            return pull(cts)

        with contextlib.suppress(Exception), jax.enable_x64(self.examiner.x64):  # it is but a hint
            return words.first_nonfinite(vjp, *differentiated)
        return None

    def _with(self, broken: Counterexample) -> dict[str, Any]:
        """The facts of a counterexample, with the tensors that the call was given."""
        return {**broken.facts, "tensors": self.tensors, "seed": self.seed}

    def _reported(self) -> Report:
        ledger, broken = self.ledger, self.ledger.broken
        if broken is not None:
            if broken.property == "finite":
                broken = replace(broken, facts={**broken.facts, "equation": self._maker(broken)})
            broken = replace(broken, cause=words.cause(broken))
            told = broken if self.tensors is None else replace(broken, facts=self._with(broken))
            source = words.source(self.fn, told, dtype64=self.examiner.x64)
            broken = replace(broken, reproducer=source)
        results = ledger.results()
        return Report(
            function=self.subject.name,
            properties=results,
            counterexample=broken,
            examples=ledger.points,
            shapes=tuple(_shape(programs) for programs in self.examiner.programs.values()),
            compilations=self.examiner.compilations,
            kinks=ledger.kinks,
            worst=max((result.worst for result in results.values()), default=0.0),
            seconds=time.process_time() - self.started,
            seed=self.seed,
            profile=self.profile.name,
            notes=tuple(ledger.notes),
        )


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


def one_of(name: str, value: Any, allowed: Sequence[str]) -> str:
    """The value of an option that is one of a few words."""
    if value not in allowed:
        words = ", ".join(map(repr, allowed))
        raise ValueError(f"{name} is one of {words}; got {value!r}")
    return str(value)


def _programs(programs: Programs) -> list[Any]:
    if isinstance(programs, EagerPrograms):
        return []
    traced = (programs.primal, programs.reverse, programs.forward)
    return [program for program in traced if isinstance(program, core.ClosedJaxpr)]


def _names(names: str | Iterable[str]) -> list[str]:
    found = [names] if isinstance(names, str) else list(names)
    unknown = set(found) - set(PROPERTIES)
    if unknown:
        raise ValueError(
            f"a property is one of {', '.join(PROPERTIES)}; got {', '.join(sorted(unknown))}"
        )
    return found


def _translated(fn: Callable[..., Any], arguments: tuple[Any, ...]) -> Any:
    for candidate in (fn, *jax.tree.leaves(arguments)):
        if hasattr(type(candidate), "__gradient_function__"):
            return type(candidate).__gradient_function__(fn, arguments)
    return None


def _is_spec(leaf: Any) -> bool:
    return isinstance(leaf, jax.ShapeDtypeStruct) or is_strategy(leaf)


def _concrete(leaf: Any) -> Any:
    """An example for a `jax.ShapeDtypeStruct`: ordinary numbers of its shape and dtype."""
    if not isinstance(leaf, jax.ShapeDtypeStruct):
        return leaf
    dtype = leaf.dtype
    if jax.dtypes.issubdtype(dtype, jax.dtypes.prng_key):
        key = next(
            key
            for key in (
                jax.random.key(0, impl=impl) for impl in ("threefry2x32", "rbg", "unsafe_rbg")
            )
            if key.dtype == dtype
        )
        return jax.random.split(key, leaf.shape) if leaf.shape else key
    random = np.random.default_rng(0)
    values = random.standard_normal(leaf.shape)
    if np.dtype(dtype).kind == "c":
        values = values + 1j * random.standard_normal(leaf.shape)
    if np.dtype(dtype).kind in "iub":
        values = np.zeros(leaf.shape)
    return values.astype(dtype)


def _owned(leaf: Any) -> Any:
    """An array of our own, which nobody else changes; a number stays one."""
    if isinstance(leaf, np.ndarray | np.generic):
        return np.array(leaf)
    if isinstance(leaf, jax.Array) and not jax.dtypes.issubdtype(leaf.dtype, jax.dtypes.prng_key):
        return np.array(leaf)
    return leaf


def _shape(programs: Programs) -> str:
    pairs = zip(programs.inputs.dtypes, programs.inputs.shapes, strict=True)
    return ", ".join(
        f"{np.dtype(dtype).name}[{','.join(map(str, shape))}]" for dtype, shape in pairs
    )
