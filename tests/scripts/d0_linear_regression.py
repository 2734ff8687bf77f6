"""A line through noisy points: hand-written updates on .data, a loss curve."""

import matplotlib.pyplot as plt
import numpy as np
import torch

np.random.seed(1)
torch.manual_seed(1)
X = np.linspace(0, 50, 100)
y = X + np.random.uniform(-10, 10, 100)
X, y = torch.from_numpy(X), torch.from_numpy(y)
print(X.dtype, y.shape, X[:4], y[:4])

w = torch.randn(1, requires_grad=True)
b = torch.randn(1, requires_grad=True)
print(w, b)


def mean_squared_error(prediction, target):
    return torch.mean((prediction - target) ** 2)


epochs, learning_rate = 200, 0.0001
losses = []
for epoch in range(epochs):
    prediction = w * X + b
    loss = mean_squared_error(prediction, y)
    loss.backward()
    with torch.no_grad():
        w.data -= w.grad.data * learning_rate
        b.data -= b.grad.data * learning_rate
    w.grad.zero_()
    b.grad.zero_()
    losses.append(loss.item())
    if epoch % 40 == 0:
        print(f"epoch {epoch}: loss {loss:.4f}, w {w.item():.4f}, b {b.item():.4f}")

slope, intercept = np.polyfit(X.numpy(), y.numpy(), 1)
print(f"NumPy's line: {slope:.4f} {intercept:.4f}; ours: {w.item():.4f} {b.item():.4f}")
print(prediction.dtype, losses[-1] < losses[0])
plt.plot(X, y, "o")
plt.plot(X, (w * X + b).detach().numpy())
plt.figure()
plt.plot(losses)
plt.show()
