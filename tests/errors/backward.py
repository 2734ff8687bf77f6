"""`backward()` where it cannot run, or cannot run again."""

from .misuse import leaf, misuses

misuse = misuses("backward")


@misuse("backward through the graph a second time", way_out="retain_graph=True")
def two_losses_on_one_graph(torch):
    x = leaf(torch, 1.0, 2.0)
    hidden = x.exp()
    hidden.sum().backward()
    yield lambda: (x.grad, x._version, hidden)
    (2 * hidden).sum().backward()


@misuse("backward through the graph a second time", way_out="retain_graph=True")
def a_hidden_state_carried_over_steps(torch):
    weight, hidden = leaf(torch, 0.5), torch.ones(1)
    yield lambda: weight.grad
    for _ in range(2):
        hidden = torch.tanh(weight * hidden)
        hidden.sum().backward()


@misuse("backward through the graph a second time", way_out="retain_graph=True")
def a_gradient_of_a_graph_that_backward_freed(torch):
    x = leaf(torch, 3.0)
    loss = (x * x).sum()
    loss.backward()
    yield lambda: x.grad
    torch.autograd.grad(loss, x)


@misuse("backward through the graph a second time", way_out="retain_graph=True")
def a_factor_shared_by_two_losses(torch):
    x = leaf(torch, 3.0)
    shared = x * x
    losses = [shared.sum(), (shared * shared).sum()]
    yield lambda: x.grad
    for loss in losses:
        loss.backward()


@misuse("does not require grad and does not have a grad_fn")
def a_loss_made_without_grad(torch):
    x = leaf(torch, 1.0)
    with torch.no_grad():
        loss = (x * x).sum()
    yield lambda: (x.grad, loss)
    loss.backward()


@misuse("does not require grad and does not have a grad_fn")
def a_loss_that_was_detached(torch):
    (leaf(torch, 1.0) * 2).sum().detach().backward()


@misuse("does not require grad and does not have a grad_fn")
def a_loss_that_counts(torch):
    scores = leaf(torch, 0.1, 0.9) * 2
    (scores.argmax() == 1).float().backward()


@misuse("does not require grad and does not have a grad_fn")
def a_model_that_is_frozen(torch):
    net = torch.nn.Linear(2, 1)
    for parameter in net.parameters():
        parameter.requires_grad_(False)
    net(torch.ones(1, 2)).sum().backward()


@misuse("does not require grad and does not have a grad_fn")
def a_loss_made_anew_from_its_number(torch):
    loss = (leaf(torch, 1.0) * 2).sum()
    torch.tensor(loss.item()).backward()


@misuse("does not require grad and does not have a grad_fn")
def a_loss_of_inference_mode(torch):
    x = leaf(torch, 1.0)
    with torch.inference_mode():
        loss = (x * x).sum()
    loss.backward()


@misuse("'float' object has no attribute 'backward'")
def a_number_has_no_graph(torch):
    loss = (leaf(torch, 1.0) * 2).sum()
    loss.item().backward()


@misuse("'float' object is not iterable")
def a_number_as_the_gradient(torch):
    x = leaf(torch, 1.0, 2.0)
    y = x * 2
    yield lambda: x.grad
    y.backward(1.0)


@misuse("grad can be implicitly created only for scalar outputs")
def a_loss_without_reduction(torch):
    guess = leaf(torch, 1.0, 2.0)
    loss = torch.nn.functional.mse_loss(guess, torch.zeros(2), reduction="none")
    yield lambda: guess.grad
    loss.backward()


@misuse("grad can be implicitly created only for real scalar outputs but got")
def a_complex_loss(torch):
    z = torch.tensor(1 + 2j, requires_grad=True)
    (z * z).backward()


@misuse("both grad_output and output are required to have the same dtype")
def a_real_gradient_of_a_complex_result(torch):
    z = torch.tensor([1 + 2j], requires_grad=True)
    (z * z).backward(torch.ones(1))


@misuse("Mismatch in shape", "torch.Size([2])", "torch.Size([2, 1])")
def a_gradient_that_would_broadcast(torch):
    x = torch.ones(2, 1, requires_grad=True)
    (x * 3).backward(torch.ones(2))


@misuse("2 tensors and 1 gradients")
def fewer_gradients_than_roots(torch):
    x = leaf(torch, 1.0)
    torch.autograd.backward([x * 2, x * 3], [torch.ones(1)])


@misuse("`inputs` argument to `backward()` cannot be empty")
def no_inputs_at_all(torch):
    leaf(torch, 1.0).sum().backward(inputs=[])


@misuse("can't retain_grad", "requires_grad=False")
def an_input_without_gradient(torch):
    x, constant = leaf(torch, 1.0), torch.ones(1)
    yield lambda: (x.grad, constant.grad)
    (x * constant).sum().backward(inputs=[constant])


@misuse("grad_variables", "both passed to `backward()`", way_out="use `grad_tensors`")
def the_old_name_and_the_new_one(torch):
    y, ones = leaf(torch, 1.0) * 2, torch.ones(1)
    torch.autograd.backward(y, grad_tensors=ones, grad_variables=ones)


@misuse("element 1 of tensors does not require grad")
def one_root_of_two_is_constant(torch):
    x = leaf(torch, 1.0)
    yield lambda: x.grad
    torch.autograd.backward([(x * 2).sum(), torch.ones(())])


@misuse("saved tensor that has been detached in-place", way_out="use out-of-place `.detach()`")
def an_operand_detached_in_place(torch):
    x = leaf(torch, 1.0, 2.0)
    hidden = x * 2
    loss = (hidden**2).sum()
    hidden.detach_()
    yield lambda: (x.grad, hidden)
    loss.backward()


@misuse("derivative for aten::heaviside is not implemented")
def a_step_function(torch):
    x = leaf(torch, 1.0, -2.0)
    yield lambda: x.grad
    torch.heaviside(x, torch.zeros(2)).sum().backward()


@misuse("derivative for aten::floor_divide is not implemented")
def a_floor_of_a_quotient(torch):
    x = leaf(torch, 1.0, -2.0)
    yield lambda: x.grad
    (x // 2).sum().backward()


@misuse("derivative for", "is not implemented")
def the_first_operand_of_zeta(torch):
    x = leaf(torch, 1.5, 2.0)
    yield lambda: x.grad
    torch.special.zeta(x, torch.ones(2)).sum().backward()


@misuse("invalid gradient at index 0", "expected shape compatible with [2, 3]")
def a_result_turned_where_nothing_is_recorded(torch):
    x = torch.ones(2, 3, requires_grad=True)
    y = x * 2
    with torch.no_grad():
        y.t_()
    yield lambda: x.grad
    y.backward(torch.ones(3, 2))
