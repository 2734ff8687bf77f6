"""Three derivatives of a cube, and two ways to ask a tape for the second one.

y = x³ at 2: 12, 12 and 6. After `backward(create_graph=True)` the tensor in `x.grad` is itself the
result of a graph. Clearing it with `x.grad.zero_()` overwrites that very tensor: its newest
operation is now "be zero", whose derivative is 0. Setting `x.grad = None` lets go of the tensor
and leaves it, and its graph, alone.
"""

import warnings

import jax
import numpy as np

import funcgrad as fg

SOURCE = "D4"
NOTE = (
    "`fg.derivative(f, order)` nests `grad`; no gradient is kept between the orders, so there is "
    "none to clear. On the tape the clean way is `torch.autograd.grad`, which leaves `x.grad` "
    "alone; with `backward`, zeroing in place destroys what the next order needs."
)
EXPECTED = {
    "first": 12.0,
    "second": 12.0,
    "third": 6.0,
    "second_after_zero_": 0.0,
    "second_after_none": 12.0,
    "grad_fn_after_zero_": "ZeroBackward0",
}


def inputs(seed=0):
    return {"x": np.float32(2.0)}


def cube(x):
    return x**3


@jax.jit
def jax_style(x):
    return {
        "first": fg.derivative(cube)(x),
        "second": fg.derivative(cube, order=2)(x),
        "third": fg.derivative(cube, order=3)(x),
    }


def pytorch_style(torch, x):
    start = x
    x = torch.tensor(start, requires_grad=True)
    (first,) = torch.autograd.grad(cube(x), x, create_graph=True)
    (second,) = torch.autograd.grad(first, x, create_graph=True)
    (third,) = torch.autograd.grad(second, x)

    with warnings.catch_warnings():
        # PyTorch warns that x and x.grad now refer to each other; here they do so on purpose.
        warnings.simplefilter("ignore", UserWarning)

        x = torch.tensor(start, requires_grad=True)
        cube(x).backward(create_graph=True)
        gradient = x.grad
        x.grad.zero_()
        zeroed_by = gradient.grad_fn.name()
        gradient.backward()
        second_after_zero_ = x.grad

        x = torch.tensor(start, requires_grad=True)
        cube(x).backward(create_graph=True)
        gradient = x.grad
        x.grad = None
        gradient.backward()
        second_after_none = x.grad

    return {
        "first": first,
        "second": second,
        "third": third,
        "second_after_zero_": second_after_zero_,
        "second_after_none": second_after_none,
        "grad_fn_after_zero_": zeroed_by,
    }
