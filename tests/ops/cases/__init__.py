"""The cases of every row, one file a family."""

from ..table import CASES as CASES
from . import arithmetic as arithmetic
from . import pointwise as pointwise
