"""Hypothesis, which comes with the extra `testing`, and how our strategies are made of it.

Each of ours is a plan: what to draw, and how it is told. Hypothesis sees one composite strategy;
the plan stays at hand beside it, so that a search can ask which sizes it will need.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any, NoReturn, TypeAlias
from weakref import WeakKeyDictionary

from funcgrad.errors import MissingExtraError

try:
    import hypothesis.strategies
    from hypothesis.errors import InvalidArgument
    from hypothesis.strategies import SearchStrategy as SearchStrategy
except ImportError:  # pragma: no cover - the tests have it
    raise MissingExtraError("hypothesis", "testing") from None

st = hypothesis.strategies

#: What a composite strategy draws with.
Draw: TypeAlias = Callable[..., Any]

#: The least and the largest value of each size that is shared by name.
Sizes: TypeAlias = dict[str, tuple[int, int]]

_PLANS: WeakKeyDictionary[Any, Plan] = WeakKeyDictionary()


class Plan:
    """What a strategy of ours draws.

    Attributes:
        sizes: the shared sizes that it draws.
    """

    sizes: Sizes

    def draw(self, draw: Draw) -> Any:
        """One value."""
        raise NotImplementedError

    def words(self) -> str:
        """The arguments as the user would write them; Hypothesis prints them."""
        raise NotImplementedError

    def __repr__(self) -> str:
        return self.words()


@lru_cache
def _maker(name: str) -> Callable[[Plan], SearchStrategy[Any]]:
    # Hypothesis takes what it prints from the function: its name, and its arguments' own words.
    # A variable number of them keeps it from printing `plan=`.
    def definition(draw: Draw, *plans: Plan) -> Any:
        return plans[0].draw(draw)

    definition.__name__ = definition.__qualname__ = name
    return st.composite(definition)


def strategy(name: str, plan: Plan) -> SearchStrategy[Any]:
    """The strategy that follows a plan, printed as `name(words of the plan)`."""
    made = _maker(name)(plan)
    _PLANS[made] = plan
    return made


def plan_of(thing: Any) -> Plan | None:
    """The plan behind a strategy of ours; None for anything else."""
    return _PLANS.get(thing) if isinstance(thing, SearchStrategy) else None


@lru_cache(maxsize=256)
def _binary(count: int) -> SearchStrategy[bytes]:
    return st.binary(min_size=count, max_size=count)


def draw_bytes(draw: Draw, count: int) -> bytes:
    """So many bytes in one choice.

    A choice costs Hypothesis about a twentieth of a millisecond, however many bytes it has, and
    each byte shrinks to 0 by itself: an array drawn so costs a tenth of one drawn by entries.
    """
    return bytes(draw(_binary(count)))


def refuse(rule: str, came: Any, way_out: str) -> NoReturn:
    """Raise Hypothesis's own error for arguments, in the words of this house."""
    raise InvalidArgument(f"{rule}; got {came!r}. {way_out}")
