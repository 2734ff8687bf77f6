"""A Function with its own backward; its gradient checked by finite differences."""

import torch
from torch.autograd import Function


class Cube(Function):
    @staticmethod
    def forward(ctx, input):
        ctx.save_for_backward(input)
        return input**3

    @staticmethod
    def backward(ctx, grad_output):
        (input,) = ctx.saved_tensors
        return grad_output * 3 * input**2


class ScaledReLU(Function):
    @staticmethod
    def forward(ctx, input, scale):
        ctx.scale = scale
        ctx.save_for_backward(input)
        return input.clamp(min=0) * scale

    @staticmethod
    def backward(ctx, grad_output):
        (input,) = ctx.saved_tensors
        grad_input = grad_output.clone()
        grad_input[input < 0] = 0
        return grad_input * ctx.scale, None


x = torch.tensor(2.0, requires_grad=True)
cube = Cube.apply
y = cube(x)
print(y, y.grad_fn)
y.backward()
print(f"value {y.item()}, gradient {x.grad.item()}")

torch.manual_seed(11)
v = torch.randn(6, requires_grad=True)
out = ScaledReLU.apply(v, 2.5)
print(v, out)
out.sum().backward()
print(v.grad)


def f(x):
    return x**3 + 2 * x**2 + 1


x = torch.tensor(2.0, dtype=torch.float64, requires_grad=True)
f(x).backward()
h = 1e-6
with torch.no_grad():
    numeric = (f(x + h) - f(x - h)) / (2 * h)
print(f"autograd {x.grad.item():.6f}, finite differences {numeric.item():.6f}")
print("close:", torch.allclose(x.grad, numeric, atol=1e-6))
