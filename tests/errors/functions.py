"""`autograd.Function`: methods that are missing or wrong, and what they save and return."""

from .misuse import leaf, misuses

misuse = misuses("autograd.Function")


def doubling(torch, backward=None, forward=None):
    """A Function 2 · x, with what goes wrong put in."""

    class Double(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            ctx.save_for_backward(x)
            return 2 * x if forward is None else forward(ctx, x)

        @staticmethod
        def backward(ctx, g):
            return 2 * g if backward is None else backward(ctx, g)

    return Double.apply


@misuse("Legacy autograd function with non-static forward method is deprecated",
        way_out="Please use new-style autograd function with static forward method")  # fmt: skip
def a_function_made_and_called(torch):
    class Double(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            return 2 * x

    Double()(leaf(torch, 1.0))


@misuse("custom autograd.Function", way_out="You must implement either the backward or vjp method")
def no_backward(torch):
    class Double(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            return 2 * x

    x = leaf(torch, 1.0)
    y = Double.apply(x)
    yield lambda: (x.grad, y)
    y.sum().backward()


@misuse("custom autograd.Function", way_out="You must implement the forward function")
def no_forward(torch):
    class Nothing(torch.autograd.Function):
        @staticmethod
        def backward(ctx, g):
            return g

    Nothing.apply(leaf(torch, 1.0))


@misuse("returned an incorrect number of gradients (expected 1, got 2)")
def a_gradient_too_many(torch):
    x = leaf(torch, 1.0)
    y = doubling(torch, lambda ctx, g: (g, g))(x)
    yield lambda: x.grad
    y.sum().backward()


@misuse("returned an invalid gradient at index 0 - got [2] but expected shape compatible with [3]")
def a_gradient_with_the_shape_of_something_else(torch):
    x = leaf(torch, 1.0, 2.0, 3.0)
    y = doubling(torch, lambda ctx, g: g[:2])(x)
    yield lambda: x.grad
    y.sum().backward()


@misuse("expected Variable", "float")
def a_gradient_that_is_a_number(torch):
    x = leaf(torch, 1.0)
    y = doubling(torch, lambda ctx, g: 2.0)(x)
    yield lambda: x.grad
    y.sum().backward()


@misuse("save_for_backward can only save variables, but argument", "is of type float")
def a_number_saved(torch):
    doubling(torch, forward=lambda ctx, x: ctx.save_for_backward(x, 2.0))(leaf(torch, 1.0))


@misuse("save_for_backward can only save variables, but argument", "is of type list")
def a_list_saved(torch):
    doubling(torch, forward=lambda ctx, x: ctx.save_for_backward([x]))(leaf(torch, 1.0))


@misuse("backward through the graph a second time", way_out="retain_graph=True")
def its_saved_tensors_were_freed(torch):
    x = leaf(torch, 1.0)
    y = doubling(torch, lambda ctx, g: 2 * g * ctx.saved_tensors[0])(x)
    y.sum().backward()
    yield lambda: x.grad
    y.sum().backward()


@misuse("has been modified by an inplace operation", way_out="set_detect_anomaly(True)")
def its_saved_tensor_was_edited(torch):
    x = leaf(torch, 1.0)
    y = x * 1
    z = doubling(torch, lambda ctx, g: 2 * g * ctx.saved_tensors[0])(y)
    y.add_(1)
    yield lambda: (x.grad, y, y._version)
    z.sum().backward()


@misuse("a leaf Variable that requires grad has been used in an in-place operation")
def a_leaf_marked_dirty(torch):
    def forward(ctx, x):
        ctx.mark_dirty(x)
        return x.mul_(2)

    doubling(torch, forward=forward)(leaf(torch, 1.0))


@misuse("marked as dirty during the forward method were not returned as output",
        way_out="must all be outputs of the Function")  # fmt: skip
def a_dirty_operand_not_returned(torch):
    def forward(ctx, x):
        ctx.mark_dirty(x)
        return x.mul_(2) + 1

    doubling(torch, forward=forward)(leaf(torch, 1.0) * 1)


@misuse("missing 1 required positional argument")
def applied_to_too_little(torch):
    class Product(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x, y):
            return x * y

    Product.apply(leaf(torch, 1.0))


@misuse("takes 2 positional arguments but 3 were given")
def a_backward_for_one_result_of_two(torch):
    class Both(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            return x * 2, x * 3

        @staticmethod
        def backward(ctx, g):
            return g

    x = leaf(torch, 1.0)
    a, b = Both.apply(x)
    yield lambda: x.grad
    (a + b).sum().backward()


@misuse("missing a required argument: 'x'")
def a_context_with_a_setup_of_its_own(torch):
    class Double(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            return 2 * x

        @staticmethod
        def setup_context(ctx, inputs, output):
            pass

    Double.apply(leaf(torch, 1.0))


@misuse("Implementing both 'backward' and 'vjp'",
        way_out="You should only implement one of them")  # fmt: skip
def a_backward_and_a_vjp(torch):
    class Double(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            return 2 * x

        @staticmethod
        def backward(ctx, g):
            return 2 * g

        @staticmethod
        def vjp(ctx, g):
            return 2 * g

    Double.apply(leaf(torch, 1.0)).sum().backward()


@misuse("unsupported operand type(s) for *: 'int' and 'NoneType'")
def a_gradient_that_did_not_come(torch):
    class Both(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            ctx.set_materialize_grads(False)
            return x * 2, x * 3

        @staticmethod
        def backward(ctx, a, b):
            return 2 * a + 3 * b

    Both.apply(leaf(torch, 1.0))[0].sum().backward()


@misuse("has no attribute 'scale'")
def a_context_without_what_backward_reads(torch):
    doubling(torch, lambda ctx, g: g * ctx.scale)(leaf(torch, 1.0)).sum().backward()


@misuse("Can't call numpy() on Tensor that requires grad",
        way_out="Use tensor.detach().numpy() instead")  # fmt: skip
def numpy_inside_a_recorded_backward(torch):
    x = leaf(torch, 1.0)
    y = doubling(torch, lambda ctx, g: torch.from_numpy(2 * g.numpy()))(x * x)
    torch.autograd.grad(y.sum() * x.sum(), x, create_graph=True)


@misuse("the user's own")
def an_exception_of_ones_own(torch):
    def backward(ctx, g):
        raise KeyError("the user's own")

    x = leaf(torch, 1.0)
    y = doubling(torch, backward)(x)
    yield lambda: x.grad
    y.sum().backward()


@misuse("gradient different than None at position 2", "was not a Variable")
def a_gradient_of_what_is_no_tensor(torch):
    class Scaled(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x, factor):
            return x * factor

        @staticmethod
        def backward(ctx, g):
            return g, g

    x = leaf(torch, 1.0)
    y = Scaled.apply(x, 2)
    yield lambda: x.grad
    y.sum().backward()
