"""Best practice: only the gradients that are needed.

A two-layer network whose first layer, the body, is frozen. Gradients then end at the second layer,
the head: fewer numbers to compute and a shorter graph to keep. The body's features may even be
computed once, off the tape. And what is not cleared is counted twice.
"""

import jax
import jax.numpy as jnp
import numpy as np

SOURCE = "D4"
NOTE = (
    "PyTorch freezes a parameter by a flag on the tensor; JAX by not differentiating with respect "
    "to it. The saving is the same: for the head alone one matrix product runs backwards, not "
    "three, and the body's activations are not kept for it. JAX has nothing to clear; to count a "
    "batch twice one must write the sum."
)
EXPECTED = {
    "numbers_for_all": 37,
    "numbers_for_head": 7,
    "leaves_for_all": 4,
    "leaves_for_head": 2,
    "leaves_on_features": 2,
    "frozen_gradients": [None, None],
    "cleared_gradients": [None, None],
}


def inputs(seed=0):
    rng = np.random.default_rng(seed)
    shapes = {"body_weight": (6, 4), "body_bias": (6,), "head_weight": (1, 6), "head_bias": (1,)}
    start = {name: rng.normal(0, 0.5, shape) for name, shape in shapes.items()}
    data = {"x": rng.normal(size=(8, 4)), "y": rng.normal(size=(8, 1))}
    return {name: value.astype(np.float32) for name, value in (start | data).items()}


@jax.jit
def jax_style(body_weight, body_bias, head_weight, head_bias, x, y):
    def features(body):
        weight, bias = body
        return jnp.tanh(x @ weight.T + bias)

    def loss(head, hidden):
        weight, bias = head
        return jnp.mean((hidden @ weight.T + bias - y) ** 2)

    # gradients for all
    body, head = (body_weight, body_bias), (head_weight, head_bias)
    for_head, for_body = jax.grad(lambda h, b: loss(h, features(b)), argnums=(0, 1))(head, body)

    # for the head alone
    hidden = features(body)  # once; as often as the head is trained
    value, only_head = jax.value_and_grad(loss)(head, hidden)

    def numbers(gradients):
        return jnp.array(sum(gradient.size for gradient in jax.tree.leaves(gradients)))

    return {
        "loss": value,
        "body_weight_gradient": for_body[0],
        "head_weight_gradient": for_head[0],
        "head_weight_gradient_frozen": only_head[0],
        "head_weight_gradient_uncleared": only_head[0] + only_head[0],
        "numbers_for_all": numbers((for_head, for_body)),
        "numbers_for_head": numbers(only_head),
    }


def pytorch_style(torch, body_weight, body_bias, head_weight, head_bias, x, y):
    x, y = torch.tensor(x), torch.tensor(y)
    body, head = torch.nn.Linear(4, 6), torch.nn.Linear(6, 1)
    with torch.no_grad():
        body.weight.copy_(torch.tensor(body_weight))
        body.bias.copy_(torch.tensor(body_bias))
        head.weight.copy_(torch.tensor(head_weight))
        head.bias.copy_(torch.tensor(head_bias))
    model = torch.nn.Sequential(body, torch.nn.Tanh(), head)
    mse = torch.nn.MSELoss()

    def leaves(loss):
        """How many leaves the graph behind a loss reaches."""
        seen, found = set(), [loss.grad_fn]
        while found:
            node = found.pop()
            if node is not None and node not in seen:
                seen.add(node)
                found += [following for following, _ in node.next_functions]
        return sum(hasattr(node, "variable") for node in seen)

    def numbers():
        gradients = [p.grad for p in model.parameters() if p.grad is not None]
        return torch.tensor(sum(gradient.numel() for gradient in gradients))

    # gradients for all
    loss_for_all = mse(model(x), y)
    loss_for_all.backward()
    all_of_them = {
        "body_weight_gradient": body.weight.grad,
        "head_weight_gradient": head.weight.grad,
        "numbers_for_all": numbers(),
        "leaves_for_all": leaves(loss_for_all),
    }

    # for the head alone
    model.zero_grad()
    cleared = [parameter.grad for parameter in head.parameters()]
    for parameter in body.parameters():
        parameter.requires_grad_(False)
    loss_for_head = mse(model(x), y)
    loss_for_head.backward()
    frozen = {
        "head_weight_gradient_frozen": head.weight.grad.clone(),
        "numbers_for_head": numbers(),
        "leaves_for_head": leaves(loss_for_head),
        "frozen_gradients": [parameter.grad for parameter in body.parameters()],
        "cleared_gradients": cleared,
    }

    hidden = torch.tanh(body(x)).detach()
    loss = mse(head(hidden), y)
    loss.backward()  # a second time without clearing
    return {
        "loss": loss,
        **all_of_them,
        **frozen,
        "head_weight_gradient_uncleared": head.weight.grad,
        "leaves_on_features": leaves(loss),
    }
