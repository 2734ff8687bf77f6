"""The course of a check: the example, points around it, other shapes, and what Hypothesis draws.

The first failure ends it. It is made simple, and told with its cause and a program.
"""

from __future__ import annotations

import contextlib
import itertools
import time
from collections.abc import Callable
from typing import Any

import jax

from funcgrad.testing import sizes
from funcgrad.testing.arguments import owned
from funcgrad.testing.completion import completed
from funcgrad.testing.eager import LOOKED
from funcgrad.testing.examiner import Examiner
from funcgrad.testing.given import Given
from funcgrad.testing.ledger import Ledger
from funcgrad.testing.options import Options
from funcgrad.testing.points import literals, pool, sweep
from funcgrad.testing.programs import Programs
from funcgrad.testing.properties.check import in_words
from funcgrad.testing.report import Counterexample, Report
from funcgrad.testing.search import (
    Leaves,
    around,
    drawn,
    find,
    seed_of,
    simpler,
)
from funcgrad.testing.single import x64_of
from funcgrad.testing.traces import Missing


class Course:
    """The course of one check."""

    def __init__(
        self, fn: Callable[..., Any], arguments: tuple[Any, ...], options: Options
    ) -> None:
        self.started = time.process_time()
        self.fn, self.options, self.profile, self.seed = fn, options, options.profile, options.seed
        self.given = Given.of(fn, arguments, options.argnums, options.seed)
        self.subject, self.leaves = self.given.subject, self.given.leaves
        # A function of tensors may look at values; one of arrays, where jit does not matter.
        self.may_look = self.given.tensors is not None or "jit" not in options.asked
        self.examiner = Examiner(
            self.subject,
            properties=options.properties,
            by_hand=options.by_hand,
            order=options.order,
            x64=x64_of(self.subject.split(self.leaves)[0]),
            rtol=options.rtol,
            atol=options.atol,
            modes=options.modes,
            nonsmooth=options.nonsmooth,
            reference=options.reference,
            oracle=options.oracle,
            lean=self.profile.lean,
        )
        self.ledger = Ledger(options.asked)

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
            special = pool(literals(programs.derived))
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
            if "jit" not in self.options.asked:
                raise
            self.ledger.broken = Counterexample(
                "jit",
                "the function runs under jax.jit, without a branch on values",
                jax.tree.unflatten(self.subject.tree, self.leaves),
                expected="a program",
                got=in_words(error),
                where="jax.jit",
                facts={"exception": error},
                names=self.subject.names,
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
        unavailable = self.ledger.unavailable
        for mode in (programs.forward, programs.reverse):
            if isinstance(mode, Missing):
                unavailable("duality", str(mode))
        if isinstance(programs.reverse, Missing):
            for name in ("cotangent", "second"):
                unavailable(name, str(programs.reverse))
        if self.examiner.order < 2:
            unavailable("second", "order=1 was asked for")
        elif "second" in self.options.properties:
            modes = programs.modes_of_second
            if all(isinstance(mode, Missing) for mode in modes.values()):
                unavailable("second", str(next(iter(modes.values()))))

    def _fixed_points(self, special: list[float]) -> Leaves | None:
        """The example, and values around it."""
        if self.given.drawn:
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
        if self.given.drawn or "size" not in self.options.properties:
            return None
        taken = 1
        for shapes in sizes.others(self.subject, self.leaves):
            if taken >= self.options.max_shapes:
                break
            looks = (sizes.check(self.examiner, leaves, self.seed) for leaves in shapes)
            checks = next((checks for checks in looks if checks is not None), None)
            taken += checks is not None
            if checks is not None and self.ledger.add(checks):
                break
        return None

    def _drawn_points(self, special: list[float]) -> Leaves | None:
        """Points that Hypothesis draws."""
        most = self._few(self.options.examples)
        if most == 1 < self.options.examples and not self.given.drawn:
            return None  # a look takes seconds, and the example had one
        points = self._points(special)
        return find(points, self._broken, examples=most, seed=self.seed, most=most)

    def _few(self, count: int) -> int:
        """So many points, or fewer of a function whose every call takes its time."""
        programs = self.examiner.at(self.leaves)
        most = 2**20 // (programs.inputs.size + programs.outputs.size + 1)
        return max(1, min(count, max(4, count // 8) if programs.slow else count, most))

    def _points(self, special: list[float]) -> Any:
        if self.given.drawn:
            return drawn(self.given.arguments, self._flat, self.options.max_shapes)
        return around(self.subject, self.leaves, special)

    def _flat(self, arguments: Any) -> Leaves:
        leaves, tree = jax.tree.flatten(tuple(arguments))
        if tree != self.subject.tree:
            raise TypeError(
                "strategies must give the same structure each time; these gave "
                f"{self.subject.tree} and then {tree}"
            )
        return [owned(leaf) for leaf in leaves]

    def _broken(self, point: Leaves) -> bool:
        if (
            not self.examiner.knows(point)
            and len(self.examiner.programs) >= self.options.max_shapes
        ):
            return False
        return self._look(point)

    def _look(self, point: Leaves, *, given: bool = False) -> bool:
        checks = self.examiner.point(point, seed_of(point, self.seed), given=given)
        return self.ledger.add_point(checks) is not None

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

        if self.given.drawn and broken(failing):  # Hypothesis made it simple when it found it
            simple: Leaves | None = failing
        else:  # what was drawn stays within what may be drawn
            plainer = simpler(self.subject, failing, special)
            points = self._points(special) if self.given.drawn else plainer
            simple = find(points, broken, examples=most, seed=self.seed, most=most)
        if simple is not None:
            self.ledger.broken = best[str(seed_of(simple, self.seed))]

    def _reported(self) -> Report:
        ledger, broken = self.ledger, self.ledger.broken
        for name in self.options.asked - self.options.properties:
            ledger.unavailable(name, f"the profile {self.profile.name!r} leaves it out")
        if broken is not None:
            broken = completed(
                broken,
                self.subject,
                self.fn,
                self.given.tensors,
                x64=self.examiner.x64,
                seed=self.seed,
            )
        results = ledger.results()
        return Report(
            function=self.subject.name,
            properties=results,
            counterexample=broken,
            examples=ledger.points,
            shapes=tuple(programs.words for programs in self.examiner.programs.values()),
            compilations=self.examiner.compilations,
            kinks=ledger.kinks,
            worst=max((result.worst for result in results.values()), default=0.0),
            seconds=time.process_time() - self.started,
            seed=self.seed,
            profile=self.profile.name,
            notes=tuple(ledger.notes),
        )
