"""A second set of cases by someone who had not seen the checker, after the first had been used.

A set that a checker has been mended by measures it no longer. These are as different from the
first as their author could make them; many bugs are known from reports on public libraries.
"""

from __future__ import annotations

from . import (
    unseen_attention,
    unseen_calls,
    unseen_formulas,
    unseen_losses,
    unseen_matrices,
    unseen_norms,
    unseen_places,
    unseen_sequences,
)
from .cases import Case
from .unseen_correct import CORRECT
from .unseen_kinks import KINKS

PLANTS = [
    *unseen_losses.PLANTS,
    *unseen_norms.PLANTS,
    *unseen_attention.PLANTS,
    *unseen_places.PLANTS,
    *unseen_sequences.PLANTS,
    *unseen_matrices.PLANTS,
    *unseen_formulas.PLANTS,
    *unseen_calls.PLANTS,
]

UNSEEN: list[Case] = [case for plant in PLANTS for case in plant.cases()] + KINKS + CORRECT
