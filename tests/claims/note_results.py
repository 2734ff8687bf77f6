"""Docs of `torch.autograd.Function`: `once_differentiable`, results that are views."""

from .claim import Note, leaf
from .note_functions import scaled

note = Note("torch.autograd.function.FunctionCtx")
claim, error = note.claim, note.error

LEFT_OUT = {
    "mark_shared_storage": "gone from PyTorch since 0.4",
}

note.section("once_differentiable")


@error("trying to differentiate twice a function that was marked with @once_differentiable")
def a_second_derivative_of_once_differentiable_is_an_error(torch):
    """The decorator says that backward cannot be differentiated."""

    @torch.autograd.function.once_differentiable
    def backward(ctx, gradient):
        return gradient * 2, None

    x = leaf(torch, 1.0)
    y = scaled(torch, backward=backward).apply(x) ** 2
    (g,) = torch.autograd.grad(y.sum(), x, create_graph=True)
    g.sum().backward()


@claim
def the_first_derivative_of_once_differentiable_works(torch):
    """Recording is off inside."""
    seen = []

    @torch.autograd.function.once_differentiable
    def backward(ctx, gradient):
        seen.append((torch.is_grad_enabled(), gradient.requires_grad))
        return gradient * 2, None

    x = leaf(torch, 1.0)
    scaled(torch, backward=backward).apply(x).sum().backward()
    return x.grad, seen


note.section("Results that are arguments, and views")


@claim
def an_argument_returned_as_it_is_is_a_view_of_it(torch):
    """The result is another tensor, with the Function as its history."""

    def forward(ctx, x, k=2.0):
        return x

    def backward(ctx, gradient):
        return gradient * 10, None

    x = leaf(torch, 1.0, 2.0)
    y = scaled(torch, forward=forward, backward=backward).apply(x)
    y.sum().backward()
    return y is x, y, y.grad_fn.name(), x.grad


@error("This view was created inside a custom Function")
def a_view_made_in_a_function_cannot_be_edited(torch):
    """The edit would go past the user's backward."""

    def forward(ctx, x, k=2.0):
        return x

    x = leaf(torch, 1.0, 2.0) * 1
    y = scaled(torch, forward=forward).apply(x)
    y.mul_(2)


@claim
def nothing_is_recorded_where_nothing_requires_grad(torch):
    """The result has no history, and backward is never called."""
    y = scaled(torch).apply(torch.ones(2))
    with torch.no_grad():
        z = scaled(torch).apply(leaf(torch, 1.0))
    return y, z
