"""PyTorch's random streams as NumPy arrays: no PyTorch, no JAX.

`Generator(seed)` is PyTorch's CPU generator. What it draws equals what PyTorch draws on x86-64, to
the last bit: the integers, the uniforms, and the normals, whose vector code is followed operation
by operation. States go over to PyTorch and back.

>>> from funcgrad.streams import Generator
>>> stream = Generator(0)
>>> stream.rand(3)
array([0.4962566 , 0.7682218 , 0.08847743], dtype=float32)
>>> state = stream.get_state()                       # torch.set_rng_state takes these bytes
>>> bool((stream.rand(3) == Generator().set_state(state).rand(3)).all())
True
"""

from .generator import Generator as Generator
