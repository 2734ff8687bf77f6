"""A function of one example, run on all of them by `jax.vmap`, as one node of the graph."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import jax

from ...tape import forward, modes
from ...tape.across import Pushed, across
from ...tape.backward import plan
from ...tape.forward_level import Sealed, enter, leave
from ...tape.full import zeros_like
from ...tape.graph import AccumulateGrad
from ...tape.keeping import become, default_generators, reached, unchanged
from ...tape.lifting import OnTensors, lifted
from ...tape.nodes import x64
from ...tape.random.generator import Generator
from ...tape.random.mapped import mapped, new_axis
from ...tape.staging import flatten
from ...tape.tensor import Tensor
from ..autograd.forward_ad import make_dual, unpack_dual
from .axes import name_of


class Mapping:
    """A call of a function of one example on a batch.

    Args:
        func: the function.
        rebuild: gives its arguments from their leaves.
        leaves: of the arguments.
        axes: of each leaf, the axis of examples, or None.
        size: how many examples there are.
        kwargs: arguments that are the same for each.
        randomness: "error", "different" or "same".

    Attributes:
        name: of the function, for messages.
        rebuild_results: gives the result from its leaves, once it has run.
    """

    def __init__(
        self,
        func: Callable[..., Any],
        rebuild: Callable[..., Any],
        leaves: Sequence[Any],
        axes: Sequence[int | None],
        size: int,
        kwargs: dict[str, Any],
        randomness: str,
    ) -> None:
        self.name = name_of(func)
        self._func, self._rebuild, self._kwargs = func, rebuild, kwargs
        self._leaves, self._axes, self._size = list(leaves), axes, size
        self._randomness, self._axis = randomness, new_axis(randomness)
        self._places = [i for i, leaf in enumerate(leaves) if isinstance(leaf, Tensor)]
        named = [value for value in jax.tree.leaves(kwargs) if isinstance(value, Tensor)]
        self._things = reached(func) + named
        self._known = _tensors(self._things)
        self._around = forward.state.level
        graph = modes.is_grad_enabled()
        self._captured = [t for t in self._known if (graph and t.requires_grad) or self._moves(t)]
        self._trial: list[bool] | None = None
        found = [thing for thing in self._things if isinstance(thing, Generator)]
        streams = {id(g._stream): g._stream for g in (*default_generators(), *found)}
        draws = randomness != "error"
        self._start = [(s, s.get_state()) for s in streams.values()] if draws else []
        self._end = self._start
        self.rebuild_results: Callable[..., Any] = next
        self._edited: list[int] = []  # leaves of the arguments that are edited in place
        self._constants: list[Any] = []  # for each leaf of the result, if it is no tensor

    def _moves(self, tensor: Tensor) -> bool:
        levels = () if self._around is None else self._around.levels()
        return any(level.tangent(tensor) is not None for level in levels)

    def run(self) -> list[Any]:
        """The leaves of the result: tensors with the axis of examples first, and other things."""
        if self._captured:
            self._drop_unused()
        try:
            found = across(self._on_arrays(self._on_tensors, self._dims()), self._operands())
        finally:
            for stream, state in self._end:
                stream.set_state(state)
        self._edit(found[len(found) - len(self._edited) :])
        tensors = iter(found)
        return [next(tensors) if alone is None else alone[0] for alone in self._constants]

    def _edit(self, values: Sequence[Tensor]) -> None:
        """Do to the arguments what the function did to its examples of them."""
        for place, value in zip(self._edited, values, strict=True):
            axis = self._axes[place]
            assert axis is not None
            self._leaves[place].copy_(value.movedim(0, axis))

    def is_fixed(self, leaf: int) -> bool:
        """Whether a tensor of the result is the same for each example."""
        number = self._constants[:leaf].count(None)
        single = self._lifted(lambda *given: self._on_tensors(*given)[number], len(self._dims()))
        try:
            with x64(True):
                jax.eval_shape(
                    self._vmap(single, self._dims(), None), *(t._read() for t in self._operands())
                )
        except ValueError:  # JAX's, of an axis that it was not to have
            return False
        return True

    def _operands(self) -> list[Tensor]:
        return [self._leaves[i] for i in self._places] + self._captured

    def _dims(self) -> list[int | None]:
        return [self._axes[i] for i in self._places] + [None] * len(self._captured)

    def _batched(self, on_tensors: OnTensors, dims: Sequence[int | None]) -> Callable[..., Any]:
        return self._vmap(self._lifted(on_tensors, len(dims)), dims, 0)

    def _vmap(self, single: Any, dims: Sequence[int | None], out: int | None) -> Any:
        name: dict[str, Any] = {} if self._axis is None else {"axis_name": self._axis}
        return jax.vmap(single, tuple(dims), out, axis_size=self._size, **name)

    def _lifted(self, on_tensors: OnTensors, count: int) -> Callable[..., Any]:
        return lifted(on_tensors, [False] * count, self._scope)

    @contextmanager
    def _scope(self) -> Iterator[None]:
        """All that the function may change is put back; it draws what it drew first."""
        with unchanged(self._things), mapped(self._randomness, self._size, self._axis):
            for stream, state in self._start:
                stream.set_state(state)
            yield
            self._end = [(stream, stream.get_state()) for stream, _ in self._start]

    def _on_tensors(self, tensors: list[Tensor], create: bool) -> list[Tensor]:
        given, count = list(self._leaves), len(self._places)
        for place, tensor in zip(self._places, tensors, strict=False):
            given[place] = tensor
        others = tensors[count:]
        for tensor, other in zip(self._captured, others, strict=True):
            become(tensor, other if self._trial is None else other.requires_grad_())
        shared = [(tensor, tensor._counter.value) for tensor in self._known]
        own = [
            (place, t, t._counter.value) for place, t in zip(self._places, tensors, strict=False)
        ]
        leaves: list[Any] = []
        with self._sealed():
            output = self._func(*self._rebuild(iter(given)), **self._kwargs)
        _, self.rebuild_results = flatten(output, leaves)
        self._edited = [place for place, t, version in own if t._counter.value != version]
        fixed = any(self._axes[place] is None for place in self._edited)
        if fixed or any(t._counter.value != version for t, version in shared):
            raise RuntimeError(
                f"vmap({self.name}): inplace edits of a tensor that has no axis for the examples "
                "are not possible. Give it as an argument, and return the new value"
            )
        self._constants = [None if isinstance(leaf, Tensor) else (leaf,) for leaf in leaves]
        results = [leaf for leaf in leaves if isinstance(leaf, Tensor)]
        if any(r.requires_grad for r in results) and not any(t.requires_grad for t in tensors):
            raise RuntimeError(
                f"vmap({self.name}): a tensor that requires grad is used inside, which was not "
                "found in the function's closures, globals or modules; give it as an argument "
                "with in_dims None"
            )
        if self._trial is not None:
            self._trial[:] = _used(results, others)
        return results + [tensors[self._places.index(place)] for place in self._edited]

    @contextmanager
    def _sealed(self) -> Iterator[None]:
        """Tangents come in with the operands only."""
        before = forward.state.level
        if self._around is not None and before is None:
            forward.switch(Sealed(self._around, f"vmap({self.name})"))
        try:
            yield
        finally:
            forward.switch(before)

    def _drop_unused(self) -> None:
        """Keep of what was captured what the results depend on."""
        self._trial = []
        batched = self._batched(self._on_tensors, self._dims())
        with x64(True):
            jax.eval_shape(batched, *(tensor._read() for tensor in self._operands()))
        pairs = zip(self._captured, self._trial, strict=True)
        # No graph tells of what is used through a tangent alone.
        self._captured = [t for t, used in pairs if used or self._moves(t)]
        self._trial = None

    def _on_arrays(self, on_tensors: OnTensors, dims: Sequence[int | None]) -> Pushed:
        """A function of tensors of one example, on arrays for all."""
        batched = self._batched(on_tensors, dims)

        def push(there: tuple[int, ...]) -> Pushed:
            along = self._along(on_tensors, len(dims), there)
            return self._on_arrays(along, [*dims, *(dims[i] for i in there)])

        return Pushed(lambda *arrays: tuple(batched(*arrays)), push)

    def _along(self, function: OnTensors, count: int, there: tuple[int, ...]) -> OnTensors:
        """The tangents of the results of a function along those of some operands."""

        def on_tensors(tensors: list[Tensor], create: bool) -> list[Tensor]:
            duals = tensors[:count]
            level = enter(nested=True)
            try:
                for i, tangent in zip(there, tensors[count:], strict=True):
                    duals[i] = make_dual(duals[i], tangent)
                found = [unpack_dual(result) for result in function(duals, create)]
            finally:
                leave(level)
            return [
                zeros_like(value) if tangent is None else tangent
                for value, tangent in found
                if value.is_floating_point() or value.is_complex()
            ]

        return on_tensors


def _used(results: Sequence[Tensor], leaves: Sequence[Tensor]) -> list[bool]:
    """Which leaves the graph behind the results comes to."""
    ends = [edge[0] for edge in (result._edge() for result in results) if edge is not None]
    nodes = [*ends, *plan(ends, set())[0]]
    found = {id(node.variable) for node in nodes if isinstance(node, AccumulateGrad)}
    return [id(leaf) in found for leaf in leaves]


def _tensors(things: Sequence[Any]) -> list[Tensor]:
    """The tensors among things, and those of modules, each once."""
    found: dict[int, Tensor] = {}
    for thing in things:
        if isinstance(thing, Tensor):
            found[id(thing)] = thing
        elif hasattr(thing, "named_parameters"):
            for tensor in (*thing.parameters(), *thing.buffers()):
                found[id(tensor)] = tensor
    return list(found.values())
