"""The face's classes under PyTorch's names: a script that prints a type prints PyTorch's.

Only in a process that a script has for itself: elsewhere `funcgrad.torch` goes by its own name, so
that what is pickled there is found again.
"""

import inspect
import sys
from types import ModuleType

FACE = "funcgrad.torch"

# Files of ours that PyTorch calls otherwise; of `nn` each is a file below `torch.nn.modules`.
_FILES = {
    "attention": "activation",
    "cells": "rnn",
    "containers": "container",
    "embedding": "sparse",
    "embedding_bag": "sparse",
    "noise": "activation",
    "parameters": "container",
    "rnn_base": "rnn",
    "shape": "flatten",
    "transformer_layers": "transformer",
    **dict.fromkeys(
        ("combined", "cycles", "decay", "plateau", "restarts", "schedule"), "lr_scheduler"
    ),
    "loader": "dataloader",
    "elementwise": "transforms",
    "transform": "transforms",
}
# Classes that PyTorch keeps elsewhere than their neighbours here.
_CLASSES = {
    **dict.fromkeys(("CosineSimilarity", "PairwiseDistance"), "torch.nn.modules.distance"),
    **dict.fromkeys(("Fold", "Unfold"), "torch.nn.modules.fold"),
    **dict.fromkeys(("PixelShuffle", "PixelUnshuffle"), "torch.nn.modules.pixelshuffle"),
    **dict.fromkeys((f"InstanceNorm{n}d" for n in (1, 2, 3)), "torch.nn.modules.instancenorm"),
    "AdamW": "torch.optim.adamw",
    **dict.fromkeys(("detect_anomaly", "set_detect_anomaly"), "torch.autograd.anomaly_mode"),
    "DataParallel": "torch.nn.parallel.data_parallel",
    "ChannelShuffle": "torch.nn.modules.channelshuffle",
    "Parameter": "torch.nn.parameter",
    "Function": "torch.autograd.function",
    "Variable": "torch.autograd.variable",
    # PyTorch has the generator in `torch._C`, which is not here to unpickle it from.
    **dict.fromkeys(
        "Tensor Size dtype device layout memory_format finfo iinfo Generator".split(), "torch"
    ),
    **dict.fromkeys(
        ("enable_grad", "inference_mode", "no_grad", "set_grad_enabled"), "torch.autograd.grad_mode"
    ),
}
_LAYERS = "torch.nn.modules"


def as_pytorch() -> None:
    """Give every public class of the face PyTorch's module and name."""
    for name, module in {**sys.modules}.items():
        if name == FACE or name.startswith(f"{FACE}."):
            _rename(module)


def _bare(name: str) -> str:
    return name.replace("_", "").lower()


def _rename(module: ModuleType) -> None:
    for name, found in {**vars(module)}.items():
        ours = inspect.isclass(found) and found.__module__.startswith("funcgrad.")
        if not ours or name.startswith("_") or _bare(name) != _bare(found.__name__):
            continue  # an alias, such as `torch.float32` for a class of that name
        home = _home(found.__module__, name)
        if home is not None:
            found.__module__, found.__name__, found.__qualname__ = home, name, name


def _home(ours: str, name: str) -> str | None:
    """Return the module that PyTorch has a class in, or None for what only we have."""
    if name in _CLASSES:
        return _CLASSES[name]
    if not ours.startswith(f"{FACE}."):
        return None
    above, _, file = ours.removeprefix("funcgrad.").rpartition(".")
    above = _LAYERS if above == "torch.nn" and file != "parameter" else above
    return f"{above}.{_FILES.get(file, file)}"
