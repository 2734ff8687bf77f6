"""Autograd mechanics: how the history is encoded, what is saved, what a node is."""

from .claim import Note, failure, leaf

note = Note("Autograd mechanics")
claim, error = note.claim, note.error

LEFT_OUT = {
    "_raw_saved_*.register_hooks": "hooks on one saved value; saved_tensors_hooks packs all",
    "_saved_ numbers (dim, exponent, alpha)": "only saved tensors have the attribute here",
    "_input_metadata, _sequence_nr": "private names",
}

note.section("How autograd encodes the history")


@claim
def the_graph_has_leaves_as_its_ends(torch):
    """From the root every path ends at an AccumulateGrad, which holds its leaf."""
    x, w = leaf(torch, 1.0, 2.0), leaf(torch, 3.0, 4.0)
    y = (x * w).sum()
    ends = y.grad_fn.next_functions[0][0].next_functions
    return [end.name() for end, _ in ends], ends[0][0].variable is x, ends[1][0].variable is w


@claim
def the_end_of_a_leaf_is_the_same_node_in_all_graphs(torch):
    """Two uses of a leaf lead to one AccumulateGrad."""
    x = leaf(torch, 1.0)
    a, b = x * 2, x * 3
    return a.grad_fn.next_functions[0][0] is b.grad_fn.next_functions[0][0]


@claim
def the_graph_is_made_anew_in_every_iteration(torch):
    """Control flow in Python may change the graph each time: what runs is differentiated."""
    x = leaf(torch, 1.0, 2.0)
    grads = []
    for i in range(3):
        y = x
        for _ in range(i):
            y = y * x
        (g,) = torch.autograd.grad(y.sum(), x)
        grads.append(g)
    return grads


@claim
def the_type_of_a_node_has_its_name(torch):
    """Its class is called as the node is, without a namespace."""
    x = leaf(torch, 1.0, 2.0)
    y = x * 1
    y[0] = 3.0
    nodes = [(x + 1).grad_fn, (x * 2).grad_fn, x.exp().grad_fn, x.sum().grad_fn, y.grad_fn]
    nodes.append((x * 2).grad_fn.next_functions[0][0])
    return [type(node).__name__ for node in nodes], [node.name() for node in nodes]


@claim
def a_node_shows_its_name(torch):
    """The printed form is that of PyTorch."""
    x = leaf(torch, 1.0)
    node = (x + 1).grad_fn
    return repr(node).split(" at ")[0], repr(node.next_functions[0][0]).split(" at ")[0]


@claim
def nodes_are_instances_of_node(torch):
    """isinstance(grad_fn, torch.autograd.graph.Node)."""
    return isinstance((leaf(torch, 1.0) + 1).grad_fn, torch.autograd.graph.Node)


@claim
def a_tensor_knows_which_result_it_is(torch):
    """output_nr is the number among the results of the node."""
    a, b = leaf(torch, 1.0, 2.0).unbind()
    return a.output_nr, b.output_nr, a.grad_fn is b.grad_fn, leaf(torch, 1.0).output_nr


@claim
def metadata_of_a_node_is_a_dict_of_the_user(torch):
    """What is put there stays."""
    node = (leaf(torch, 1.0) + 1).grad_fn
    node.metadata["made by"] = "me"
    return node.metadata["made by"], isinstance(node.metadata, dict)


@claim
def a_node_can_be_called(torch):
    """Calling a grad_fn runs its derivative alone."""
    x = leaf(torch, 1.0, 2.0)
    return x.exp().grad_fn(torch.ones(2)), (x * 3).grad_fn(torch.ones(2))[0]


note.section("Saved tensors")


@claim
def an_operand_that_was_saved_is_the_tensor_itself(torch):
    """x.pow(2) saves x; reading the attribute gives x."""
    x = leaf(torch, 1.0, 2.0)
    y = x.pow(2)
    return x.equal(y.grad_fn._saved_self), x is y.grad_fn._saved_self


@claim
def a_result_that_was_saved_is_another_tensor_with_the_same_values(torch):
    """y.exp() saves its result, unpacked into a new tensor at the same place in the graph."""
    x = leaf(torch, 1.0, 2.0)
    y = x.exp()
    saved = y.grad_fn._saved_result
    return y.equal(saved), y is saved, saved.grad_fn is y.grad_fn, saved


@claim
def what_a_formula_could_do_without_is_saved_too(torch):
    """The derivative of a product of elements divides by each of them, if none is zero."""
    x = leaf(torch, 1.0, 2.0)
    y = x.prod()
    saved = y.grad_fn._saved_result
    return y.equal(saved), y is saved, saved.grad_fn is y.grad_fn, saved


@claim
def a_product_saves_both_operands(torch):
    """Each is needed for the gradient of the other."""
    x, w = leaf(torch, 1.0, 2.0), leaf(torch, 3.0, 4.0)
    node = (x * w).grad_fn
    return node._saved_self is x, node._saved_other is w


@claim
def only_what_is_needed_is_saved(torch):
    """A sum saves no tensor; an exponential not its operand."""
    x = leaf(torch, 1.0, 2.0)
    found = [hasattr((x + x).grad_fn, "_saved_self"), hasattr(x.exp().grad_fn, "_saved_self")]
    return found, failure(lambda: x.exp().grad_fn._saved_self)


@error("after they have already been freed")
def saved_tensors_are_freed_by_backward(torch):
    """Reading them afterwards is an error."""
    x = leaf(torch, 1.0, 2.0)
    y = x.exp()
    y.sum().backward()
    return y.grad_fn._saved_result


@error("has been modified by an inplace operation")
def a_saved_tensor_that_was_edited_cannot_be_read(torch):
    """The attribute checks the version too."""
    x = leaf(torch, 1.0, 2.0)
    a = x * 1
    y = a.pow(2)
    a.add_(1)
    return y.grad_fn._saved_self


@claim
def the_graph_is_freed_unless_it_is_retained(torch):
    """retain_graph keeps what was saved for one more pass."""
    x = leaf(torch, 1.0, 2.0)
    y = x.pow(2).sum()
    y.backward(retain_graph=True)
    y.backward()
    return x.grad, failure(y.backward)


note.section("Gradients for non-differentiable functions")


@claim
def differentiable_functions_use_their_gradient(torch):
    """The first rule: where the function is differentiable at the point, that is the gradient."""
    x = leaf(torch, 0.5, -2.0)
    x.sin().sum().backward()
    return x.grad


@claim
def convex_functions_use_the_subgradient_of_minimum_norm(torch):
    """relu and abs have slope 0 at 0."""
    found = []
    for f in (torch.relu, torch.abs, torch.nn.functional.hardshrink, torch.nn.functional.elu):
        x = leaf(torch, 0.0, -1.0, 1.0)
        f(x).sum().backward()
        found.append(x.grad)
    return found


@claim
def norms_have_gradient_zero_at_zero(torch):
    """The 2-norm of zeros has the subgradient of minimum norm."""
    x = torch.zeros(2, requires_grad=True)
    x.norm().backward()
    y = torch.zeros(2, requires_grad=True)
    torch.linalg.vector_norm(y, 1).backward()
    return x.grad, y.grad


@claim
def ties_of_a_maximum_share_the_gradient(torch):
    """amax and amin distribute it evenly; max over a dimension takes one place."""
    x, y, z = (leaf(torch, 2.0, 2.0, 1.0) for _ in range(3))
    x.amax().backward()
    y.max().backward()
    z.max(0).values.backward()
    return x.grad, y.grad, z.grad


@claim
def ties_of_two_tensors_halve_the_gradient(torch):
    """maximum and minimum give half to each where they are equal."""
    x, y = leaf(torch, 1.0, 3.0), leaf(torch, 1.0, 2.0)
    (torch.maximum(x, y) + torch.minimum(x, y) * 10).sum().backward()
    return x.grad, y.grad


@claim
def functions_defined_by_continuity_use_the_gradient_there(torch):
    """Where it is defined by continuity: clamp at its bounds, sinc at 0, where."""
    x, y = leaf(torch, 0.0, 1.0, 2.0), leaf(torch, 0.0, 0.5)
    x.clamp(0.0, 1.0).sum().backward()
    torch.sinc(y).sum().backward()
    return x.grad, y.grad


@claim
def functions_not_defined_at_a_point_give_some_value(torch):
    """sqrt at 0 is infinite, log and sqrt outside of their domain give NaN or a value."""
    found = []
    for f in (torch.sqrt, torch.log, torch.reciprocal, torch.acos):
        x = leaf(torch, 0.0, -1.0, 2.0)
        f(x).sum().backward()
        found.append(x.grad)
    return found


@claim
def steps_have_gradient_zero(torch):
    """sign, round, floor, ceil and trunc have slope 0 everywhere."""
    found = []
    for f in (torch.sign, torch.round, torch.floor, torch.ceil, torch.trunc):
        x = leaf(torch, 0.0, 1.5, -2.0)
        f(x).sum().backward()
        found.append(x.grad)
    return found


@claim
def comparisons_are_not_differentiable(torch):
    """Their results are booleans and do not require grad."""
    x = leaf(torch, 0.0, 1.0)
    return x > 0.5, x.argmax(), x.isnan(), x.int()
