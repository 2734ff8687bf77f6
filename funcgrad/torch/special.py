"""`torch.special`: the rows of the table that are bound here."""

from ..tape.bind import names as _names

globals().update(_names("special"))
