"""torch.autograd.backward, torch.autograd.grad, higher orders, dynamic control flow."""

import torch
from torch import autograd

x = torch.tensor([3.0], requires_grad=True)
y = torch.pow(x, 2)
grad_1 = autograd.grad(y, x, create_graph=True)
print(grad_1)
grad_2 = autograd.grad(grad_1[0], x)
print(grad_2)

a = torch.tensor([1.0, 2.0], requires_grad=True)
b = torch.tensor([3.0, 4.0], requires_grad=True)
out = a * b
torch.autograd.backward([out, out.sum()], [torch.ones(2), torch.tensor(2.0)], retain_graph=True)
print(a.grad, b.grad)
print(torch.autograd.grad(out, [a, b], grad_outputs=torch.tensor([1.0, 10.0])))
unused = torch.ones(2, requires_grad=True)
try:
    torch.autograd.grad((a * 2).sum(), [a, unused])
except RuntimeError as error:
    print(error)
print(torch.autograd.grad((a * 2).sum(), [a, unused], allow_unused=True))

torch.manual_seed(10)
x = torch.randn(3, requires_grad=True)
y = x * 2
while y.data.norm() < 1000:
    y = y * 2
print(y)
y.backward(torch.tensor([0.1, 1.0, 0.0001]))
print(x.grad)
