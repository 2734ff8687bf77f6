"""Hooks of tensors, nodes and modules."""

from .misuse import leaf, misuses

misuse = misuses("hooks")


@misuse("cannot register a hook on a tensor that doesn't require gradient")
def a_hook_on_a_constant(torch):
    torch.ones(1).register_hook(print)


@misuse("cannot register a hook on a tensor that doesn't require gradient")
def a_hook_on_a_detached_result(torch):
    (leaf(torch, 1.0) * 2).detach().register_hook(print)


@misuse("cannot register a hook on a tensor that doesn't require gradient")
def a_hook_on_a_result_of_no_grad(torch):
    x = leaf(torch, 1.0)
    with torch.no_grad():
        y = x * 2
    y.register_hook(print)


@misuse("has changed the size of value")
def a_hook_that_changes_the_shape(torch):
    x = leaf(torch, 1.0, 2.0)
    y = x * 2
    y.register_hook(lambda g: g.sum())
    yield lambda: x.grad
    y.sum().backward()


@misuse("has changed the type of value")
def a_hook_that_changes_the_dtype(torch):
    x = leaf(torch, 1.0)
    y = x * 2
    y.register_hook(lambda g: g.double())
    yield lambda: x.grad
    y.sum().backward()


@misuse("expected Variable", "float")
def a_hook_that_returns_a_number(torch):
    x = leaf(torch, 1.0)
    y = x * 2
    y.register_hook(lambda g: 0.5)
    yield lambda: x.grad
    y.sum().backward()


@misuse("has changed the size of value")
def a_leaf_hook_that_changes_the_shape(torch):
    x = leaf(torch, 1.0, 2.0)
    x.register_hook(lambda g: g[:1])
    yield lambda: x.grad
    (x * 2).sum().backward()


@misuse("takes 0 positional arguments but 1 was given")
def a_hook_without_a_parameter(torch):
    x = leaf(torch, 1.0)
    x.register_hook(lambda: None)
    yield lambda: x.grad
    (x * 2).sum().backward()


@misuse("the user's own")
def a_hook_that_raises(torch):
    def hook(g):
        raise ValueError("the user's own")

    x, y = leaf(torch, 1.0), leaf(torch, 2.0)
    x.register_hook(hook)
    loss = (x * y).sum()
    yield lambda: (x.grad, torch.is_grad_enabled())
    loss.backward()


@misuse("post accumulate grad hooks cannot be registered on non-leaf tensors")
def a_hook_after_accumulation_on_a_result(torch):
    (leaf(torch, 1.0) * 2).register_post_accumulate_grad_hook(print)


@misuse("cannot register a hook on a tensor that doesn't require gradient")
def a_hook_after_accumulation_on_a_constant(torch):
    torch.ones(1).register_post_accumulate_grad_hook(print)


@misuse("returned an incorrect number of values")
def a_node_hook_that_returns_too_much(torch):
    x = leaf(torch, 1.0)
    y = x * 2
    y.grad_fn.register_hook(lambda inputs, outputs: (*inputs, *inputs, *inputs))
    yield lambda: x.grad
    y.sum().backward()


@misuse("has changed the size of value")
def a_node_hook_that_changes_the_shape(torch):
    x = leaf(torch, 1.0, 2.0)
    y = x.exp()
    y.grad_fn.register_hook(lambda inputs, outputs: (inputs[0][:1],))
    y.sum().backward()


@misuse("returned an incorrect number of values")
def a_hook_before_a_node_that_returns_too_much(torch):
    x = leaf(torch, 1.0)
    y = x.exp()
    y.grad_fn.register_prehook(lambda outputs: (*outputs, *outputs))
    y.sum().backward()


@misuse("can't retain_grad on Tensor that has requires_grad=False")
def a_retained_gradient_of_a_detached_result(torch):
    (leaf(torch, 1.0) * 2).detach().retain_grad()


@misuse("takes 2 positional arguments but 3 were given")
def a_forward_hook_without_its_result(torch):
    layer = torch.nn.Linear(1, 1)
    layer.register_forward_hook(lambda module, args: None)
    layer(torch.ones(1, 1))


@misuse("shapes cannot be multiplied (1x1 and 2x1)")
def a_hook_that_cuts_the_input_of_a_layer(torch):
    layer = torch.nn.Linear(2, 1)
    layer.register_forward_pre_hook(lambda module, args: (args[0][:, :1],))
    layer(torch.ones(1, 2))


@misuse("Cannot use both regular backward hooks and full backward hooks on a single Module",
        way_out="Please use only one of them")  # fmt: skip
def two_kinds_of_backward_hooks(torch):
    layer = torch.nn.Linear(1, 1)
    layer.register_full_backward_hook(lambda module, inputs, outputs: None)
    layer.register_backward_hook(lambda module, inputs, outputs: None)


@misuse("is a view and is being modified inplace", way_out="by cloning the output")
def a_hooked_result_edited(torch):
    layer = torch.nn.Linear(1, 1)
    layer.register_full_backward_hook(lambda module, inputs, outputs: None)
    layer(torch.ones(1, 1, requires_grad=True)).add_(1)
