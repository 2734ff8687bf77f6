"""Modules of PyTorch that are elsewhere here, or are the same as another.

PyTorch's own layout below its public modules is no promise, but scripts import from it:
`from torch.nn.modules.container import Sequential`. Names are without the leading `torch.`.
"""

_LAYOUT = {
    "nn.modules": "nn",
    "nn.modules.container": "nn.containers",
    "nn.modules.batchnorm": "nn.normalization",
    "nn.modules.flatten": "nn.shape",
    "nn.modules.sparse": "nn.embedding",
    "nn.modules.distance": "nn.loss",
    "optim.adamw": "optim.adam",
    "utils.data.dataloader": "utils.data.loader",
}


def place(name: str) -> str:
    """Where PyTorch's module is here.

    >>> place("nn.modules.container"), place("nn.modules.linear"), place("nn.functional")
    ('nn.containers', 'nn.linear', 'nn.functional')
    """
    if name in _LAYOUT:
        return _LAYOUT[name]
    parent, _, last = name.rpartition(".")
    return f"{place(parent)}.{last}" if parent else name
