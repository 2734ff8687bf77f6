"""What a sample gives on both engines: values, dtypes, shapes, first and second gradients."""

import warnings
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any, NamedTuple

import numpy as np
import torch

import funcgrad.torch as ours

from .samples import Sample, function_of, method_of, rebound, samples, tensors
from .standing import SIGNS, VALUES, free

#: Where there are several dtypes that an entry takes, its gradients are asked for in the first.
_FIRST = (torch.float64, torch.complex128, torch.int64, torch.bool, torch.float32)
_OTHERS = (torch.float32, torch.complex128, torch.bfloat16, torch.int64, torch.bool, torch.float16,
           torch.int32, torch.uint8, torch.complex64)  # fmt: skip


class Extent(NamedTuple):
    """How much of an entry is examined.

    Attributes:
        samples: how many samples in the entry's first dtype, or None for all.
        derived: how many of them with both derivatives, and at kinks.
        bound: how many of them as method and in place.
        dtypes: the other dtypes.
        each: how many samples in each of them.
    """

    samples: int | None
    derived: float
    bound: int
    dtypes: tuple[torch.dtype, ...]
    each: int


_BRIEF = Extent(2, 1, 1, _OTHERS[:5], 1)
_FULL = Extent(None, float("inf"), 2, _OTHERS, 3)


#: Samples are random, and some badly conditioned: a hundred roundings, and of the largest number
#: ten. An operation that is less exact has rows of its own in the exam of our table.
_RELATIVE = {
    "float64": 1e-10, "complex128": 1e-10, "float32": 2e-4, "complex64": 2e-4,
    "bfloat16": 2**-6, "float16": 2**-8,
}  # fmt: skip


class Array(NamedTuple):
    """A tensor as NumPy has it."""

    dtype: str
    shape: tuple[int, ...]
    values: np.ndarray


class Difference(AssertionError):
    """Where the engines differ."""


def examine(entry: Any, *, brief: bool = False) -> dict[str, str]:
    """What of an entry differs: by the name of a paper, in words; nothing where all is equal.

    The papers are the function, the method, the form in place, the function at kinks (whole
    numbers), and the function in other dtypes. A function of which no values were compared, because
    there is no sample or PyTorch runs none, differs in that.

    Args:
        entry: of PyTorch's op database.
        brief: as continuous integration has the time for: one sample sits every paper with both
            derivatives, a second one gives its value, and five dtypes one each. In full all samples
            sit the function with both derivatives and the kinks, and every dtype a few.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # samples are made by what PyTorch calls deprecated, too
        return _examine(entry, _BRIEF if brief else _FULL)


def _examine(entry: Any, extent: Extent) -> dict[str, str]:
    function = function_of(entry)
    if function is None:
        return {"function": "there is none"}
    found: dict[str, str] = {}
    values = 0  # how many times the function's values were compared

    def paper(name: str, sample: Sample, theirs: Any, mine: Any, order: int) -> bool:
        if theirs is None or name in found:
            return False
        try:
            return compare(
                sample, theirs, mine, order, inplace=name == "in place", free=free(entry.name)
            )
        except Difference as difference:
            found[name] = f"{difference} ({sample.signature[:300]})"
            return True

    first = next(dtype for dtype in _FIRST if dtype in entry.dtypes)
    order = 2 if entry.supports_gradgrad else 1
    method, inplace = entry.get_method(), entry.get_inplace()
    for number, sample in enumerate(samples(entry, first, extent.samples)):
        whole = number < extent.derived
        values += paper("function", sample, entry.op, function, order if whole else 0)
        if whole:
            paper("kinks", sample.rounded(), entry.op, function, 1)
        if number < extent.bound:
            paper("method", sample, method, method_of(entry, method), 1)
            paper("in place", sample, inplace, method_of(entry, inplace), 1)
    for dtype in extent.dtypes:
        if dtype is not first and dtype in entry.dtypes:
            for sample in samples(entry, dtype, extent.each):
                paper(str(dtype).removeprefix("torch."), sample, entry.op, function, 0)
    if not values:
        found["function"] = "nothing was compared: no sample gives a value on PyTorch"
    return found


def compare(
    sample: Sample,
    theirs: Any,
    mine: Any,
    order: int,
    *,
    inplace: bool = False,
    free: str | None = None,
) -> bool:
    """Raise `Difference` unless both engines give the same; whether there were values to compare.

    There are none where both raise the same error, or where PyTorch has no kernel, or gives None.
    Where PyTorch has no second derivative, the first one is compared.

    Args:
        sample: the call.
        theirs: PyTorch's function.
        mine: ours.
        order: of the highest derivative to compare.
        inplace: whether the first argument is edited; then it is a copy of the leaf.
        free: what is free in the results, an entry of `standing.FREE`.
    """
    right: Any = NotImplementedError()
    while isinstance(right, NotImplementedError) and order >= 0:
        degree, order = order, order - 1
        right = _outcome(partial(_run, sample.fresh(), theirs, torch, degree, inplace, free))
    if isinstance(right, NotImplementedError):
        return False  # what PyTorch has no kernel for is no rule to follow
    left = _outcome(partial(_run, sample.fresh().ours(), mine, ours, degree, inplace, free))
    if isinstance(right, Exception) or isinstance(left, Exception):
        if _kind(right) != _kind(left):
            raise Difference(f"{_words(left)}; PyTorch: {_words(right)}")
        return False
    for what in {**right, **left}:
        nothing = [None] * len(right.get(what, left.get(what)))
        _agree(what, left.get(what, nothing), right.get(what, nothing))
    return right["value"] != [None]


def _outcome(run: Callable[[], Any]) -> Any:
    try:
        return run()
    except Exception as error:  # noqa: BLE001 - whatever it is, it is compared
        return error


def _kind(outcome: Any) -> str:
    return type(outcome).__name__.lstrip("_")


def _words(outcome: Any) -> str:
    if isinstance(outcome, Exception):
        return f"{type(outcome).__name__}: {outcome}".split("\n", 1)[0][:200]
    return "no error"


def _run(
    sample: Sample, function: Any, engine: Any, order: int, inplace: bool, free: str | None
) -> dict[str, list[Any]]:
    """The results and their derivatives, as NumPy arrays with the names of their dtypes."""
    leaves = [t for t in tensors((sample.args, sample.kwargs), engine) if t.requires_grad]
    if inplace:
        first, *others = sample.args
        sample = replace(sample, args=(first.clone(), *others))
    engine.manual_seed(0)
    given = function(*sample.args, **sample.kwargs)
    if free == SIGNS:
        given = (rebound(sample.process) if engine is ours else sample.process)(given)
    results = tensors(given if isinstance(given, list | tuple | dict) else [given], engine)
    arrays = [_array(result) for result in results]
    if free == VALUES:
        arrays = [array._replace(values=np.zeros(array.shape)) for array in arrays]
    found: dict[str, list[Any]] = {"value": list(arrays)}
    if not results:
        found["value"] = [given]
    outs = [result for result in results if result.requires_grad]
    if not order or not outs or not leaves:
        return found
    for degree in range(1, order + 1):
        weights = [_weights(out, engine, degree) for out in outs]
        grads = engine.autograd.grad(
            outs, leaves, weights, create_graph=degree < order, allow_unused=True
        )
        found[f"derivative {degree}"] = [None if grad is None else _array(grad) for grad in grads]
        outs = [grad for grad in grads if grad is not None and grad.requires_grad]
        if not outs:
            break
    return found


def _weights(out: Any, engine: Any, degree: int) -> Any:
    """A cotangent that is the same on both engines."""
    count = int(np.prod(out.shape))
    values = np.cos(np.arange(count) + degree).reshape(tuple(out.shape))
    made = engine.tensor(values + 0.5j * values[::-1] if out.is_complex() else values)
    return made.to(out.dtype)


def _array(tensor: Any) -> Array:
    dtype = str(tensor.dtype).removeprefix("torch.")
    plain = tensor.detach()
    if dtype == "bfloat16":
        plain = plain.float()
    if isinstance(plain, torch.Tensor):
        plain = plain.resolve_conj().resolve_neg()
    return Array(dtype, tuple(tensor.shape), np.array(plain.numpy(force=True)))


def _agree(what: str, left: list[Any], right: list[Any]) -> None:
    if len(left) != len(right):
        raise Difference(f"{what}: {len(left)} results; PyTorch: {len(right)}")
    for number, (mine, theirs) in enumerate(zip(left, right, strict=True)):
        place = f"{what} {number}"
        if not isinstance(theirs, Array) or not isinstance(mine, Array):
            if not _nothing(mine, theirs) and repr(mine) != repr(theirs):
                raise Difference(f"{place}: {_short(mine)}; PyTorch: {_short(theirs)}")
            continue
        if mine[:2] != theirs[:2]:
            raise Difference(f"{place}: {mine[:2]}; PyTorch: {theirs[:2]}")
        relative = _RELATIVE.get(theirs.dtype, 0.0)
        # Terms of a derivative cancel, and leave the rounding of what they were.
        scale = float(np.abs(theirs.values[np.isfinite(theirs.values)]).max(initial=0.0))
        scale += float(what != "value")
        bound = relative * scale / 10
        if not np.allclose(mine.values, theirs.values, relative, bound, equal_nan=True):
            raise Difference(f"{place}: {_short(mine.values)}; PyTorch: {_short(theirs.values)}")


def _nothing(mine: Any, theirs: Any) -> bool:
    """Whether one is no gradient and the other is zeros, which mean the same."""
    kept = mine if theirs is None else theirs if mine is None else None
    return isinstance(kept, Array) and not np.any(kept.values)


def _short(value: Any) -> str:
    return " ".join(repr(value).split())[:160]
