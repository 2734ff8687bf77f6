"""The cases of every row, one file a family."""

from ..table import CASES as CASES
from . import activations as activations
from . import arithmetic as arithmetic
from . import bits as bits
from . import comparison as comparison
from . import contractions as contractions
from . import decompositions as decompositions
from . import indexing as indexing
from . import joining as joining
from . import linalg as linalg
from . import losses as losses
from . import matmul as matmul
from . import memory as memory
from . import normalization as normalization
from . import norms as norms
from . import pairs as pairs
from . import pointwise as pointwise
from . import powers as powers
from . import rearranging as rearranging
from . import reductions as reductions
from . import rounding as rounding
from . import scans as scans
from . import scattering as scattering
from . import shapes as shapes
from . import sorting as sorting
