"""Functions of `torch.linalg` whose names mean something else in `torch`."""

from ..ops import OPS
from . import views
from .bind import function
from .tensor import Tensor

lu_solve, vander = function(OPS["linalg.lu_solve"]), function(OPS["linalg.vander"])
norm, cross = function(OPS["linalg.norm"]), function(OPS["linalg.cross"])


def diagonal(A: Tensor, *, offset: int = 0, dim1: int = -2, dim2: int = -1) -> Tensor:
    """The diagonals of matrices, or of other planes, as a view."""
    return views.call(OPS["diagonal"], [A], {"offset": offset, "dim1": dim1, "dim2": dim2})
