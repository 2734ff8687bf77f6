"""Is this gradient right?

x³ + 2x² + 1 at 2, three ways: automatic, by hand (3x² + 4x), and by central differences, first at
one point and then as a property over many. A check that cannot fail proves nothing, so the last
one is given a wrong derivative and must refuse it; so must the check that the library brings.
"""

import jax
import jax.numpy as jnp
import numpy as np

SOURCE = "D4"
NOTE = (
    "The arithmetic is the same; the JAX check is a function of the function, so `vmap` makes a "
    "property over many points of it. `torch.autograd.gradcheck` does such a check for any "
    "function, at the points it is given, to a thousandth. For functions of arrays it is "
    "`funcgrad.testing.check_gradients(f, points)`; that traces and compiles `f` itself, so it "
    "stands beside a jitted program and not in it."
)
# A central difference loses a third of the digits: of float32's seven too few would be left.
PRECISION = "float64"
EXPECTED = {
    "automatic": 20.0,
    "by_hand": 20.0,
    "finite_difference": 20.0,
    "error": 0.0,
    "holds_by_hand": True,
    "holds_finite_difference": True,
    "holds_for_a_wrong_rule": False,
    "gradcheck": True,
    "gradcheck_of_a_wrong_rule": False,
}
STEP = np.finfo(np.float64).eps ** (1 / 3)  # balances rounding against truncation
FEW = 20  # one look for each of them; and the mistake is above a thousandth at few points only


def inputs(seed=0):
    points = np.random.default_rng(seed).uniform(-10, 10, 200)
    return {"x": np.float64(2.0), "points": points}


def f(x):
    return x**3 + 2 * x**2 + 1


def derivative_by_hand(x):
    return 3 * x**2 + 4 * x


def derivative_mistaken(x):
    return 3 * x**2 + 4.001 * x


def central_difference(x):
    return (f(x + STEP) - f(x - STEP)) / (2 * STEP)


@jax.jit
def jax_style(x, points):
    automatic = jax.grad(f)

    def holds(derivative):
        at = jax.vmap(derivative)(points)
        return jnp.all(jnp.abs(at - jax.vmap(automatic)(points)) <= 1e-7 * (1 + jnp.abs(at)))

    return {
        "automatic": automatic(x),
        "by_hand": derivative_by_hand(x),
        "finite_difference": central_difference(x),
        "error": jnp.abs(automatic(x) - derivative_by_hand(x)),
        "holds_by_hand": holds(derivative_by_hand),
        "holds_finite_difference": holds(central_difference),
        "holds_for_a_wrong_rule": holds(derivative_mistaken),
    }


def pytorch_style(torch, x, points):
    class Mistaken(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            ctx.save_for_backward(x)
            return f(x)

        @staticmethod
        def backward(ctx, gradient):
            return gradient * derivative_mistaken(*ctx.saved_tensors)

    x = torch.tensor(x, requires_grad=True)
    f(x).backward()
    points = torch.tensor(points, requires_grad=True)
    f(points).sum().backward()
    some = points.detach()[:FEW].requires_grad_()
    gradcheck = torch.autograd.gradcheck
    checks = {
        "gradcheck": gradcheck(f, some),
        "gradcheck_of_a_wrong_rule": gradcheck(Mistaken.apply, some, raise_exception=False),
    }

    def holds(derivative):
        at = derivative(points)
        return torch.all(torch.abs(at - points.grad) <= 1e-7 * (1 + torch.abs(at)))

    with torch.no_grad():
        return {
            "automatic": x.grad,
            "by_hand": derivative_by_hand(x),
            "finite_difference": central_difference(x),
            "error": torch.abs(x.grad - derivative_by_hand(x)),
            "holds_by_hand": holds(derivative_by_hand),
            "holds_finite_difference": holds(central_difference),
            "holds_for_a_wrong_rule": holds(derivative_mistaken),
            **checks,
        }
