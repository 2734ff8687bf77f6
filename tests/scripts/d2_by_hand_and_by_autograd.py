"""Back propagation through (x * omega + b - y)^2, by hand and by autograd; two layers."""

import torch

x, y = torch.tensor(1.5), torch.tensor(2.0)
omega = torch.tensor(0.7, requires_grad=True)
b = torch.tensor(0.1, requires_grad=True)

product = x * omega
y_hat = product + b
residual = y_hat - y
loss = residual**2
print("forward:", product.item(), y_hat.item(), residual.item(), loss.item())
d_residual = 2 * residual
d_y_hat = d_residual * 1
d_omega, d_b = d_y_hat * x, d_y_hat
print("by hand:", d_omega, d_b)
loss.backward()
print("autograd:", omega.grad, b.grad)
print(torch.equal(d_omega.detach(), omega.grad), torch.equal(d_b.detach(), b.grad))

torch.manual_seed(5)
inputs = torch.randn(4, 3)
W1 = torch.randn(3, 5, requires_grad=True)
b1 = torch.zeros(5, requires_grad=True)
W2 = torch.randn(5, 2, requires_grad=True)
b2 = torch.zeros(2, requires_grad=True)
target = torch.randn(4, 2)

h = inputs @ W1 + b1
out = h @ W2 + b2
loss = ((out - target) ** 2).mean()
loss.backward()
d_out = 2 * (out - target) / out.numel()
d_h = d_out @ W2.T
print(loss)
print(torch.allclose(W2.grad, h.T @ d_out), torch.allclose(b2.grad, d_out.sum(0)))
print(torch.allclose(W1.grad, inputs.T @ d_h), torch.allclose(b1.grad, d_h.sum(dim=0)))
print(b1.grad)
print(W1.grad)

collapsed = inputs @ (W1 @ W2) + (b1 @ W2 + b2)
print("two linear layers are one:", torch.allclose(collapsed, out, atol=1e-5))
curved = torch.sigmoid(inputs @ W1 + b1) @ W2 + b2
print("with a sigmoid they are not:", torch.allclose(collapsed, curved, atol=1e-5))
