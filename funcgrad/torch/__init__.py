"""The PyTorch face: PyTorch's names on JAX arrays, without PyTorch.

>>> import funcgrad.torch as torch
>>> x = torch.tensor(4.0, requires_grad=True)
>>> y = x ** 2
>>> y.backward()
>>> x.grad
tensor(8.)

Only names live here. What an operation computes is in `funcgrad.ops`, what is remembered in
`funcgrad.tape`. Where a name means something else than in PyTorch its docstring says so.
"""

from ..tape.anomaly import is_anomaly_check_nan_enabled as is_anomaly_check_nan_enabled
from ..tape.anomaly import is_anomaly_enabled as is_anomaly_enabled
from ..tape.bind import names as _names
from ..tape.copying import clone as clone
from ..tape.creation import as_tensor as as_tensor
from ..tape.creation import as_tensor as asarray
from ..tape.creation import from_numpy as from_numpy
from ..tape.creation import is_complex as is_complex
from ..tape.creation import is_floating_point as is_floating_point
from ..tape.creation import is_tensor as is_tensor
from ..tape.creation import tensor as tensor
from ..tape.devices import Device as device
from ..tape.devices import get_default_device as get_default_device
from ..tape.devices import set_default_device as set_default_device
from ..tape.differences import gradient as gradient
from ..tape.dtypes import DType as dtype
from ..tape.dtypes import bfloat16 as bfloat16
from ..tape.dtypes import bool_ as bool
from ..tape.dtypes import complex64 as cfloat
from ..tape.dtypes import complex64 as complex64
from ..tape.dtypes import complex128 as cdouble
from ..tape.dtypes import complex128 as complex128
from ..tape.dtypes import finfo as finfo
from ..tape.dtypes import float16 as float16
from ..tape.dtypes import float16 as half
from ..tape.dtypes import float32 as float
from ..tape.dtypes import float32 as float32
from ..tape.dtypes import float64 as double
from ..tape.dtypes import float64 as float64
from ..tape.dtypes import get_default_dtype as get_default_dtype
from ..tape.dtypes import iinfo as iinfo
from ..tape.dtypes import int8 as int8
from ..tape.dtypes import int16 as int16
from ..tape.dtypes import int16 as short
from ..tape.dtypes import int32 as int
from ..tape.dtypes import int32 as int32
from ..tape.dtypes import int64 as int64
from ..tape.dtypes import int64 as long
from ..tape.dtypes import promote_types as promote_types
from ..tape.dtypes import set_default_dtype as set_default_dtype
from ..tape.dtypes import uint8 as uint8
from ..tape.dtypes import uint16 as uint16
from ..tape.dtypes import uint32 as uint32
from ..tape.dtypes import uint64 as uint64
from ..tape.dynamic import argwhere as argwhere
from ..tape.dynamic import bincount as bincount
from ..tape.dynamic import masked_select as masked_select
from ..tape.dynamic import nonzero as nonzero
from ..tape.dynamic import unique as unique
from ..tape.dynamic import unique_consecutive as unique_consecutive
from ..tape.dynamic import where as where
from ..tape.facts import atleast_1d as atleast_1d
from ..tape.facts import atleast_2d as atleast_2d
from ..tape.facts import atleast_3d as atleast_3d
from ..tape.facts import broadcast_shapes as broadcast_shapes
from ..tape.facts import get_device as get_device
from ..tape.facts import is_nonzero as is_nonzero
from ..tape.facts import is_signed as is_signed
from ..tape.facts import numel as numel
from ..tape.filling import fill as fill
from ..tape.filling import index_fill as index_fill
from ..tape.filling import masked_fill as masked_fill
from ..tape.filling import scatter as scatter
from ..tape.formats import Layout as layout
from ..tape.formats import MemoryFormat as memory_format
from ..tape.formats import channels_last as channels_last
from ..tape.formats import channels_last_3d as channels_last_3d
from ..tape.formats import contiguous_format as contiguous_format
from ..tape.formats import preserve_format as preserve_format
from ..tape.formats import sparse_coo as sparse_coo
from ..tape.formats import strided as strided
from ..tape.full import empty as empty
from ..tape.full import empty_like as empty_like
from ..tape.full import full as full
from ..tape.full import full_like as full_like
from ..tape.full import ones as ones
from ..tape.full import ones_like as ones_like
from ..tape.full import zeros as zeros
from ..tape.full import zeros_like as zeros_like
from ..tape.identity import eye as eye
from ..tape.identity import tril_indices as tril_indices
from ..tape.identity import triu_indices as triu_indices
from ..tape.index_put import index_put as index_put
from ..tape.legacy import BFloat16Tensor as BFloat16Tensor
from ..tape.legacy import BoolTensor as BoolTensor
from ..tape.legacy import ByteTensor as ByteTensor
from ..tape.legacy import CharTensor as CharTensor
from ..tape.legacy import DoubleTensor as DoubleTensor
from ..tape.legacy import FloatTensor as FloatTensor
from ..tape.legacy import HalfTensor as HalfTensor
from ..tape.legacy import IntTensor as IntTensor
from ..tape.legacy import LongTensor as LongTensor
from ..tape.legacy import ShortTensor as ShortTensor
from ..tape.legacy import set_default_tensor_type as set_default_tensor_type
from ..tape.loose import block_diag as block_diag
from ..tape.loose import broadcast_tensors as broadcast_tensors
from ..tape.loose import cartesian_prod as cartesian_prod
from ..tape.loose import cat as cat
from ..tape.loose import chain_matmul as chain_matmul
from ..tape.loose import cholesky as cholesky
from ..tape.loose import concat as concat
from ..tape.loose import concatenate as concatenate
from ..tape.loose import lu_solve as lu_solve
from ..tape.loose import meshgrid as meshgrid
from ..tape.loose import nanmedian as nanmedian
from ..tape.loose import polygamma as polygamma
from ..tape.loose import stack as stack
from ..tape.loose import svd as svd
from ..tape.modes import enable_grad as enable_grad
from ..tape.modes import inference_mode as inference_mode
from ..tape.modes import is_grad_enabled as is_grad_enabled
from ..tape.modes import is_inference_mode_enabled as is_inference_mode_enabled
from ..tape.modes import no_grad as no_grad
from ..tape.modes import set_grad_enabled as set_grad_enabled
from ..tape.overloads import conj as conj
from ..tape.overloads import einsum as einsum
from ..tape.overloads import imag as imag
from ..tape.overloads import matmul as matmul
from ..tape.overloads import max as max
from ..tape.overloads import median as median
from ..tape.overloads import min as min
from ..tape.overloads import positive as positive
from ..tape.overloads import pow as pow
from ..tape.overloads import real as real
from ..tape.overloads import resolve_conj as resolve_conj
from ..tape.overloads import resolve_neg as resolve_neg
from ..tape.overloads import view_as_real as view_as_real
from ..tape.printing import set_printoptions as set_printoptions
from ..tape.promoting import can_cast as can_cast
from ..tape.promoting import result_type as result_type
from ..tape.random import Generator as Generator
from ..tape.random import bernoulli as bernoulli
from ..tape.random import binomial as binomial
from ..tape.random import default_generator as default_generator
from ..tape.random import get_rng_state as get_rng_state
from ..tape.random import initial_seed as initial_seed
from ..tape.random import manual_seed as manual_seed
from ..tape.random import multinomial as multinomial
from ..tape.random import normal as normal
from ..tape.random import poisson as poisson
from ..tape.random import rand as rand
from ..tape.random import rand_like as rand_like
from ..tape.random import randint as randint
from ..tape.random import randint_like as randint_like
from ..tape.random import randn as randn
from ..tape.random import randn_like as randn_like
from ..tape.random import randperm as randperm
from ..tape.random import seed as seed
from ..tape.random import set_rng_state as set_rng_state
from ..tape.repeating import repeat_interleave as repeat_interleave
from ..tape.sequences import arange as arange
from ..tape.sequences import linspace as linspace
from ..tape.sequences import logspace as logspace
from ..tape.sequences import range_ as range
from ..tape.shaping import adjoint as adjoint
from ..tape.shaping import allclose as allclose
from ..tape.shaping import equal as equal
from ..tape.shaping import flatten as flatten
from ..tape.shaping import narrow as narrow
from ..tape.shaping import ravel as ravel
from ..tape.shaping import reshape as reshape
from ..tape.shaping import select_dim as select
from ..tape.splitting import chunk as chunk
from ..tape.splitting import dsplit as dsplit
from ..tape.splitting import hsplit as hsplit
from ..tape.splitting import split as split
from ..tape.splitting import split_with_sizes as split_with_sizes
from ..tape.splitting import tensor_split as tensor_split
from ..tape.splitting import unbind as unbind
from ..tape.splitting import vsplit as vsplit
from ..tape.strided import as_strided as as_strided
from ..tape.strided import as_strided_copy as as_strided_copy
from ..tape.strided import as_strided_scatter as as_strided_scatter
from ..tape.strides import is_conj as is_conj
from ..tape.strides import is_neg as is_neg
from ..tape.tensor import Size as Size
from ..tape.tensor import Tensor as Tensor
from .as_functions import functions as _as_functions
from .compiling import compile as compile
from .settings import are_deterministic_algorithms_enabled as are_deterministic_algorithms_enabled
from .settings import get_float32_matmul_precision as get_float32_matmul_precision
from .settings import get_num_interop_threads as get_num_interop_threads
from .settings import get_num_threads as get_num_threads
from .settings import (
    is_deterministic_algorithms_warn_only_enabled as is_deterministic_algorithms_warn_only_enabled,
)
from .settings import set_float32_matmul_precision as set_float32_matmul_precision
from .settings import set_flush_denormal as set_flush_denormal
from .settings import set_num_interop_threads as set_num_interop_threads
from .settings import set_num_threads as set_num_threads
from .settings import use_deterministic_algorithms as use_deterministic_algorithms
from .torch_version import __version__ as __version__
from .typename import typename as typename

# The operations of the table that PyTorch has at this level and that are nothing but a row.
globals().update({k: v for k, v in _names("torch").items() if k not in globals()})
globals().update(_as_functions)

from . import __config__ as __config__  # isort: skip
from . import accelerator as accelerator  # isort: skip
from . import autograd as autograd  # isort: skip
from . import backends as backends  # isort: skip
from . import compiler as compiler  # isort: skip
from . import cuda as cuda  # isort: skip
from . import distributions as distributions  # isort: skip
from . import fft as fft  # isort: skip
from . import func as func  # isort: skip
from .func import vmap as vmap  # isort: skip
from . import linalg as linalg  # isort: skip
from . import mps as mps  # isort: skip
from . import nn as nn  # isort: skip
from . import optim as optim  # isort: skip
from . import random as random  # isort: skip
from . import special as special  # isort: skip
from . import utils as utils  # isort: skip
from . import version as version  # isort: skip
from . import xpu as xpu  # isort: skip
from .nn.recurrence import gru as gru  # isort: skip
from .nn.recurrence import lstm as lstm  # isort: skip
from .nn.recurrence import lstm_cell as lstm_cell  # isort: skip
from .nn.recurrence import rnn_relu as rnn_relu  # isort: skip
from .nn.recurrence import rnn_tanh as rnn_tanh  # isort: skip
from .constants import e as e  # isort: skip
from .constants import inf as inf  # isort: skip
from .constants import nan as nan  # isort: skip
from .constants import newaxis as newaxis  # isort: skip
from .constants import pi as pi  # isort: skip

from ._missing import answer_everywhere as _answer_everywhere  # isort: skip

_answer_everywhere()
