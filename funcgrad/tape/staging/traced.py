"""A function as equations: what it reads, what it leaves behind, and how they depend."""

from collections.abc import Callable, Collection, Sequence
from typing import Any

import jax
import jax.numpy as jnp

from ...ops import equations as eqs
from ..live import live
from ..tensor import Tensor
from .behind import Boundary, Pulling, refuse_beyond
from .ending import Ending
from .guards import Guards
from .met import Met, state
from .options import standing_in
from .places import Argument, Places
from .results import Results
from .sources import Sources, looking
from .watch import Watch
from .watching import watching

Array = jax.Array


class Traced:
    """A function, traced with some arguments.

    Args:
        function: of tensors.
        name: what its programs are called in profiles.
        rebuild: from leaves to (arguments, keyword arguments).
        leaves: of the arguments.
        stacks: whether the results of many calls will be stacked.

    Attributes:
        ending: what the function left behind.
        guards: what must be so for this to be right.
        options: of optimizers that it set; `acts` write what else the host does at a call.
        places: of the tensors that were there before.
        operands: what the equations read, `given` its slots.
        equations: from there to the slots or literals `targets`, of these `dtypes`: the arrays of
            the ending, of these `avals`, and what the backward program keeps.
        pulling: the backward program, if the results have a graph behind them.
        steady: whether what is there afterwards is of the same kind as what was there before.
        parts: of its results, those that are parts of others.
        more: how many leaves a call gets beside the arguments.

    Raises:
        Untraceable: it does what no program can. Whatever is raised, what was there before is as
            it was.
    """

    def __init__(
        self,
        function: Callable[..., Any],
        name: str,
        rebuild: Callable[..., Any],
        leaves: Sequence[Any],
        stacks: bool = False,
    ) -> None:
        self.name, self.more = name, 0
        self.parts: dict[int, tuple[int, int, Any]] = {}
        self.known: list[tuple[Met, Array]] = []
        self.twins: list[tuple[Met, Met]] = []
        places = self.places = Places(leaves)
        views = [leaf for leaf in leaves if isinstance(leaf, Tensor) and leaf._steps]
        for view in views:
            view._read()  # its value is an operand, unless its memory is edited
        watch = Watch(views, Boundary, refuse_beyond)
        numbered = enumerate(leaves)
        args, kwargs = rebuild(
            live(leaf, lambda code, i=i: code.local(f"leaves[{i}]"), watch) for i, leaf in numbered
        )
        sources = Sources(function)

        def run() -> list[Array]:
            with looking(sources):
                result = function(*args, **kwargs)
            for owner, gradient in watch.gradients.values():
                if gradient is not None:
                    places.note_gradient(owner, gradient)
            self.ending = Ending(watch, places, result, stacks)
            self.guards = Guards(watch, places, leaves, sources, self.ending)
            behind = self.ending.behind
            self.steady = watch.is_steady()
            return [*self.ending.arrays, *([] if behind is None else behind.gradients)]

        try:
            with watching(watch), standing_in(watch) as self.options, jax.enable_x64(True):
                closed = jax.make_jaxpr(run)()
            sources.refuse_changes()
        except BaseException:
            sources.restore()
            watch.undo()
            raise
        watch.close()
        self.acts = watch.acts
        self._read(closed, watch.met)
        self.ending.forget()

    def _read(self, closed: Any, met: Sequence[Met]) -> None:
        flat, behind = eqs.flatten(closed), self.ending.behind
        slots = {e.source.params["index"]: e.outputs[0] for e in flat.equations
                 if e.source.primitive is state}  # fmt: skip
        every = [e for e in flat.equations if e.source.primitive is not state]
        count = len(self.ending.arrays)
        self.targets = list(flat.outputs[:count])
        self.equations, read = eqs.needed(every, self.targets, list(slots.values()))
        cotangents = [] if behind is None else [slots.pop(i) for i in behind.cotangents]
        self.operands = [met[i] for i, slot in slots.items() if slot in read or met[i].always]
        self.given = [slots[i] for i in slots if slots[i] in read or met[i].always]
        self.avals = closed.out_avals[:count]
        self.dtypes = [aval.dtype for aval in self.avals]
        self.pulling = None
        if behind is not None:
            known, leaving = [*self.given, *self.targets], list(flat.outputs[count:])
            self.pulling = Pulling(every, known, cotangents, leaving, self.name)
            self.targets += self.pulling.residuals
            self.dtypes += [None] * len(self.pulling.residuals)
            self.equations, _ = eqs.needed(every, self.targets, self.given)

    def checked(self, runs: bool) -> Collection[int]:
        """Numbers of the arguments at whose shape and dtype the compiled program looks.

        Args:
            runs: whether it is run before anything else is done.
        """
        places = [self.places.of(met.tensor) for met in self.operands if met.tensor is not None]
        return [place.number for place in places if runs and isinstance(place, Argument)]

    def results(self) -> Results:
        """The results, sorted."""
        return Results(self.equations, self.targets, self.dtypes, self.given)

    def function(self, results: Results) -> Callable[..., tuple[Array, ...]]:
        """The pure function of the operands to what is computed."""
        targets = [self.targets[i] for i in results.computed]
        dtypes = [self.dtypes[i] for i in results.computed]

        def program(*arrays: Array) -> tuple[Array, ...]:
            values = dict(zip(self.given, arrays, strict=True))
            found = eqs.evaluate(self.equations, targets, values)
            return tuple(jnp.asarray(f, dtype) for f, dtype in zip(found, dtypes, strict=True))

        return program
