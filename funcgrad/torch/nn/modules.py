"""`torch.nn.modules`: where PyTorch keeps the classes of `torch.nn`, each in a module below.

Here this one module stands for all of those: `torch.nn.modules.container` is `torch.nn.modules`.
It has what `torch.nn` has, and the base classes that are not public but asked for by name.
"""

import sys as _sys

from .._layout import LAYERS as _LAYERS

__path__: list[str] = []  # to be imported from, it must be a package; it has no files


def __getattr__(name: str) -> object:
    parent = __name__.rpartition(".")[0]
    if name.startswith("__"):
        raise AttributeError(f"module '{__name__}' has no attribute '{name}'")
    if name in _LAYERS:
        return _sys.modules[__name__]
    for module, contents in {**_sys.modules}.items():
        if module.rpartition(".")[0] == parent and isinstance(vars(contents).get(name), type):
            return vars(contents)[name]
    return getattr(_sys.modules[parent], name)
