"""Docs of `torch.autograd.graph`: hooks on saved tensors, gradient edges."""

from .claim import Note, failure, leaf

note = Note("torch.autograd.graph")
claim, error = note.claim, note.error

LEFT_OUT = {
    "pin_memory of save_on_cpu": "memory of a GPU's host",
    "set_warn_on_accumulate_grad_stream_mismatch": "streams of CUDA",
    "set_override_stale_capture_stream": "graph capture of CUDA",
    "region_activation_memory_budget": "works under torch.compile only",
    "the order in which several values are packed": "PyTorch does not promise it",
}

note.section("saved_tensors_hooks")


def hooks(torch, pack, unpack):
    return torch.autograd.graph.saved_tensors_hooks(pack, unpack)


@claim
def pack_is_called_for_what_an_operation_saves(torch):
    """Both operands of a product, the result of an exponential, nothing of a sum."""
    seen = []
    a, b = leaf(torch, 1.0, 2.0), leaf(torch, 3.0, 4.0)

    def pack(t):
        seen.append(sorted(t.tolist()))
        return t

    with hooks(torch, pack, lambda t: t):
        y = a * b
        found = [sorted(seen)]
        y + 1
        found.append(len(seen))
        y.exp()
    return found, len(seen)


@claim
def unpack_gives_the_value_that_the_pass_reads(torch):
    """The values of the pass are those that the hook returns."""
    x = leaf(torch, 1.0, 2.0)
    with hooks(torch, lambda t: t.detach() * 10, lambda t: t):
        y = x.pow(2).sum()
    y.backward()
    return x.grad


@claim
def pack_may_return_anything(torch):
    """A number in a list, a name of a file."""
    kept = {}

    def pack(t):
        kept[len(kept)] = t.detach().clone()
        return len(kept) - 1

    x = leaf(torch, 1.0, 2.0)
    with hooks(torch, pack, lambda key: kept[key]):
        y = (x.exp() * x).sum()
    y.backward()
    return x.grad


@claim
def hooks_apply_to_what_was_saved_inside_the_block(torch):
    """The pass may run outside of it."""
    seen = []
    x = leaf(torch, 1.0, 2.0)

    def unpack(t):
        seen.append("unpack")
        return t

    a = x.exp()
    with hooks(torch, lambda t: t, unpack):
        b = x.exp()
    a.sum().backward()
    before = list(seen)
    b.sum().backward()
    return before, seen


@claim
def only_the_innermost_pair_applies(torch):
    """Nested blocks do not chain."""
    seen = []
    x = leaf(torch, 1.0, 2.0)

    def teller(word):
        def pack(t):
            seen.append(word)
            return t

        return pack

    with hooks(torch, teller("outer"), lambda t: t):
        with hooks(torch, teller("inner"), lambda t: t):
            x.exp()
        x.exp()
    return seen


@claim
def nothing_is_recorded_within_pack(torch):
    """Grad mode is off there."""
    seen = []
    x = leaf(torch, 1.0, 2.0)

    def pack(t):
        seen.append((torch.is_grad_enabled(), (t * 2).requires_grad))
        return t

    with hooks(torch, pack, lambda t: t):
        x.exp()
    return seen


@claim
def what_a_function_saves_is_packed_too(torch):
    """save_for_backward goes through the hooks."""

    class Square(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            ctx.save_for_backward(x)
            return x * x

        @staticmethod
        def backward(ctx, gradient):
            return gradient * 2 * ctx.saved_tensors[0]

    x = leaf(torch, 1.0, 2.0)
    with hooks(torch, lambda t: t.detach() * 10, lambda t: t):
        y = Square.apply(x)
    y.sum().backward()
    return x.grad


@claim
def higher_orders_go_through_the_hooks(torch):
    """What is unpacked has its place in the graph."""
    x = leaf(torch, 2.0)
    with hooks(torch, lambda t: t.detach(), lambda t: t):
        y = x.pow(3)
        (g,) = torch.autograd.grad(y.sum(), x, create_graph=True)
    (h,) = torch.autograd.grad(g.sum(), x)
    return g.detach(), h


@claim
def versions_are_not_checked_through_hooks(torch):
    """What a hook keeps is its own affair: a copy survives an edit."""
    x = leaf(torch, 1.0, 2.0)
    a = x * 1
    with hooks(torch, lambda t: t.detach().clone(), lambda t: t):
        y = a.pow(2)
    a.zero_()
    y.sum().backward()
    return x.grad


@error("A saved tensor pack hook is modifying its input in place")
def pack_must_not_edit_its_tensor(torch):
    """An edit in place is an error at once."""
    x = leaf(torch, 1.0, 2.0) * 1
    with hooks(torch, lambda t: t.add_(1), lambda t: t):
        x.pow(2)


@error("Output of saved tensor unpack_hook expected to be a Tensor but got result of type int")
def unpack_must_give_a_tensor(torch):
    """Another type is an error of the pass."""
    x = leaf(torch, 1.0, 2.0)
    with hooks(torch, lambda t: t, lambda t: 3):
        y = x.pow(2)
    y.sum().backward()


note.section("save_on_cpu")


@claim
def save_on_cpu_changes_no_value(torch):
    """The example of the docs."""
    a, b, c = (leaf(torch, 1.0 + i, 2.0) for i in range(3))
    product = a * b
    with torch.autograd.graph.save_on_cpu():
        second = product * c
    (second * a).sum().backward()
    return a.grad, b.grad, c.grad


note.section("disable_saved_tensors_hooks")


@error("my feature does not go with hooks")
def hooks_can_be_disabled_with_a_message(torch):
    """Entering them inside the block is an error."""
    with torch.autograd.graph.disable_saved_tensors_hooks("my feature does not go with hooks"):  # noqa: SIM117
        with hooks(torch, lambda t: t, lambda t: t):
            pass


@claim
def hooks_are_enabled_again_after_the_block(torch):
    """Nested blocks restore the message before."""
    disable = torch.autograd.graph.disable_saved_tensors_hooks
    text = []
    with disable("outer"):
        with disable("inner"):
            pass
        try:
            with torch.autograd.graph.save_on_cpu():
                pass
        except RuntimeError as error:
            text.append(str(error))
    with torch.autograd.graph.save_on_cpu():
        text.append("fine")
    return text


note.section("allow_mutation_on_saved_tensors")


@claim
def saved_tensors_may_be_edited_inside(torch):
    """The pass reads the value at the time it was saved."""
    with torch.autograd.graph.allow_mutation_on_saved_tensors():
        a = leaf(torch, 1.0, 2.0)
        b = a.clone()
        out = (b**2).sum()
        b.sin_()
        (out + b.sum()).backward()
    return a.grad, b


@claim
def the_pass_belongs_into_the_same_block(torch):
    """Outside of it the graph cannot be used."""
    with torch.autograd.graph.allow_mutation_on_saved_tensors():
        out = leaf(torch, 1.0, 2.0).pow(2).sum()
    return failure(out.backward)


@error("allow_mutation_on_saved_tensors contexts cannot be nested")
def the_block_cannot_be_nested(torch):
    """One at a time."""
    allow = torch.autograd.graph.allow_mutation_on_saved_tensors
    with allow(), allow():
        pass


note.section("GradientEdge, get_gradient_edge")


@claim
def an_edge_names_the_node_and_the_result(torch):
    """Of a leaf it is the end of the graph."""
    edge = torch.autograd.graph.get_gradient_edge
    x = leaf(torch, 1.0, 2.0)
    a, b = x.unbind()
    found = edge(b)
    end = edge(x)
    return found.node is b.grad_fn, found.output_nr, end.node.name(), end.output_nr, a.shape


@claim
def grad_takes_edges_as_inputs(torch):
    """The tensor itself need not be kept."""
    x = leaf(torch, 1.0, 2.0)
    y = x * 2
    edges = [torch.autograd.graph.get_gradient_edge(t) for t in (y, x)]
    z = (y * y).sum()
    return torch.autograd.grad(z, edges, retain_graph=True), torch.autograd.grad(z, [x, edges[0]])


@claim
def grad_and_backward_take_edges_as_outputs(torch):
    """With the gradient that arrives there."""
    x = leaf(torch, 1.0, 2.0)
    y = x * x
    edge = torch.autograd.graph.get_gradient_edge(y)
    found = torch.autograd.grad(edge, x, torch.ones(2), retain_graph=True)
    torch.autograd.backward(edge, torch.ones(2) * 10)
    return found, x.grad


@error("It is not possible to get the gradient edge for a Tensor that does not require gradients")
def a_constant_has_no_edge(torch):
    """It is in no graph."""
    torch.autograd.graph.get_gradient_edge(torch.ones(2))
