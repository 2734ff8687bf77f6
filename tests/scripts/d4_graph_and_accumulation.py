"""The graph behind a number, first gradients, accumulating and clearing."""

import torch

x = torch.tensor(2.0, requires_grad=True)
y = torch.tensor(3.0, requires_grad=True)
z = x * y + x**2
print(f"x: {x}, y: {y}")
print(f"z = {z}")
print(f"z.grad_fn: {z.grad_fn}")
print(f"inputs of the last node: {z.grad_fn.next_functions}")
z.backward()
print(f"∂z/∂x: {x.grad}, ∂z/∂y: {y.grad}")

x = torch.tensor(2.0, requires_grad=True)
y = x**2 + 2 * x + 1
y.backward()
print(f"x.grad = {x.grad.item()}")

x = torch.tensor(2.0, requires_grad=True)
y = torch.tensor(3.0)
z = x * y + x**2
z.backward()
print(f"first gradient: {x.grad}")
z = x * y + x**2
z.backward()
print(f"accumulated: {x.grad}")
x.grad.zero_()
z = x * y + x**2
z.backward()
print(f"after clearing: {x.grad}")
print("torch has zero_grad:", hasattr(torch, "zero_grad"))

x = torch.tensor([1.0, 2.0, 3.0], requires_grad=True)
y = x**2
try:
    y.backward()
except RuntimeError as error:
    print("RuntimeError:", error)
y.backward(torch.ones_like(y))
print(x.grad)
