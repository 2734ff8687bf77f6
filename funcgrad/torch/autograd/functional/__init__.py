"""`torch.autograd.functional`: Jacobians, Hessians, and products of vectors with them.

Functions of tensors are run on the tape, so whatever a backward pass goes through may stand in
them: edits in place, views, a `Function` with a derivative of its own. `arguments` holds what all
of them ask of their arguments, `products` the products, `matrices` the whole matrices,
`forwards` those by forward mode.
"""

from .matrices import hessian as hessian
from .matrices import jacobian as jacobian
from .products import hvp as hvp
from .products import jvp as jvp
from .products import vhp as vhp
from .products import vjp as vjp

__all__ = ["hessian", "hvp", "jacobian", "jvp", "vhp", "vjp"]
