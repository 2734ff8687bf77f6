"""Docs of `torch.autograd.Function`: what the methods of `ctx` promise."""

from .claim import Note, leaf
from .note_functions import scaled

note = Note("torch.autograd.function.FunctionCtx")
claim, error = note.claim, note.error

LEFT_OUT = {
    "save_for_forward": "forward mode has tests of its own",
}

note.section("save_for_backward")


@error("save_for_backward can only save variables")
def only_tensors_can_be_saved(torch):
    """Other things go on ctx."""

    def forward(ctx, x, k=2.0):
        ctx.save_for_backward(x, 3)
        return x

    scaled(torch, forward=forward).apply(leaf(torch, 1.0))


@claim
def none_can_be_saved(torch):
    """It comes back as None."""
    seen = []

    def forward(ctx, x, k=2.0):
        ctx.save_for_backward(None, x)
        return x * 2

    def backward(ctx, gradient):
        seen.extend(ctx.saved_tensors)
        return gradient, None

    x = leaf(torch, 1.0)
    scaled(torch, forward=forward, backward=backward).apply(x).sum().backward()
    return seen[0], seen[1] is x


@claim
def only_the_last_call_counts(torch):
    """save_for_backward is called once; a second call replaces the first."""

    def forward(ctx, x, k=2.0):
        ctx.save_for_backward(x)
        ctx.save_for_backward(x * 2, x)
        return x * 2

    node = scaled(torch, forward=forward).apply(leaf(torch, 1.0)).grad_fn
    return len(node.saved_tensors)


@error("has been modified by an inplace operation")
def saved_tensors_are_checked_for_edits(torch):
    """An edit between forward and backward is an error."""

    def forward(ctx, x, k=2.0):
        ctx.save_for_backward(x)
        return x * 2

    def backward(ctx, gradient):
        return gradient * ctx.saved_tensors[0], None

    x = leaf(torch, 1.0) * 1
    y = scaled(torch, forward=forward, backward=backward).apply(x)
    x.add_(1)
    y.sum().backward()


@error("Trying to backward through the graph a second time")
def saved_tensors_are_freed_after_the_pass(torch):
    """A second pass needs retain_graph."""

    def forward(ctx, x, k=2.0):
        ctx.save_for_backward(x)
        return x * 2

    def backward(ctx, gradient):
        return gradient * ctx.saved_tensors[0], None

    y = scaled(torch, forward=forward, backward=backward).apply(leaf(torch, 1.0))
    y.backward()
    y.backward()


@claim
def a_function_that_saves_nothing_can_run_twice(torch):
    """What lies on ctx is not freed."""
    x = leaf(torch, 1.0)
    y = scaled(torch).apply(x, 3.0)
    y.backward()
    y.backward()
    return x.grad


@claim
def a_saved_output_is_at_its_place_in_the_graph(torch):
    """Its history is the node itself."""

    def forward(ctx, x, k=2.0):
        y = x.exp()
        ctx.save_for_backward(y)
        return y

    def backward(ctx, gradient):
        (y,) = ctx.saved_tensors
        return gradient * y, None

    x = leaf(torch, 1.0)
    y = scaled(torch, forward=forward, backward=backward).apply(x)
    (g,) = torch.autograd.grad(y, x, create_graph=True)
    (h,) = torch.autograd.grad(g, x, create_graph=True)
    return y.grad_fn.saved_tensors[0].grad_fn is y.grad_fn, g.detach(), h.detach()


note.section("mark_dirty")


@claim
def an_argument_edited_in_forward_is_marked_dirty(torch):
    """It is returned and becomes the result of the Function."""

    def forward(ctx, x, k=2.0):
        ctx.mark_dirty(x)
        return x.mul_(3)

    def backward(ctx, gradient):
        return gradient * 3, None

    a = leaf(torch, 1.0, 2.0)
    x = a * 1
    y = scaled(torch, forward=forward, backward=backward).apply(x)
    y.sum().backward()
    return y is x, x._version, x.grad_fn.name(), a.grad


@error("a leaf Variable that requires grad has been used in an in-place operation")
def a_leaf_that_requires_grad_cannot_be_dirty(torch):
    """As with any edit in place."""

    def forward(ctx, x, k=2.0):
        ctx.mark_dirty(x)
        return x.mul_(3)

    scaled(torch, forward=forward).apply(leaf(torch, 1.0))


@error("modified by an inplace operation")
def a_dirty_argument_that_another_node_saved_is_noticed(torch):
    """The version is raised."""

    def forward(ctx, x, k=2.0):
        ctx.mark_dirty(x)
        return x.mul_(3)

    x = leaf(torch, 1.0) * 1
    z = x.pow(2)
    scaled(torch, forward=forward).apply(x)
    z.sum().backward()


note.section("mark_non_differentiable")


@claim
def a_result_marked_so_does_not_require_grad(torch):
    """backward gets zeros for it all the same."""
    seen = []

    def forward(ctx, x, k=2.0):
        y, index = x * 2, x * 0
        ctx.mark_non_differentiable(index)
        return y, index

    def backward(ctx, gradient, of_index):
        seen.append(of_index)
        return gradient * 2, None

    x = leaf(torch, 1.0, 2.0)
    y, index = scaled(torch, forward=forward, backward=backward).apply(x)
    y.sum().backward()
    return y, index, seen, x.grad


@claim
def integers_are_never_marked_as_requiring_grad(torch):
    """A result of an integral dtype is not differentiable of itself."""

    def forward(ctx, x, k=2.0):
        return x * 2, x.int()

    def backward(ctx, gradient, of_index):
        return gradient * 2, None

    x = leaf(torch, 1.0, 2.0)
    y, index = scaled(torch, forward=forward, backward=backward).apply(x)
    y.sum().backward()
    return index, x.grad


note.section("set_materialize_grads")


@claim
def gradients_that_do_not_arrive_are_zeros(torch):
    """By default backward gets zeros for a result that nothing uses."""
    seen = []

    def forward(ctx, x, k=2.0):
        return x * 1, x * 2

    def backward(ctx, a, b):
        seen.append((a, b))
        return a, None

    x = leaf(torch, 1.0, 2.0)
    scaled(torch, forward=forward, backward=backward).apply(x)[0].sum().backward()
    return seen


@claim
def gradients_that_do_not_arrive_are_none_if_not_materialized(torch):
    """set_materialize_grads(False)."""
    seen = []

    def forward(ctx, x, k=2.0):
        ctx.set_materialize_grads(False)
        return x * 1, x * 2

    def backward(ctx, a, b):
        seen.append((a, b))
        return a, None

    x = leaf(torch, 1.0, 2.0)
    scaled(torch, forward=forward, backward=backward).apply(x)[0].sum().backward()
    return seen
