"""Autograd mechanics: locally disabling gradients."""

from .claim import Note, leaf

note = Note("Locally disabling gradient computation")
claim, error = note.claim, note.error

LEFT_OUT = {
    "no-grad mode saves memory and time": "a claim about speed",
}

note.section("Grad mode (default)")


@claim
def grad_mode_is_the_default(torch):
    """Recording is on, inference mode is off."""
    return torch.is_grad_enabled(), torch.is_inference_mode_enabled()


note.section("No-grad mode")


@claim
def no_grad_behaves_as_if_no_input_required_grad(torch):
    """Results do not require grad, whatever the operands do."""
    x = leaf(torch, 1.0, 2.0)
    with torch.no_grad():
        y = x * 2
        return y, y.requires_grad, x.requires_grad, torch.is_grad_enabled()


@claim
def results_of_no_grad_can_be_used_in_grad_mode(torch):
    """What was computed there takes part in recorded operations as a constant."""
    x = leaf(torch, 1.0, 2.0)
    with torch.no_grad():
        y = x * 2
    (x * y).sum().backward()
    return x.grad


@claim
def parameters_can_be_updated_in_place_under_no_grad(torch):
    """An optimizer's edit is not tracked, and the leaf stays a leaf with a new version."""
    x = leaf(torch, 1.0, 2.0)
    with torch.no_grad():
        x.sub_(0.5)
    return x, x._version


@claim
def factories_under_no_grad_still_make_leaves_that_require_grad(torch):
    """The flag given to a factory counts there too."""
    with torch.no_grad():
        x = torch.ones(2, requires_grad=True)
        y = torch.nn.Parameter(torch.ones(2))
        z = torch.ones(2).requires_grad_()
    return x, y, z


@claim
def no_grad_works_as_a_decorator_with_and_without_parentheses(torch):
    """Functions and generators can be decorated."""
    x = leaf(torch, 1.0)

    @torch.no_grad()
    def doubled():
        return x * 2

    @torch.no_grad
    def tripled():
        return x * 3

    @torch.no_grad()
    def generated():
        yield x * 2
        yield torch.is_grad_enabled()

    found = [(value, torch.is_grad_enabled()) for value in generated()]
    return doubled(), tripled(), found, torch.is_grad_enabled()


@claim
def enable_grad_records_inside_no_grad(torch):
    """The inner block counts."""
    x = leaf(torch, 1.0)
    with torch.no_grad(), torch.enable_grad():
        return x * 2


@claim
def set_grad_enabled_is_a_function_and_a_context(torch):
    """It switches when it is called, and back at the end of a block."""
    x = leaf(torch, 1.0)
    with torch.set_grad_enabled(False):
        y = x * 2
    torch.set_grad_enabled(False)
    z = x * 2
    torch.set_grad_enabled(True)
    return y, z, x * 2


@claim
def the_mode_is_left_when_an_error_passes(torch):
    """An exception does not leave recording off."""
    try:
        with torch.no_grad():
            raise ValueError
    except ValueError:
        return torch.is_grad_enabled()


@claim
def grad_mode_belongs_to_a_thread(torch):
    """Another thread starts with recording on."""
    import threading

    seen = []
    with torch.no_grad():
        thread = threading.Thread(target=lambda: seen.append(torch.is_grad_enabled()))
        thread.start()
        thread.join()
    return seen


@claim
def views_made_under_no_grad_have_no_place_in_the_graph(torch):
    """A view of a leaf that requires grad, made there, has no grad_fn."""
    x = leaf(torch, 1.0, 2.0)
    with torch.no_grad():
        v = x[0]
        w = x.view(2, 1)
    return v, w, v.requires_grad, v._is_view(), v._base is x


@claim
def an_edit_under_no_grad_of_a_view_made_there_is_not_tracked(torch):
    """View and edit both inside: the leaf has new values and stays a leaf."""
    x = leaf(torch, 1.0, 2.0)
    with torch.no_grad():
        x[0].mul_(5)
        x[1] = 7
    return x, x._version


@error("created in no_grad mode and is being modified inplace with grad mode enabled")
def a_view_made_under_no_grad_cannot_be_edited_outside(torch):
    """View inside, edit outside is ambiguous, so it is forbidden."""
    x = leaf(torch, 1.0, 2.0) * 1
    with torch.no_grad():
        v = x[0]
    v.mul_(2)


@error("created in no_grad mode and is being modified inplace with grad mode enabled")
def a_view_of_a_leaf_made_under_no_grad_cannot_be_edited_outside(torch):
    """The same for a view of a leaf."""
    x = leaf(torch, 1.0, 2.0)
    with torch.no_grad():
        v = x[0]
    v.mul_(2)


@claim
def a_view_made_under_no_grad_of_what_needs_none_can_be_edited_outside(torch):
    """Without a base that requires grad nothing is ambiguous."""
    x = torch.ones(2)
    with torch.no_grad():
        v = x[0]
    v.mul_(2)
    return x, v


@error("created in no_grad mode and is being modified inplace with grad mode enabled")
def a_gradient_cannot_enter_through_a_view_made_under_no_grad(torch):
    """The value that requires grad may also be the other operand."""
    x = torch.ones(2)
    with torch.no_grad():
        v = x[0]
    v.mul_(torch.tensor(2.0, requires_grad=True))


@claim
def a_view_made_under_no_grad_requires_grad_with_its_base(torch):
    """After the base was edited by a recorded operation the view requires grad too."""
    x = torch.ones(2)
    with torch.no_grad():
        v = x[0]
    x.mul_(leaf(torch, 2.0, 3.0))
    return x, v.requires_grad


@error("its base or another view of its base has been modified inplace")
def a_view_made_under_no_grad_cannot_follow_its_base_into_the_graph(torch):
    """It has no place there after an edit of its base, not even of an edit that is not tracked."""
    x = leaf(torch, 1.0, 2.0)
    with torch.no_grad():
        v = x[0]
        v.mul_(2)
    return v * 3
