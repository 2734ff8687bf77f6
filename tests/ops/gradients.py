"""A row as `funcgrad.testing` takes it: a pure function of arrays, and the arrays of a case.

The examination compares a row with PyTorch at a case's own values. The check of gradients needs no
PyTorch: it measures slopes, at the case's values and at many around them. So it finds what both
libraries have wrong, and what goes wrong elsewhere: at zeros, ties, large numbers, under `vmap`.
"""

import inspect
import zlib
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import jax
import numpy as np

from funcgrad.ops import OPS
from funcgrad.tape import bind, plans
from funcgrad.tape.tensor import Tensor

from .engines import Ours
from .steps import quiet
from .table import Call, Case

Map = Callable[[jax.Array], jax.Array]


class Subject(NamedTuple):
    """What is checked.

    Attributes:
        function: from the arrays of the call to its results, promoted as the engine promotes.
        arrays: one for every tensor of the call.
        argnums: which of them the case differentiates by.
    """

    function: Callable[..., Any]
    arrays: list[np.ndarray]
    argnums: tuple[int, ...]

    @property
    def x64(self) -> bool:
        """Whether it needs 64-bit types."""
        return any(a.dtype.itemsize == 8 and a.dtype.kind != "c" for a in self.arrays)

    def differentiable(self) -> bool:
        """Whether there is a floating operand, and a floating result."""
        with jax.enable_x64(True):
            results = jax.tree.leaves(jax.eval_shape(self.function, *self.arrays))
        return bool(self.argnums) and any(np.dtype(r.dtype).kind in "fc" for r in results)


def dtype_of(case: Case, call: Call) -> str:
    """The dtype that a call is checked in, where its operands do not say.

    float32, which everyone uses, and whose slopes are measured in float64 all the same. But class
    numbers and offsets are int64 to PyTorch, and so to a row; without 64 bits there is no int64.
    """
    if case.main != "float64":
        return case.main
    return "float64" if any(o.dtype in ("int64", "float64") for o in call.operands()) else "float32"


def subject(
    case: Case,
    call: Call,
    through: Mapping[int, Map] | None = None,
    still: bool = False,
    dtype: str | None = None,
) -> Subject:
    """The kernel that the engine runs for a call, with what is no tensor filled in.

    Args:
        case: of the row.
        call: one of its calls.
        through: smooth maps into the row's domain, by the number of the operand that goes through.
        still: integers stay as the case has them; else the check moves them to other places.
        dtype: of the operands that name none; that of `dtype_of` unless it is given.
    """
    row, dtype = OPS[case.row], dtype or dtype_of(case, call)
    rng = np.random.default_rng(zlib.crc32(case.row.encode()))
    described = list(call.operands())
    arrays = [operand.draw(rng, dtype) for operand in described]
    tensors = [Ours().tensor(array) for array in arrays]
    args, kwargs = Ours().arguments(call, tensors)
    operands, statics = bind.parse(row, row.name, tuple(args), kwargs)
    kernel = plans.find_kernel(row, operands, statics)
    number = {id(tensor): i for i, tensor in enumerate(tensors)}
    slots: list[Any] = []  # the number of a tensor, or an array that is always the same
    names: list[str] = [""] * len(tensors)
    for name, operand in zip(row.operands, operands, strict=True):
        for item in operand if isinstance(operand, list) else [operand]:
            if isinstance(item, Tensor):
                slots.append(number[id(item)])
                suffix = str(len(slots)) if isinstance(operand, list) else ""
                names[number[id(item)]] = f"{name}{suffix}"
            elif item is not None:
                slots.append(np.asarray(item, kernel.number or plans.code(item)[0]))

    moved = [i for i, a in enumerate(arrays) if not (still and a.dtype.kind in "iu")]

    def function(*given: Any) -> Any:
        full: list[Any] = list(arrays)
        for i, array in zip(moved, given, strict=True):
            full[i] = array
        for i, into in (through or {}).items():
            if i < len(full):  # a number in that place is no array, and stays
                full[i] = into(full[i])
        with quiet():
            return kernel.function(*(full[s] if isinstance(s, int) else s for s in slots))

    function.__name__ = function.__qualname__ = row.name
    function.__signature__ = inspect.Signature(
        [inspect.Parameter(names[i], inspect.Parameter.POSITIONAL_ONLY) for i in moved]
    )
    wanted = [operand.grad and arrays[i].dtype.kind in "fc" for i, operand in enumerate(described)]
    argnums = tuple(at for at, i in enumerate(moved) if wanted[i])
    return Subject(function, [arrays[i] for i in moved], argnums)
