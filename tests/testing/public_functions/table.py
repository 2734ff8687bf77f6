"""What a row of the list is made of: the name of a public function, and arguments for it.

A row is one line, or a few, in a table under `rows/`::

    row("jax.numpy.maximum", X, Y)
    row("jax.numpy.maximum", TIED, TIED[::-1], label="ties")
    row("jax.numpy.sum", M, axis=0)                       # what is static goes by keyword
    row("jax.numpy.select", M, N, call=lambda f, a, b: f([MASK], [a], b))

Functions are named, not imported, so that a list written for one JAX can be read under another:
a row whose function the installed release lacks is left out, and `MISSING` says so.
"""

import functools
import importlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Row:
    """A public function, and arguments as its user would write them.

    Attributes:
        name: where the function is found: "jax.numpy.sin".
        function: what is checked, of the arguments alone; the function itself where nothing has
            to be bound.
        arguments: arrays, scalars, keys and trees of them.
        label: what sets this row apart from others of the same function.
        strategies: for arguments that must keep a structure, say stay positive definite: makes
            strategies from `funcgrad.testing`, to be given in place of the arguments.
        expected_failure: a real defect of the function: a reason by the property that shows it.
        options: what else `check_gradients` is asked for: to hold a kink inside against the
            function, where JAX's rule is wrong at one.
    """

    name: str
    function: Callable[..., Any]
    arguments: tuple[Any, ...]
    label: str = ""
    strategies: Callable[[Any], tuple[Any, ...]] | None = None
    expected_failure: Mapping[str, str] = field(default_factory=dict)
    options: Mapping[str, Any] = field(default_factory=dict)

    @property
    def key(self) -> str:
        """The name and the label: what the test is called."""
        return f"{self.name}[{self.label}]" if self.label else self.name

    def examples(self, testing: Any) -> tuple[Any, ...]:
        """What `check_gradients` is given: strategies where there are any, or the arguments."""
        return self.arguments if self.strategies is None else self.strategies(testing)


#: Every row, by its key.
ROWS: dict[str, Row] = {}

#: The functions that have a row, whether the installed release knows them or not.
LISTED: set[str] = set()

#: Those that it does not know.
MISSING: set[str] = set()


def row(
    name: str,
    *arguments: Any,
    label: str = "",
    call: Callable[..., Any] | None = None,
    strategies: Callable[[Any], tuple[Any, ...]] | None = None,
    expected_failure: Mapping[str, str] | None = None,
    options: Mapping[str, Any] | None = None,
    **static: Any,
) -> None:
    """Enter a row in the list.

    Args:
        name: where the function is found: "jax.numpy.sin".
        arguments: what it is called with.
        label: what sets this row apart from others of the same function.
        call: how it is called, where not simply with the arguments: takes the function first.
        strategies: see `Row`.
        expected_failure: see `Row`.
        options: see `Row`.
        static: keyword arguments to bind.
    """
    LISTED.add(name)
    try:
        function = resolve(name)
    except (AttributeError, ImportError):
        MISSING.add(name)
        return
    if call is not None:
        function = functools.partial(call, function)
    if static:
        function = functools.partial(function, **static)
    more = expected_failure or {}, options or {}
    entry = Row(name, function, arguments, label, strategies, *more)
    assert entry.key not in ROWS, f"two rows are called {entry.key}: give one a label"
    ROWS[entry.key] = entry


#: Where arguments with a domain are drawn from, ends included.
DOMAINS = {
    "positive": (0.1, 10.0),
    "above one": (1.1, 10.0),
    "below minus one": (-10.0, -1.1),
    "probability": (0.05, 0.95),
    "moderate": (-3.0, 3.0),
    "angle": (0.2, 2.9),
}


def within(domains: str, *arguments: Any) -> Callable[[Any], tuple[Any, ...]]:
    """Strategies for arguments that have a domain: an entry of `DOMAINS` for each, or "given".

    A scale of 0 or a probability of 2 has no meaning, but often a value; its slope proves nothing.
    """
    chosen = tuple(zip(domains.split(", "), arguments, strict=True))

    def strategies(testing: Any) -> tuple[Any, ...]:
        return tuple(
            testing.arrays(a.shape, lo=DOMAINS[word][0], hi=DOMAINS[word][1])
            if word in DOMAINS
            else a
            for word, a in chosen
        )

    return strategies


def resolve(name: str) -> Callable[..., Any]:
    """The function of that name.

    Raises:
        ImportError: if its module is not there.
        AttributeError: if the module has no such function.
    """
    parts = name.split(".")
    for cut in range(len(parts) - 1, 0, -1):
        try:
            found = importlib.import_module(".".join(parts[:cut]))
        except ModuleNotFoundError:
            continue
        return functools.reduce(getattr, parts[cut:], found)
    raise ModuleNotFoundError(name)
