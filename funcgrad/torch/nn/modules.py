"""`torch.nn.modules`: where PyTorch keeps the classes of `torch.nn`, each in a module below.

Here this one module stands for all of those: `torch.nn.modules.container` is `torch.nn.modules`.
It has what `torch.nn` has, and the base classes that are not public but asked for by name.
"""

import sys
from typing import Any

from .._layout import LAYERS


def __getattr__(name: str) -> Any:
    parent = __name__.rpartition(".")[0]
    if name in LAYERS:
        return sys.modules[__name__]
    for module, contents in {**sys.modules}.items():
        if module.rpartition(".")[0] == parent and isinstance(vars(contents).get(name), type):
            return vars(contents)[name]
    return getattr(sys.modules[parent], name)
