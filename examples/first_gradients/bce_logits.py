"""The gradients of one layer under binary cross entropy.

z = x @ w + b is compared with the target y. For this loss, sigmoid and logarithm cancel in the
gradient: ∂loss/∂z is (sigmoid(z) − y) / 3, the three being the outputs the loss averages over.
As every input is 1, each row of w's gradient is that vector, and so is b's gradient.
"""

import jax
import numpy as np
import optax

import funcgrad as fg

SOURCE = "D0"
NOTE = (
    "The parameters are arguments: `argnums` picks those to differentiate, here the first, a tuple "
    "of both. On the tape they are tensors with `requires_grad=True`, and x and y are not."
)
EXPECTED = {
    "loss": 0.6819,
    "w_gradient": [[0.2661, 0.1179, 0.0027]] * 5,
    "b_gradient": [0.2661, 0.1179, 0.0027],
    "z_grad_fn": "AddBackward0",
    "loss_grad_fn": "BinaryCrossEntropyWithLogitsBackward0",
    "graph": [
        "output loss: float32[] -> BinaryCrossEntropyWithLogitsBackward0",
        "BinaryCrossEntropyWithLogitsBackward0 -> AddBackward0: z float32[3]",
        "AddBackward0: z float32[3] -> SqueezeBackward4",
        "AddBackward0: z float32[3] -> AccumulateGrad b: float32[3]",
        "SqueezeBackward4 -> MmBackward0",
        "MmBackward0 -> AccumulateGrad w: float32[5,3]",
    ],
}
# Printed with four places: half a unit of the last.
TOLERANCE = {"loss": 5e-5, "w_gradient": 5e-5, "b_gradient": 5e-5}

# What PyTorch draws after manual_seed(0): randn(5, 3), then randn(3).
PYTORCH_SEED_0 = {
    "w": [
        [1.54099607, -0.293428898, -2.17878938],
        [0.568431258, -1.08452237, -1.39859545],
        [0.403346837, 0.838026345, -0.719257593],
        [-0.403343529, -0.596635342, 0.182036489],
        [-0.856674612, 1.10060418, -1.07118738],
    ],
    "b": [0.122701243, -0.566317499, 0.373114645],
}


def inputs(seed=0):
    random = np.random.default_rng(seed)
    drawn = {"w": random.standard_normal((5, 3)), "b": random.standard_normal(3)}
    start = PYTORCH_SEED_0 if seed == 0 else drawn
    return {
        "x": np.ones(5, np.float32),
        "y": np.zeros(3, np.float32),
        "w": np.asarray(start["w"], np.float32),
        "b": np.asarray(start["b"], np.float32),
    }


def cross_entropy(parameters, x, y):
    w, b = parameters
    return optax.sigmoid_binary_cross_entropy(x @ w + b, y).mean()


@jax.jit
def jax_style(x, y, w, b):
    loss, (w_gradient, b_gradient) = jax.value_and_grad(cross_entropy)((w, b), x, y)
    return {"loss": loss, "w_gradient": w_gradient, "b_gradient": b_gradient}


def pytorch_style(torch, x, y, w, b):
    x = torch.tensor(x)
    y = torch.tensor(y)
    w = torch.tensor(w, requires_grad=True)
    b = torch.tensor(b, requires_grad=True)

    z = x @ w + b
    loss = torch.nn.functional.binary_cross_entropy_with_logits(z, y)
    loss.backward()

    return {
        "loss": loss,
        "w_gradient": w.grad,
        "b_gradient": b.grad,
        "z_grad_fn": z.grad_fn.name(),
        "loss_grad_fn": loss.grad_fn.name(),
        "graph": fg.graphs.tape(loss, names={"w": w, "b": b, "z": z, "loss": loss}).lines(),
    }


def figures(results):
    if "graph" not in results:  # JAX leaves no graph behind
        return {}
    graph = fg.graphs.Graph.from_lines(results["graph"])
    return {"graph": graph.figure(title="The graph behind the loss")}
