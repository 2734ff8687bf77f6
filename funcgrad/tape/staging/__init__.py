"""PyTorch-style code as one XLA program.

A step of training reads parameters, `.grad`, the state of an optimizer, and leaves new values in
them. As a pure function of arrays it would take all that and give it back. `Staged` finds out what
"all that" is, by running the function once with tracers:

**1. The trace.** `jax.make_jaxpr` runs the function with no arguments. Every array that it meets
in a cell goes through the primitive `state` when it is first met (`watch`), so the equations say
which cells are read; what the cells hold at the end is what is written. The tape itself does not
know: recording, the backward pass, hooks and the optimizer run as ever, on tracers. Numbers are
stand-ins (`tape.live`), which become operands where an operation takes them; `param_groups` hold
such stand-ins for as long as the trace goes on (`options`). Random numbers are operands, too,
drawn by the host before each call (`streams`).

**2. Its end.** Before anything is put back, `ending` describes what there is: the result, the cells
that were written, the attributes of tensors that changed, how far the versions went. A tensor that
was there before is described by its *place* (`places`): an argument, the `.grad` of another, or the
very object. Then everything is put back as it was. What no call could do again is refused
(`refusals`): a value that Python asks for, a counter that goes up, a list that grows.

**3. The program.** The equations, with an input in place of each `state`, are compiled
(`program`). A call reads its operands at their places, runs the program, puts the arrays into the
cells, raises the versions, and builds the result. What a call costs beside the computation grows
with the number of operands and results, so small ones are packed (`packed`): the parameters and
the optimizer's state, new gradients, numbers.

**4. The conditions.** A program fits a call if its arguments have the same signature, and if what
the function's code looked at is the same (`sources`: globals, closures, attributes), and
numbers come out the same where Python had to know them, and the tensors it holds require grad or
do not, as then, and share memory or do not (`guards`). Else the function is traced once more.

>>> import funcgrad.torch as torch
>>> from funcgrad.tape.staging import Staged
>>> total = torch.zeros(2)
>>> add = Staged(lambda x, times: total.add_(x * times), "add")
>>> _ = add(torch.ones(2), 2.0)
>>> add(torch.ones(2), 0.5) is total, total, len(add.programs)
(True, tensor([2.5000, 2.5000]), 1)
"""

from .code import MISS as MISS
from .function import Staged as Staged
from .function import reset as reset
from .refusals import Untraceable as Untraceable
from .scanning import Scan as Scan
from .stance import set_stance as set_stance
from .trees import flatten as flatten
from .watching import active


def is_tracing() -> bool:
    """Whether a function is being traced in this thread."""
    return active() is not None
