"""`torch.linalg`: the rows of the table that are bound here."""

from ..tape.bind import names as _names

globals().update(_names("linalg"))
