"""Random numbers inside of `vmap`: none, one draw for all examples, or one for each.

As PyTorch does it, a draw for each example is one draw of all their numbers, example by example.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from math import prod
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np

from ...streams import Generator as Stream
from ..staging.refusals import Untraceable
from ..staging.watching import active

RANDOMNESS = ("error", "different", "same")


class Mapped(NamedTuple):
    """A `vmap` that runs.

    Attributes:
        randomness: "error", "different" or "same".
        size: how many examples there are.
        axis: the name of their axis, if a draw may ask for it.
        outer: the one around it.
    """

    randomness: str
    size: int
    axis: str | None
    outer: "Mapped | None"


class _State:
    innermost: Mapped | None = None


state = _State()


def new_axis(randomness: str) -> str | None:
    """A name for the axis of examples that no `vmap` around has.

    What JAX batches for a named axis it compiles for that name. So there is none without need, and
    the same one in the next call.
    """
    depth, each = 0, state.innermost
    while each is not None:
        depth, each = depth + 1, each.outer
    return f"examples {depth}" if randomness == "different" else None


@contextmanager
def mapped(randomness: str, size: int, axis: str | None) -> Iterator[None]:
    """While the block runs it is the innermost `vmap`."""
    outer = state.innermost
    state.innermost = Mapped(randomness, size, axis, outer)
    try:
        yield
    finally:
        state.innermost = outer


class ForEach:
    """A stream that is drawn from once for each example.

    Args:
        stream: the stream.
        maps: over which examples, the outermost first.
    """

    def __init__(self, stream: Stream, maps: Sequence[Mapped]) -> None:
        self._stream, self._maps = stream, maps

    def draw(self, draw: Callable[..., np.ndarray], n: int, *options: Any) -> Any:
        """So many values for each example; those of the one that the program runs for."""
        sizes = [each.size for each in self._maps]
        values: Any = jnp.asarray(draw(self._stream, prod(sizes) * n, *options))
        values = values.reshape(*sizes, n)
        for each in self._maps:
            values = values[jax.lax.axis_index(each.axis)]
        return values

    def __getattr__(self, name: str) -> Any:
        raise NotImplementedError(
            f"vmap: {name} cannot draw for each example; draw outside of vmap, and give the "
            "numbers as an argument"
        )


def inside(stream: Stream) -> Any:
    """A stream as it is drawn from inside of the `vmap`s that run.

    Raises:
        RuntimeError: one of them forbids it.
    """
    maps, each = [], state.innermost
    while each is not None:
        if each.randomness == "error":
            raise RuntimeError(
                "vmap: called random operation while in randomness error mode. Please either use "
                "the 'same' or 'different' randomness flags on vmap or perform the randomness "
                "operation out of vmap"
            )
        if each.randomness == "different":
            maps.append(each)
        each = each.outer
    if state.innermost is not None and active() is not None:
        raise Untraceable("draws random numbers inside of vmap", "draw them outside of vmap")
    return ForEach(stream, maps[::-1]) if maps else stream
