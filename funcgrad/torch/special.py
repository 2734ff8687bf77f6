"""`torch.special`: the rows of the table that are bound here."""

from ..tape.bind import names as _names
from ..tape.loose import polygamma as polygamma

globals().update(_names("special"))
_rows = _names("torch")
logsumexp, multigammaln = _rows["logsumexp"], _rows["mvlgamma"]
