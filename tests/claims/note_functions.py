"""Extending PyTorch: `torch.autograd.Function`, and the methods of its context."""

from .claim import Note, leaf

note = Note("Extending torch.autograd")
claim, error = note.claim, note.error

LEFT_OUT = {
    "vmap; jvp": "torch.func is jax.vmap here; forward mode has tests of its own",
    "__torch_function__, __torch_dispatch__, C++ extensions": "no part of autograd",
}


def scaled(torch, **more):
    """A Function `x * k` with other methods put in."""

    def forward(ctx, x, k=2.0):
        ctx.k = k
        return x * k

    def backward(ctx, gradient):
        return gradient * ctx.k, None

    methods = {"forward": forward, "backward": backward, **more}
    static = {name: staticmethod(method) for name, method in methods.items()}
    return type("Scaled", (torch.autograd.Function,), static)


note.section("How to use: forward and backward")


@claim
def arguments_may_be_of_any_kind_and_have_defaults(torch):
    """Numbers, None, lists; their gradients are None."""

    def forward(ctx, x, k=2.0, names=None, flag=True):
        ctx.k = k
        return x * k if flag else x

    def backward(ctx, gradient):
        return gradient * ctx.k, None, None, None

    made = scaled(torch, forward=forward, backward=backward)
    x = leaf(torch, 1.0, 2.0)
    y = made.apply(x) + made.apply(x, 3.0, ["a"], True)
    y.sum().backward()
    return y, x.grad


@claim
def forward_runs_without_a_history(torch):
    """Recording is off inside, so what it computes is no part of the graph."""
    seen = []

    def forward(ctx, x, k=2.0):
        ctx.k = k
        seen.append((torch.is_grad_enabled(), (x * 2).requires_grad))
        return x * k

    y = scaled(torch, forward=forward).apply(leaf(torch, 1.0))
    return seen, y, y.grad_fn.next_functions[0][0].name()


@claim
def only_direct_arguments_are_registered_in_the_graph(torch):
    """A tensor within a list gets no gradient."""

    def forward(ctx, x, others):
        return x * others[0]

    def backward(ctx, gradient):
        return gradient, None

    x, w = leaf(torch, 1.0), leaf(torch, 3.0)
    y = scaled(torch, forward=forward, backward=backward).apply(x, [w])
    y.sum().backward()
    return y, x.grad, w.grad


@claim
def backward_gets_one_gradient_for_each_output(torch):
    """A tuple of outputs gives as many arguments."""
    seen = []

    def forward(ctx, x):
        return x * 2, x * 3

    def backward(ctx, a, b):
        seen.append((a, b))
        return a * 2 + b * 3

    x = leaf(torch, 1.0, 2.0)
    a, b = scaled(torch, forward=forward, backward=backward).apply(x)
    (a + b * 10).sum().backward()
    return seen, x.grad, a.grad_fn is b.grad_fn, (a.output_nr, b.output_nr)


@claim
def trailing_gradients_may_be_none(torch):
    """More gradients than arguments are fine where they are None."""

    def backward(ctx, gradient):
        return gradient * 2, None, None, None

    x = leaf(torch, 1.0)
    scaled(torch, backward=backward).apply(x).sum().backward()
    return x.grad


@error("returned an incorrect number of gradients")
def too_few_gradients_are_an_error(torch):
    """One for each argument."""

    def backward(ctx, gradient):
        return gradient

    scaled(torch, backward=backward).apply(leaf(torch, 1.0), 2.0).sum().backward()


@error("returned an invalid gradient at index 0 - got [3] but expected shape compatible with [2]")
def a_gradient_of_another_shape_is_an_error(torch):
    """It must have the shape of the argument."""

    def backward(ctx, gradient):
        return torch.ones(3), None

    scaled(torch, backward=backward).apply(leaf(torch, 1.0, 2.0), 2.0).sum().backward()


@claim
def a_gradient_for_what_needs_none_is_no_error(torch):
    """It is dropped."""

    def forward(ctx, x, w):
        return x * w

    def backward(ctx, gradient):
        return gradient, gradient

    x, w = leaf(torch, 1.0), torch.ones(1)
    scaled(torch, forward=forward, backward=backward).apply(x, w).sum().backward()
    return x.grad, w.grad


@claim
def needs_input_grad_says_who_needs_a_gradient(torch):
    """A tuple of booleans, one an argument, in forward and in backward."""
    seen = []

    def forward(ctx, x, w, k):
        seen.append(ctx.needs_input_grad)
        return x * w

    def backward(ctx, gradient):
        seen.append(ctx.needs_input_grad)
        return gradient, None, None

    made = scaled(torch, forward=forward, backward=backward)
    made.apply(leaf(torch, 1.0), torch.ones(1), 3).sum().backward()
    return seen


@claim
def the_linear_function_of_the_note(torch):
    """Its optional argument, its gradients."""

    class Linear(torch.autograd.Function):
        @staticmethod
        def forward(ctx, input, weight, bias=None):
            ctx.save_for_backward(input, weight, bias)
            output = input.mm(weight.t())
            if bias is not None:
                output += bias.unsqueeze(0).expand_as(output)
            return output

        @staticmethod
        def backward(ctx, gradient):
            input, weight, bias = ctx.saved_tensors
            found = [None, None, None]
            if ctx.needs_input_grad[0]:
                found[0] = gradient.mm(weight)
            if ctx.needs_input_grad[1]:
                found[1] = gradient.t().mm(input)
            if bias is not None and ctx.needs_input_grad[2]:
                found[2] = gradient.sum(0)
            return tuple(found)

    x = torch.arange(6.0).reshape(2, 3).requires_grad_()
    w = torch.ones(2, 3, requires_grad=True)
    b = torch.zeros(2, requires_grad=True)
    y, z = Linear.apply(x, w, b), Linear.apply(x, w)
    (y * y + z).sum().backward()
    return y, z, x.grad, w.grad, b.grad


@error("You must implement the forward function")
def forward_must_be_there(torch):
    """A Function without forward."""

    class Empty(torch.autograd.Function):
        pass

    Empty.apply(leaf(torch, 1.0))


@error("You must implement either the backward or vjp method")
def backward_must_be_there_when_it_is_needed(torch):
    """A Function without backward runs, but cannot be differentiated."""

    class Half(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            return x * 2

    Half.apply(leaf(torch, 1.0)).sum().backward()


@claim
def the_node_is_named_after_the_class(torch):
    """MyFn gives MyFnBackward, of a type in torch.autograd.function."""
    node = scaled(torch).apply(leaf(torch, 1.0)).grad_fn
    return node.name(), type(node).__name__, type(node).__module__, repr(node).split(" at ")[0]


@claim
def ctx_is_the_node(torch):
    """What was put on the context is found on the grad_fn."""

    def forward(ctx, x, k=2.0):
        ctx.k = k
        ctx.save_for_backward(x)
        return x * k

    x = leaf(torch, 1.0)
    node = scaled(torch, forward=forward).apply(x, 5.0).grad_fn
    return node.k, node.saved_tensors[0] is x, node.needs_input_grad


@claim
def higher_orders_work_where_backward_is_differentiable(torch):
    """What was saved and the gradient track history in backward."""

    def forward(ctx, x, k=2.0):
        ctx.save_for_backward(x)
        return x**3

    def backward(ctx, gradient):
        (x,) = ctx.saved_tensors
        return gradient * 3 * x**2, None

    x = leaf(torch, 2.0)
    y = scaled(torch, forward=forward, backward=backward).apply(x, 1.0)
    (g,) = torch.autograd.grad(y.sum(), x, create_graph=True)
    (h,) = torch.autograd.grad(g.sum(), x, create_graph=True)
    (i,) = torch.autograd.grad(h.sum(), x)
    return g.detach(), h.detach(), i


@claim
def a_tensor_left_on_ctx_has_no_gradient_through_it(torch):
    """An intermediate on ctx is a constant for the second order."""

    def forward(ctx, x, k=2.0):
        ctx.cube = 3 * x**2
        return x**3

    def backward(ctx, gradient):
        return gradient * ctx.cube, None

    x = leaf(torch, 2.0)
    y = scaled(torch, forward=forward, backward=backward).apply(x, 1.0)
    (g,) = torch.autograd.grad(y.sum(), x, create_graph=True)
    return g.requires_grad, g.detach()


@claim
def an_intermediate_returned_and_saved_has_gradients_through_it(torch):
    """The way that the note gives: make it an output and save it."""

    def forward(ctx, x, k=2.0):
        square = x * x
        ctx.save_for_backward(x, square)
        return x * square, square

    def backward(ctx, gradient, of_square):
        x, square = ctx.saved_tensors
        return gradient * 3 * square + of_square * 2 * x, None

    x = leaf(torch, 2.0)
    y, _ = scaled(torch, forward=forward, backward=backward).apply(x, 1.0)
    (g,) = torch.autograd.grad(y.sum(), x, create_graph=True)
    (h,) = torch.autograd.grad(g.sum(), x)
    return g.detach(), h


@claim
def gradcheck_accepts_a_right_backward(torch):
    """It gives True."""
    x = torch.tensor([1.0, 2.0], dtype=torch.float64, requires_grad=True)
    return torch.autograd.gradcheck(scaled(torch).apply, (x,))
