"""Modules of PyTorch that are elsewhere here, or are the same as another.

PyTorch's own layout below its public modules is no promise, but scripts import from it:
`from torch.nn.modules.container import Sequential`.
"""

ELSEWHERE = {
    "torch.nn.modules": "torch.nn",
    "torch.nn.modules.batchnorm": "torch.nn.normalization",
    "torch.nn.modules.container": "torch.nn.containers",
    "torch.nn.modules.distance": "torch.nn.loss",
    "torch.nn.modules.flatten": "torch.nn.shape",
    "torch.nn.modules.sparse": "torch.nn.embedding",
    "torch.optim.adamw": "torch.optim.adam",
    "torch.utils.data.dataloader": "torch.utils.data.loader",
}


def place(name: str) -> str:
    """Where PyTorch's module is in the PyTorch face.

    >>> place("torch.nn.modules.container"), place("torch.nn.modules.linear")
    ('torch.nn.containers', 'torch.nn.linear')
    >>> place("torch.nn.functional")
    'torch.nn.functional'
    """
    if name in ELSEWHERE:
        return ELSEWHERE[name]
    parent, dot, last = name.rpartition(".")
    return f"{place(parent)}.{last}" if dot else name
