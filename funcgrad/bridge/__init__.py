"""Where the two styles cross.

`scan` runs a step that is written in PyTorch style as one compiled loop. `pure` makes a module a
function of arrays, and `load` brings the trained parameters back. `to_jax` makes a function of
tensors one of arrays, `from_jax` a function of arrays one of tensors.
"""

from .crossing import from_jax as from_jax
from .crossing import to_jax as to_jax
from .modules import load as load
from .modules import pure as pure
from .scanning import scan as scan
