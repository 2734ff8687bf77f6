"""Every parameter of `autograd.backward` and `autograd.grad`, in use.

Two outputs y = wx and z = w² with the cotangents u and v: the gradients are ux + 2vw for w and
uw for x. `backward` adds them to `.grad`, `grad` returns them; the other parameters say what is
kept (`retain_graph`), recorded (`create_graph`), reached (`inputs`) or tolerated (`allow_unused`).
"""

import warnings

import jax
import jax.numpy as jnp
import numpy as np

SOURCE = "D1"
NOTE = (
    "What the tape takes as flags, a function has by nature. A pullback may be called again "
    "(`retain_graph`) and differentiated (`create_graph`), `argnums` chooses the inputs, and an "
    "input without influence has the gradient 0 where PyTorch says None or raises. "
    "`grad_variables` is the retired name of `grad_tensors`, and `only_inputs` is ignored: "
    "PyTorch warns at both."
)
EXPECTED = {
    "w_gradient": [6.0, 8.5, 60.0],
    "x_gradient": [1.0, 1.0, -6.0],
    "w_gradient_twice": [12.0, 17.0, 120.0],
    "w_gradient_alone": [6.0, 8.5, 60.0],
    "x_grad_when_w_alone": None,
    "second_order": [2.0, 3.0, 16.0],
    "w_gradient_deprecated_name": [6.0, 8.5, 60.0],
    "grad_variables_warning": (
        "FutureWarning: `grad_variables` is deprecated. Use `grad_tensors` instead."
    ),
    "both_names_error": (
        "RuntimeError: `grad_tensors` and `grad_variables` (deprecated) arguments both passed to "
        "`backward()`. Please only use `grad_tensors`."
    ),
    "only_inputs_warning": (
        "FutureWarning: only_inputs argument is deprecated and is ignored now (defaults to True). "
        "To accumulate gradient for other parts of the graph, please use torch.autograd.backward."
    ),
    "unused_error": (
        "RuntimeError: The differentiated Tensor at index 0 appears to not have been used in the "
        "graph. Set allow_unused=True if this is the desired behavior."
    ),
    "unused_is_none": True,
    "unused_gradient": [0.0, 0.0, 0.0],
}


def inputs(seed=0):
    return {
        "w": np.array([1.0, 2.0, 3.0], np.float32),
        "x": np.array([4.0, 5.0, -6.0], np.float32),
        "u": np.array([1.0, 0.5, -2.0], np.float32),
        "v": np.array([1.0, 1.5, 8.0], np.float32),
    }


def outputs(w, x):
    return w * x, w**2


@jax.jit
def jax_style(w, x, u, v):
    # all gradients, twice
    _, pullback = jax.vjp(outputs, w, x)
    w_gradient, x_gradient = pullback((u, v))
    again, _ = pullback((u, v))

    # w alone
    def pulled_to_w(w):
        _, pullback = jax.vjp(lambda w: outputs(w, x), w)
        (gradient,) = pullback((u, v))
        return gradient

    # an input without influence
    def product(w, x, unused):
        return jnp.vdot(u, w * x)

    return {
        "w_gradient": w_gradient,
        "x_gradient": x_gradient,
        "w_gradient_twice": w_gradient + again,
        "w_gradient_alone": pulled_to_w(w),
        "second_order": jax.grad(lambda w: pulled_to_w(w).sum())(w),
        "unused_gradient": jax.grad(product, argnums=2)(w, x, v),
    }


def pytorch_style(torch, w, x, u, v):
    backward, grad = torch.autograd.backward, torch.autograd.grad
    u, v = torch.tensor(u), torch.tensor(v)

    def leaves():
        return torch.tensor(w, requires_grad=True), torch.tensor(x, requires_grad=True)

    def said(call):
        """The warning or the error that a call gives."""
        with warnings.catch_warnings(record=True) as heard:
            warnings.simplefilter("always")
            try:
                call()
                message = heard[0].message
            except RuntimeError as error:
                message = error
        return f"{type(message).__name__}: {message}"

    # all gradients, twice
    w1, x1 = leaves()
    y, z = outputs(w1, x1)
    backward(tensors=[y, z], grad_tensors=[u, v], retain_graph=True, create_graph=False)
    w_gradient, x_gradient = w1.grad.clone(), x1.grad.clone()
    backward([y, z], [u, v])  # adds to what is there

    # w alone
    w2, x2 = leaves()
    backward(outputs(w2, x2), [u, v], inputs=[w2])

    w3, x3 = leaves()
    old_name = said(lambda: backward(outputs(w3, x3), grad_variables=[u, v]))
    both_names = said(lambda: backward(outputs(w3, x3), [u, v], grad_variables=[u, v]))

    w4, x4 = leaves()
    pulled, _ = grad(
        outputs=outputs(w4, x4), inputs=[w4, x4], grad_outputs=[u, v], create_graph=True
    )
    (second_order,) = grad(pulled.sum(), w4, retain_graph=False)

    # an input without influence
    w5, x5 = leaves()
    unused = v.clone().requires_grad_()
    product = (u * w5 * x5).sum()
    only_inputs = said(lambda: grad(product, w5, retain_graph=True, only_inputs=False))
    unused_error = said(lambda: grad(product, unused, retain_graph=True))
    (nothing,) = grad(product, unused, retain_graph=True, allow_unused=True)
    (zeros,) = grad(product, unused, materialize_grads=True)

    return {
        "w_gradient": w_gradient,
        "x_gradient": x_gradient,
        "w_gradient_twice": w1.grad,
        "w_gradient_alone": w2.grad,
        "x_grad_when_w_alone": x2.grad,
        "second_order": second_order,
        "w_gradient_deprecated_name": w3.grad,
        "grad_variables_warning": old_name,
        "both_names_error": both_names,
        "only_inputs_warning": only_inputs,
        "unused_error": unused_error,
        "unused_is_none": nothing is None,
        "unused_gradient": zeros,
    }
