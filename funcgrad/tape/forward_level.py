"""A level of forward mode: gives the results of operations their tangents.

One rule for every operation: its tangents are `jax.jvp` of its row's function, along the operands
that have a tangent. That is itself an operation, which is recorded like any other, so a tangent can
be differentiated backwards ("reverse over forward"). And as a pullback that is run inside a level
is an operation, too, gradients get tangents ("forward over reverse").

Source: PyTorch, "Forward-mode automatic differentiation" (2.13).
"""

import weakref
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache
from typing import Any

import jax

from ..ops import FLOAT, Kernel, kind
from . import modes, strides, views
from .calls import Call
from .forward import Dual, dual_of, state
from .nodes import ran, recorded
from .saved import Saved, rebuilt
from .storage import read
from .tensor import Tensor, filled, wrap

Array = jax.Array


class Level:
    """What is known while a level is open: which tensors have tangents."""

    def __init__(self) -> None:
        self._duals: weakref.WeakSet[Dual] = weakref.WeakSet()

    def close(self) -> None:
        """Forget all tangents."""
        for dual in self._duals:
            dual.tangent = None

    def tangent(self, tensor: Tensor) -> Tensor | None:
        """The tangent of a tensor, sharing memory with that of its base; or None."""
        dual = dual_of(tensor)
        if dual is None or dual.tangent is None:
            return None
        tangent = dual.tangent
        with aside():
            for step in _beyond(tensor, dual):
                tangent = views.again(step, tangent)
        return tangent

    def give(self, tensor: Tensor, tangent: Tensor | None) -> None:
        """Give a tensor a tangent of its own, that its base knows nothing of; or expressly none."""
        tensor._forward = self._dual(tensor._steps, tangent)

    def _dual(self, steps: Any, tangent: Tensor | None) -> Dual:
        dual = Dual(steps, tangent)
        self._duals.add(dual)
        return dual

    def edit(self, tensor: Tensor, tangent: Tensor) -> None:
        """The tensor was edited in place: so is its tangent, or that of its base."""
        dual = dual_of(tensor)
        if dual is None:
            owner = tensor if tensor._base_tensor is None else tensor._base_tensor
            dual = self._dual(owner._steps, None)
            owner._forward = dual
        if dual.tangent is None:
            self._duals.add(dual)
            if len(tensor._steps) == len(dual.steps):
                dual.tangent = tangent
                return
            with jax.enable_x64(True):
                whole = read(dual.steps, tensor._cell.array) if dual.steps else tensor._cell.array
            dual.tangent = wrap(filled(whole.shape, whole.dtype, 0))
        mine = self.tangent(tensor)
        assert mine is not None
        with aside():
            mine.copy_(tangent)

    def keep(self, saved: dict[int, Saved], tensors: Sequence[Tensor | None]) -> None:
        """Let what a node saves of its operands, or its results, have their tangents."""
        for i, value in saved.items():
            tensor = tensors[i]
            tangent = None if tensor is None else self.tangent(tensor)
            if tangent is not None:
                # As it is now: the tensor's own may be edited in place.
                value.dual = self._dual((), rebuilt(tangent._read(), tangent._edge()))

    def tangents(self, done: Call, fresh: Sequence[int] = ()) -> dict[int, Tensor]:
        """The tangents of an operation's results, by number; none if no operand has one.

        Args:
            done: the operation, which has run.
            fresh: operands that are about to be edited by it.
        """
        if modes.state.inference:
            return {}
        given = [None if t is None else self.tangent(t) for t in done.tensors]
        mask = tuple(i for i, tangent in enumerate(given) if tangent is not None)
        if not mask:
            return {}
        operands = [
            wrap(a) if t is None else t for a, t in zip(done.arrays, done.tensors, strict=True)
        ]
        kernel = pushforward(done.kernel, len(operands), mask)
        with aside():
            moved = [tangent for tangent in given if tangent is not None]
            # With an operand its tangent is about to be edited.
            edited = [*fresh, *(len(operands) + mask.index(i) for i in fresh if i in mask)]
            found = recorded(ran(kernel, [*operands, *moved]), edited)
        moving = [i for i, r in enumerate(done.results) if kind(r.dtype) >= FLOAT]
        return dict(zip(moving, found, strict=True))

    def push(self, done: Call, results: Sequence[Tensor]) -> None:
        """Give the new results of an operation their tangents."""
        for i, tangent in self.tangents(done).items():
            self.give(results[i], tangent)


def _beyond(tensor: Tensor, dual: Dual) -> Any:
    """The steps from the owner of a tangent to a view of it."""
    if tensor._forward is dual:
        return tensor._steps[len(dual.steps) :]
    return views.from_base(tensor)


@contextmanager
def aside() -> Iterator[None]:
    """Computing tangents gives none themselves."""
    level, state.level = state.level, None
    try:
        yield
    finally:
        state.level = level


@lru_cache(maxsize=4096)
def pushforward(kernel: Kernel, count: int, mask: tuple[int, ...]) -> Kernel:
    """An operation that gives the tangents of another one's floating results.

    Args:
        kernel: the other one.
        count: how many arrays it takes.
        mask: numbers of those that have tangents, which come after the arrays.
    """

    def tangents(*arrays: Array) -> list[Array]:
        def of_masked(*masked: Array) -> Any:
            full = list(arrays[:count])
            for i, array in zip(mask, masked, strict=True):
                full[i] = array
            return kernel.function(*full)

        primals = tuple(arrays[i] for i in mask)
        results, found = jax.jvp(of_masked, primals, arrays[count:])
        pairs = zip(jax.tree.leaves(results), jax.tree.leaves(found), strict=True)
        return [tangent for result, tangent in pairs if kind(result.dtype) >= FLOAT]

    made = views.kernel_of(kernel.row.name, tangents, count + len(mask))
    made.name = kernel.name
    return made


def enter() -> int:
    """Open the level; its number.

    Raises:
        RuntimeError: it is open.
    """
    if state.level is not None:
        raise RuntimeError(
            "Nested forward mode AD is not supported at the moment; for higher orders take jvp of "
            "a gradient, torch.autograd.functional.jvp with create_graph=True, or jax.jvp"
        )
    state.level = Level()
    return 0


def leave(level: int | None) -> None:
    """Close the level.

    Raises:
        RuntimeError: it is not the one that is open.
    """
    if level is None and state.level is None:
        raise RuntimeError("Dual level must be a positive number.")
    if state.level is None or level not in (0, None):
        raise RuntimeError(
            "Trying to exit a forward AD level that was not the last one that was created. This is "
            "not supported."
        )
    state.level.close()
    state.level = None


def same_layout(tensor: Tensor, tangent: Tensor) -> bool:
    """Whether an edit of a view of one can be an edit of the same view of the other."""
    sizes = {t._cell.array.size for t in (tensor, tangent)}
    return len(sizes) == 1 and strides.layout(tensor) == strides.layout(tangent)


def check_tangent(tensor: Tensor, tangent: Tensor) -> None:
    """Raise where a tangent does not have the shape and the dtype of its tensor."""
    if tangent.shape != tensor.shape:
        raise RuntimeError(
            "Trying to set a forward gradient that has a different size than that of the original "
            f"Tensor, this is not supported. Tensor is of size {list(tensor.shape)} while the "
            f"given forward gradient is of size {list(tangent.shape)}."
        )
    if tangent.dtype is not tensor.dtype:
        raise RuntimeError(
            "Trying to set a forward gradient of another dtype than that of the original Tensor. "
            f"Tensor is of {tensor.dtype} while the given forward gradient is of {tangent.dtype}; "
            "convert it with .to(...)"
        )
