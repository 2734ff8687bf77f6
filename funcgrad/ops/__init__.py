"""Operations: a table of rows, each a name and a pure function of arrays.

Nothing here knows a tensor or remembers anything. A row says what PyTorch calls the operation,
how its dtypes are promoted and where its name is bound; `funcgrad.ops.kernel` compiles it and its
derivative, which always is `jax.vjp` of the function. A kink gets PyTorch's value by the way the
function is phrased.

Adding an operation is adding a row::

    @row("exp", promote="floating", bind="torch method inplace")
    def exp(input):
        return jnp.exp(input)

>>> from funcgrad.ops import OPS
>>> OPS["exp"].node
'Exp'
"""

from .apart import apart as apart
from .kernel import Kernel as Kernel
from .promotion import FLOAT as FLOAT
from .promotion import kind as kind
from .pullback import Pullback as Pullback
from .pullback import pullback_of as pullback_of
from .row import OPS as OPS
from .row import Row as Row
from .structure import freeze as freeze
from .structure import leaves as leaves

from . import arithmetic as arithmetic  # isort: skip
from . import pointwise as pointwise  # isort: skip
from . import shapes as shapes  # isort: skip
from . import memory as memory  # isort: skip
from . import strided as strided  # isort: skip
from . import complexes as complexes  # isort: skip
from . import indexing as indexing  # isort: skip
from . import scattering as scattering  # isort: skip
from . import reductions as reductions  # isort: skip
from . import sorting as sorting  # isort: skip
from . import scans as scans  # isort: skip
from . import matmul as matmul  # isort: skip
from . import norms as norms  # isort: skip
from . import contractions as contractions  # isort: skip
from . import joining as joining  # isort: skip
from . import rearranging as rearranging  # isort: skip
from . import powers as powers  # isort: skip
from . import pairs as pairs  # isort: skip
from . import bits as bits  # isort: skip
from . import comparison as comparison  # isort: skip
from . import trigonometry as trigonometry  # isort: skip
from . import rounding as rounding  # isort: skip
from . import filling as filling  # isort: skip
from . import linalg as linalg  # isort: skip
from . import decompositions as decompositions  # isort: skip
from . import losses as losses  # isort: skip
from . import classes as classes  # isort: skip
from . import margins as margins  # isort: skip
from . import activations as activations  # isort: skip
from . import noise as noise  # isort: skip
from . import normalization as normalization  # isort: skip
from . import normalizing as normalizing  # isort: skip
from . import convolution as convolution  # isort: skip
from . import pooling as pooling  # isort: skip
from . import averaging as averaging  # isort: skip
from . import padding as padding  # isort: skip
from . import channels as channels  # isort: skip
from . import patches as patches  # isort: skip
from . import resampling as resampling  # isort: skip
from . import recurrent as recurrent  # isort: skip
from . import packing as packing  # isort: skip
from . import attention as attention  # isort: skip
from . import bags as bags  # isort: skip
from . import fourier as fourier  # isort: skip
from . import reducing as reducing  # isort: skip
from . import integrals as integrals  # isort: skip
from . import covariance as covariance  # isort: skip
from . import pieces as pieces  # isort: skip
from . import gamma as gamma  # isort: skip
from . import factored as factored  # isort: skip
from . import factors as factors  # isort: skip
