"""The cases of every row, one file a family."""

from ..table import CASES as CASES
from . import activations as activations
from . import arithmetic as arithmetic
from . import bits as bits
from . import comparison as comparison
from . import losses as losses
from . import normalization as normalization
from . import pairs as pairs
from . import pointwise as pointwise
from . import powers as powers
from . import rounding as rounding
