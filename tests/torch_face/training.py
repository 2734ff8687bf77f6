"""What the tests of optimizers share: tensors to train, and steps."""

from .programs import values


def parameters(torch, dtype="float32"):
    return [values(torch, 3, 2, dtype=dtype), values(torch, 4, seed=1, dtype=dtype)]


def train(torch, optimizer, tensors, steps, start=0):
    """Steps along gradients that depend on the parameters and on the step."""
    for step in range(start, start + steps):
        optimizer.zero_grad()
        loss = sum(((t - step * 0.1).sin() * t).sum() for t in tensors)
        loss.backward()
        optimizer.step()
