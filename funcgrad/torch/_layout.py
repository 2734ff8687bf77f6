"""Modules of PyTorch that are elsewhere here.

PyTorch's own layout below its public modules is no promise, but scripts import from it:
`from torch.nn.modules.container import Sequential`.
"""

# What PyTorch has below `torch.nn.modules`; one module stands for them all.
LAYERS = frozenset(
    "activation adaptive batchnorm channelshuffle container conv distance dropout flatten fold "
    "instancenorm lazy linear loss module normalization padding pixelshuffle pooling rnn sparse "
    "transformer upsampling utils".split()
)
_ELSEWHERE = {
    **dict.fromkeys((f"torch.nn.modules.{name}" for name in LAYERS), "torch.nn.modules"),
    "torch.autograd.anomaly_mode": "torch.autograd",
    "torch.autograd.grad_mode": "torch.autograd",
    "torch.autograd.variable": "torch.autograd",
    "torch.nn.parallel.data_parallel": "torch.nn.parallel",
    "torch.optim.adamw": "torch.optim.adam",
    "torch.utils.data.dataloader": "torch.utils.data.loader",
}


def place(name: str) -> str:
    """Where PyTorch's module is in the PyTorch face.

    >>> place("torch.nn.modules.container"), place("torch.nn.functional")
    ('torch.nn.modules', 'torch.nn.functional')
    """
    return _ELSEWHERE.get(name, name)
