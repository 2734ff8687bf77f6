"""`torch.linalg`: the rows of the table that are bound here, and its error."""

from ..ops.linalg import LinAlgError as LinAlgError
from ..tape.bind import names as _names
from ..tape.linalg import cross as cross
from ..tape.linalg import diagonal as diagonal
from ..tape.linalg import lu_solve as lu_solve
from ..tape.linalg import norm as norm
from ..tape.linalg import vander as vander
from ..tape.overloads import matmul as matmul

globals().update({k: v for k, v in _names("linalg").items() if k not in globals()})
