"""y = w x by stochastic gradient descent, one sample a step; then a quadratic."""

import torch

x_data = [1.0, 2.0, 3.0, 4.0]
y_data = [2.0, 4.0, 6.0, 8.0]

w = torch.tensor([1.0])
w.requires_grad = True


def forward(x):
    return x * w


def loss(x, y):
    y_pred = forward(x)
    return (y_pred - y) ** 2


print("predict (before training)", 5, forward(5).item())
for epoch in range(12):
    for x, y in zip(x_data, y_data):
        value = loss(x, y)
        value.backward()
        print("\tgrad:", x, y, w.grad.item())
        w.data = w.data - 0.01 * w.grad.data
        w.grad.data.zero_()
    print("progress:", epoch, value.item())
print("predict (after training)", 5, forward(5).item())

w1 = torch.tensor([0.05], requires_grad=True)
w2 = torch.tensor([1.5], requires_grad=True)
b = torch.tensor([0.05], requires_grad=True)


def quadratic(x):
    return w1 * x**2 + w2 * x + b


print("Predict (before training)", 5, quadratic(5).item())
for epoch in range(20):
    for x, y in zip(x_data, y_data):
        value = (quadratic(x) - y) ** 2
        value.backward()
        w1.data = w1.data - 0.001 * w1.grad.data
        w2.data = w2.data - 0.05 * w2.grad.data
        b.data = b.data - 0.001 * b.grad.data
        w1.grad.data.zero_()
        w2.grad.data.zero_()
        b.grad.data.zero_()
    print("Progress:", epoch, w1.item(), w2.item(), b.item(), value.item())
print("Predict (after training)", 5, quadratic(5).item())
