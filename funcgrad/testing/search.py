"""Hypothesis at work: more points than the fixed ones, and from a failure to its simplest form.

An example is a few small choices: which kind of point, which entries are other than it has them.
So an array of a million entries is drawn as quickly as one of three, and a counterexample is made
simple by choosing the plainer kind, and no exceptions. Whether a point fails depends on the point
alone; so nothing is flaky, and there is no deadline, for the first call of a shape compiles.
"""

from __future__ import annotations

import contextlib
import zlib
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np

from funcgrad.errors import MissingExtraError
from funcgrad.testing.points import bases, cast, fixed_bases
from funcgrad.testing.steady import steady
from funcgrad.testing.subject import Subject, is_key

try:
    import hypothesis
    from hypothesis import strategies as st
except ImportError as error:  # pragma: no cover - the extra is installed where this is tested
    raise MissingExtraError("hypothesis", "testing") from error

Leaves = list[Any]
_MOST_CHANGES = 4
_PLAIN = 4  # whole arrays that are plain: ones, zeros, minus ones, small integers
_SIMPLE = 7  # special numbers that are simple
_BY_ENTRY = 16  # up to here a counterexample is made simple entry by entry


def seed_of(leaves: Sequence[Any], seed: int) -> int:
    """A seed that is a function of the point, and of the caller's."""
    state = seed & 0xFFFFFFFF
    for leaf in leaves:
        if hasattr(leaf, "tobytes") or isinstance(leaf, float | complex):
            state = zlib.crc32(np.asarray(leaf).tobytes(), state)
    return state


def settings(examples: int) -> hypothesis.settings:
    """Of a search that is a pure function of its seed, and never hurries."""
    return hypothesis.settings(
        max_examples=max(1, examples),
        database=None,
        deadline=None,
        derandomize=False,
        phases=(hypothesis.Phase.generate, hypothesis.Phase.shrink),
        suppress_health_check=list(hypothesis.HealthCheck),
        report_multiple_bugs=False,
        verbosity=hypothesis.Verbosity.quiet,
    )


def find(
    points: st.SearchStrategy[Leaves],
    broken: Callable[[Leaves], bool],
    *,
    examples: int,
    seed: int,
    most: int | None = None,
) -> Leaves | None:
    """The simplest point that is `broken`, or None of so many.

    Args:
        points: where to look.
        broken: a pure function.
        examples: how many points to try.
        seed: what makes the same points again.
        most: how many points to look at in all, those that make it simpler included.
    """
    seen: dict[int, bool] = {}

    def bounded(leaves: Leaves) -> bool:
        key = hash(tuple(map(_key, leaves)))
        if key not in seen:
            seen[key] = (most is None or len(seen) < most) and broken(leaves)
        return seen[key]

    found: list[Leaves] = []

    def search() -> Callable[[], None]:
        @settings(examples)
        @hypothesis.seed(seed)
        @hypothesis.given(points)
        def searched(leaves: Leaves) -> None:
            if bounded(leaves):
                found.append(leaves)
                raise _Broken

        test: Callable[[], None] = searched
        return test

    # Inside somebody's own test Hypothesis refuses to make another, but not to run one; and in a
    # thread of its own nothing is inside.
    with ThreadPoolExecutor(1) as pool:
        searched = pool.submit(search).result()
    with steady(), contextlib.suppress(_Broken):
        searched()
    return found[-1] if found else None  # the last is the simplest


class _Broken(Exception):
    """Ends an example of `find`."""


def _key(leaf: Any) -> Any:
    if is_key(leaf):
        return str(leaf)
    if isinstance(leaf, np.ndarray):
        return leaf.shape, leaf.dtype.name, leaf.tobytes()
    return repr(leaf)


@st.composite
def around(draw: Any, subject: Subject, leaves: Leaves, special: Sequence[float]) -> Leaves:
    """Points around an example: a kind of array a leaf, and a few entries of their own.

    Args:
        draw: Hypothesis's.
        subject: says what may change.
        leaves: the example.
        special: the numbers to try, the simplest first.
    """
    places, choices = _choices(subject, leaves, special)
    point = list(leaves)
    if draw(st.booleans()):
        kind = draw(st.integers(0, max(map(len, choices), default=1) - 1))
        for place, made in zip(places, choices, strict=True):
            point[place] = made[kind % len(made)][1]
    for _ in range(draw(st.integers(0, min(2, len(places))))):
        which = draw(st.integers(0, len(places) - 1))
        point[places[which]] = draw(st.sampled_from(choices[which]))[1]
    floats = [
        place
        for place in places
        if subject.roles[place] == "differentiated" and np.size(leaves[place])
    ]
    for _ in range(draw(st.integers(0, _MOST_CHANGES)) if floats else 0):
        place = draw(st.sampled_from(floats))
        index = draw(st.integers(0, np.size(point[place]) - 1))
        # Of few digits, which a reader takes in; `st.floats` has long ones, and nearly 0.
        sixtyfourths = st.integers(-640, 640).map(lambda count: count / 64)
        number = draw(st.one_of(st.sampled_from(list(special)), sixtyfourths))
        point[place] = _with(point[place], {index: number})
    return point


@st.composite
def simpler(draw: Any, subject: Subject, failing: Leaves, special: Sequence[float]) -> Leaves:
    """A failing point with some of it made plain; lower choices are plainer.

    What is kept has the highest choices, and most of them; so the point itself, or one much like
    it, is soon drawn, and made plainer by choosing lower.
    """
    places, choices = _choices(subject, failing, special)
    point = list(failing)
    for place, made in zip(places, choices, strict=True):
        leaf, plain = failing[place], made[:_PLAIN]
        whole = draw(st.integers(0, 6 * len(plain)))
        numbers: dict[int, float] = {}
        small = subject.roles[place] == "differentiated" and np.size(leaf) <= _BY_ENTRY
        for index in range(np.size(leaf) if small else 0):
            which = draw(st.integers(0, 12 * _SIMPLE))
            if which < _SIMPLE:
                numbers[index] = special[which]
        point[place] = plain[whole][1] if whole < len(plain) else _with(leaf, numbers)
    return point


def _choices(subject: Subject, leaves: Leaves, special: Sequence[float]) -> Any:
    places = [place for place, role in enumerate(subject.roles) if role != "static"]
    choices = [
        bases(leaves[place], special)
        if subject.roles[place] == "differentiated"
        else fixed_bases(leaves[place])
        for place in places
    ]
    return places, choices


def _with(leaf: Any, numbers: dict[int, float]) -> Any:
    """The leaf with some of its entries replaced."""
    if not numbers:
        return leaf
    values = np.array(leaf)
    values = values.astype(complex if np.iscomplexobj(values) else float)
    for index, number in numbers.items():
        values.reshape(-1)[index] = number
    return cast(values, leaf)


def drawn(
    arguments: Any, flatten: Callable[[Any], Leaves], plans: int
) -> st.SearchStrategy[Leaves]:
    """Points from strategies: leaves of the arguments that are strategies are drawn.

    Args:
        arguments: a tree of arrays and strategies.
        flatten: the leaves of drawn arguments.
        plans: how many assignments of sizes there are at most, for each makes programs of its own.
    """
    from funcgrad.testing.strategies.dims import SIZES

    @st.composite
    def points(draw: Any) -> Leaves:
        plan = draw(st.integers(0, plans - 1))
        token = SIZES.set(lambda name, lo, hi: size(plan, name, lo, hi))
        try:
            return flatten(realized(arguments, draw))
        finally:
            SIZES.reset(token)

    strategy: st.SearchStrategy[Leaves] = points()
    return strategy


def realized(arguments: Any, draw: Callable[[Any], Any]) -> Any:
    """The arguments with every strategy in them drawn."""
    import jax

    return jax.tree.map(
        lambda leaf: draw(leaf) if is_strategy(leaf) else leaf, arguments, is_leaf=is_strategy
    )


def keeping(arguments: Any, example: Any) -> tuple[Any, ...]:
    """For each leaf of an example how its directions keep the structure that its strategy promises.

    As `Subject.tangents`: none at all where every leaf may move along all directions.
    """
    import jax

    from funcgrad.testing.strategies import tangent_of

    def of(leaf: Any, drawn: Any) -> list[Any]:
        return [tangent_of(leaf)] * len(jax.tree.leaves(drawn))

    each = jax.tree.map(of, arguments, example, is_leaf=is_strategy)
    found = jax.tree.leaves(each, is_leaf=lambda node: node is None or callable(node))
    return tuple(found) if any(found) else ()


def is_strategy(leaf: Any) -> bool:
    """Whether a leaf is drawn by Hypothesis."""
    return isinstance(leaf, st.SearchStrategy)


def size(plan: int, name: str, lo: int, hi: int) -> int:
    """The size of a name in a plan: an ordinary one, the least, the largest, then mixed ones."""
    middle = min(hi, max(lo, 2 + zlib.crc32(name.encode()) % 2))
    mixed = lo + zlib.crc32(f"{plan} {name}".encode()) % (hi - lo + 1)
    return (middle, lo, hi)[plan] if plan < 3 else mixed
