"""Functions of `torch.linalg` whose names mean something else in `torch`."""

from ..ops import OPS
from .bind import function

norm, cross = function(OPS["linalg.norm"]), function(OPS["linalg.cross"])
