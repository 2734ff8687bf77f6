"""What a tensor knows about its gradient: grad_fn, leaves, attributes, the retired Variable."""

import torch
from torch.autograd import Variable

x = torch.tensor(4.0, requires_grad=True)
y = x**2
print("x =", x, "y =", y)
print("grad_fn:", y.grad_fn)
y.backward()
print("dy/dx at 4:", x.grad)

x = torch.tensor(1.0, requires_grad=True)
y = torch.tensor(2.0)
z = x * y
z.retain_grad()


def show(name, tensor):
    print(f"--- {name}")
    print("data:", tensor.data)
    print("requires_grad:", tensor.requires_grad)
    print("grad:", tensor.grad)
    print("grad_fn:", tensor.grad_fn)
    print("is_leaf:", tensor.is_leaf)


for name, tensor in (("x", x), ("y", y), ("z", z)):
    show(name, tensor)
z.backward()
print("after backward")
for name, tensor in (("x", x), ("y", y), ("z", z)):
    show(name, tensor)

v = Variable(torch.ones(1), requires_grad=True)
t = torch.ones(1, requires_grad=True)
for start in (v, t):
    end = start + 1
    end.backward()
    print(start, end, start.grad)
print(isinstance(v, torch.Tensor), type(v))
