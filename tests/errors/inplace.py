"""Edits in place where the graph forbids them, and what version numbers find out."""

from .misuse import leaf, misuses

misuse = misuses("in-place and versions")
LEAF = "a leaf Variable that requires grad is being used in an in-place operation"
SPOILT = "one of the variables needed for gradient computation has been modified by an inplace"
HINT = "torch.autograd.set_detect_anomaly(True)"


@misuse(LEAF)
def a_step_without_no_grad(torch):
    weight = leaf(torch, 1.0)
    (weight * 2).sum().backward()
    yield lambda: (weight, weight.grad, weight._version)
    weight -= 0.1 * weight.grad


@misuse(LEAF)
def zeros_put_into_a_leaf(torch):
    weight = leaf(torch, 1.0, 2.0)
    yield lambda: (weight, weight._version)
    weight.zero_()


@misuse(LEAF)
def values_copied_into_a_leaf(torch):
    weight = leaf(torch, 1.0, 2.0)
    yield lambda: (weight, weight._version)
    weight.copy_(torch.zeros(2))


@misuse("a leaf Variable that requires grad")
def a_mask_assigned_in_a_leaf(torch):
    weight = leaf(torch, -1.0, 2.0)
    yield lambda: (weight, weight._version)
    weight[weight < 0] = 0


@misuse("a view of a leaf Variable that requires grad is being used in an in-place operation")
def an_element_assigned_in_a_leaf(torch):
    weight = leaf(torch, -1.0, 2.0)
    yield lambda: (weight, weight._version)
    weight[0] = 0


@misuse(LEAF)
def a_leaf_scattered_into(torch):
    weight = leaf(torch, 1.0, 2.0)
    yield lambda: (weight, weight._version)
    weight.scatter_(0, torch.tensor([1]), torch.ones(1))


@misuse(LEAF)
def parameters_initialised_by_hand(torch):
    layer = torch.nn.Linear(1, 1)
    layer.weight.fill_(1.0)


@misuse(SPOILT, "output 0 of Sigmoid", "is at version 1; expected version 0 instead", way_out=HINT)
def a_saved_result_scaled(torch):
    x = leaf(torch, 1.0)
    y = x.sigmoid()
    y *= 2
    yield lambda: (x.grad, y, y._version)
    y.sum().backward()


@misuse(SPOILT, "version", way_out=HINT)
def a_buffer_filled_step_by_step(torch):
    weight, states = leaf(torch, 0.5), torch.ones(4)
    for t in range(3):
        states[t + 1] = weight[0] * states[t]
    yield lambda: (weight.grad, states, states._version)
    states.sum().backward()


@misuse(SPOILT, way_out=HINT)
def weights_updated_before_the_second_pass(torch):
    first, second = torch.nn.Linear(1, 1), torch.nn.Linear(1, 1)
    optimizer = torch.optim.SGD([*first.parameters(), *second.parameters()], lr=0.1)
    loss = second(first(torch.ones(1, 1))).sum()
    loss.backward(retain_graph=True)
    optimizer.step()
    loss.backward()


@misuse(SPOILT, way_out=HINT)
def a_detached_copy_edited(torch):
    x = leaf(torch, 1.0, 2.0)
    y = x.exp()
    y.detach().clamp_(max=1.0)
    yield lambda: (y, y._version, x.grad)
    y.sum().backward()


@misuse(SPOILT, "output 0 of Relu", way_out=HINT)
def relu_in_place_on_what_a_square_saved(torch):
    x = leaf(torch, -1.0, 2.0)
    y = x * 2
    loss = (y**2).sum()
    torch.nn.functional.relu_(y)
    loss.backward()


@misuse(SPOILT, "output 0 of Softmax", way_out=HINT)
def a_probability_set_to_zero(torch):
    p = leaf(torch, 1.0, 2.0).softmax(0)
    p[0] = 0
    p.log().sum().backward()


@misuse("out=... arguments don't support automatic differentiation")
def a_result_written_where_grad_is_wanted(torch):
    x, there = leaf(torch, 1.0), torch.zeros(1)
    yield lambda: (there, there._version, x)
    torch.add(x, x, out=there)


@misuse("result type Float can't be cast to the desired output type Long")
def integers_divided_in_place(torch):
    counts = torch.tensor([1, 2])
    yield lambda: (counts, counts._version)
    counts /= 2


@misuse("Subtraction, the `-` operator, with two bool tensors is not supported",
        way_out="Use the `^` or `logical_xor()` operator instead")  # fmt: skip
def masks_subtracted(torch):
    mask = torch.tensor([True, False])
    yield lambda: (mask, mask._version)
    mask -= mask


@misuse("The size of tensor a (2) must match the size of tensor b (3)")
def a_copy_that_does_not_fit(torch):
    x = torch.ones(2)
    yield lambda: (x, x._version)
    x.copy_(torch.zeros(3))


@misuse("Only Tensors created explicitly by the user", "deepcopy protocol")
def a_deep_copy_of_a_result(torch):
    import copy

    copy.deepcopy(leaf(torch, 1.0) * 2)


@misuse("attempting to assign a gradient with dtype", "The gradient must match the tensor's",
        way_out="set the tensor's grad_dtype attribute")  # fmt: skip
def a_gradient_of_another_dtype(torch):
    x = leaf(torch, 1.0)
    yield lambda: x.grad
    x.grad = torch.ones(1, dtype=torch.float64)


@misuse("you can only change requires_grad flags of leaf variables",
        way_out="use var_no_grad = var.detach()")  # fmt: skip
def a_result_frozen(torch):
    y = leaf(torch, 1.0) * 2
    yield lambda: y
    y.requires_grad_(False)


@misuse("has no attribute 'zero_'")
def a_gradient_cleared_before_there_is_one(torch):
    leaf(torch, 1.0).grad.zero_()
