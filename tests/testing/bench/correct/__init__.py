"""Correct functions that a careless judge rejects, by what misleads it."""

from . import edges, kinks, structures, systems

__all__ = ["edges", "kinks", "structures", "systems"]
