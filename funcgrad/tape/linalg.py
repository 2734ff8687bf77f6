"""Functions of `torch.linalg` whose names mean something else in `torch`."""

from ..ops import OPS
from .bind import function

lu_solve, vander = function(OPS["linalg.lu_solve"]), function(OPS["linalg.vander"])
norm, cross = function(OPS["linalg.norm"]), function(OPS["linalg.cross"])
