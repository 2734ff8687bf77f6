"""From a row to compiled programs: one for the forward call, one for each derivative asked for.

Every derivative comes from one mechanism. For the inputs that need gradients, `jax.vjp` of the
row's function is traced together with the function itself, into one list of equations from
(operands, cotangents) to (results, gradients). That list is then *cut at the operands and the
results*: what is left between the cut and the gradients is the pullback, and the operands and
results that it still reads are exactly what has to be saved. Nobody states them. For `exp` the
cut leaves `cotangent * result`, so the result is saved; for `sin` it leaves
`cotangent * cos(input)`; for `add` nothing is saved at all.

Three things follow. The forward program is the same with and without gradients, so it compiles
once. Nothing is kept twice: a saved value is an operand or a result, never an intermediate. And
because a saved value is a tensor with a place in the graph, the pullback is itself a function that
can be recorded: higher orders need no second mechanism.

One exception keeps the price down: where the equations left would run an expensive primitive of
the forward program again (a decomposition, a convolution, a sort, a loop), its results are kept
instead, as *residuals*, and only a recorded pullback (`create_graph`) recomputes them.

Holding on to `jax.vjp`'s own closure instead would save intermediates (`cos(x)` for `sin`,
`1 - y²` for `tanh`): an array more for each pointwise operation, and one that has no place in the
graph.
"""

from collections.abc import Callable, Sequence
from functools import cached_property, partial
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np

from . import equations as eqs
from .arithmetic import NOT_DIFFERENTIABLE
from .kernel import Kernel
from .promotion import COMPLEX, FLOAT, FLOAT32, HALF, kind
from .row import Row
from .structure import leaves

Array = jax.Array


class Gradient(NamedTuple):
    """One gradient of a pullback as an operation by itself, and what it reads by number."""

    kernel: Kernel
    reads: tuple[int, ...]


def pullback_of(kernel: Kernel, arrays: Sequence[Any], mask: tuple[int, ...]) -> "Pullback":
    """The pullback for these shapes and dtypes, for the operands numbered in `mask`."""
    key = (mask, tuple((a.shape, a.dtype) for a in arrays))
    found = kernel.pullbacks.get(key)
    if found is None:
        shapes = [jax.ShapeDtypeStruct(a.shape, a.dtype) for a in arrays]
        found = kernel.pullbacks[key] = Pullback(kernel, shapes, mask)
    return found


class Pullback:
    """From what was saved and the cotangents of the results to the gradients of the operands.

    Attributes:
        inputs: numbers of the operands that it reads.
        outputs: numbers of the results that it reads.
        results: shape and dtype of each result; `single` if the function returns just one.
        residuals: how many arrays `forward` returns beside the results, to be kept.
        forward: compiled; the forward program, which returns results and residuals.
        may_be_refused: whether there is an operand without a derivative.
        ran: for whoever calls it, to note that `call` is compiled.
        saving: for whoever records a call, to note what is saved.
    """

    def __init__(self, kernel: Kernel, shapes: Sequence[jax.ShapeDtypeStruct], mask: Any) -> None:
        self.kernel, self.shapes, self.mask = kernel, shapes, mask
        self.may_be_refused = kernel.name == NOT_DIFFERENTIABLE or bool(kernel.row.underived)
        self.ran: set[Any] = set()
        self.saving: Any = None
        result = jax.eval_shape(kernel.function, *shapes)
        results = self.results = leaves(result)
        self.single = not isinstance(result, (tuple, list))
        # Only floating results carry cotangents.
        self.carriers = tuple(i for i, r in enumerate(results) if kind(r.dtype) >= FLOAT)
        traced = jax.make_jaxpr(self._joint)(shapes, [results[i] for i in self.carriers])
        program = self._program = eqs.flatten(traced)
        n, m = len(shapes), len(results)
        self._inputs, self._cotangents = program.inputs[:n], program.inputs[n:]
        self._outputs, self._gradients = program.outputs[:m], program.outputs[m:]

        # Of a result that was rounded to a half type the pullback reads what the half type says.
        exact = [self._before_rounding(slot) for slot in self._outputs]
        given = [*self._inputs, *exact]
        after, read = eqs.needed(program.equations, self._gradients, given)
        self._kept = eqs.expensive(
            program.equations, after, self._gradients, given, self._cotangents
        )
        if self._kept:
            after, read = eqs.needed(program.equations, self._gradients, [*given, *self._kept])
        self._equations = after
        self.inputs = tuple(i for i, slot in enumerate(self._inputs) if slot in read)
        own = read.difference(self._inputs)
        self.outputs = tuple(
            i for i, s in enumerate(exact) if not isinstance(s, eqs.Literal) and s in own
        )
        if any(0 in shape.shape for shape in shapes) and not self._kept:
            self._read_as_if_filled(exact)
        self.residuals = len(self._kept)
        self._saved = [self._inputs[i] for i in self.inputs]
        self._saved += [exact[i] for i in self.outputs]
        self._rounded = {exact[i] for i in self.outputs if exact[i] != self._outputs[i]}

    def _read_as_if_filled(self, exact: Sequence[Any]) -> None:
        """Read what the pullback of operands that have elements reads.

        JAX leaves out what is computed of arrays without elements; but what may be edited in
        place, and that a graph runs once, must not depend on how many elements there are.
        """
        shapes = [
            jax.ShapeDtypeStruct(tuple(n or 2 for n in s.shape), s.dtype) for s in self.shapes
        ]
        try:
            filled = Pullback(self.kernel, shapes, self.mask)
        except (RuntimeError, TypeError, ValueError, IndexError):  # told sizes that these are not
            return
        if not filled.residuals:
            held = {i for i, slot in enumerate(exact) if not isinstance(slot, eqs.Literal)}
            self.inputs = tuple(sorted({*self.inputs, *filled.inputs}))
            self.outputs = tuple(sorted({*self.outputs, *held.intersection(filled.outputs)}))

    def _before_rounding(self, result: Any) -> Any:
        """The slot that a result of a half type was rounded from, else the result's own."""
        for equation in self._program.equations:
            source = equation.source
            if equation.outputs == (result,) and source.primitive.name == "convert_element_type":
                before: Any = source.invars[0].aval
                narrowed = source.params["new_dtype"] in HALF and before.dtype == FLOAT32
                return equation.inputs[0] if narrowed else result
        return result

    def _joint(self, operands: Sequence[Array], cotangents: Sequence[Array]) -> tuple[Any, Any]:
        """Results and gradients in one trace, in PyTorch's convention for complex numbers.

        PyTorch's gradient of a real loss with respect to z is the conjugate of JAX's, so
        cotangents are conjugated on the way in and gradients on the way out.
        """

        def of_masked(*masked: Array) -> tuple[Array, ...]:
            full = list(operands)
            for i, array in zip(self.mask, masked, strict=True):
                full[i] = array
            return leaves(self.kernel.function(*full))

        results, vjp = jax.vjp(of_masked, *(operands[i] for i in self.mask))
        zeros: list[Any] = [np.zeros(r.shape, jax.dtypes.float0) for r in results]
        for i, cotangent in zip(self.carriers, cotangents, strict=True):
            zeros[i] = _conj(cotangent)
        return results, [_conj(gradient) for gradient in vjp(tuple(zeros))]

    @cached_property
    def forward(self) -> Callable[..., tuple[tuple[Array, ...], tuple[Array, ...]]]:
        targets = [*self._outputs, *self._kept]
        equations, _ = eqs.needed(self._program.equations, targets, self._inputs)
        m = len(self._outputs)

        def forward(*arrays: Array) -> Any:
            values = eqs.evaluate(equations, targets, dict(zip(self._inputs, arrays, strict=True)))
            return tuple(values[:m]), tuple(values[m:])

        return jax.jit(forward)

    @cached_property
    def call(self) -> Callable[..., tuple[Array, ...]]:
        """Compiled: saved operands, saved results, residuals, cotangents to gradients."""
        return jax.jit(self._cut)

    @cached_property
    def passed_on(self) -> tuple[int, ...] | None:
        """Which arguments of `call` the gradients are, if it computes nothing: for a sum, say."""
        slots = [*self._saved, *self._kept, *self._cotangents]
        places = {slot: i for i, slot in enumerate(slots) if slot not in self._rounded}
        held = [None if isinstance(g, eqs.Literal) else places.get(g) for g in self._gradients]
        found = tuple(place for place in held if place is not None)
        return found if len(found) == len(held) else None

    def _cut(self, *arrays: Array) -> tuple[Array, ...]:
        slots = [*self._saved, *self._kept, *self._cotangents]
        return self._evaluated(self._gradients, slots, *arrays)

    def _evaluated(
        self, targets: Sequence[Any], slots: Sequence[int], *arrays: Array
    ) -> tuple[Array, ...]:
        given = dict(zip(slots, arrays, strict=True))
        given.update({s: a.astype(FLOAT32) for s, a in given.items() if s in self._rounded})
        equations, _ = eqs.needed(self._equations, targets, slots)
        return tuple(eqs.evaluate(equations, targets, given))

    def _whole(self, *arrays: Array) -> tuple[Array, ...]:
        """From all operands and the cotangents: what `create_graph` records over residuals."""
        n = len(self.shapes)
        return tuple(self._joint(arrays[:n], arrays[n:])[1])

    @cached_property
    def gradients(self) -> tuple[Gradient, ...]:
        """The gradients as operations that can themselves be recorded and differentiated.

        Each has its own, for it depends on no more than it reads: of the saved operands and
        results and the cotangents, in this order. With residuals they have one together, which
        reads all operands and cotangents.
        """
        if self.residuals:
            count = len(self.shapes) + len(self.carriers)
            return (Gradient(self._kernel(self._whole, count), tuple(range(count))),)
        slots, found = [*self._saved, *self._cotangents], []
        origins = eqs.reading(self._equations, self._gradients, slots)
        for target, read in zip(self._gradients, origins, strict=True):
            numbers = tuple(sorted(read))
            function = partial(self._evaluated, [target], [slots[i] for i in numbers])
            found.append(Gradient(self._kernel(function, len(numbers)), numbers))
        return tuple(found)

    def _kernel(self, function: Callable[..., Any], count: int) -> Kernel:
        row = Row(
            name=self.name,
            function=lambda arrays: function(*arrays),
            operands=("arrays",),
            sequence=True,
            quiet=frozenset(),
            promote="as is",  # half types are widened and rounded within
            bind=frozenset(),
            node=self.name,
        )
        return Kernel(row, {}, ((count,),), None, None)

    @cached_property
    def name(self) -> str:
        """What computes the gradient last, as PyTorch would name it: `Mul`, `Neg`, `Expand`."""
        names = {"integer_pow": "Pow", "broadcast_in_dim": "Expand", "reduce_sum": "Sum",
                 "dot_general": "Mm", "add_any": "Add", "select_n": "Where"}  # fmt: skip
        if not self._equations:
            return self.kernel.row.node
        last = self._equations[-1].source.primitive.name
        return names.get(last, "".join(word.title() for word in last.split("_")))


def _conj(array: Array) -> Array:
    return jnp.conj(array) if kind(array.dtype) == COMPLEX else array
