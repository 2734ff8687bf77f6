"""Leaving values off the tape: `no_grad`, `detach`, `inference_mode`.

Three ways to compute without recording. `detach` cuts one value out of the graph, `no_grad` records
nothing inside its block, and `inference_mode` gives up the book-keeping as well, so its results
can never be recorded later. How much faster it is than `no_grad` is measured, not asserted.
"""

import time

import jax
import numpy as np

SOURCE = "D3 D4"
NOTE = (
    "JAX has no mode to switch off: what is not given to `grad` costs no gradient. "
    "`lax.stop_gradient` is `detach`, a constant as far as derivatives go. The measured times are "
    "microseconds for one x * 2, the best of five rounds; `inference_mode` saves the version "
    "counter and view tracking, so look whether that shows."
)
EXPECTED = {
    "square": [9.0],
    "gradient": [6.0],
    "gradient_of_half": [3.0],
    "requires_grad_d3": [True, True, False],
    "requires_grad_d4": [False, False, False],
    "inference_error": (
        "RuntimeError: Inference tensors cannot be saved for backward. Please do not use Tensors "
        "created in inference mode in computation tracked by autograd. To work around this, you "
        "can make a clone to get a normal tensor and use it in autograd, or use `torch.no_grad()` "
        "instead of `torch.inference_mode()`."
    ),
}


def inputs(seed=0):
    return {"x": np.array([3.0], np.float32)}


@jax.jit
def jax_style(x):
    def square(x):
        return x**2

    def half_constant(x):
        return x * jax.lax.stop_gradient(x)

    return {
        "square": square(x),
        "gradient": jax.vmap(jax.grad(square))(x),
        "gradient_of_half": jax.vmap(jax.grad(half_constant))(x),
    }


def pytorch_style(torch, x):
    x = torch.tensor(x, requires_grad=True)
    square = x**2
    (gradient,) = torch.autograd.grad(square, x, retain_graph=True)
    (gradient_of_half,) = torch.autograd.grad(x * x.detach(), x)

    with torch.no_grad():
        unrecorded = x**2
    with torch.inference_mode():
        inferred = x * 2
    try:
        x * inferred
    except RuntimeError as caught:
        inference_error = f"{type(caught).__name__}: {caught}"

    def microseconds(mode, calls=200, rounds=5):
        best = float("inf")
        with mode():
            for _ in range(rounds):
                start = time.perf_counter()
                for _ in range(calls):
                    x * 2
                best = min(best, time.perf_counter() - start)
        return best / calls * 1e6

    return {
        "square": square,
        "gradient": gradient,
        "gradient_of_half": gradient_of_half,
        "requires_grad_d3": [x.requires_grad, square.requires_grad, unrecorded.requires_grad],
        "requires_grad_d4": [y.requires_grad for y in (unrecorded, x.detach(), inferred)],
        "inference_error": inference_error,
        "measured_recorded_us": microseconds(torch.enable_grad),
        "measured_no_grad_us": microseconds(torch.no_grad),
        "measured_inference_mode_us": microseconds(torch.inference_mode),
    }
