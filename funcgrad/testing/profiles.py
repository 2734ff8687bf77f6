"""How much a check tries."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Profile:
    """A name for how much is tried.

    Attributes:
        name: "fast", "default" or "thorough".
        points: how many of the fixed points.
        examples: how many points Hypothesis draws.
        shrinks: how many points are looked at to make a counterexample simple.
        without: properties that are left out unless they are named.
        by_hand: those of them that are tested all the same where a rule is by hand.
        lean: whether programs are left out whose part others nearly play: the function in its own
            dtypes where `precision` is not asked for, and the second of two second derivatives.
    """

    name: str
    points: int
    examples: int
    shrinks: int
    without: frozenset[str] = frozenset()
    by_hand: frozenset[str] = frozenset()
    lean: bool = False


_PROFILES = {
    "fast": Profile(
        "fast",
        points=14,
        examples=4,
        shrinks=30,
        without=frozenset({"size", "precision", "vmap", "jit"}),
        by_hand=frozenset({"precision"}),
        lean=True,
    ),
    "default": Profile("default", 60, 25, 80),
    "thorough": Profile("thorough", 400, 400, 400),
}


def profile_named(name: str) -> Profile:
    """The profile of that name."""
    if name not in _PROFILES:
        raise ValueError(f"a profile is one of {', '.join(_PROFILES)}; got {name!r}")
    return _PROFILES[name]
