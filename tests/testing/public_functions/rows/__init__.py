"""The rows of the list, one file a family."""

from ..table import LISTED as LISTED
from ..table import MISSING as MISSING
from ..table import ROWS as ROWS
from . import activations as activations
from . import distributions as distributions
from . import elementwise as elementwise
from . import fourier as fourier
from . import indexing as indexing
from . import joining as joining
from . import lax as lax
from . import linalg as linalg
from . import losses as losses
from . import pairs as pairs
from . import products as products
from . import random as random
from . import reductions as reductions
from . import scans as scans
from . import scipy_linalg as scipy_linalg
from . import shapes as shapes
from . import signals as signals
from . import sorting as sorting
from . import special as special
