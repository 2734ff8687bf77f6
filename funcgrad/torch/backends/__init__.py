"""`torch.backends`: what PyTorch computes with, asked and switched by scripts; here XLA decides."""

from . import cuda as cuda
from . import cudnn as cudnn
from . import mkl as mkl
from . import mkldnn as mkldnn
from . import mps as mps
from . import openmp as openmp
