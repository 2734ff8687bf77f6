"""Functions to functions: derivatives, batches, modules as functions of their parameters.

The derivatives run on the tape. Inside, an argument is a leaf, or where it requires grad outside a
view of what was given; so what they return can be differentiated again, by each other and by a
`backward()` outside. Forward mode opens a level of tangents, inside of those that are open. `vmap`
is `jax.vmap` over the function on tensors, recorded as one node.

Source: PyTorch, `torch.func` (2.13).
"""

from .batching import vmap as vmap
from .calling import functional_call as functional_call
from .calling import stack_module_state as stack_module_state
from .derivatives import grad as grad
from .derivatives import grad_and_value as grad_and_value
from .derivatives import vjp as vjp
from .forwards import jacfwd as jacfwd
from .forwards import jvp as jvp
from .forwards import linearize as linearize
from .matrices import hessian as hessian
from .matrices import jacrev as jacrev
from .purity import functionalize as functionalize
from .purity import replace_all_batch_norm_modules_ as replace_all_batch_norm_modules_
