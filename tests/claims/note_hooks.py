"""Backward Hooks execution; docs of `register_hook` and its relatives."""

from .claim import Note, failure, leaf

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


note.section("Node.register_hook, Node.register_prehook")


@claim
def the_example_of_register_hook(torch):
    """A hook of a node replaces the gradients of its inputs."""
    a = torch.tensor([0.0, 0.0, 0.0], requires_grad=True)
    b = a.clone()
    handle = b.grad_fn.register_hook(lambda inputs, outputs: (outputs[0] * 2,))
    b.sum().backward(retain_graph=True)
    first, a.grad = a.grad, None
    handle.remove()
    b.sum().backward(retain_graph=True)
    return first, a.grad


@claim
def the_example_of_register_prehook(torch):
    """A hook before a node replaces the gradients of its outputs."""
    a = torch.tensor([0.0, 0.0, 0.0], requires_grad=True)
    b = a.clone()
    handle = b.grad_fn.register_prehook(lambda outputs: (outputs[0] * 2,))
    b.sum().backward(retain_graph=True)
    first, a.grad = a.grad, None
    handle.remove()
    b.sum().backward(retain_graph=True)
    return first, a.grad


@claim
def a_hook_of_a_node_sees_both_sides(torch):
    """Gradients of the inputs, one an edge, and of the outputs."""
    seen = []
    x, w = leaf(torch, 1.0, 2.0), torch.ones(2)
    y = x * w
    y.grad_fn.register_hook(lambda inputs, outputs: seen.append((inputs, outputs)))
    (y * 3).sum().backward()
    return seen


@claim
def a_hook_of_the_end_of_a_leaf_fires_after_accumulation(torch):
    """AccumulateGrad is a node like others."""
    seen = []
    x = leaf(torch, 1.0, 2.0)
    y = x * 2
    end = y.grad_fn.next_functions[0][0]
    end.register_prehook(lambda gs: seen.append(("pre", x.grad)))
    end.register_hook(lambda inputs, outputs: seen.append(("post", inputs, x.grad.clone())))
    y.sum().backward()
    return seen


note.section("register_multi_grad_hook")


@claim
def the_hook_waits_for_all_gradients_of_the_pass(torch):
    """The example of the docs: None for what this pass does not compute."""
    seen = []
    a, b = leaf(torch, 1.0, 2.0), leaf(torch, 3.0, 4.0)
    c, d = a * b, a * b
    hook = lambda grads: seen.append([g is not None for g in grads])  # noqa: E731
    torch.autograd.graph.register_multi_grad_hook((a, b, c, d), hook)
    c.sum().backward(retain_graph=True)
    c.sum().backward(inputs=(a,), retain_graph=True)
    return seen


@claim
def the_hook_of_any_fires_once_a_pass(torch):
    """With the first gradient."""
    seen = []
    a, b = leaf(torch, 1.0, 2.0), leaf(torch, 3.0, 4.0)
    c = a * b
    register = torch.autograd.graph.register_multi_grad_hook
    handle = register((a, b, c), seen.append, mode="any")
    c.sum().backward(retain_graph=True)
    c.sum().backward(retain_graph=True)
    handle.remove()
    c.sum().backward()
    return seen, failure(lambda: register((a,), print, mode="some"))
