"""Graphs to look at: what a tape recorded, and what JAX traced.

`tape` walks the graph behind a tensor, of `funcgrad.torch` or of PyTorch itself; `jaxpr` lists the
equations of a traced function. Both return a `Graph`: nodes and edges as plain data, which is
written as lines of text, as DOT for Graphviz or as a networkx graph, and drawn by `figure()`.
`side_by_side` puts two into one figure. Only drawing needs the extra `compare`.

>>> import jax.numpy as jnp
>>> import funcgrad as fg
>>> import funcgrad.torch as torch
>>> w, x = torch.tensor(1.0, requires_grad=True), torch.tensor(3.0)
>>> recorded = fg.graphs.tape((w * x).sin(), names={"w": w})
>>> print(recorded)
output: float32[] -> SinBackward0
SinBackward0 -> MulBackward0
MulBackward0 -> AccumulateGrad w: float32[]
>>> traced = fg.graphs.jaxpr(lambda w, x: jnp.sin(w * x), 1.0, 3.0)
>>> print(traced)
input w: float32[]
input x: float32[]
input w: float32[] -> mul: float32[]
input x: float32[] -> mul: float32[]
mul: float32[] -> sin: float32[]
sin: float32[] -> output: float32[]
>>> figure = fg.graphs.side_by_side(recorded, traced)
"""

from funcgrad.graphs.graph import Graph as Graph
from funcgrad.graphs.node import Node as Node
from funcgrad.graphs.recorded import tape as tape
from funcgrad.graphs.sides import side_by_side as side_by_side
from funcgrad.graphs.traced import jaxpr as jaxpr
