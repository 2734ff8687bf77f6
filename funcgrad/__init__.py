"""Derivatives in JAX style: pure functions, one compiled program, any device.

JAX itself is the library; these are the few things it lacks. Use `jax.grad`, `jax.vjp`,
`jax.jacrev` and optax directly beside them. The PyTorch face is `import funcgrad.torch as torch`,
and importing this package neither loads it nor changes a setting of JAX. `funcgrad.graphs`, which
draws what both remember, is loaded when it is first used.
"""

from funcgrad._lazy import __dir__ as __dir__
from funcgrad._lazy import __getattr__ as __getattr__
from funcgrad._version import __version__ as __version__
from funcgrad.accumulation import accumulate as accumulate
from funcgrad.accumulation import zero_gradients as zero_gradients
from funcgrad.derivatives import derivative as derivative
from funcgrad.devices import device as device
from funcgrad.devices import place as place
