"""A small network on noisy points of a line: manual updates, a frozen layer, pictures."""

import matplotlib
import matplotlib.pyplot as plt
import torch
from torch import nn

torch.manual_seed(0)
x = torch.randn(100, 1)
y = 2 * x + 1 + 0.1 * torch.randn(100, 1)

model = nn.Sequential(nn.Linear(1, 10), nn.ReLU(), nn.Linear(10, 1))
criterion = nn.MSELoss()
print(model)

for epoch in range(100):
    prediction = model(x)
    loss = criterion(prediction, y)
    model.zero_grad()
    loss.backward()
    with torch.no_grad():
        for parameter in model.parameters():
            parameter -= 0.01 * parameter.grad
    if (epoch + 1) % 10 == 0:
        print(f"Epoch [{epoch + 1}/100], Loss: {loss.item():.4f}")

for name, parameter in model.named_parameters():
    print(name, parameter.shape, parameter.grad.abs().max())

for parameter in model[0].parameters():
    parameter.requires_grad = False
model.zero_grad()
criterion(model(x), y).backward()
print([parameter.grad is None for parameter in model.parameters()])

fig, axes = plt.subplots()
axes.scatter(x, y)
order = x.argsort(dim=0).squeeze()
axes.plot(x[order], model(x[order]).detach(), "r")
fig.savefig("mlp.png")
plt.show()
print(matplotlib.get_backend().lower())
