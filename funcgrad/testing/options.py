"""The options of a check: what was asked for, in words that can be told where they are wrong."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from funcgrad.testing import defaults
from funcgrad.testing.profiles import Profile, profile_named
from funcgrad.testing.report import PROPERTIES


@dataclass(frozen=True)
class Options:
    """Those of `check_gradients`, looked at and completed.

    Attributes:
        asked: the properties that the call asks for.
        properties: those that are tested: of all, a profile leaves some out.
        by_hand: those that are tested of rules by hand beside them.
        examples: how many points Hypothesis draws.
    """

    argnums: int | Sequence[int] | None
    order: int
    modes: str
    asked: frozenset[str]
    properties: frozenset[str]
    by_hand: frozenset[str]
    examples: int
    max_shapes: int
    profile: Profile
    rtol: float | None
    atol: float | None
    nonsmooth: str
    reference: Any
    oracle: Callable[..., Any] | None
    seed: int

    @classmethod
    def of(
        cls,
        *,
        argnums: Any,
        order: Any,
        modes: Any,
        properties: Any,
        skip: Any,
        max_examples: Any,
        max_shapes: Any,
        profile: Any,
        rtol: Any,
        atol: Any,
        nonsmooth: Any,
        reference: Any,
        oracle: Any,
        seed: Any,
    ) -> Options:
        """The options of a call; where it does not say, those of the run of tests.

        Raises:
            ValueError: if one of them is none of the allowed values.
        """
        said = {"profile": profile, "seed": seed, "max_examples": max_examples}
        run = defaults.current() | {
            name: value for name, value in said.items() if value is not None
        }
        chosen = profile_named(run.get("profile", "default"))
        everything = isinstance(properties, str) and properties == "all"
        asked = frozenset(PROPERTIES if everything else names(properties)) - set(names(skip))
        tested = asked - (chosen.without if everything else frozenset())
        if not tested:
            raise ValueError("no property is left to test: properties and skip leave none")
        examples = run.get("max_examples")
        if not callable(reference):
            reference = one_of("reference", reference, ("auto", "float64", "same"))
        return cls(
            argnums=argnums,
            order=whole("order", order, 1, 2),
            modes=one_of("modes", modes, ("auto", "reverse", "forward", "both")),
            asked=asked,
            properties=tested,
            by_hand=asked & chosen.by_hand,
            examples=chosen.examples if examples is None else whole("max_examples", examples, 0),
            max_shapes=whole("max_shapes", max_shapes, 1),
            profile=chosen,
            rtol=positive("rtol", rtol),
            atol=positive("atol", atol),
            nonsmooth=one_of("nonsmooth", nonsmooth, ("interval", "ignore", "error")),
            reference=reference,
            oracle=oracle,
            seed=whole("seed", run.get("seed", 0), 0),
        )


def one_of(name: str, value: Any, allowed: Sequence[str]) -> str:
    """The value of an option that is one of a few words."""
    if value not in allowed:
        words = ", ".join(map(repr, allowed))
        raise ValueError(f"{name} is one of {words}; got {value!r}")
    return str(value)


def whole(name: str, value: Any, least: int, most: int | None = None) -> int:
    """The value of an option that is a whole number between bounds."""
    fits = isinstance(value, int | np.integer) and not isinstance(value, bool)
    if not fits or value < least or (most is not None and value > most):
        bounds = f"from {least}" + (" on" if most is None else f" to {most}")
        raise ValueError(f"{name} is a whole number {bounds}; got {value!r}")
    return int(value)


def positive(name: str, value: Any) -> float | None:
    """The value of an option that is a tolerance, or None for that of the table."""
    if value is not None and not (np.isreal(value) and float(value) >= 0):
        raise ValueError(f"{name} is a number from 0 on, or None; got {value!r}")
    return None if value is None else float(value)


def names(properties: str | Iterable[str]) -> list[str]:
    """Names of properties."""
    found = [properties] if isinstance(properties, str) else list(properties)
    unknown = set(found) - set(PROPERTIES)
    if unknown:
        got = ", ".join(sorted(map(str, unknown)))
        raise ValueError(f"a property is one of {', '.join(PROPERTIES)}; got {got}")
    return found
