"""What a case is made of: operands to be drawn, calls, kinks, refusals.

A case is one line, or a few, in a table under `cases/`::

    case("sub", call(real(2, 3), real(2, 3)), call(real(2, 3), real(3), alpha=0.5))

Operands are descriptions; both engines get tensors of the same drawn values. Everything that
PyTorch knows (dtypes, names, what is saved, where it refuses) is not stated here but asked of it.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import ml_dtypes
import numpy as np

DOMAINS: dict[str, Callable[[np.random.Generator, tuple[int, ...]], np.ndarray]] = {
    "real": lambda rng, shape: rng.normal(size=shape),
    "positive": lambda rng, shape: rng.uniform(0.3, 3.0, shape),
    "nonzero": lambda rng, shape: rng.uniform(0.3, 3.0, shape) * rng.choice([-1.0, 1.0], shape),
    "unit": lambda rng, shape: rng.uniform(-0.9, 0.9, shape),
    "probability": lambda rng, shape: rng.uniform(0.1, 0.9, shape),
    "distinct": lambda rng, shape: rng.permutation(np.linspace(-2, 2, int(np.prod(shape)))).reshape(
        shape
    ),
}


@dataclass(frozen=True)
class Operand:
    """A tensor to be drawn.

    Attributes:
        shape: its shape.
        domain: where the values lie, a key of `DOMAINS`, or the values themselves.
        dtype: its dtype; None for that of the examination.
        grad: whether its gradient is examined (where the dtype has one).
    """

    shape: tuple[int, ...]
    domain: Any = "real"
    dtype: str | None = None
    grad: bool = True

    def draw(self, rng: np.random.Generator, dtype: str) -> np.ndarray:
        """The values as an array."""
        target = numpy_dtype(self.dtype or dtype)
        if not isinstance(self.domain, str):
            return np.asarray(self.domain).astype(target).reshape(self.shape)
        if self.dtype is None or target.kind not in "iu":
            values = DOMAINS[self.domain](rng, self.shape)
            if target.kind == "c":
                return (values + 1j * DOMAINS[self.domain](rng, self.shape)).astype(target)
            if target.kind == "b":
                return values > np.median(values)
            if target.kind in "iu":
                values = np.rint(4 * (np.abs(values) if target.kind == "u" else values))
            return values.astype(target)
        return rng.integers(0, 4, self.shape).astype(target)


@dataclass(frozen=True)
class Dtype:
    """A dtype as an argument; each engine has its own object for it."""

    name: str


def numpy_dtype(name: str) -> np.dtype:
    """A NumPy dtype by PyTorch's name."""
    return np.dtype(ml_dtypes.bfloat16 if name == "bfloat16" else name)


def _maker(domain: str) -> Callable[..., Operand]:
    def make(*shape: int, grad: bool = True, dtype: str | None = None) -> Operand:
        return Operand(shape, domain, dtype, grad)

    return make


real, positive, nonzero, unit = map(_maker, ("real", "positive", "nonzero", "unit"))
probability, distinct = map(_maker, ("probability", "distinct"))


def given(values: Any, dtype: str | None = None, grad: bool = True) -> Operand:
    """An operand with these values; without a dtype they are cast to that of the examination."""
    return Operand(np.shape(values), values, dtype, grad)


def mask(*shape: int) -> Operand:
    """A bool operand."""
    return Operand(shape, "real", "bool", False)


def index(*shape: int, below: int = 4) -> Operand:
    """An int64 operand with 0 <= value < below."""
    values = np.random.default_rng(sum(shape) + below).integers(0, below, shape)
    return Operand(shape, values, "int64", False)


@dataclass(frozen=True)
class Call:
    """Arguments of one call, as both engines take them."""

    args: tuple[Any, ...]
    kwargs: dict[str, Any] = field(default_factory=dict)

    def operands(self) -> Iterator[Operand]:
        """Every tensor among the arguments, those inside a list too."""
        for value in (*self.args, *self.kwargs.values()):
            for item in value if isinstance(value, list) else [value]:
                if isinstance(item, Operand):
                    yield item


def call(*args: Any, **kwargs: Any) -> Call:
    """A call; tensors are described by `real(2, 3)` and its like, lists of them are sequences."""
    return Call(args, kwargs)


@dataclass(frozen=True)
class Case:
    """The examination of one row.

    Attributes:
        row: the row's name.
        calls: ways to call it. The first is also examined in every dtype, under jit and in place.
        kinks: where the derivative is a convention. A number is put everywhere in the operands of
            the first call, a tuple one number for each operand; a `call` stands for itself.
        refused: words of PyTorch's error, and a call that both engines refuse with it.
        dtypes: those the first call is tried in.
        oracle: PyTorch's function where the row's binding does not say it: a path from `torch`, or
            a function of the module.
        tolerance: an entry of `tolerances.EXCEPTIONS`.
        main: the dtype of the papers that are about derivatives; an integer for rows without.
        differs: what is not examined, each with the reason: a paper, `name`, `inplace name`,
            `second` (gradients), `jit` (then `traced` is run eagerly), or a single dtype.
    """

    row: str
    calls: tuple[Call, ...]
    kinks: tuple[Any, ...] = ()
    refused: dict[str, Call] = field(default_factory=dict)
    dtypes: tuple[str, ...] = ("float32", "bfloat16", "int64")
    oracle: Any = None
    tolerance: str | None = None
    main: str = "float64"
    differs: dict[str, str] = field(default_factory=dict)

    def kink_calls(self) -> Iterator[Call]:
        """The kinks that are numbers, put into the shapes of the first call."""
        points = [p for p in self.kinks if not isinstance(p, Call)]
        if not points:
            return
        slots = list(self.calls[0].operands())
        rows = [p if isinstance(p, tuple) else (p,) * len(slots) for p in points]
        size = max(1, min(int(np.prod(s.shape)) for s in slots))
        for start in range(0, len(rows), size):
            queue = iter(zip(*rows[start : start + size], strict=True))
            args = [
                Operand(a.shape, np.resize(next(queue), a.shape), a.dtype, a.grad)
                if isinstance(a, Operand)
                else a
                for a in self.calls[0].args
            ]
            yield Call(tuple(args), self.calls[0].kwargs)


CASES: dict[str, Case] = {}
# For rows in which PyTorch treats bool as more than a small integer.
WITH_BOOL = "float32 bfloat16 int64 bool"
# For `differs`: PyTorch's number at the end of a graph name, where an edit in place has its own.
NUMBERED = {"inplace name": "PyTorch counts the in-place form as an overload; a row has one number"}


def case(row: str, *calls: Call, dtypes: str | None = None, **options: Any) -> None:
    """Add a case; two for one row raise `ValueError`."""
    if row in CASES:
        raise ValueError(f"two cases for {row}")
    if dtypes is not None:
        options["dtypes"] = tuple(dtypes.split())
    options["kinks"] = tuple(options.get("kinks", ()))
    CASES[row] = Case(row, calls, **options)
