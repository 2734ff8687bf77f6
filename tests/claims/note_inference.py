"""The note on inference mode; evaluation mode."""

from .claim import Note, failure, leaf

note = Note("Locally disabling gradient computation")
claim, error = note.claim, note.error

LEFT_OUT = {
    "inference mode is faster": "a claim about time",
    "dispatch keys and the guards of C++": "they are PyTorch's implementation, in C++",
}

note.section("Inference mode")


@claim
def inference_mode_records_nothing(torch):
    """Like no_grad: results do not require grad; and they are inference tensors."""
    x = leaf(torch, 1.0, 2.0)
    with torch.inference_mode():
        y = x * 2
        inside = torch.is_inference_mode_enabled(), torch.is_grad_enabled()
    return y, y.is_inference(), x.is_inference(), inside


@error("Inference tensors cannot be saved for backward")
def inference_tensors_cannot_be_saved_for_backward(torch):
    """They cannot take part in a recorded product."""
    with torch.inference_mode():
        y = torch.ones(2)
    leaf(torch, 1.0, 2.0) * y


@claim
def inference_tensors_can_be_used_where_nothing_is_saved(torch):
    """A sum saves nothing, so it can be recorded."""
    with torch.inference_mode():
        y = torch.ones(2)
    z = leaf(torch, 1.0, 2.0) + y
    return z, z.is_inference()


@claim
def a_clone_of_an_inference_tensor_is_a_normal_tensor(torch):
    """The way out: clone it outside."""
    with torch.inference_mode():
        y = torch.ones(2)
    c = y.clone()
    x = leaf(torch, 1.0, 2.0)
    (x * c).sum().backward()
    return c.is_inference(), x.grad


@error("Inplace update to inference tensor outside InferenceMode is not allowed")
def inference_tensors_cannot_be_edited_outside(torch):
    """An edit in place is allowed in inference mode only."""
    with torch.inference_mode():
        y = torch.ones(2)
    y.add_(1)


@claim
def inference_tensors_can_be_edited_inside(torch):
    """In a later block of inference mode too."""
    with torch.inference_mode():
        y = torch.ones(2)
    with torch.inference_mode():
        y.add_(1)
    return y


@error("Inference tensors do not track version counter")
def inference_tensors_have_no_version(torch):
    """There is no counter to read."""
    with torch.inference_mode():
        y = torch.ones(2)
    return y._version


@error("Setting requires_grad=True on inference tensor outside InferenceMode")
def inference_tensors_cannot_require_grad_outside(torch):
    """The flag cannot be set outside the mode."""
    with torch.inference_mode():
        y = torch.ones(2)
    y.requires_grad_()


@claim
def normal_tensors_can_be_edited_in_inference_mode(torch):
    """Their version is raised as usual."""
    x = torch.ones(2)
    with torch.inference_mode():
        x.add_(1)
    return x, x._version, x.is_inference()


@claim
def a_view_of_a_normal_tensor_in_inference_mode_is_a_normal_tensor(torch):
    """Its place is that of a view made under no_grad."""
    x = torch.ones(2)
    with torch.inference_mode():
        v = x[0]
    return v.is_inference(), v._is_view(), v.requires_grad


@claim
def views_of_inference_tensors_are_inference_tensors(torch):
    """Made outside the mode too."""
    with torch.inference_mode():
        y = torch.ones(2, 2)
    return y[0].is_inference(), y.t().is_inference(), y.detach().is_inference()


@error("A view was created in inference mode and is being modified inplace in normal mode")
def a_view_made_in_inference_mode_cannot_be_edited_with_grad_outside(torch):
    """The edit of a view of a normal tensor must be inside too."""
    x = leaf(torch, 1.0, 2.0) * 1
    with torch.inference_mode():
        v = x[0]
    v.mul_(2)


@claim
def inference_mode_can_be_switched_off(torch):
    """inference_mode(False) is normal mode, with recording."""
    x = leaf(torch, 1.0)
    with torch.inference_mode(), torch.inference_mode(False):
        y = x * 2
    return y, y.is_inference(), torch.is_inference_mode_enabled()


@claim
def inference_mode_decorates_functions(torch):
    """With and without parentheses."""
    x = leaf(torch, 1.0)

    @torch.inference_mode()
    def f():
        return x * 2

    @torch.inference_mode
    def g():
        return x * 2

    return f().is_inference(), g().is_inference()


note.section("Evaluation mode")


@claim
def eval_has_nothing_to_do_with_grad_mode(torch):
    """A module in evaluation mode is recorded as before."""
    model = torch.nn.Sequential(torch.nn.Linear(2, 2), torch.nn.Dropout(0.5))
    model.eval()
    y = model(torch.ones(1, 2))
    return y.requires_grad, torch.is_grad_enabled(), model[1].training


@claim
def eval_changes_what_modules_say_it_changes(torch):
    """Dropout is the identity, batch normalisation leaves its statistics alone."""
    dropout, norm = torch.nn.Dropout(0.5), torch.nn.BatchNorm1d(2)
    x = torch.tensor([[1.0, 2.0], [3.0, 5.0]])
    norm(x)
    trained = norm.running_mean.clone()
    dropout.eval(), norm.eval()
    return dropout(x), norm(x), trained, norm.running_mean, failure(lambda: norm.train("yes"))
