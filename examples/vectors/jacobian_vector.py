"""A Jacobian-vector product through a loop whose length depends on the data.

x is doubled until the result is at least 1000 long. The tape records the doublings that happened;
a program must say what it differentiates: the number of doublings is decided on values alone, and
given that number, y is linear in x.
"""

import jax
import jax.numpy as jnp
import numpy as np

SOURCE = "D3"
NOTE = (
    "On the tape the loop is gone by the time `backward` runs. A traced `lax.while_loop` has no "
    "known length, so JAX pushes tangents through it forwards (`jacfwd`) but cannot walk it "
    "backwards; deciding the length under `stop_gradient` leaves a product, which `vjp` and "
    "`jacrev` read like any other. `vmap` runs both starts at once, each with its own length."
)
JACOBIANS = np.stack([2048 * np.eye(3), 1024 * np.eye(3)]).tolist()
EXPECTED = {
    "i": [10, 9],
    "gradient": [[204.8, 2048.0, 0.2048], [102.4, 1024.0, 0.1024]],
    "gradient_of_l": [[204.8, 2048.0, 0.2048], [102.4, 1024.0, 0.1024]],
    "jacobian": JACOBIANS,
    "jacobian_forward": JACOBIANS,
}


def inputs(seed=0):
    return {
        "starts": np.array([[0.4216, 0.1233, -0.3729], [-0.8706, -1.1828, -0.8192]], np.float32),
        "v": np.array([0.1, 1.0, 0.0001], np.float32),
    }


def double_until_long(x):
    def too_short(state):
        y, _ = state
        return jnp.linalg.norm(y) < 1000

    def double(state):
        y, i = state
        return 2 * y, i + 1

    return jax.lax.while_loop(too_short, double, (2 * x, 0))


def scaled(x):
    _, i = double_until_long(jax.lax.stop_gradient(x))
    return jnp.ldexp(x, i + 1), i


@jax.jit
def jax_style(starts, v):
    def one_start(x):
        y, pullback, i = jax.vjp(scaled, x, has_aux=True)
        (gradient,) = pullback(v)
        jacobian, _ = jax.jacrev(scaled, has_aux=True)(x)
        jacobian_forward, _ = jax.jacfwd(double_until_long, has_aux=True)(x)
        return {
            "y": y,
            "i": i,
            "gradient": gradient,
            "jacobian": jacobian,
            "jacobian_forward": jacobian_forward,
            "gradient_of_l": jax.grad(lambda x: v @ scaled(x)[0])(x),  # l = v·y, so ∂l/∂y = v
        }

    return jax.vmap(one_start)(starts)


def pytorch_style(torch, starts, v):
    v = torch.tensor(v)
    identity = torch.eye(3)

    def one_start(x):
        y, i = x * 2, 0
        while y.data.norm() < 1000:
            y, i = y * 2, i + 1

        def pull(output, cotangent):
            return torch.autograd.grad(output, x, cotangent, create_graph=True)[0]

        # A tape runs backwards only. Its pullback u ↦ uᵀJ is linear in u, though, and on the tape
        # as well: the gradient of that with respect to u is a column of J.
        u = torch.zeros(3, requires_grad=True)
        pulled = pull(y, u)
        columns = [torch.autograd.grad(pulled, u, e, retain_graph=True)[0] for e in identity]
        gradient_of_l = pull((v * y).sum(), None)  # l = v·y, so ∂l/∂y = v
        jacobian = torch.stack([pull(y, e) for e in identity])
        y.backward(v)
        return {
            "y": y,
            "i": torch.tensor(i),
            "gradient": x.grad,
            "jacobian": jacobian,
            "jacobian_forward": torch.stack(columns, 1),
            "gradient_of_l": gradient_of_l,
        }

    first, second = (one_start(torch.tensor(start, requires_grad=True)) for start in starts)
    return {name: torch.stack([first[name], second[name]]) for name in first}
