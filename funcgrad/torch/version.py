"""`torch.version`: which PyTorch's behaviour this is."""

from .torch_version import __version__ as _version

__version__ = str(_version)
debug = False
cuda = hip = rocm = xpu = None
