"""Backward Hooks execution; docs of `register_hook` and its relatives."""

from .claim import Note, leaf

note = Note("Backward Hooks execution")
claim, error = note.claim, note.error

LEFT_OUT = {
    "C++ hooks": "there is no C++",
    "module hooks": "they have tests of their own in tests/torch_face",
    "accumulate_grad_post hooks and streams": "they are about CUDA",
}


def teller(seen, word, result=None):
    """A hook that writes a word down."""

    def hook(*arguments):
        seen.append(word)
        return result(*arguments) if result else None

    return hook


note.section("Whether a particular hook will be fired")


@claim
def hooks_of_tensors_fire_where_the_gradient_is_computed(torch):
    """Also of a tensor that is only on the way, or an input of grad()."""
    seen = []
    x = leaf(torch, 1.0, 2.0)
    y = x * 2
    x.register_hook(teller(seen, "x"))
    y.register_hook(teller(seen, "y"))
    torch.autograd.grad(y.sum(), x)
    y = x * 2
    y.register_hook(teller(seen, "second y"))
    torch.autograd.grad(y.sum(), y)
    return seen


@claim
def hooks_do_not_fire_where_no_gradient_is_needed(torch):
    """inputs= cuts the pass to what leads there."""
    seen = []
    a, b = leaf(torch, 1.0), leaf(torch, 2.0)
    a.register_hook(teller(seen, "a"))
    b.register_hook(teller(seen, "b"))
    (a * b).sum().backward(inputs=[a])
    return seen, a.grad, b.grad


@claim
def hooks_of_nodes_fire_only_if_the_node_runs(torch):
    """The node of an input of grad() does not run: its tensor's hook fires, its own does not."""
    seen = []
    x = leaf(torch, 1.0, 2.0)
    y = x * 2
    y.register_hook(teller(seen, "tensor"))
    y.grad_fn.register_prehook(teller(seen, "pre"))
    y.grad_fn.register_hook(teller(seen, "post"))
    torch.autograd.grad((y * 3).sum(), y)
    return seen


@claim
def post_accumulate_hooks_fire_only_where_grad_is_accumulated(torch):
    """grad() accumulates nowhere."""
    seen = []
    x = leaf(torch, 1.0, 2.0)
    x.register_post_accumulate_grad_hook(teller(seen, "post"))
    torch.autograd.grad((x * 2).sum(), x)
    before = list(seen)
    (x * 2).sum().backward()
    return before, seen


note.section("The order in which hooks are fired")


@claim
def hooks_fire_in_the_order_of_registration(torch):
    """First of the tensor, then before the node, then after it."""
    seen = []
    x = leaf(torch, 1.0, 2.0)
    y = x * 2
    y.grad_fn.register_hook(teller(seen, "post 1"))
    y.grad_fn.register_prehook(teller(seen, "pre 1"))
    y.register_hook(teller(seen, "tensor 1"))
    y.register_hook(teller(seen, "tensor 2"))
    y.grad_fn.register_prehook(teller(seen, "pre 2"))
    y.grad_fn.register_hook(teller(seen, "post 2"))
    y.sum().backward()
    return seen


@claim
def retained_gradients_come_after_all_hooks_of_the_tensor(torch):
    """Whenever retain_grad was called; but before those of the node."""
    y = leaf(torch, 1.0, 2.0) * 2
    y.retain_grad()
    y.register_hook(lambda g: g * 10)
    y.grad_fn.register_prehook(lambda gs: (gs[0] * 100,))
    y.sum().backward()
    return y.grad


@claim
def what_grad_returns_went_through_the_hooks_of_the_tensor(torch):
    """Not through those of the node; and not at all where the node runs as well."""
    x = leaf(torch, 1.0, 2.0)
    y = x * 2
    y.register_hook(lambda g: g * 10)
    y.grad_fn.register_prehook(lambda gs: (gs[0] * 100,))
    z = (y * 1).sum()
    grad = torch.autograd.grad
    alone = grad(z, y, retain_graph=True), grad(z, x, retain_graph=True)
    return alone, grad(z, [y, x])


@claim
def hooks_of_a_leaf_come_before_accumulation(torch):
    """And the post accumulate hook after it."""
    seen = []
    x = leaf(torch, 1.0, 2.0)
    x.register_post_accumulate_grad_hook(lambda t: seen.append(("post", t.grad.clone())))
    x.register_hook(lambda g: seen.append(("hook", x.grad)))
    (x * 2).sum().backward()
    return seen


note.section("Tensor.register_hook")


@claim
def a_hook_of_a_tensor_gets_its_gradient(torch):
    """And may return another in its place."""
    x = leaf(torch, 1.0, 2.0)
    handle = x.register_hook(lambda g: g * 2)
    (x * 3).sum().backward()
    handle.remove()
    (x * 3).sum().backward()
    return x.grad


@claim
def hooks_of_a_leaf_stay_for_later_graphs(torch):
    """They belong to the leaf."""
    seen = []
    x = leaf(torch, 1.0)
    x.register_hook(teller(seen, "x"))
    for _ in range(3):
        (x * 2).sum().backward()
    return seen


@claim
def several_hooks_of_a_tensor_pass_on_what_they_return(torch):
    """The second sees what the first returned."""
    x = leaf(torch, 1.0)
    x.register_hook(lambda g: g + 1)
    x.register_hook(lambda g: g * 10)
    x.sum().backward()
    return x.grad


@error("cannot register a hook on a tensor that doesn't require gradient")
def a_hook_needs_a_tensor_that_requires_grad(torch):
    """There would be no gradient."""
    torch.ones(2).register_hook(print)


@claim
def a_handle_is_a_context_manager(torch):
    """The hook is gone after the block."""
    x = leaf(torch, 1.0)
    with x.register_hook(lambda g: g * 5):
        x.sum().backward()
    x.sum().backward()
    return x.grad


@claim
def a_hook_sees_a_recorded_gradient_under_create_graph(torch):
    """Its edits are differentiated too."""
    x = leaf(torch, 2.0)
    x.register_hook(lambda g: g * g)
    (g,) = torch.autograd.grad((x**3).sum(), x, create_graph=True)
    (h,) = torch.autograd.grad(g.sum(), x)
    return g.detach(), h


note.section("Behavior of tensor hooks when the tensor is modified in-place")


@claim
def a_hook_stays_with_the_value_it_was_registered_for(torch):
    """After an edit in place it sees the gradient of the value before."""
    seen = []
    y = leaf(torch, 1.0, 2.0) * 1
    y.register_hook(lambda g: seen.append(("before", g)))
    y.mul_(10)
    y.register_hook(lambda g: seen.append(("after", g)))
    y.sum().backward()
    return seen


@claim
def a_retained_gradient_is_always_of_the_latest_value(torch):
    """retain_grad moves with the tensor."""
    y = leaf(torch, 1.0, 2.0) * 1
    y.retain_grad()
    y.mul_(10)
    y.sum().backward()
    return y.retains_grad, y.grad


note.section("Tensor.register_post_accumulate_grad_hook")


@claim
def the_hook_gets_the_leaf_with_its_grad(torch):
    """An optimizer's step within backward."""
    x = leaf(torch, 1.0, 2.0)

    def step(p):
        with torch.no_grad():
            p.sub_(p.grad * 0.5)
        p.grad = None

    x.register_post_accumulate_grad_hook(step)
    (x * x).sum().backward()
    return x, x.grad


@error("post accumulate grad hooks cannot be registered on non-leaf tensors")
def only_leaves_have_post_accumulate_hooks(torch):
    """A computed tensor accumulates nothing."""
    (leaf(torch, 1.0) * 2).register_post_accumulate_grad_hook(print)
