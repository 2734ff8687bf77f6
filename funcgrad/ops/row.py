"""A row of the table: PyTorch's name, a pure function of arrays, and how it is bound.

There is no derivative column. The derivative of a row is `jax.vjp` of its function, and
`funcgrad.ops.kernel` makes it.
"""

import inspect
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any


@dataclass(frozen=True, slots=True, eq=False)
class Row:
    """One operation.

    Args:
        name: PyTorch's name, `"mul"`; an overload adds a suffix, `"max.dim"`.
        function: pure function of arrays, with PyTorch's argument names.
        operands: names of the parameters that are traced: arrays, numbers or None. The other
            parameters are static. In the table a `*` before the first name says that it takes a
            sequence of arrays, a `~` that the operand has no say in the dtype (`alpha`).
        promote: how dtypes are chosen before the call, a name in `funcgrad.ops.promotion.RULES`, or
            a function from the static arguments to such a name.
        bind: where the name appears: words out of `torch`, `method`, `inplace`, `functional`,
            `linalg`, `special`.
        alias: further names, bound to the same places.
        dunder: Python operators, `"__mul__ __rmul__ __imul__"`.
        variadic: the static parameter that takes loose integers, as in `x.permute(0, 2, 1)`.
        fields: names of the results where PyTorch returns a named tuple.
        node: PyTorch's name for the graph node, without `Backward0`.
        overload: from the static arguments to the number at the end of that name, where PyTorch
            has several: `SumBackward0` over all elements, `SumBackward1` along a dimension. It may
            give a whole name instead: a loss is `MeanBackward0` or `SumBackward0` by its reduction.
        scalar: whole names where an operand is a Python number: `{"exponent": "PowBackward0"}`.
        view: the result shares memory with the first operand.
        check: called with concrete arrays and static arguments before the call; raises what
            PyTorch raises for values that XLA would clamp or turn into NaN. One host read.
        saves: the operands, and `"result"` (or some of `fields`), that must not be edited in place
            before the backward pass, because PyTorch saves them; stated where that is not what our
            derivative reads. `index@source` says so where the source requires grad. PyTorch
            composes some functions, and saves values between that no edit can reach.
        underived: operands without a derivative, which PyTorch's table has none for either; a
            backward pass to one of them is an error.
        holds: operands and static arguments whose Python numbers the dtype of the operation must
            hold, by name; after a `~` the dtype that half types are computed in. Other numbers
            wrap.
    """

    name: str
    function: Callable[..., Any]
    operands: tuple[str, ...]
    sequence: bool
    quiet: frozenset[int]
    promote: str | Callable[..., str]
    bind: frozenset[str]
    alias: tuple[str, ...] = ()
    dunder: tuple[str, ...] = ()
    variadic: str | None = None
    fields: tuple[str, ...] | None = None
    node: str = ""
    overload: Callable[..., int | str] | None = None
    scalar: Mapping[str, str] | None = None
    view: bool = False
    check: Callable[..., None] | None = None
    saves: tuple[str, ...] | None = None
    underived: tuple[str, ...] = ()
    holds: tuple[str, ...] = ()
    signature: inspect.Signature = field(init=False)
    parameters: tuple[str, ...] = field(init=False)
    defaults: Mapping[str, Any] = field(init=False)

    def __post_init__(self) -> None:
        signature = inspect.signature(self.function)
        parameters = tuple(signature.parameters)
        missing = [name for name in self.operands if name not in parameters]
        if missing:
            raise TypeError(f"{self.name}: operands {missing} are not parameters of its function")
        defaults = {
            name: parameter.default
            for name, parameter in signature.parameters.items()
            if parameter.default is not parameter.empty
        }
        object.__setattr__(self, "signature", signature)
        object.__setattr__(self, "parameters", parameters)
        object.__setattr__(self, "defaults", MappingProxyType(defaults))
        if not self.node:
            base = self.name.split(".")[0].strip("_")
            object.__setattr__(self, "node", "".join(w.title() for w in base.split("_")))

    def __repr__(self) -> str:
        return f"Row({self.name})"


class Table(Mapping[str, Row]):
    """Rows by name; filled while the package is imported, read-only afterwards.

    Two rows of one name, or one bound name in two rows, raise `ValueError`.
    """

    def __init__(self) -> None:
        self._rows: dict[str, Row] = {}
        self._bound: dict[tuple[str, str], str] = {}

    def __getitem__(self, name: str) -> Row:
        return self._rows[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._rows)

    def __len__(self) -> int:
        return len(self._rows)

    def row(
        self,
        name: str,
        operands: str = "input",
        promote: str | Callable[..., str] = "keep",
        bind: str = "torch method",
        **columns: Any,
    ) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
        """Add the decorated function as a row; lists are written as words in a string."""
        for key in ("alias", "dunder", "fields", "holds", "saves", "underived"):
            if isinstance(columns.get(key), str):
                columns[key] = tuple(columns[key].split())

        def add(function: Callable[..., Any]) -> Callable[..., Any]:
            words = operands.split()
            self._add(
                Row(
                    name=name,
                    function=function,
                    operands=tuple(word.lstrip("*~") for word in words),
                    sequence=bool(words) and words[0].startswith("*"),
                    quiet=frozenset(i for i, word in enumerate(words) if word.startswith("~")),
                    promote=promote,
                    bind=frozenset(bind.split()),
                    **columns,
                )
            )
            return function

        return add

    def _add(self, row: Row) -> None:
        if row.name in self._rows:
            raise ValueError(f"the table has two rows named {row.name}")
        for place in row.bind:
            for name in (row.name, *row.alias):
                if (owner := self._bound.setdefault((place, name), row.name)) != row.name:
                    raise ValueError(f"{place} name {name} is bound by {owner} and by {row.name}")
        self._rows[row.name] = row


OPS = Table()
row = OPS.row
