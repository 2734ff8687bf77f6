"""Reading a value off the tape: `item()`, `data`, `detach()`.

`item()` copies a number out into Python; `data` and `detach()` are tensors that share the value and
have no graph. The difference shows in a training loop: an epoch's loss summed with `loss.item()`
is a number, while a sum of the losses themselves drags the graph of every step along.
"""

import jax
import numpy as np

SOURCE = "D0 D2"
NOTE = (
    "In JAX a loss is a value without a past: the scan returns all of them and the mean is taken "
    "at the end. `float(loss)` fetches one to the host, outside the compiled program."
)
EXPECTED = {
    "first_gradient": -2.0,
    "mean_loss": 5.225715,
    "item_type": "float",
    "data_type": "Tensor",
    "data_requires_grad": False,
    "item_after_zeroing": -2.0,
    "data_after_zeroing": 0.0,
    "numpy_of_recorded": "RuntimeError",
    "says_detach": True,
    "detached_type": "ndarray",
    "nodes_with_item": [0, 0, 0, 0],
    "nodes_without_item": [5, 9, 13, 17],
}


def inputs(seed=0):
    samples = np.array([1, 2, 3, 4], np.float32)
    return {"w": np.float32(1.0), "x": samples, "y": 2 * samples}


def squared_error(w, x, y):
    return (w * x - y) ** 2


@jax.jit
def jax_style(w, x, y):
    def step(w, sample):
        loss, gradient = jax.value_and_grad(squared_error)(w, *sample)
        return w - 0.01 * gradient, (loss, gradient)

    w, (losses, gradients) = jax.lax.scan(step, w, (x, y))
    return {"w": w, "mean_loss": losses.mean(), "first_gradient": gradients[0]}


def pytorch_style(torch, w, x, y):
    w = torch.tensor(w, requires_grad=True)
    total, total_with_graph = 0.0, 0.0
    nodes_with_item, nodes_without_item = [], []
    items, data = [], []

    for sample, target in zip(torch.tensor(x), torch.tensor(y), strict=True):
        loss = (w * sample - target) ** 2
        loss.backward()

        total += loss.item()
        total_with_graph += loss
        nodes_with_item.append(count_nodes(total))
        nodes_without_item.append(count_nodes(total_with_graph))

        items.append(w.grad.item())
        data.append(w.grad.data)
        with torch.no_grad():
            w -= 0.01 * w.grad
        w.grad.zero_()

    try:
        loss.numpy()
    except RuntimeError as error:
        refused = error

    return {
        "w": w,
        "mean_loss": torch.tensor(total / len(x)),
        "first_gradient": torch.tensor(items[0]),
        "item_type": type(items[0]).__name__,
        "data_type": type(data[0]).__name__,
        "data_requires_grad": data[0].requires_grad,
        "item_after_zeroing": items[0],
        "data_after_zeroing": data[0].item(),
        "numpy_of_recorded": type(refused).__name__,
        "says_detach": "detach().numpy()" in str(refused),
        "detached_type": type(loss.detach().numpy()).__name__,
        "nodes_with_item": nodes_with_item,
        "nodes_without_item": nodes_without_item,
    }


def count_nodes(total):
    """Count the graph nodes that `total` keeps alive; a Python number keeps none."""
    nodes = {total.grad_fn} if hasattr(total, "grad_fn") else set()
    waiting = list(nodes)
    while waiting:
        sources = {source for source, _ in waiting.pop().next_functions if source} - nodes
        nodes |= sources
        waiting += sources
    return len(nodes)
