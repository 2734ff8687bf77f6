"""A subject, its programs by shape signature, and what its properties say at a point."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from funcgrad.testing.coordinates import dtype_of
from funcgrad.testing.eager import EagerPrograms, RuleError
from funcgrad.testing.measurement import Measurement
from funcgrad.testing.programs import Programs
from funcgrad.testing.properties import (
    batching,
    called,
    finite,
    linear,
    precision,
    second,
    taylor,
    transforms,
    value,
)
from funcgrad.testing.properties.check import Check, raised
from funcgrad.testing.subject import Subject, is_key
from funcgrad.testing.tolerances import Tolerance, tolerance
from funcgrad.testing.traces import Missing
from funcgrad.testing.widening import dtypes

Signature = tuple[Any, ...]
_Look = Callable[[Measurement], list[Check]]


_FIRST_ORDER = frozenset({"value", "interval", "finite", "duality", "cotangent", "structure"})


class Examiner:
    """Looks at points, and keeps the programs for their shapes."""

    def __init__(
        self,
        subject: Subject,
        *,
        properties: Iterable[str],
        order: int,
        x64: bool,
        rtol: float | None = None,
        atol: float | None = None,
        modes: str = "auto",
        nonsmooth: str = "interval",
        reference: Any = "auto",
        oracle: Callable[..., Any] | None = None,
        by_hand: Iterable[str] = (),
        lean: bool = False,
    ) -> None:
        self.lean = lean
        self.subject, self.order, self.x64 = subject, order, x64
        self.properties, self.by_hand = frozenset(properties), frozenset(by_hand)
        self.rtol, self.atol = rtol, atol
        self.modes_asked, self.nonsmooth, self.reference = modes, nonsmooth, reference
        self.oracle = None
        if oracle is not None:
            twin = replace(subject, function=oracle)
            self.oracle = Examiner(twin, properties=(), order=1, x64=x64, modes="reverse")
        self.programs: dict[Signature, Programs] = {}
        self.eager = False  # whether the function is called, as it cannot be traced

    def at(self, leaves: Sequence[Any]) -> Programs:
        """The programs for arguments of these shapes; traced when they are first met."""
        key = signature(leaves, self.subject)
        if key not in self.programs:
            programs = (EagerPrograms if self.eager else Programs)(
                self.subject,
                leaves,
                x64=self.x64,
                modes=self.modes_asked,
                reference=self.reference if callable(self.reference) else None,
            )
            if self.reference == "float64" and programs.islands:
                raise ValueError(
                    'reference="float64" needs a function that can be run in float64; '
                    f"{self.subject.name} calls back into Python, which cannot be widened. "
                    'Use reference="auto", or a function of float64 to compare with'
                )
            programs.lean = self.lean
            self.programs[key] = programs
        return self.programs[key]

    def knows(self, leaves: Sequence[Any]) -> bool:
        """Whether arguments of these shapes were met before."""
        return signature(leaves, self.subject) in self.programs

    def allowed(self, programs: Programs) -> Tolerance:
        """The tolerance for the dtypes of a signature."""
        inside = () if isinstance(programs, EagerPrograms) else dtypes(programs.primal)
        return tolerance(
            (*programs.inputs.dtypes, *programs.outputs.dtypes, *inside), self.rtol, self.atol
        )

    def measure(self, leaves: Sequence[Any], seed: int, *, bending: bool = False) -> Measurement:
        """The point, measured; nothing is computed yet.

        Args:
            leaves: the arguments' leaves.
            seed: for directions and cotangents.
            bending: whether to look at second derivatives in any case. Where calls take their time
                that is done at one point of eight.
        """
        programs = self.at(leaves)
        if isinstance(programs, EagerPrograms):
            programs = programs.fitting(leaves)
        plain = self.reference == "same" or (self.eager and programs.islands)
        bending = bending or not programs.slow or seed % 8 == 0
        allowed = self.allowed(programs)
        return Measurement(programs, leaves, seed, allowed, plain=plain, bending=bending)

    def point(
        self,
        leaves: Sequence[Any],
        seed: int,
        *,
        given: bool = False,
        only: str | None = None,
        first_order: bool = False,
    ) -> list[Check] | None:
        """What the properties of a point say, up to the first that breaks; None outside the domain.

        Args:
            leaves: the arguments' leaves.
            seed: for directions and cotangents.
            given: whether the point is the caller's own.
            only: the one property that is of interest, in a search for a simpler example.
            first_order: whether nothing else is compiled than what tells the first derivative.
        """
        with np.errstate(all="ignore"):  # of poles and overflows, which are looked for
            measured = self.measure(leaves, seed, bending=given or only == "second")
            try:
                return self._point(measured, given=given, only=only, first_order=first_order)
            except RuleError as error:
                return self._raised(measured, error)

    def _point(
        self, measured: Measurement, *, given: bool, only: str | None, first_order: bool
    ) -> list[Check] | None:
        if not measured.inside:
            return None
        if not measured.programs.inputs.size or not measured.programs.outputs.size:
            return [Check("structure", 0.0, 1)]  # it runs, and there is nothing to compare
        looks: list[tuple[tuple[str, ...], _Look]] = [
            (("finite",), lambda measured: finite.check(measured, given=given)),
            (("value", "interval"), lambda measured: value.check(measured, kinks=self.nonsmooth)),
            (("value",), self._against_the_oracle),
            (("taylor",), taylor.check),
            (("duality",), linear.duality),
            (("cotangent",), linear.cotangent),
            (("structure",), transforms.structure),
        ]
        if self.order > 1 and not first_order:
            looks.append((("second",), second.check))
        asked = self.properties | (self.by_hand if measured.programs.by_hand else frozenset())
        if not first_order and (not self.lean or "precision" in asked):
            looks.append((("precision", "finite"), precision.check))
        # In other shapes all of the first order is asked, whatever else is asked at the example.
        wanted = _FIRST_ORDER if first_order else asked
        checks: list[Check] = []
        for names, look in looks:
            if not wanted.intersection(names) or (only and only not in names):
                continue
            found = [check for check in look(measured) if check.property in wanted]
            checks += found
            if any(check.finding for check in found):
                break
        return checks

    def _raised(self, measured: Measurement, error: RuleError) -> list[Check] | None:
        if "structure" not in self.properties:
            return None
        claim = "there is a derivative where there is a value"
        return [raised(measured, "structure", claim, error.__cause__ or error, where="jax.vjp")]

    def _against_the_oracle(self, measured: Measurement) -> list[Check]:
        if self.oracle is None:
            return []
        return value.against(measured, self.oracle.measure(measured.leaves, measured.seed))

    def whole(self, leaves: Sequence[Any], seed: int) -> list[Check]:
        """What is asked once a signature: `vmap`, `state`."""
        with np.errstate(all="ignore"):
            return self._whole(self.measure(leaves, seed))

    def _whole(self, measured: Measurement) -> list[Check]:
        if self.eager:
            return called.state(measured) if "state" in self.properties else []
        checks: list[Check] = []
        looks = [
            ("structure", transforms.frozen),
            ("state", transforms.state),
            ("vmap", batching.vmap),
        ]
        if transforms.has_rules(measured.programs.primal):
            looks.append(("jit", transforms.jit))
        elif "jit" in self.properties:
            checks.append(Check("jit", 0.0, 1))  # it was traced, and JAX's own rules are the same
        for name, look in looks:
            if name in self.properties:
                checks += look(measured)
                if any(check.finding for check in checks):
                    break
        return checks

    def modes(self, leaves: Sequence[Any]) -> list[Check]:
        """Whether the derivative can be taken at all, in the modes that the function has."""
        programs = self.at(leaves)
        with np.errstate(all="ignore"):
            measured = self.measure(leaves, 0)
        missing = [
            (mode, error)
            for mode, error in (("vjp", programs.reverse), ("jvp", programs.forward))
            if isinstance(error, Exception)
        ]
        broken = [(mode, error) for mode, error in missing if not isinstance(error, Missing)]
        if not broken and (len(missing) == 2 or (missing and self.modes_asked == "both")):
            broken = missing[:1]
        for mode, error in broken:
            claim = f"the function has a {mode}, of the shapes and dtypes of its arguments"
            told = raised(measured, "structure", claim, error, expected=f"a {mode}", where=mode)
            return [told]
        return [Check("structure", 0.0, 1)]

    @property
    def compilations(self) -> int:
        """How many programs were compiled."""
        return sum(programs.compilations for programs in self.programs.values())


def signature(leaves: Sequence[Any], subject: Subject) -> Signature:
    """What decides which program runs: shapes and dtypes, and static leaves."""
    return tuple(
        (role, id(leaf) if role == "static" else (np.shape(leaf), str(_dtype(leaf))))
        for leaf, role in zip(leaves, subject.roles, strict=True)
    )


def _dtype(leaf: Any) -> Any:
    if is_key(leaf):
        return leaf.dtype
    return type(leaf) if isinstance(leaf, float | complex) else dtype_of(leaf)
