"""What remembers: tensors, the graph behind them, and the pass that walks it backwards.

How a gradient comes about, from the operation to `.grad`:

**1. An operation runs.** `x * y` is a row of the table in `funcgrad.ops`: a name and a pure
function of arrays. `record.call` reads the arrays behind the tensors, finds the compiled program
for their dtypes (`Kernel`) and runs it. If no operand requires grad, or inside `no_grad`, that is
all.

**2. A node is left behind.** Otherwise the result points to a new `Node` (its `grad_fn`), and the
node's `edges` point to the nodes that the operands came from: one edge for each tensor operand,
(node, number of its result). A tensor that the user made is a leaf; its edge ends at an
`AccumulateGrad`. Nothing else is stored but what the derivative will read. Nobody lists that by
hand: the operation is traced once together with its `jax.vjp`, the trace is cut at the operands and
the results, and what the rest still reads is what the node saves (`funcgrad.ops.kernel` tells how).
So `x + y` saves nothing, `x * y` both operands, `x.exp()` its result.

**3. The pass runs.** `z.backward()` (`backward.backward`, 40 lines) starts with a gradient of one
at z's node. A node is ready when every node that used its results has run; among the ready ones the
newest goes first. It takes the gradients of its results, runs its compiled pullback, and hands a
gradient along each edge, where it is added to what has arrived there. There is no recursion.

**4. A leaf accumulates.** `AccumulateGrad` adds what arrives to the leaf's `.grad`, in place. That
is why two passes give twice the gradient, and why training loops clear it. After the pass the nodes
forget what they saved, unless `retain_graph` says otherwise; a second pass then is an error.

**Higher orders** need nothing more. With `create_graph=True` a pullback is run as an operation like
any other, and recorded: what it reads are tensors with a place in the graph.

**Values change by name only.** An array is immutable. A tensor names a `Cell` that holds one; an
edit in place puts another array into the cell and counts the `Counter` up, which is PyTorch's
version. A saved value remembers its version, so an edit that would make a gradient wrong is found
when the pass reads it. A view names the same cell with the `Steps` that read it: pure functions, so
that a write goes back through their transposes (`storage.overwrite`). When a view or its base is
edited under recording, the base continues as the result of a `CopySlices` node and every view takes
its new place from the base when it is next asked (`views._rebase`).

The same code runs on tracers: nothing here asks for a concrete value, except what has to, by its
meaning (`item()`, a mask as an index), so a whole training step can be traced by `jax.jit`.

Where to read: `tensor` (the state), `storage` (cells and views), `record` and `nodes` (an operation
and its node), `graph` (nodes and leaves), `backward` (the pass), `views` and `inplace`, `function`
(operations whose derivative the user writes), `modes` (`no_grad`), `bind` (from rows to methods).

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
from . import copying as copying  # isort: skip
from . import overloads as overloads  # isort: skip
from . import dynamic as dynamic  # isort: skip
from . import random as random  # isort: skip
from . import autograd as autograd  # isort: skip
from . import function as function  # isort: skip
