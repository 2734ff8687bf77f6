"""A derivative of one's own.

x³ at 2 with its backward rule written by hand. Forward says what to keep, backward turns the
gradient of the output into that of the input. The rule is itself made of differentiable
operations, so second derivatives follow.
"""

import jax
import numpy as np

SOURCE = "D4"
NOTE = (
    "`save_for_backward` hands values over through `ctx`; with `jax.custom_vjp` the forward rule "
    "returns them beside the output and the backward rule receives them, so both stay pure."
)
EXPECTED = {"y": 8.0, "gradient": 12.0, "second": 12.0, "grad_fn": "CubeBackward"}


def inputs(seed=0):
    return {"x": np.float32(2.0)}


@jax.custom_vjp
def cube(x):
    return x**3


def cube_forward(x):
    return x**3, x


def cube_backward(x, gradient):
    return (3 * x**2 * gradient,)


cube.defvjp(cube_forward, cube_backward)


@jax.jit
def jax_style(x):
    y, gradient = jax.value_and_grad(cube)(x)
    return {"y": y, "gradient": gradient, "second": jax.grad(jax.grad(cube))(x)}


def pytorch_style(torch, x):
    class Cube(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            ctx.save_for_backward(x)
            return x**3

        @staticmethod
        def backward(ctx, gradient):
            (x,) = ctx.saved_tensors
            return 3 * x**2 * gradient

    x = torch.tensor(x, requires_grad=True)
    y = Cube.apply(x)
    (gradient,) = torch.autograd.grad(y, x, create_graph=True)
    (second,) = torch.autograd.grad(gradient, x)
    return {"y": y, "gradient": gradient, "second": second, "grad_fn": y.grad_fn.name()}
