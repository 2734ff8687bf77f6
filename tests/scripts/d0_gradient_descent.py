"""Descent by hand and by autograd: a parabola, and a quartic with a trap."""

import matplotlib.pyplot as plt
import torch


def f(x):
    return x**2


def df(x):
    return 2 * x


x = 5.0
points = []
for _ in range(15):
    points.append(round(x, 2))
    x -= 0.3 * df(x)
print(points)

x = torch.tensor(5.0, requires_grad=True)
points = []
for _ in range(15):
    points.append(round(x.item(), 2))
    y = f(x)
    y.backward()
    with torch.no_grad():
        x -= 0.3 * x.grad
    x.grad.zero_()
print(points)
grid = torch.linspace(-5, 5, 101)
plt.plot(grid, f(grid))
plt.plot(points, [f(p) for p in points], "o-")
plt.title("descent on a parabola")
plt.show()


def quartic(x):
    return 2 * x**4 - 3 * x**2 + 2 * x - 20


x = torch.tensor([5.0], requires_grad=True)
optimizer = torch.optim.SGD([x], lr=0.001)
for i in range(300):
    optimizer.zero_grad()
    loss = quartic(x)
    loss.backward()
    optimizer.step()
    if i % 50 == 0:
        print(f"step {i:3d}: x = {x.item():.3f}, f = {loss.item():.3f}")
print(x, x.grad)
