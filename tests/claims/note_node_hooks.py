"""Docs of the hooks of nodes, and of a hook on several tensors."""

from .claim import Note, failure, leaf

note = Note("Backward Hooks execution")
claim, error = note.claim, note.error

LEFT_OUT = {
    "post hooks and streams": "they are about CUDA",
}

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
