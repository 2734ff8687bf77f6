"""Draws: PyTorch's random functions on the streams of `funcgrad.streams`.

The host draws; an array goes to the device once, and nothing compiles. Under `jax.jit` draws are
therefore made once, when the program is traced. A tensor that is a view is filled in the order in
which PyTorch walks its memory, which is that of its strides.
"""

from .drawing import fill as fill
from .drawing import lies as lies
from .factories import draw_seed as draw_seed
from .factories import permutation as permutation
from .factories import rand as rand
from .factories import rand_like as rand_like
from .factories import randint as randint
from .factories import randint_like as randint_like
from .factories import randn as randn
from .factories import randn_like as randn_like
from .factories import randperm as randperm
from .filling import bernoulli_ as bernoulli_
from .filling import normal_ as normal_
from .filling import uniform_ as uniform_
from .generator import Generator as Generator
from .generator import default_generator as default_generator
from .generator import default_of as default_of
from .generator import get_rng_state as get_rng_state
from .generator import initial_seed as initial_seed
from .generator import manual_seed as manual_seed
from .generator import seed as seed
from .generator import set_rng_state as set_rng_state
from .generator import stream_of as stream_of
from .sampling import bernoulli as bernoulli
from .sampling import bernoulli_mask as bernoulli_mask
from .sampling import binomial as binomial
from .sampling import multinomial as multinomial
from .sampling import normal as normal
from .sampling import poisson as poisson
