"""What remembers: tensors, the graph behind them, and the pass that walks it backwards.

Words used below. A *row* is one entry of the table in `funcgrad.ops`: PyTorch's name and a pure
function of arrays. A *pullback* is a compiled function from what was saved and the gradients of
an operation's results to the gradients of its operands; `jax.vjp` is what JAX calls making one.
To *record* an operation is to leave a node for it in the graph.

How a gradient comes about, from the operation to `.grad`:

**1. An operation runs.** `x * y` runs the row `mul`. `record.call` reads the arrays behind the
tensors, finds the compiled program for their shapes and dtypes, and runs it. If no operand
requires grad, or inside `no_grad`, that is all.

**2. A node is left behind.** Otherwise the result points to a new node (its `grad_fn`), and the
node's *edges* point to where the operands came from: for each tensor operand (node, number of its
result), or None where it does not require grad. A tensor that the user made and that requires
grad is a leaf; its edge ends at an `AccumulateGrad`, which holds the leaf. The node saves what
its pullback will read. Nobody lists that by hand: the row's function and its `jax.vjp` are traced
into one list of equations from (operands, gradients of the results) to (results, gradients of the
operands). Walking back from the gradients, and stopping at every operand or result that is met,
gives the equations of the pullback; the operands and results it stopped at are what is saved. So
`x + y` saves nothing, `x * y` each operand whose partner requires grad, `x.exp()` its result.
(`funcgrad.ops.kernel` does this, and says when it keeps an intermediate value too.) An operation
that has come before, on operands that are simple, is run and recorded by `quick` with as little
Python as it takes; it leaves the same node.

**3. The pass runs.** `z.backward()` checks its arguments (`autograd`) and starts the pass
(`backward.backward`, 40 lines) with a gradient at z's node, for a scalar a one. A node is ready
when every node between it and the start that uses its results has run. Of the ready nodes a leaf
goes first, then the newest. A node takes the gradients of its results, runs its pullback, and
sends a gradient along each edge, where it is added to what has arrived. It then forgets what it
saved, unless `retain_graph` says otherwise; running it again is an error, if it had saved
anything. A heap holds the ready nodes, so nothing recurses. A pass over a small graph of a
structure that has come often runs as one compiled program instead (`whole`), with the same results
to the bit; what the graph must be like for it is then written down as code (`known`).

**4. A leaf accumulates.** `AccumulateGrad` adds what arrives to the leaf's `.grad`. That is why
two passes give twice the gradient, and why training loops clear it.

**Higher orders** need no other rule. With `create_graph=True` each pullback is itself recorded
(`nodes.recorded_pullback`): what it reads becomes tensors that know their place in the graph.

**Forward mode.** While a level of `torch.autograd.forward_ad` is open, an operation also gives its
results tangents: `jax.jvp` of the same function, along the operands that have one
(`forward_level`). That is recorded like any operation, and a pullback is an operation, too: so
tangents have gradients and gradients have tangents.

**Editing in place.** An array never changes. A tensor holds a `Cell`, and the cell holds an
array; an edit puts another array into the cell. It also raises the tensor's `Counter`, PyTorch's
version number. What a node saved remembers the version, and if it has changed when the pass reads
it, the pass raises, as PyTorch does. (`.data` shares the cell under a counter of its own: such an
edit goes unnoticed, and the pass reads the new value, as in PyTorch.)

**Views.** `y[0]` holds the cell of its base `y` and the `Steps` that read it: the view
operations, as pure functions of the base's array. Reading a view applies them. Writing to it runs
their transpose, which puts values back where they were read and leaves the rest alone
(`storage.overwrite`), and the whole base gets a new array. While recording, an edited view makes
its base the result of a `CopySlices` node, which holds the node of the edit: what the view shows of
the gradient goes back through that, the rest past it (`slices`). An edited base simply becomes the
result of the edit. In both cases every view of that base takes its new place in the graph, as a
function of the base, when it is next asked (`views._rebase`).

Under `jax.jit` the arrays are tracers, without values. Only what needs a value by its meaning
asks for one (`item()`, a mask as an index, checks of ranges), so a whole training step can be
traced. `funcgrad.tape.staging` does that, finds out what the step reads and changes, and makes one
program of it: `torch.compile`.

Where to read: `tensor` (the state), `storage` (cells and views), `plans` (what is known about calls
of an operation), `record` (running one), `nodes` (recording it), `quick` (both at once), `saving`
(what of it is saved), `saving_node` (what of it users see), `saved` (what a node keeps; packed by a
user's hooks in `packing`), `graph` (nodes and leaves), `autograd` and `backward` (the pass),
`whole` and `passes` (the pass as one program), `known` (finding that quickly), `checkpointing`
(running anew in the pass what was not kept), `edges` (places in the graph as values), `views`,
`strides` (where they lie) and `strided` (views that are told), `inplace` and `turning` (views in
place), `function` and `function_node` (operations whose derivative the user writes), `forward` and
`forward_level` (tangents), `modes` (`no_grad`), `bind` (from rows to methods), `live` (Python
numbers that a program is given), `translation` (a function of tensors as one of arrays, with the
tape's derivative, for `funcgrad.testing`).

>>> import funcgrad.torch as torch
>>> x, y = torch.tensor(2.0, requires_grad=True), torch.tensor(3.0, requires_grad=True)
>>> z = x * y + x.exp()
>>> z.grad_fn.name(), [node.name() for node, _ in z.grad_fn.next_functions]
('AddBackward0', ['MulBackward0', 'ExpBackward0'])
>>> product = z.grad_fn.next_functions[0][0]
>>> product.next_functions[0][0].variable is x
True
>>> z.backward()
>>> x.grad, y.grad
(tensor(10.3891), tensor(2.))
"""

# Methods of the tensor are bound by these modules as they are imported, lower ones first.
from . import bind as bind  # isort: skip
from . import convert as convert  # isort: skip
from . import printing as printing  # isort: skip
from . import indexing as indexing  # isort: skip
from . import shaping as shaping  # isort: skip
from . import splitting as splitting  # isort: skip
from . import strided as strided  # isort: skip
from . import facts as facts  # isort: skip
from . import copying as copying  # isort: skip
from . import overloads as overloads  # isort: skip
from . import filling as filling  # isort: skip
from . import index_put as index_put  # isort: skip
from . import edits as edits  # isort: skip
from . import loose as loose  # isort: skip
from . import dynamic as dynamic  # isort: skip
from . import repeating as repeating  # isort: skip
from . import turning as turning  # isort: skip
from . import random as random  # isort: skip
from . import autograd as autograd  # isort: skip
from . import function as function  # isort: skip
from . import translation as translation  # isort: skip
