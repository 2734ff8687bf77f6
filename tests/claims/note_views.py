"""Tensor Views: which operations share memory, and what an edit through them does."""

from .claim import Note, failure, leaf

note = Note("Tensor Views")
claim, error = note.claim, note.error

LEFT_OUT = {
    "indices and values": "of sparse tensors",
    "storage().data_ptr()": "an array has no address here; that memory is shared is held by edits",
    "as_strided": "a view by strides of memory is not offered for writing",
}

note.section("Views share the data of their base")


@claim
def an_edit_of_a_view_is_an_edit_of_its_base(torch):
    """The example of the note."""
    t = torch.zeros(4, 4)
    b = t.view(2, 8)
    b[0][0] = 3.14
    return t[0][0], t, b._base is t


def views(t):
    return {
        "slice": t[0, 1:],
        "as_strided": t.as_strided((2, 2), (4, 2), 1),
        "step": t[:, ::2],
        "diagonal": t.diagonal(),
        "expand": t.unsqueeze(0).expand(1, 2, 4),
        "expand_as": t[:1].expand_as(t[:1]),
        "movedim": t.movedim(0, 1),
        "narrow": t.narrow(1, 1, 2),
        "permute": t.permute(1, 0),
        "select": t.select(0, 1),
        "squeeze": t[:1].squeeze(0),
        "transpose": t.transpose(0, 1),
        "t": t.t(),
        "T": t.T,
        "mT": t.mT,
        "unfold": t.unfold(1, 2, 2),
        "unsqueeze": t.unsqueeze(1),
        "view": t.view(8),
        "view_as": t.view_as(t),
        "unbind": t.unbind()[1],
        "split": t.split(2, 1)[1],
        "chunk": t.chunk(2, 1)[0],
        "hsplit": t.tensor_split(2, 1)[0],
        "swapaxes": t.swapaxes(0, 1),
        "ravel": t.ravel(),
        "flatten": t.flatten(),
        "reshape": t.reshape(4, 2),
        "detach": t.detach(),
        "unflatten": t.unflatten(1, (2, 2)),
        "swapdims": t.swapdims(0, 1),
        "split_with_sizes": t.split_with_sizes([1, 3], 1)[1],
        "vsplit": t.vsplit(2)[1],
        "mH": t.mH,
    }


@claim
def the_list_of_view_operations(torch):
    """Each has values, shape and strides of a view, and sees an edit of the base."""
    t = torch.arange(8.0).reshape(2, 4).clone()
    made = views(t)
    t.add_(100)
    return {k: (v, v._is_view(), v._base is t, v.stride()) for k, v in made.items()}


@claim
def an_edit_through_each_view_reaches_the_base(torch):
    """The other direction."""
    found = {}
    for name in views(torch.zeros(2, 4)):
        t = torch.zeros(2, 4)
        v = views(t)[name]
        v.fill_(5)
        found[name] = t
    return found


@claim
def real_and_imaginary_parts_are_views(torch):
    """Of a complex tensor; view_as_real and view_as_complex too."""
    z = torch.tensor([1.0 + 2.0j, 3.0 - 1.0j])
    z.real.mul_(10)
    z.imag[0] = 7.0
    torch.view_as_real(z)[1, 1] = 9.0
    pairs = torch.tensor([[1.0, 2.0], [3.0, 4.0]])
    torch.view_as_complex(pairs).mul_(1j)
    return z, pairs


@claim
def a_conjugate_is_a_view(torch):
    """An edit of it is an edit of its base, and the other way."""
    z = torch.tensor([1.0 + 2.0j, 3.0 - 1.0j])
    w = z.conj()
    w.mul_(1j)
    z.add_(1)
    return z, w.resolve_conj(), w._base is z


@claim
def an_edit_of_a_conjugate_is_recorded(torch):
    """Its base goes along."""
    z = torch.tensor([1.0 + 2.0j, 3.0 - 1.0j], requires_grad=True)
    w = z * 1
    w.conj().mul_(2.0 + 1.0j)
    (w * w).abs().sum().backward()
    return w.resolve_conj(), z.grad


@claim
def the_real_part_of_a_real_tensor_is_the_tensor(torch):
    """And its conjugate; an imaginary part is an error."""
    x = torch.ones(2)
    return x.real is x, x.conj() is x, failure(lambda: x.imag)


@claim
def operations_that_are_no_views_give_new_memory(torch):
    """An edit of the result does not reach the operand."""
    t = torch.zeros(2, 4)
    results = [t + 0, t.clone(), t[[0, 1]], t[t == 0], t.repeat(1, 2), t.flip(0), t.roll(1)]
    for r in results:
        r.fill_(5)
    return t, [r._is_view() for r in results]


note.section("Contiguity")


@claim
def a_transposed_tensor_is_a_view_that_is_not_contiguous(torch):
    """The example of the note; contiguous copies."""
    base = torch.tensor([[0, 1], [2, 3]])
    t = base.transpose(0, 1)
    c = t.contiguous()
    c[0, 0] = 9
    return base.is_contiguous(), t.is_contiguous(), c.is_contiguous(), base, c


@claim
def contiguous_gives_itself_where_it_is_contiguous(torch):
    """No copy."""
    x = torch.ones(2, 3)
    return x.contiguous() is x, x.t().t().is_contiguous()


@claim
def reshape_is_a_view_where_it_can_be(torch):
    """Else a copy: user code should not rely on it."""
    x = torch.zeros(2, 3)
    x.reshape(6)[0] = 1
    x.t().reshape(6)[1] = 5
    return x, x.reshape(6)._is_view(), x.t().reshape(6)._is_view(), x.flatten()._is_view()


note.section("Indexing")


@claim
def basic_indexing_gives_views_and_advanced_indexing_copies(torch):
    """As in NumPy."""
    x = torch.zeros(3, 3)
    kinds = [x[0], x[1:], x[..., 0], x[None], x[[0, 1]], x[x == 0], x[torch.tensor([0])]]
    return [k._is_view() for k in kinds]


@claim
def assignment_by_either_indexing_is_in_place(torch):
    """It raises the version, and the base has the values."""
    x = torch.zeros(3, 3)
    x[0, 1:] = 1.0
    x[[1, 2], [0, 1]] = 2.0
    x[x == 0] = -1.0
    return x, x._version


note.section("Views and autograd")


@claim
def a_view_of_a_view_has_the_same_base(torch):
    """There is one base."""
    x = torch.zeros(2, 3, 4)
    return x[0][1]._base is x, x[0].t()._base is x, x._base


@claim
def an_edited_view_takes_its_base_along(torch):
    """The base becomes the result of CopySlices, the view is read from it anew."""
    x = leaf(torch, 1.0, 2.0, 3.0)
    y = x * 1
    v = y[1:]
    v.mul_(10)
    y.sum().backward()
    return y, v, y.grad_fn.name(), v.grad_fn.name(), x.grad


@claim
def an_edited_base_takes_its_views_along(torch):
    """A view made before sees the edit, in values and in gradients."""
    x = leaf(torch, 1.0, 2.0, 3.0)
    y = x * 1
    v, w = y[1:], y.view(3, 1)
    y.mul_(10)
    (v.sum() + w.sum() * 2).backward()
    return v, w, x.grad


@claim
def the_flag_of_a_base_is_the_flag_of_its_views(torch):
    """A view made before its base was flagged requires grad, without a place in the graph."""
    x = torch.ones(2)
    v = x[0]
    x.requires_grad_()
    return v.requires_grad, v.is_leaf, v.grad_fn, (v * 2).requires_grad


@claim
def a_view_can_be_flagged_alone(torch):
    """A view of what requires no grad is a leaf of its own."""
    x = torch.ones(2)
    v = x[0].requires_grad_()
    (v * 3).backward()
    return x.requires_grad, v.grad, v.is_leaf


@error("a view of a leaf Variable that requires grad is being used in an in-place operation")
def a_flagged_view_of_a_leaf_cannot_be_edited(torch):
    """Its base is a leaf."""
    torch.ones(2)[0].requires_grad_().mul_(2)


@error("This view is the output of a function that returns multiple views")
def one_of_several_views_cannot_follow_its_base(torch):
    """Where the base was edited after unbind."""
    y = leaf(torch, 1.0, 2.0) * 1
    a, _ = y.unbind()
    y.mul_(2)
    return a * 1


@error("This view is the output of a function that returns multiple views")
def one_of_several_views_cannot_be_edited(torch):
    """chunk, split and unbind return several views of one node."""
    (leaf(torch, 1.0, 2.0) * 1).chunk(2)[0].mul_(2)


@error("unsupported operation: more than one element of the written-to tensor refers to a single")
def expanded_memory_cannot_be_edited(torch):
    """Several elements are one."""
    torch.ones(1).expand(3).mul_(2)
