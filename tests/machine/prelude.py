"""What the lines of random programs may use beside PyTorch: Functions of users."""

PRELUDE = '''
class Cube(torch.autograd.Function):
    """Saves its input."""

    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return x * x * x

    @staticmethod
    def backward(ctx, gradient):
        (x,) = ctx.saved_tensors
        return 3 * x * x * gradient


class Doubled(torch.autograd.Function):
    """Edits its input."""

    @staticmethod
    def forward(ctx, x):
        ctx.mark_dirty(x)
        return x.mul_(2)

    @staticmethod
    def backward(ctx, gradient):
        return 2 * gradient


class Parted(torch.autograd.Function):
    """Gives a view, and a result without a gradient."""

    @staticmethod
    def forward(ctx, x):
        signs = x > 0
        ctx.mark_non_differentiable(signs)
        return x.view_as(x), signs

    @staticmethod
    def backward(ctx, gradient, _):
        return gradient
'''
