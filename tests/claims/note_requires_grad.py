"""Autograd mechanics: `requires_grad`, leaves, and what is excluded from the backward pass."""

from .claim import Note, failure, leaf, warned

note = Note("Autograd mechanics")
claim, error = note.claim, note.error

LEFT_OUT = {
    "speed gained by freezing": "a claim about time; that nothing is saved is held below",
}

# --- Setting requires_grad ----------------------------------------------------------------------
note.section("Setting requires_grad")


@claim
def tensors_do_not_require_grad_unless_told(torch):
    """The flag is False by default, whatever makes the tensor."""
    made = [torch.zeros(2), torch.ones(2), torch.tensor([1.0]), torch.arange(3.0)]
    return [t.requires_grad for t in made], torch.zeros(2, requires_grad=True).requires_grad


@claim
def parameters_require_grad_by_default(torch):
    """What is wrapped as a parameter requires grad, unless told otherwise."""
    p = torch.nn.Parameter(torch.ones(2))
    q = torch.nn.Parameter(torch.ones(2), requires_grad=False)
    return p.requires_grad, p.is_leaf, q.requires_grad, type(p).__name__


@claim
def one_operand_that_requires_grad_is_enough(torch):
    """A result requires grad if one operand does, and only then."""
    x, y, z = torch.ones(2), torch.ones(2), leaf(torch, 1.0, 2.0)
    a = x + y
    return a.requires_grad, (a + z).requires_grad


@claim
def no_backward_where_nothing_requires_grad(torch):
    """The graph has no edge into a part that does not require grad."""
    x, z = torch.ones(2), leaf(torch, 1.0, 2.0)
    y = x.exp() * z
    return y.grad_fn.next_functions[0][0] is None, y.grad_fn.next_functions[1][0].name()


@claim
def the_flag_makes_sense_for_leaves_only(torch):
    """A tensor with a grad_fn always requires grad; setting the attribute is an error."""
    y = leaf(torch, 1.0) * 2
    again = failure(lambda: setattr(y, "requires_grad", True))
    return y.requires_grad_() is y, y.requires_grad, y.is_leaf, again


@error("you can only change requires_grad flags of leaf variables")
def the_flag_of_a_non_leaf_cannot_be_cleared(torch):
    """Clearing the flag of a computed tensor is an error."""
    (leaf(torch, 1.0) * 2).requires_grad_(False)


@claim
def the_error_of_a_cleared_flag_names_detach(torch):
    """The way out is to detach."""
    y = leaf(torch, 1.0) * 2
    try:
        y.requires_grad = False
    except RuntimeError as found:
        return "detach()" in str(found), y.requires_grad
    return None


@error("only Tensors of floating point")
def integers_cannot_require_grad(torch):
    """Only floating point and complex tensors can require grad."""
    torch.arange(3).requires_grad_()


@claim
def complex_tensors_can_require_grad(torch):
    """The flag can be set for complex dtypes."""
    return torch.zeros(2, dtype=torch.complex64).requires_grad_()


@claim
def an_integer_flag_may_be_set_to_false(torch):
    """Clearing a flag that is not set is no error for integers."""
    x = torch.arange(3)
    x.requires_grad = False
    return x.requires_grad_(False) is x


@claim
def only_leaves_that_require_grad_get_gradients(torch):
    """A frozen leaf and a computed tensor have no .grad after backward."""
    x, w = torch.ones(2), leaf(torch, 1.0, 2.0)
    y = w * x
    y.sum().backward()
    return x.grad, w.grad, y.grad


@claim
def requires_grad_of_a_module_reaches_all_parameters(torch):
    """Module.requires_grad_ sets the flag of every parameter."""
    model = torch.nn.Sequential(torch.nn.Linear(2, 3), torch.nn.Linear(3, 1))
    before = [p.requires_grad for p in model.parameters()]
    model.requires_grad_(False)
    after = [p.requires_grad for p in model.parameters()]
    return before, after, model(torch.ones(1, 2)).requires_grad


@claim
def a_frozen_base_saves_nothing_until_the_last_layer(torch):
    """Fine tuning: the frozen part is not recorded, the new last layer is."""
    torch.manual_seed(0)
    base, last = torch.nn.Linear(2, 3), torch.nn.Linear(3, 1)
    for p in base.parameters():
        p.requires_grad = False
    hidden = base(torch.ones(1, 2)).relu()
    out = last(hidden)
    out.sum().backward()
    grads = [p.grad for p in base.parameters()]
    return hidden.grad_fn, out.requires_grad, grads, last.weight.grad, last.bias.grad


@claim
def a_frozen_parameter_is_left_alone_by_the_optimizer(torch):
    """What has no gradient does not change in a step."""
    a, b = torch.nn.Parameter(torch.ones(2)), torch.nn.Parameter(torch.ones(2))
    a.requires_grad = False
    optimizer = torch.optim.SGD([a, b], lr=0.5)
    (a * b).sum().backward()
    optimizer.step()
    return a, b


# --- Tensor.is_leaf -----------------------------------------------------------------------------
note.section("Tensor.is_leaf")


@claim
def tensors_that_do_not_require_grad_are_leaves_by_convention(torch):
    """A tensor without the flag is a leaf, computed or not."""
    x = torch.ones(2)
    return x.is_leaf, (x + 1).is_leaf, (x + 1).grad_fn


@claim
def tensors_that_the_user_made_are_leaves(torch):
    """A tensor with the flag is a leaf if the user made it, and has no grad_fn."""
    x = torch.ones(2, requires_grad=True)
    return x.is_leaf, x.grad_fn, torch.ones(2).requires_grad_().is_leaf


@claim
def results_of_recorded_operations_are_no_leaves(torch):
    """A cast or a sum of what requires grad is an operation that is recorded."""
    x = torch.ones(2, requires_grad=True)
    return (x + 2).is_leaf, x.double().is_leaf, x.double().grad_fn.name()


@claim
def a_cast_before_the_flag_leaves_a_leaf(torch):
    """What is computed first and flagged later is a leaf."""
    return (torch.ones(2).double() * 2).requires_grad_()


@claim
def a_copy_to_the_same_device_and_dtype_is_the_tensor(torch):
    """`to` that changes nothing gives the tensor itself."""
    x = torch.ones(2, requires_grad=True)
    return x.to("cpu") is x, x.cpu() is x, x.to(torch.float32) is x, x.float() is x


@error("Only Tensors created explicitly by the user")
def only_leaves_can_be_deep_copied(torch):
    """A computed tensor has a history, which deepcopy cannot copy."""
    import copy

    copy.deepcopy(leaf(torch, 1.0) * 2)


@claim
def a_deep_copy_of_a_leaf_is_a_leaf_with_its_gradient(torch):
    """The copy has memory and a .grad of its own."""
    import copy

    x = leaf(torch, 1.0, 2.0)
    (x * x).sum().backward()
    y = copy.deepcopy(x)
    with torch.no_grad():
        y.add_(1)
        y.grad.add_(1)
    return x, x.grad, y, y.grad


# --- Tensor.grad --------------------------------------------------------------------------------
note.section("Tensor.grad")


@claim
def grad_is_none_at_first_and_then_a_tensor(torch):
    """The attribute is None until the first backward, which makes it a tensor."""
    x = leaf(torch, 1.0, 2.0)
    first = x.grad
    (x * 2).sum().backward()
    return first, x.grad


@claim
def future_calls_accumulate(torch):
    """A later backward adds to what is there."""
    x = leaf(torch, 1.0, 2.0)
    for _ in range(3):
        (x * 2).sum().backward()
    return x.grad


@claim
def grad_of_a_non_leaf_warns(torch):
    """Reading .grad of a computed tensor that does not retain it is a warning."""
    y = leaf(torch, 1.0) * 2
    return warned(lambda: y.grad, "not a leaf Tensor is being accessed"), warned(
        lambda: leaf(torch, 1.0).grad, "leaf"
    )


@error("attempting to assign a gradient of size")
def grad_must_have_the_shape_of_its_tensor(torch):
    """A gradient of another shape cannot be assigned."""
    x = leaf(torch, 1.0, 2.0)
    x.grad = torch.ones(3)


@claim
def an_assigned_grad_is_taken_as_it_is(torch):
    """The very tensor that was assigned is accumulated into."""
    x, g = leaf(torch, 1.0, 2.0), torch.ones(2)
    x.grad = g
    (x * 2).sum().backward()
    return (
        x.grad is g,
        g,
        failure(lambda: setattr(x, "grad", 3.0)),
        failure(lambda: setattr(x, "grad", torch.ones(2, dtype=torch.float64))),
    )


@error("can't assign Variable as its own grad")
def a_tensor_cannot_be_its_own_gradient(torch):
    """Assigning a tensor as its own .grad is an error."""
    x = leaf(torch, 1.0)
    x.grad = x
