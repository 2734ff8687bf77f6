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
from .forward import Dual, dual_of, state, switch
from .nodes import ran, recorded
from .saved import Saved, rebuilt
from .storage import read
from .tensor import Tensor, filled, wrap

Array = jax.Array


class Level:
    """What is known while a level is open: which tensors have tangents.

    Args:
        outer: the level around it.
    """

    def __init__(self, outer: "Level | None" = None) -> None:
        self.outer = outer
        self._duals: weakref.WeakSet[Dual] = weakref.WeakSet()
        self._open = True

    def close(self) -> None:
        """Forget all tangents."""
        self._open = False
        for dual in self._duals:
            dual.tangent = None

    def levels(self) -> "Iterator[Level]":
        """This level, and those around it."""
        level: Level | None = self
        while level is not None:
            yield level
            level = level.outer

    @contextmanager
    def aside(self) -> Iterator[None]:
        """Computing tangents is a computation in the level around this one."""
        level = state.level
        switch(self.outer)
        try:
            yield
        finally:
            switch(level)

    def tangent(self, tensor: Tensor) -> Tensor | None:
        """The tangent of a tensor, sharing memory with that of its base; or None."""
        dual = dual_of(tensor, self)
        if dual is None or dual.tangent is None:
            return None
        tangent = dual.tangent
        with self.aside():
            for step in _beyond(tensor, dual):
                tangent = views.again(step, tangent)
        return tangent

    def give(self, tensor: Tensor, tangent: Tensor | None) -> None:
        """Give a tensor a tangent of its own, that its base knows nothing of; or expressly none."""
        self._own(tensor, tensor._steps, tangent)

    def _own(self, tensor: Tensor, steps: Any, tangent: Tensor | None) -> Dual:
        dual = self._dual(steps, tangent)
        others = (d for d in tensor._forward or () if d.level is not self and d.level._open)
        tensor._forward = (*others, dual)
        return dual

    def _dual(self, steps: Any, tangent: Tensor | None) -> Dual:
        dual = Dual(self, steps, tangent)
        self._duals.add(dual)
        return dual

    def edit(self, tensor: Tensor, tangent: Tensor) -> None:
        """The tensor was edited in place: so is its tangent, or that of its base."""
        dual = dual_of(tensor, self)
        if dual is None:
            owner = tensor if tensor._base_tensor is None else tensor._base_tensor
            dual = self._own(owner, owner._steps, None)
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
        with self.aside():
            mine.copy_(tangent)

    def keep(self, saved: dict[int, Saved], tensors: Sequence[Tensor | None]) -> None:
        """Let what a node saves of its operands, or its results, have their tangents."""
        for i, value in saved.items():
            tensor = tensors[i]
            if tensor is not None:
                value.dual = self._as_now(tensor) or None

    def _as_now(self, tensor: Tensor) -> tuple[Dual, ...]:
        """The tangents of a tensor in all levels, as they are: its own may be edited in place."""
        duals: tuple[Dual, ...] = ()
        for level in self.levels():
            tangent = level.tangent(tensor)
            if tangent is not None:
                around = level.outer._as_now(tangent) if level.outer is not None else ()
                as_now = rebuilt(tangent._read(), tangent._edge(), around or None)
                duals = (*duals, level._dual((), as_now))
        return duals

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
        with self.aside():
            moved = [tangent for tangent in given if tangent is not None]
            # With an operand its tangent is about to be edited.
            edited = [*fresh, *(len(operands) + mask.index(i) for i in fresh if i in mask)]
            found = recorded(ran(kernel, [*operands, *moved]), edited)
        moving = [i for i, r in enumerate(done.results) if kind(r.dtype) >= FLOAT]
        return dict(zip(moving, found, strict=True))

    def push(self, done: Call, results: Sequence[Tensor], fresh: Sequence[int] = ()) -> None:
        """Give the new results of an operation their tangents, in all levels.

        Args:
            done: the operation, which has run.
            results: its results.
            fresh: operands that are about to be edited.
        """
        for level in self.levels():
            for i, tangent in level.tangents(done, fresh).items():
                level.give(results[i], tangent)

    def moving(self, done: Call) -> "list[tuple[Level, Tensor]]":
        """The tangents, of all levels, that an edit in place by an operation brings."""
        found = [(level, level.tangents(done, fresh=(0,))) for level in self.levels()]
        return [(level, tangents[0]) for level, tangents in found if tangents]


class Sealed(Level):
    """A region that no tangent of the levels around it may enter.

    Args:
        around: the innermost of them.
        what: the region, for the message.
    """

    def __init__(self, around: Level, what: str) -> None:
        super().__init__()
        self._around, self._what = around, what

    def tangents(self, done: Call, fresh: Sequence[int] = ()) -> dict[int, Tensor]:
        for level in self._around.levels():
            if any(t is not None and level.tangent(t) is not None for t in done.tensors):
                raise RuntimeError(
                    f"{self._what}: a tensor that has a tangent is used inside, which was not "
                    "found in the function's closures, globals or modules; give it as an argument "
                    "with in_dims None"
                )
        return {}


def _beyond(tensor: Tensor, dual: Dual) -> Any:
    """The steps from the owner of a tangent to a view of it."""
    if any(own is dual for own in tensor._forward or ()):
        return tensor._steps[len(dual.steps) :]
    return views.from_base(tensor)


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


def enter(nested: bool = False) -> int:
    """Open a level; its number.

    Args:
        nested: inside of the one that is open.

    Raises:
        RuntimeError: one is open, and this is not to be nested.
    """
    if state.level is not None and not nested:
        raise RuntimeError(
            "Nested forward mode AD is not supported at the moment; for higher orders nest "
            "torch.func.jvp, or take jvp of a gradient"
        )
    switch(Level(state.level))
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
    switch(state.level.outer)


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
