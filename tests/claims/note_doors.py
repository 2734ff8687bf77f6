"""Docs of `torch.autograd.backward`, `torch.autograd.grad`, `Tensor.backward`, `retain_grad`."""

from collections import OrderedDict

from .claim import Note, failure, leaf, warned

note = Note("torch.autograd")
claim, error = note.claim, note.error

LEFT_OUT = {
    "one pass for is_grads_batched": "there are as many as there are gradients; hooks see each",
    "the reference cycle of create_graph in backward": "the warning is PyTorch's about its memory",
    "tensor subclasses": "there are none here",
}

note.section("torch.autograd.backward")


@claim
def several_tensors_can_be_differentiated_at_once(torch):
    """Their gradients are added."""
    x = leaf(torch, 1.0, 2.0)
    torch.autograd.backward([(x * 2).sum(), (x * x).sum()])
    return x.grad


@claim
def grad_tensors_are_the_vector_of_the_product(torch):
    """None is good for a scalar."""
    x = leaf(torch, 1.0, 2.0)
    torch.autograd.backward([x * 2, x.sum()], [torch.tensor([1.0, 10.0]), None])
    return x.grad


@error("grad can be implicitly created only for scalar outputs")
def a_vector_needs_a_gradient(torch):
    """The product with the Jacobian needs a vector."""
    leaf(torch, 1.0, 2.0).mul(2).backward()


@error("does not require grad and does not have a grad_fn")
def what_does_not_require_grad_cannot_be_differentiated(torch):
    """There is no graph."""
    torch.ones(2).sum().backward()


@claim
def a_leaf_itself_can_be_the_root(torch):
    """Its gradient is what is given."""
    x = torch.tensor(3.0, requires_grad=True)
    x.backward()
    x.backward(torch.tensor(5.0))
    return x.grad


@error("Trying to backward through the graph a second time")
def the_graph_is_freed_by_default(torch):
    """A second pass through what saved values is an error."""
    y = leaf(torch, 1.0).exp().sum()
    y.backward()
    y.backward()


@claim
def create_graph_retains_the_graph(torch):
    """retain_graph is create_graph where it is not given."""
    x = leaf(torch, 2.0)
    y = x.pow(3).sum()
    (g,) = torch.autograd.grad(y, x, create_graph=True)
    (h,) = torch.autograd.grad(y, x)
    return g.requires_grad, g.grad_fn.name(), g.detach(), h


@claim
def inputs_alone_accumulate(torch):
    """All other tensors are ignored."""
    x, y = leaf(torch, 1.0), leaf(torch, 2.0)
    (x * y).sum().backward(inputs=[y])
    (x * y).sum().backward(inputs=y)
    return x.grad, y.grad


@claim
def inputs_may_be_no_leaves(torch):
    """Then their .grad is filled too."""
    x = leaf(torch, 1.0, 2.0)
    y = x * 2
    (y * y).sum().backward(inputs=[x, y])
    return x.grad, y.grad


@error("cannot be empty")
def inputs_cannot_be_empty(torch):
    """An empty list is an error."""
    (leaf(torch, 1.0) * 2).sum().backward(inputs=[])


note.section("torch.autograd.grad")


@claim
def grad_returns_and_accumulates_nowhere(torch):
    """A tuple, one gradient an input."""
    x, y = leaf(torch, 1.0), leaf(torch, 2.0)
    found = torch.autograd.grad((x * y).sum(), (x, y))
    return found, type(found).__name__, x.grad, y.grad


@claim
def grad_takes_single_tensors(torch):
    """The result is a tuple all the same."""
    x = leaf(torch, 1.0, 2.0)
    return torch.autograd.grad((x * x).sum(), x)


@error("appears to not have been used in the graph")
def unused_inputs_are_an_error(torch):
    """allow_unused=True is the way out."""
    x, y = leaf(torch, 1.0), leaf(torch, 2.0)
    torch.autograd.grad((x * 2).sum(), [x, y])


@claim
def unused_inputs_give_none_or_zeros(torch):
    """allow_unused, materialize_grads."""
    x, y = leaf(torch, 1.0), leaf(torch, 2.0)
    z = (x * 2).sum()
    grad = torch.autograd.grad
    return (
        grad(z, [x, y], allow_unused=True, retain_graph=True),
        grad(z, [x, y], materialize_grads=True, retain_graph=True),
        failure(lambda: grad(z, [x, y], materialize_grads=True, allow_unused=False)),
    )


@claim
def grad_outputs_weigh_the_outputs(torch):
    """One for each, None for scalars."""
    x = leaf(torch, 1.0, 2.0)
    return torch.autograd.grad([x * 2, x.sum()], x, [torch.tensor([1.0, 10.0]), None])


@claim
def only_inputs_is_deprecated(torch):
    """It is ignored, with a warning."""
    x = leaf(torch, 1.0)
    return warned(
        lambda: torch.autograd.grad((x * 2).sum(), x, only_inputs=False), "only_inputs argument"
    )


@claim
def the_same_input_may_be_given_twice(torch):
    """It has its gradient twice."""
    x = leaf(torch, 1.0, 2.0)
    return torch.autograd.grad((x * x).sum(), [x, x])


@claim
def an_output_may_be_an_input(torch):
    """Its gradient is what arrives there."""
    x = leaf(torch, 1.0, 2.0)
    y = (x * x).sum()
    return torch.autograd.grad(y, [y, x])


@claim
def with_is_grads_batched_the_first_axis_is_that_of_the_batch(torch):
    """A batch of products with the Jacobian is computed; with a unit matrix, the Jacobian."""
    x, y = leaf(torch, 1.0, 2.0, 3.0), torch.tensor(2.0, requires_grad=True)
    unit = torch.eye(3)
    (whole,) = torch.autograd.grad(x * x * y, x, unit, is_grads_batched=True)
    both = torch.autograd.grad([x * y, y * y], (x, y), [unit, unit[0]], is_grads_batched=True)
    return whole, both


@claim
def a_batch_of_gradients_can_be_differentiated(torch):
    """create_graph, allow_unused and materialize_grads mean what they mean without one."""
    x, unused = leaf(torch, 1.0, 2.0), leaf(torch, 3.0)
    options = {"is_grads_batched": True, "create_graph": True}
    rows, none = torch.autograd.grad(x**3, (x, unused), torch.eye(2), allow_unused=True, **options)
    _, zeros = torch.autograd.grad(
        x**3, (x, unused), torch.eye(2), materialize_grads=True, **options
    )
    rows.sum().backward()
    return rows.detach(), none, zeros.detach(), x.grad


@claim
def a_batch_of_gradients_frees_the_graph_once(torch):
    """Its passes are one: the graph is freed after the last, and not before."""
    x = leaf(torch, 1.0, 2.0)
    y = x.exp()
    (first,) = torch.autograd.grad(y, x, torch.eye(2), is_grads_batched=True)
    return first, failure(lambda: torch.autograd.grad(y, x, torch.ones(2)))


@error("we interpret the first dimension of each grad_output as the batch dimension")
def a_batch_of_gradients_has_the_shape_of_the_output_after_its_axis(torch):
    """The sizes of the other axes must match."""
    x = leaf(torch, 1.0, 2.0)
    torch.autograd.grad(x * 2, x, torch.eye(3), is_grads_batched=True)


@error("Expected all tensors to have the same size in the mapped dimension")
def batches_of_gradients_are_of_one_size(torch):
    """One for each output in each pass."""
    x = leaf(torch, 1.0)
    given = [torch.ones(2, 1), torch.ones(3, 1)]
    torch.autograd.grad([x * 2, x * 3], x, given, is_grads_batched=True)


@claim
def inputs_may_be_a_dict(torch):
    """What grad returns is a dict then, with the same keys; backward takes its values."""
    parameters = {"w": leaf(torch, 1.0, 2.0), "b": leaf(torch, 3.0)}
    loss = (parameters["w"] * parameters["b"]).sum()
    found = torch.autograd.grad(loss, parameters, retain_graph=True)
    torch.autograd.backward(loss, inputs=parameters)
    return found, {name: parameter.grad for name, parameter in parameters.items()}


@error("must be a dict, not OrderedDict")
def other_mappings_are_refused(torch):
    """Only a dict itself will do."""
    x = leaf(torch, 1.0)
    torch.autograd.grad(x * 2, OrderedDict(x=x), torch.ones(1))


note.section("Default gradient layouts and accumulation")


@claim
def the_first_gradient_is_kept_and_later_ones_are_added_in_place(torch):
    """Without create_graph the object stays, so references to it see the sum."""
    x = leaf(torch, 1.0, 2.0)
    (x * 2).sum().backward()
    first = x.grad
    (x * 3).sum().backward()
    return first is x.grad, first


@claim
def with_create_graph_the_sum_is_a_new_tensor(torch):
    """A reference to the old .grad keeps its value."""
    x = leaf(torch, 1.0, 2.0)
    (x * x).sum().backward()
    first = x.grad
    (x * x).sum().backward(create_graph=True)
    return first is x.grad, first, x.grad.detach()


@claim
def grad_can_be_reset_to_none_or_zeros(torch):
    """Both start anew."""
    x = leaf(torch, 1.0, 2.0)
    found = []
    for to_none in (True, False):
        (x * 2).sum().backward()
        if to_none:
            x.grad = None
        else:
            x.grad.zero_()
        (x * 3).sum().backward()
        found.append(x.grad.clone())
    return found


note.section("Tensor.retain_grad")


@claim
def retain_grad_fills_grad_of_a_non_leaf(torch):
    """It is nothing for leaves."""
    x = leaf(torch, 1.0, 2.0)
    y = x * 2
    y.retain_grad()
    x.retain_grad()
    (y * y).sum().backward()
    return y.grad, y.retains_grad, x.retains_grad, x.grad


@claim
def retained_gradients_accumulate(torch):
    """As those of leaves."""
    y = leaf(torch, 1.0, 2.0) * 2
    y.retain_grad()
    z = (y * y).sum()
    z.backward(retain_graph=True)
    z.backward()
    return y.grad


@error("can't retain_grad on Tensor that has requires_grad=False")
def a_constant_cannot_retain(torch):
    """There is no gradient."""
    torch.ones(2).retain_grad()
