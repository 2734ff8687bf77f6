"""Second and third derivatives, three ways; what switches the tape off."""

import torch

x = torch.tensor(2.0, requires_grad=True)
y = x**3
(first,) = torch.autograd.grad(y, x, create_graph=True)
(second,) = torch.autograd.grad(first, x, create_graph=True)
(third,) = torch.autograd.grad(second, x)
print(first, second, third)

y = x**3
y.backward(create_graph=True)
grad_x = x.grad
print("first:", grad_x)
x.grad = None
grad_x.backward()
print("second:", x.grad)

x = torch.tensor([1.0, 2.0], requires_grad=True)
with torch.no_grad():
    y = x * 2
print(y.requires_grad, y)
z = (x * 2).detach()
print(z.requires_grad, z)
with torch.inference_mode():
    u = x * 2
print(u.requires_grad, u.is_inference(), u)
try:
    (u * x).sum().backward()
except RuntimeError as error:
    print("RuntimeError:", error)


@torch.no_grad()
def evaluate(value):
    return value * 3


print(evaluate(x), torch.is_grad_enabled())
with torch.set_grad_enabled(False):
    print(torch.is_grad_enabled())
