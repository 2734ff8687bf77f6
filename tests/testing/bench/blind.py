"""Cases written by someone who had not seen the checker: bugs, their twins, and correct functions.

A bench whose author knows the checker measures what the author thought of. These were written from
bug reports and from the definition of a derivative, with nothing of the checker but its result
types at hand, and no argument was chosen with an eye to what a bug needs in order to show.
"""

from __future__ import annotations

from . import (
    blind_indexing,
    blind_layers,
    blind_losses,
    blind_signals,
    blind_solvers,
    blind_transforms,
)
from .blind_correct import CORRECT
from .cases import Case

PLANTS = [
    *blind_losses.PLANTS,
    *blind_layers.PLANTS,
    *blind_indexing.PLANTS,
    *blind_solvers.PLANTS,
    *blind_signals.PLANTS,
    *blind_transforms.PLANTS,
]

BLIND: list[Case] = [case for plant in PLANTS for case in plant.cases()] + CORRECT
