"""Gradients pile up; a graph is freed after its first use."""

import torch

x = torch.tensor(5.0, requires_grad=True)
y = x**3
for _ in range(3):
    y.backward(retain_graph=True)
    print("accumulated:", x.grad)

x.grad.zero_()
for _ in range(3):
    y.backward(retain_graph=True)
    print("cleared:", x.grad, x.grad.item(), x.grad.data)
    x.grad.zero_()

y.backward()
try:
    y.backward()
except RuntimeError as error:
    print(type(error).__name__, str(error).split(".")[0])

x = torch.tensor(5.0, requires_grad=True)
y = x**3
z = y**2
z.backward()
print("chain:", x.grad, x.grad == 6 * x**5, z.grad_fn.next_functions)
print(x.detach().numpy(), type(x.item()))
try:
    x.numpy()
except RuntimeError as error:
    print(error)
