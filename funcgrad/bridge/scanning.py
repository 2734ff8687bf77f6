"""`scan`: a step in PyTorch style, looped inside one XLA program."""

import weakref
from collections.abc import Callable
from typing import Any

from ..tape.creation import as_tensor
from ..tape.staging import MISS, Scan, flatten
from ..tape.tensor import Tensor

_scans: "weakref.WeakKeyDictionary[Any, dict[Any, Scan]]" = weakref.WeakKeyDictionary()


def scan(step: Callable[..., Any], xs: Any = None, length: int | None = None) -> Any:
    """Call a step once for each row of `xs`, all of them in one compiled loop.

    It does what this loop does, and leaves behind what it leaves behind: parameters, `.grad`, the
    state of optimizers, generators and all other tensors that the step edits.

        results = [step(*row) for row in zip(*xs)]

    All that the step reads and writes of tensors that are there already is found by tracing it, as
    `torch.compile` does, and carried. Where the first step is unlike the others (`.grad` is None
    before it) it is made by itself. The loop is compiled once for each number of steps, and kept
    for the next call with the same function.

    Args:
        step: a function in PyTorch style, compiled or not; of one row. It must not edit the row in
            place, and what it returns must have no graph behind it that can be run (`detach()`).
        xs: a tensor or array, whose rows `xs[i]` are given to the step; a tuple of them is given as
            several arguments; lists and dicts of them as such. None for a step without arguments.
        length: number of steps; by default the rows of `xs`.

    Returns:
        What a step returns, with a leading axis of steps in each tensor; Python numbers become
        tensors, and all else is what the last step gave.

    Raises:
        ValueError: there are no steps, or not as many rows everywhere.
        RuntimeError: the step cannot be traced: the line, the reason, the way out.

    Example:
        >>> import funcgrad.torch as torch
        >>> from funcgrad import bridge
        >>> w = torch.tensor(1.0, requires_grad=True)
        >>> optimizer = torch.optim.SGD([w], lr=0.1)
        >>> def step(x, y):
        ...     optimizer.zero_grad()
        ...     loss = (w * x - y) ** 2
        ...     loss.backward()
        ...     optimizer.step()
        ...     return loss
        >>> bridge.scan(step, (torch.ones(3), 2 * torch.ones(3)))
        tensor([1.0000, 0.6400, 0.4096])
        >>> w
        tensor(1.4880, requires_grad=True)
    """
    if not callable(step):
        raise TypeError(f"scan() takes a function that makes a step, not {type(step).__name__}")
    given = xs if type(xs) is tuple else () if xs is None else (xs,)
    step = getattr(step, "_torchdynamo_orig_callable", step)
    loops = _scan_of(step)
    result = loops.again(given, length)
    if result is not MISS:
        return result
    leaves: list[Any] = []
    structure, rebuild = flatten((given, {}), leaves)
    stacked = [_stacked(leaf) for leaf in leaves]
    return loops(step, structure, rebuild, stacked, _count(stacked, length))


def _stacked(leaf: Any) -> Tensor:
    tensor = leaf if isinstance(leaf, Tensor) else as_tensor(leaf)
    if tensor.ndim == 0:
        raise ValueError(
            "scan() goes over the rows of tensors; one of `xs` has no dimension: a number that is "
            "the same at each step can be a variable of the step's own"
        )
    if tensor.requires_grad:
        raise ValueError(
            "scan() cannot carry gradients out of the loop to `xs`; give xs.detach(), or make what "
            "requires grad a variable of the step's own"
        )
    return tensor


def _count(stacked: list[Tensor], length: int | None) -> int:
    rows = [tensor.shape[0] for tensor in stacked]
    counts = set(rows) | ({length} if length is not None else set())
    if not counts:
        raise ValueError("scan() needs `xs`, whose rows it goes over, or a `length`")
    if len(counts) > 1:
        raise ValueError(f"scan() goes over as many rows everywhere; got {rows}, length={length}")
    count = counts.pop()
    if type(count) is not int or count < 1:
        raise ValueError(f"scan() makes at least one step; got {count!r}")
    return count


def _scan_of(step: Callable[..., Any]) -> Scan:
    """The loops of a function, which are kept as long as it is there."""
    owner = getattr(step, "__self__", step)  # a method is another object each time it is asked for
    function = getattr(step, "__func__", None)
    name = getattr(step, "__name__", type(step).__name__)
    try:
        found = _scans.setdefault(owner, {})
    except TypeError:  # it has no weak references
        return Scan(name)
    if function not in found:
        found[function] = Scan(name)
    return found[function]
