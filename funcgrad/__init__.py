"""Derivatives in JAX style: pure functions, one compiled program, any device.

JAX itself is the library; these are the few things it lacks. Use `jax.grad`, `jax.vjp`,
`jax.jacrev` and optax directly beside them. `funcgrad.testing` tests that a gradient is right,
`funcgrad.graphs` draws what was remembered, `funcgrad.streams` has PyTorch's random numbers. The
PyTorch face is `import funcgrad.torch as torch`.

Importing this package loads none of them, nor JAX, and changes no setting: each name is loaded when
it is first used.
"""

from typing import TYPE_CHECKING

from funcgrad._lazy import lazy as _lazy_face
from funcgrad._version import __version__ as __version__

if TYPE_CHECKING:
    from funcgrad import errors as errors
    from funcgrad import graphs as graphs
    from funcgrad import streams as streams
    from funcgrad import testing as testing
    from funcgrad.accumulation import accumulate as accumulate
    from funcgrad.accumulation import zero_gradients as zero_gradients
    from funcgrad.derivatives import derivative as derivative
    from funcgrad.devices import device as device
    from funcgrad.devices import place as place
else:
    __getattr__, __dir__, __all__ = _lazy_face(
        __name__,
        {
            "accumulate": "accumulation",
            "zero_gradients": "accumulation",
            "derivative": "derivatives",
            "device": "devices",
            "place": "devices",
        },
        parts=("errors", "graphs", "streams", "testing"),
    )
