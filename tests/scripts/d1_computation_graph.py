"""A graph of five tensors: who is a leaf, who keeps a gradient, what made whom."""

import torch

w = torch.tensor([1.0], requires_grad=True)
x = torch.tensor([2.0], requires_grad=True)
a = torch.add(w, x)
a.retain_grad()
b = torch.add(w, 1)
y = torch.mul(a, b)
y.backward()
print(w.grad, x.grad, a.grad)
print("is_leaf:\n", w.is_leaf, x.is_leaf, a.is_leaf, b.is_leaf, y.is_leaf)
print("grad_fn:\n", w.grad_fn, x.grad_fn, a.grad_fn, b.grad_fn, y.grad_fn)
print("graph:\n", y.grad_fn.next_functions, a.grad_fn.next_functions[1][0].variable)

# Several outputs, weighted.
a = torch.add(w, x)
b = torch.add(w, 1)
loss = torch.cat([torch.mul(a, b), torch.add(a, b)], dim=0)
w.grad = None
loss.backward(gradient=torch.tensor([1.0, 2.0]))
print(loss, w.grad)

# Gradients are not cleared by themselves, and a leaf is not to be edited.
for _ in range(3):
    y = torch.mul(torch.add(w, x), torch.add(w, 1))
    y.backward()
    print(w.grad)
w.grad.zero_()
try:
    w.add_(1)
except RuntimeError as error:
    print("RuntimeError:", error)

t = torch.ones((1,))
print(id(t) == id(t.add_(torch.ones((1,)))), t)
