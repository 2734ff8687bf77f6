"""Where the two styles cross.

`scan` runs a step that is written in PyTorch style as one compiled loop. `pure` makes a module a
function of arrays, and `load` brings the trained parameters back; `from_jax` makes a function of
arrays one of tensors.
"""

from .crossing import from_jax as from_jax
from .crossing import load as load
from .crossing import pure as pure
from .scanning import scan as scan
