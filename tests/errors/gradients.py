"""`torch.autograd.grad`: of what, by what, and how often."""

from .misuse import leaf, misuses

misuse = misuses("grad")


@misuse("grad can be implicitly created only for scalar outputs")
def the_gradient_of_a_vector(torch):
    x = leaf(torch, 1.0, 2.0)
    torch.autograd.grad(x * x, x)


@misuse("not have been used in the graph", way_out="Set allow_unused=True")
def by_a_view_made_afterwards(torch):
    x = leaf(torch, 1.0, 2.0)
    loss = (x * x).sum()
    yield lambda: x.grad
    torch.autograd.grad(loss, x[0])


@misuse("not have been used in the graph", way_out="Set allow_unused=True")
def by_a_tensor_that_was_edited_since(torch):
    x = leaf(torch, 1.0, 2.0)
    y = x * 2
    loss = y.sum()
    y.add_(1)
    torch.autograd.grad(loss, y)


@misuse("Tensor at index 1", "not have been used in the graph", way_out="Set allow_unused=True")
def by_a_layer_that_was_not_called(torch):
    used, unused = torch.nn.Linear(1, 1), torch.nn.Linear(1, 1)
    loss = used(torch.ones(1, 1)).sum()
    torch.autograd.grad(loss, [used.weight, unused.weight])


@misuse("not have been used in the graph", way_out="Set allow_unused=True")
def by_a_copy_of_the_operand(torch):
    x = leaf(torch, 1.0)
    loss = (x * x).sum()
    torch.autograd.grad(loss, x.clone())


@misuse("does not require grad")
def by_integers(torch):
    index = torch.tensor([0])
    torch.autograd.grad(leaf(torch, 1.0, 2.0)[index].sum(), index)


@misuse("does not require grad and does not have a grad_fn")
def of_a_detached_result(torch):
    x = leaf(torch, 1.0)
    torch.autograd.grad((x * x).detach().sum(), x)


@misuse("does not require grad and does not have a grad_fn")
def twice_without_create_graph(torch):
    x = leaf(torch, 2.0)
    (first,) = torch.autograd.grad((x**3).sum(), x)
    yield lambda: (first, x.grad)
    torch.autograd.grad(first.sum(), x)


@misuse("backward through the graph a second time", way_out="retain_graph=True")
def for_each_input_in_its_own_call(torch):
    x, y = leaf(torch, 2.0), leaf(torch, 3.0)
    loss = (x * y).sum()
    torch.autograd.grad(loss, x)
    yield lambda: (x.grad, y.grad)
    torch.autograd.grad(loss, y)


@misuse("backward through the graph a second time", way_out="retain_graph=True")
def rows_of_a_jacobian(torch):
    x = leaf(torch, 1.0, 2.0)
    y = x.exp()
    for row in torch.eye(2):
        torch.autograd.grad(y, x, row)


@misuse("Mismatch in shape", "grad_output[0]", "torch.Size([3])")
def with_a_gradient_of_another_shape(torch):
    x = leaf(torch, 1.0, 2.0)
    torch.autograd.grad(x * x, x, grad_outputs=torch.ones(3))


@misuse("'int' object is not iterable")
def with_a_number_as_the_gradient(torch):
    x = leaf(torch, 1.0)
    torch.autograd.grad(x * x, x, grad_outputs=1)


@misuse("Expected allow_unused to be True or not passed when materialize_grads=True")
def zeros_wanted_and_forbidden(torch):
    x = leaf(torch, 1.0)
    torch.autograd.grad(x.sum(), x, allow_unused=False, materialize_grads=True)


@misuse("`inputs` argument to `grad()` cannot be empty")
def by_nothing(torch):
    x = leaf(torch, 1.0)
    torch.autograd.grad(x.sum(), [])


@misuse("all inputs have to be Tensors or GradientEdges, but got float")
def by_a_number(torch):
    torch.autograd.grad(leaf(torch, 1.0).sum(), [1.0])


@misuse("'float' object is not iterable")
def of_a_number(torch):
    torch.autograd.grad(3.0, leaf(torch, 1.0))


@misuse("has been modified by an inplace operation", way_out="set_detect_anomaly(True)")
def after_an_edit_of_the_operand(torch):
    x = leaf(torch, 2.0)
    y = x * 1
    loss = (y * y).sum()
    y.zero_()
    yield lambda: (y, y._version, x.grad)
    torch.autograd.grad(loss, x)


@misuse("missing 1 required positional argument: 'inputs'")
def without_saying_by_what(torch):
    torch.autograd.grad(leaf(torch, 1.0).sum())


@misuse("Expected output to be a torch.Tensor")
def of_the_numbers_of_several_losses(torch):
    x = leaf(torch, 1.0)
    torch.autograd.grad([(x * 2).sum().item()], x)
