"""Autograd mechanics: in-place operations, versions; docs of `_version`, `detach`, `data`."""

from .claim import Note, failure, leaf

note = Note("In-place operations with autograd")
claim, error = note.claim, note.error

LEFT_OUT = {
    "in-place operations seldom lower memory": "advice about speed and memory",
    "resize_, set_ of a storage": "a tensor has no storage object here",
}

note.section("In-place correctness checks")


@claim
def every_edit_raises_the_version(torch):
    """The counter starts at 0 and grows by one an edit."""
    x = torch.ones(2)
    versions = [x._version]
    for edit in (lambda: x.add_(1), lambda: x.mul_(2), x.zero_, lambda: x.fill_(3)):
        edit()
        versions.append(x._version)
    x[0] = 5
    versions.append(x._version)
    x.copy_(torch.zeros(2))
    return [*versions, x._version]


@claim
def reading_does_not_raise_the_version(torch):
    """Operations out of place leave it alone."""
    x = torch.ones(2)
    x + 1, x.view(2, 1), x.clone(), x.tolist()
    return x._version


@claim
def views_share_the_version_of_their_base(torch):
    """An edit of either is seen by both."""
    x = torch.ones(2, 2)
    v = x[0]
    v.add_(1)
    x.add_(1)
    return x._version, v._version


@claim
def augmented_assignment_is_an_edit(torch):
    """x += 1 is x.add_(1)."""
    x = torch.ones(2)
    before = x
    x += 1
    x *= 2
    x -= 1
    x /= 2
    return before is x, x._version, x


@error("one of the variables needed for gradient computation has been modified by an inplace")
def an_edit_of_what_was_saved_is_an_error_of_the_pass(torch):
    """The version was saved with the value, and is compared when it is read."""
    x = leaf(torch, 1.0, 2.0)
    y = x * 2
    z = y.pow(3)
    y.add_(1)
    z.sum().backward()


@claim
def the_error_names_both_versions(torch):
    """It says what the version is and what was expected."""
    x = leaf(torch, 1.0, 2.0)
    y = x.exp()
    y.add_(1).mul_(2)
    try:
        y.sum().backward()
    except RuntimeError as found:
        text = str(found)
        return "is at version 2; expected version 0 instead" in text, "[2]]" in text
    return None


@claim
def an_edit_of_what_was_not_saved_is_no_error(torch):
    """A sum saves nothing, so its operands may be edited."""
    x = leaf(torch, 1.0, 2.0)
    y = x * 2
    z = y + 1
    y.add_(1)
    (z.sum() + y.sum()).backward()
    return x.grad


@claim
def the_gradient_is_right_where_no_error_is_raised(torch):
    """A chain of edits is differentiated as it ran."""
    x = leaf(torch, 1.0, 2.0)
    y = x * 2
    y.add_(x).mul_(3).sub_(x)
    y.sum().backward()
    return y, x.grad


@claim
def an_edit_rewrites_the_graph(torch):
    """The tensor becomes the result of the edit; what used it before keeps its own history."""
    x = leaf(torch, 1.0, 2.0)
    y = x * 2
    before = y.grad_fn
    z = y + 1
    y.mul_(3)
    return y.grad_fn is before, y.grad_fn.name(), z.grad_fn.next_functions[0][0] is before


@claim
def a_constant_that_is_edited_by_a_variable_requires_grad(torch):
    """The edited tensor enters the graph."""
    x, c = leaf(torch, 1.0, 2.0), torch.ones(2)
    c.mul_(x)
    c.sum().backward()
    return c, x.grad


@error("a leaf Variable that requires grad is being used in an in-place operation")
def leaves_that_require_grad_cannot_be_edited(torch):
    """Their history would begin with an operation."""
    leaf(torch, 1.0).mul_(2)


@error("a leaf Variable that requires grad is being used in an in-place operation")
def leaves_cannot_be_assigned_to_by_index(torch):
    """Filling by an index is an edit of a view of the leaf."""
    x = leaf(torch, 1.0, 2.0)
    x[0] = 3.0


@claim
def an_edit_that_fails_changes_nothing(torch):
    """Values and version are as before."""
    x = leaf(torch, 1.0, 2.0)
    failed = [failure(lambda: x.add_(1)), failure(lambda: x[0].add_(1))]
    y = torch.ones(2)
    failed.append(failure(lambda: y.add_(torch.ones(3))))
    return failed, x, x._version, y, y._version


note.section("Tensor.detach")


@claim
def detach_shares_memory_and_never_requires_grad(torch):
    """An edit of either is seen by both."""
    x = leaf(torch, 1.0, 2.0)
    y = x * 2
    d = y.detach()
    d[0] = 7.0
    return d, y.detach().tolist(), d.requires_grad, d.grad_fn, d.is_leaf


@error("modified by an inplace operation")
def an_edit_of_a_detached_tensor_is_noticed(torch):
    """It raises the version that the graph remembers."""
    x = leaf(torch, 1.0, 2.0)
    y = x.exp()
    y.detach().zero_()
    y.sum().backward()


@claim
def an_edit_through_data_is_not_noticed(torch):
    """`.data` has a version of its own, so the gradient is silently that of the new value."""
    x = leaf(torch, 1.0, 2.0)
    y = x.exp()
    y.data.zero_()
    y.sum().backward()
    return y._version, x.grad


@claim
def detach_in_place_makes_a_leaf(torch):
    """The tensor itself leaves the graph."""
    y = leaf(torch, 1.0, 2.0) * 2
    same = y.detach_()
    return same is y, y, y.requires_grad


@error("Can't detach views in-place")
def a_view_cannot_be_detached_in_place(torch):
    """The way out is detach()."""
    (leaf(torch, 1.0, 2.0) * 2)[0].detach_()


@claim
def detach_of_a_detached_leaf_can_require_grad_again(torch):
    """It is a leaf of its own."""
    x = leaf(torch, 1.0, 2.0)
    d = x.detach().requires_grad_()
    (d * 3).sum().backward()
    return x.grad, d.grad


note.section("Tensor.data")


@claim
def data_can_be_assigned(torch):
    """The tensor has other values, the flag stays."""
    x = leaf(torch, 1.0, 2.0)
    x.data = torch.tensor([5.0, 6.0, 7.0])
    (x * x).sum().backward()
    return x, x.grad


@claim
def data_edits_leave_leaves_leaves(torch):
    """An optimizer of old edits through .data."""
    x = leaf(torch, 1.0, 2.0)
    x.data.add_(1)
    x.data -= 3
    return x, x._version


note.section("torch.autograd.graph.increment_version")


@claim
def the_version_can_be_raised_by_hand(torch):
    """For edits that autograd cannot see."""
    x, y = torch.ones(2), torch.ones(2)
    torch.autograd.graph.increment_version(x)
    torch.autograd.graph.increment_version([x, y])
    return x._version, y._version


@error("modified by an inplace operation")
def a_version_raised_by_hand_is_noticed_by_the_pass(torch):
    """As an edit would be."""
    x = leaf(torch, 1.0, 2.0)
    y = x.exp()
    torch.autograd.graph.increment_version(y)
    y.sum().backward()
