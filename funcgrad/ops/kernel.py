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
from functools import cached_property
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from . import equations as eqs
from .promotion import COMPLEX, FLOAT, FLOAT32, HALF, INT, broadcast_shapes, kind, opmath
from .row import Row
from .structure import leaves

Array = jax.Array
_EXPENSIVE = frozenset(
    "cholesky eigh eig svd qr geqrf lu householder_product triangular_solve custom_linear_solve "
    "conv_general_dilated dot_general sort top_k while scan reduce_window reduce_window_max".split()
)

# Rules whose operands PyTorch broadcasts against each other, with its own error.
_BROADCAST = frozenset({"common", "floating", "comparison", "parts", "float parts"})


class Kernel:
    """A row with its static arguments and dtypes chosen: what is compiled.

    Args:
        row: the operation.
        statics: static arguments by name.
        counts: for each operand of the row, how many arrays it takes: 1, 0 for None, or the
            length of a sequence (as `(n,)`).
        compute: dtype every array is cast to, or None.
        result: dtype of floating results, or None.
    """

    def __init__(
        self,
        row: Row,
        statics: dict[str, Any],
        counts: tuple[Any, ...],
        compute: np.dtype | None,
        result: np.dtype | None,
    ) -> None:
        self.row, self.statics, self.counts = row, statics, counts
        if compute is not None and statics.get("dtype") is not None:
            # `sum(dtype=...)` casts its operands first, whatever promotion says.
            compute = result = statics["dtype"]
        self.compute, self.result = compute, result
        self.forward = jax.jit(self.function)
        # Arrays that may be edited in place although the derivative reads them (loose), or may not
        # although it does not (guarded). A row that says so takes no sequence: its arrays are the
        # operands that are there.
        present = [name for name, count in zip(row.operands, counts, strict=True) if count]
        stated = row.saves is not None
        saves = row.saves or ()
        self.guarded = tuple(i for i, name in enumerate(present) if name in saves)
        self.loose = frozenset(range(len(present))).difference(self.guarded) if stated else ()
        self.number: np.dtype | None = None  # dtype in which Python numbers come
        name = row.overload(**statics) if row.overload else 0
        self.name = name if isinstance(name, str) else f"{row.node}Backward{name}"
        self._pullbacks: dict[Any, Pullback] = {}

    def function(self, *arrays: Array) -> Any:
        """The row's function between the casts that promotion asks for."""
        if len(arrays) > 1 and self.row.promote in _BROADCAST:
            broadcast_shapes([a.shape for a in arrays])
        if self.compute is not None:
            work = opmath(self.compute)
            arrays = tuple(a if a.dtype == work else a.astype(work) for a in arrays)
        else:
            # The half types compute in float32 and round once, at the end.
            half = next((a.dtype for a in arrays if a.dtype in HALF), None)
            # A row that is told the dtype of its result gives it that itself.
            told = self.row.view or self.statics.get("dtype") is not None
            told = told or self.row.promote == "as is"
            if half is not None and not told:
                result = self._call(
                    [a.astype(np.float32) if a.dtype == half else a for a in arrays]
                )
                return jax.tree.map(
                    lambda r: r.astype(half) if r.dtype == np.float32 else r, result
                )
        result = self._call(arrays)
        if self.result is None:
            return result
        wanted = self.result

        def cast(r: Array) -> Array:
            if r.dtype == wanted or (kind(r.dtype) == INT and kind(wanted) >= FLOAT):
                return r
            return r.astype(wanted)

        return jax.tree.map(cast, result)

    def guards(self, i: int) -> bool | None:
        """Whether result `i` must not be edited in place; None where the derivative decides."""
        if self.row.saves is None:
            return None
        return (self.row.fields[i] if self.row.fields else "result") in self.row.saves

    def _call(self, arrays: Sequence[Array]) -> Any:
        queue = iter(arrays)
        operands: dict[str, Any] = {}
        for name, count in zip(self.row.operands, self.counts, strict=True):
            if isinstance(count, tuple):
                operands[name] = [next(queue) for _ in range(count[0])]
            else:
                operands[name] = next(queue) if count else None
        return self.row.function(**operands, **self.statics)

    def pullback(self, arrays: Sequence[Any], mask: tuple[int, ...]) -> "Pullback":
        """The pullback for these shapes and dtypes, for the operands numbered in `mask`."""
        key = (mask, tuple((a.shape, a.dtype) for a in arrays))
        found = self._pullbacks.get(key)
        if found is None:
            shapes = [jax.ShapeDtypeStruct(a.shape, a.dtype) for a in arrays]
            found = self._pullbacks[key] = Pullback(self, shapes, mask)
        return found


class Pullback:
    """From what was saved and the cotangents of the results to the gradients of the operands.

    Attributes:
        inputs: numbers of the operands that it reads.
        outputs: numbers of the results that it reads.
        results: shape and dtype of each result; `single` if the function returns just one.
        residuals: how many arrays `forward` returns beside the results, to be kept.
        forward: compiled; the forward program, which returns results and residuals.
    """

    def __init__(self, kernel: Kernel, shapes: Sequence[jax.ShapeDtypeStruct], mask: Any) -> None:
        self.kernel, self.shapes, self.mask = kernel, shapes, mask
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
        self._kept = self._expensive(after, given)
        if self._kept:
            after, read = eqs.needed(program.equations, self._gradients, [*given, *self._kept])
        self._equations = after
        self.inputs = tuple(i for i, slot in enumerate(self._inputs) if slot in read)
        own = read.difference(self._inputs)
        self.outputs = tuple(
            i for i, s in enumerate(exact) if not isinstance(s, eqs.Literal) and s in own
        )
        self.residuals = len(self._kept)
        self._saved = [self._inputs[i] for i in self.inputs]
        self._saved += [exact[i] for i in self.outputs]
        self._rounded = {exact[i] for i in self.outputs if exact[i] != self._outputs[i]}

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

    def _expensive(self, after: list, given: list) -> list[int]:
        """Slots of expensive forward results that the pullback would compute once more."""
        depends = set(self._cotangents)
        for equation in self._program.equations:
            if any(s in depends for s in equation.inputs if not isinstance(s, eqs.Literal)):
                depends.update(equation.outputs)
        again = [e for e in after if e.source.primitive.name in _EXPENSIVE]
        again = [e for e in again if not depends.intersection(e.outputs)]
        if not again:
            return []
        slots = [slot for equation in again for slot in equation.outputs]
        _, read = eqs.needed(self._program.equations, self._gradients, [*given, *slots])
        return [slot for slot in slots if slot in read]

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

    def _cut(self, *arrays: Array) -> tuple[Array, ...]:
        slots = [*self._saved, *self._kept, *self._cotangents]
        given = dict(zip(slots, arrays, strict=True))
        given.update({slot: given[slot].astype(FLOAT32) for slot in self._rounded})
        return tuple(eqs.evaluate(self._equations, self._gradients, given))

    def _whole(self, *arrays: Array) -> tuple[Array, ...]:
        """From all operands and the cotangents: what `create_graph` records over residuals."""
        n = len(self.shapes)
        return tuple(self._joint(arrays[:n], arrays[n:])[1])

    @cached_property
    def kernel_of_gradient(self) -> Kernel:
        """The pullback as an operation that can itself be recorded and differentiated."""
        function = self._whole if self.residuals else self._cut
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
        n = len(self.shapes) if self.residuals else len(self.inputs) + len(self.outputs)
        return Kernel(row, {}, ((n + len(self.carriers),),), None, None)

    @cached_property
    def reads(self) -> tuple[frozenset[int], ...] | None:
        """For each gradient the numbers of what it is computed from; not known with residuals."""
        if self.residuals:
            return None
        slots = [*self._saved, *self._cotangents]
        return eqs.reading(self._equations, self._gradients, slots)

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
