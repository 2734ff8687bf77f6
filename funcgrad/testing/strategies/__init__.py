"""Arguments to try a function at: strategies of Hypothesis, made for gradients.

Hypothesis draws the examples and shrinks the failing ones; what it lacks for gradients is here. Two
arrays share a size by its name. Entries keep away from kinks and poles, and matrices are positive
definite, because they are made so, not because others were thrown away. The dtype is the one that
was asked for, down to 8 bits, and no entry is subnormal, as XLA takes those for 0. An array costs
one choice however large it is, and still shrinks to 0, 1, 2.

>>> from hypothesis import find, strategies as st
>>> from funcgrad.testing.strategies import arrays, dims
>>> n = dims("n", 1, 4)
>>> vectors = arrays(n, lo=0.0, away_from=1.0)
>>> vectors
arrays((dims('n', 1, 4),), 'float32', lo=0.0, away_from=(1.0,))
>>> matrix, vector = find(st.tuples(arrays((n, 2)), vectors), lambda both: both[1].size == 3)
>>> matrix.shape, vector
((3, 2), array([0., 0., 0.], dtype=float32))
"""

from .array import arrays as arrays
from .array import tangent_of as tangent_of
from .dims import SIZES as SIZES
from .dims import dims as dims
from .dims import names_in as names_in
from .kinds import dtypes as dtypes
from .labels import integers_below as integers_below
from .labels import keys as keys
from .shapes import broadcastable as broadcastable
from .trees import cotangents_like as cotangents_like
from .trees import params_like as params_like
from .trees import pytree_like as pytree_like
