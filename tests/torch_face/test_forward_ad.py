"""`torch.autograd.forward_ad` against PyTorch: tangents of values, views, edits and gradients.

A program gives tensors and what `unpack_dual` says of them. Names in the graphs of tangents are
left out: a tangent here ends in the operation that `jax.jvp` traced, not in PyTorch's formula.
"""

import copy
import gc
import pickle
import weakref

import jax
import numpy as np
import pytest

import funcgrad.torch as ours

from ..tape.outcome import assert_same, outcome
from .programs import each, programs, values

PROGRAMS, program = programs()


def parts(torch, *tensors):
    """Primals and tangents; the level is open."""
    return [tuple(torch.autograd.forward_ad.unpack_dual(t)) for t in tensors]


def dual(torch, *shape, seed=0, requires_grad=False, follow=False):
    """A dual tensor, what it was made of, and its tangent."""
    x, t = values(torch, *shape, seed=seed), values(torch, *shape, seed=seed + 100)
    x.requires_grad_(requires_grad)
    t.requires_grad_(follow)
    return torch.autograd.forward_ad.make_dual(x, t), x, t


def without_names(found):
    if isinstance(found, dict):
        return {key: value for key, value in found.items() if key != "node"}
    if isinstance(found, list):
        return [without_names(item) for item in found]
    return found


def inside(program):
    """The program inside a level."""

    def inside_a_level(torch):
        with torch.autograd.forward_ad.dual_level():
            return program(torch)

    return inside_a_level


# --- operations ----------------------------------------------------------------------------------

UNARY = {
    "exp": lambda torch, x: x.exp(),
    "power": lambda torch, x: x.abs() ** 2.5 + x**3,
    "sum": lambda torch, x: x.sum(0),
    "softmax": lambda torch, x: x.softmax(1),
    "sort": lambda torch, x: x.sort(dim=0).values,
    "maximum": lambda torch, x: x.max(1)[0],
    "relu": lambda torch, x: torch.relu(x) + torch.clamp(x, -0.5, 0.5),
    "matrix product": lambda torch, x: x @ x.t(),
    "singular values": lambda torch, x: torch.linalg.svdvals(x),
    "where": lambda torch, x: torch.where(x > 0, x * x, 3 * x),
    "index": lambda torch, x: x[torch.tensor([1, 0, 1])] * x[x > 0].sum(),
    "numbers": lambda torch, x: 2 - x / 3 + 1.5 * x,
    "stack": lambda torch, x: torch.stack([torch.zeros(2, 3), x], 1),
    "double": lambda torch, x: x.double().sin(),
    "half": lambda torch, x: x.half() * x.half(),
    "complex": lambda torch, x: (x * (1 + 2j)).exp().abs(),
    "layer norm": lambda torch, x: torch.nn.functional.layer_norm(x, (3,)),
    "loss": lambda torch, x: torch.nn.functional.cross_entropy(x, torch.tensor([0, 2])),
}


@pytest.mark.parametrize("name", UNARY)
def test_operations(name, oracle):
    """Values and tangents of each operation, and that operations on plain tensors stay plain."""

    def operate(torch):
        x, plain, _ = dual(torch, 2, 3)
        return parts(torch, UNARY[name](torch, x), UNARY[name](torch, plain))

    theirs = outcome(inside(operate), oracle)
    assert theirs[0][1] is not None
    assert theirs[1][1] is None
    assert_same(without_names(outcome(inside(operate), ours)), without_names(theirs))


@program
def two_duals_and_one(torch):
    (x, p, _), (y, q, _) = dual(torch, 2, 3), dual(torch, 3, seed=1)
    return parts(torch, x * y, x * q, p * y, p * q, torch.addcmul(p, x, y))


@program
def integers_have_no_tangents(torch):
    x, _, _ = dual(torch, 2, 3)
    return parts(torch, x.argmax(), x > 0, x.int(), x.topk(2).values, x.topk(2).indices)


@program
def what_drops_the_tangent(torch):
    x, _, _ = dual(torch, 3)
    return parts(torch, x.detach(), x.data, torch.ones_like(x), torch.nn.Parameter(x),
                 copy.deepcopy(x), torch.tensor(x.tolist()))  # fmt: skip


@program
def what_keeps_it(torch):
    x, _, _ = dual(torch, 3)
    return parts(torch, x.clone(), x.contiguous(), x.to(torch.float32), x.requires_grad_(), x.cpu())


@program
def values_are_read_as_ever(torch):
    x, _, _ = dual(torch, 3)
    return x.tolist(), x[0].item(), x.detach().numpy(), bool((x == x).all())


@program
def complex_numbers(torch):
    z = torch.autograd.forward_ad.make_dual(
        torch.tensor([1 + 2j, 3 - 1j]), torch.tensor([1j, 2 + 0.5j])
    )
    return parts(torch, z * z, z.abs(), z.exp(), (z * z.conj()).sum(), torch.view_as_real(z) * 2)


@program
def an_empty_one_and_a_number(torch):
    make = torch.autograd.forward_ad.make_dual
    number = make(torch.tensor(2.0), torch.tensor(3.0))
    return parts(torch, make(torch.ones(0), torch.ones(0)) * 2, number * number)


# --- memory --------------------------------------------------------------------------------------


@program
def a_dual_is_a_view(torch):
    x, primal, t = dual(torch, 3, requires_grad=True)
    unpacked = torch.autograd.forward_ad.unpack_dual(x)
    return (x._is_view(), x._base is primal, x.is_leaf, x.requires_grad, unpacked.tangent is t,
            unpacked.primal._is_view(), *parts(torch, unpacked.primal, primal))  # fmt: skip


@program
def views_of_a_dual(torch):
    x, _, _ = dual(torch, 2, 3)
    pieces = (*x.unbind(), *x.split([1, 2], 1), x.t()[1:], x.reshape(6), x[0, 1], x[:, None],
              x.diagonal(), x.expand(2, 2, 3), x.flatten(), x.T.T, x.view(3, 2), x.narrow(1, 1, 2),
              x.transpose(0, 1)[0], x.squeeze(), x.chunk(2, 1)[1])  # fmt: skip
    return parts(torch, *pieces)


@program
def an_edit_changes_the_tangent_that_was_given(torch):
    x, primal, t = dual(torch, 3)
    x.mul_(3)
    x += x.sin()
    return *parts(torch, x, primal), t


@program
def an_edit_of_a_view_changes_the_base(torch):
    x, _, t = dual(torch, 2, 3)
    x[0].mul_(5)
    x.t()[1].copy_(x[:, 0])
    return *parts(torch, x), t


@program
def an_edit_of_the_base_changes_its_views(torch):
    x, _, _ = dual(torch, 2, 3)
    row, column = x[0], x.t()[2]
    x.mul_(x.exp())
    return parts(torch, row, column)


@program
def a_plain_tensor_becomes_dual(torch):
    x, _, t = dual(torch, 2)
    a, b, c = torch.ones(2), torch.ones(2, 2), torch.ones(2, 2)
    view = b[1]
    a.mul_(x)
    b[0] = x
    c.t().copy_(x)
    return *parts(torch, a, b, view, c, b[0]), t


@program
def constants_are_written_over_a_dual(torch):
    x, y, z = (dual(torch, 3, seed=i)[0] for i in range(3))
    x.zero_()
    y.copy_(torch.ones(3))
    z[1] = 4.0
    return parts(torch, x, y, z, z.fill_(2))


@program
def a_mask_is_assigned(torch):
    x, _, _ = dual(torch, 2, 3)
    y = x * 1
    y[y > 0] = 0.0
    y.masked_fill_(y < -1, 7.0)
    return parts(torch, y, x.index_fill(1, torch.tensor([0]), 2.0))


@program
def edits_of_what_it_was_made_of(torch):
    x, primal, t = dual(torch, 3)
    primal.mul_(2)
    t.mul_(10)
    return parts(torch, x, x * x)


@program
def turned_in_place(torch):
    x, _, _ = dual(torch, 2, 3)
    row = x[0]
    x.t_()
    x[0].mul_(2)
    return parts(torch, x, row, x.unsqueeze_(0))


@program
def a_dual_of_a_view(torch):
    x, t = values(torch, 2, 3), values(torch, 2, 3, seed=1)
    row = torch.autograd.forward_ad.make_dual(x[0], t.t()[:, 1])
    row.mul_(2)
    return *parts(torch, row, x, row * 2), x, t


# --- with the backward pass ----------------------------------------------------------------------


@program
def forward_over_reverse(torch):
    x, leaf, _ = dual(torch, 3, requires_grad=True)
    w = values(torch, 3, seed=5).requires_grad_()
    y = ((x * w).exp() * x).sum()
    return parts(torch, *torch.autograd.grad(y, (x, leaf, w)))


@program
def forward_over_reverse_with_a_graph(torch):
    x, _, _ = dual(torch, 3, requires_grad=True)
    y = (x**3 * x.roll(1)).sum()
    (gradient,) = torch.autograd.grad(y, x, create_graph=True)
    (second,) = torch.autograd.grad(gradient.sum(), x)
    return parts(torch, gradient, second)


@program
def forward_over_reverse_through_expensive_operations(torch):
    x, _, _ = dual(torch, 3, 3, requires_grad=True)
    y = torch.linalg.cholesky(x @ x.t() + 3 * torch.eye(3)).sum() + x.sort(0).values.sum()
    return parts(torch, *torch.autograd.grad(y, x))


@program
def forward_over_reverse_through_edits(torch):
    x, _, _ = dual(torch, 2, 3, requires_grad=True)
    y = x * 1
    y[0] = x[1] ** 2
    y.mul_(x.exp())
    y.t()[1].add_(x[:, 0])
    return parts(torch, *torch.autograd.grad((y * y).sum(), x))


@program
def only_the_gradient_that_arrives_is_dual(torch):
    w = values(torch, 3).requires_grad_()
    v, _, _ = dual(torch, 3, seed=2)
    return parts(torch, *torch.autograd.grad(w.sin(), w, v))


@program
def reverse_over_forward(torch):
    x, leaf, t = dual(torch, 3, requires_grad=True, follow=True)
    w = values(torch, 3, seed=5).requires_grad_()
    tangent = parts(torch, (x * w).tanh() * x.flip(0))[0][1]
    return tangent, *torch.autograd.grad((tangent**2).sum(), (leaf, t, w))


@program
def reverse_over_forward_through_edits(torch):
    x, leaf, t = dual(torch, 3, requires_grad=True, follow=True)
    y = x * 2
    y[1:].mul_(x[:2])
    y.mul_(y.detach() + x)
    tangent = parts(torch, y)[0][1]
    return tangent, *torch.autograd.grad((tangent * y).sum(), (leaf, t))


@program
def a_tangent_that_requires_grad(torch):
    x, _, _ = dual(torch, 3, follow=True)
    y = x**3
    return y.requires_grad, *parts(torch, y)


@program
def the_gradient_in_grad(torch):
    x, leaf, _ = dual(torch, 3, requires_grad=True)
    (x**3).sum().backward()
    return parts(torch, leaf.grad)


@program
def modes(torch):
    found = []
    with torch.no_grad():
        x, _, _ = dual(torch, 3, requires_grad=True)
        found += parts(torch, x * 2, x[0])
    with torch.inference_mode():
        found += parts(torch, x * 2)
    return found


# --- Function, Module ----------------------------------------------------------------------------


def scale(torch, save="save_for_forward", materialize=True):
    class Scale(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x, y, number):
            ctx.save_for_backward(x, y)
            getattr(ctx, save)(x, y)
            ctx.number = number
            ctx.set_materialize_grads(materialize)
            return x * y * number

        @staticmethod
        def backward(ctx, gradient):
            x, y = ctx.saved_tensors
            return gradient * y * ctx.number, gradient * x * ctx.number, None

        @staticmethod
        def jvp(ctx, along_x, along_y, nothing):
            assert nothing is None
            assert (along_y is None) == (not materialize)
            x, y = ctx.saved_tensors
            found = along_x * y
            return (found if along_y is None else found + x * along_y) * ctx.number

    return Scale


@program
def a_function(torch):
    (x, _, _), (y, plain, _) = dual(torch, 3, requires_grad=True), dual(torch, 3, seed=1)
    both, one = scale(torch).apply(x, y, 2.0), scale(torch).apply(x, plain, 2.0)
    return parts(torch, both, one, *torch.autograd.grad(both.sum() * one.sum(), x))


@program
def a_function_without_materialized_zeros(torch):
    x, plain, _ = dual(torch, 3)
    return parts(torch, scale(torch, materialize=False).apply(x, plain, 3))


@program
def a_function_differentiated_backwards_after(torch):
    x, leaf, t = dual(torch, 3, requires_grad=True, follow=True)
    y = scale(torch).apply(x, leaf, 2.0)
    tangent = parts(torch, y)[0][1]
    return tangent, *torch.autograd.grad(tangent.sum(), (leaf, t))


@program
def a_function_with_setup_context(torch):
    class Several(torch.autograd.Function):
        @staticmethod
        def forward(x):
            return x * 2, x.argmax(), x.exp()

        @staticmethod
        def setup_context(ctx, inputs, output):
            ctx.save_for_forward(*inputs, output[2])
            ctx.mark_non_differentiable(output[1])

        @staticmethod
        def jvp(ctx, tangent):
            _, exponential = ctx.saved_tensors
            return tangent * 2, None, tangent * exponential

    x, plain, _ = dual(torch, 3)
    return parts(torch, *Several.apply(x), *Several.apply(plain))


@program
def a_function_that_keeps_its_result(torch):
    class Exp(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            ctx.result = x.exp()
            ctx.save_for_backward(ctx.result)
            return ctx.result

        @staticmethod
        def backward(ctx, gradient):
            return ctx.saved_tensors[0] * gradient

        @staticmethod
        def jvp(ctx, tangent):
            found = tangent * ctx.result
            del ctx.result
            return found

    x, leaf, _ = dual(torch, 3, requires_grad=True)
    y = Exp.apply(x)
    tangent = parts(torch, y)[0][1]
    return (
        tangent,
        parts(torch, *torch.autograd.grad(y.sum(), x, retain_graph=True)),
        (torch.autograd.grad(tangent.sum(), leaf)),
    )


@program
def a_function_that_edits(torch):
    class Double(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            ctx.mark_dirty(x)
            return x.mul_(2)

        @staticmethod
        def jvp(ctx, tangent):
            return tangent.mul_(2)

    x, _, t = dual(torch, 3)
    return *parts(torch, Double.apply(x), x), t


@program
def a_function_that_returns_a_view(torch):
    class First(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            return x[0]

        @staticmethod
        def jvp(ctx, tangent):
            return tangent[0]

    return parts(torch, First.apply(dual(torch, 2, 3)[0]))


@program
def a_module_with_dual_parameters(torch):
    make = torch.autograd.forward_ad.make_dual
    model = torch.nn.Sequential(torch.nn.Linear(3, 2), torch.nn.Tanh(), torch.nn.Linear(2, 1))
    for i, (name, p) in enumerate(list(model.named_parameters())):
        owner, _, own = name.rpartition(".")
        delattr(model.get_submodule(owner), own)
        given = values(torch, *p.shape, seed=i).requires_grad_()
        tangent = values(torch, *p.shape, seed=i + 10)
        setattr(model.get_submodule(owner), own, make(given, tangent))
    return parts(torch, model(values(torch, 4, 3, seed=30)))


@each(PROGRAMS)
def test_same_as_pytorch(program, oracle):
    theirs = outcome(inside(program), oracle)
    assert theirs[0] != "error", theirs
    assert_same(without_names(outcome(inside(program), ours)), without_names(theirs))


# --- errors --------------------------------------------------------------------------------------


def function_with(torch, jvp, forward=None, dirty=False):
    class Made(torch.autograd.Function):
        pass

    def run(ctx, x):
        if dirty:
            ctx.mark_dirty(x)
        return forward(x) if forward else (x * 2, x + 1)

    Made.forward = staticmethod(run)
    if jvp is not None:
        Made.jvp = staticmethod(lambda ctx, tangent: jvp(tangent))
    return lambda: Made.apply(dual(torch, 3)[0])


# What raises inside of a level, and PyTorch's words.
MISUSE = {
    "a level inside a level": (
        lambda torch, ad: ad.dual_level().__enter__(),
        "Nested forward mode AD is not supported at the moment",
    ),
    "the level is opened again": (
        lambda torch, ad: ad.enter_dual_level(),
        "Nested forward mode AD is not supported at the moment",
    ),
    "another level is closed": (
        lambda torch, ad: ad.exit_dual_level(level=3),
        "exit a forward AD level that was not the last one that was created",
    ),
    "another shape": (
        lambda torch, ad: ad.make_dual(torch.ones(2), torch.ones(3)),
        "Tensor is of size [2] while the given forward gradient is of size [3]",
    ),
    "a tangent that would broadcast": (
        lambda torch, ad: ad.make_dual(torch.ones(2), torch.tensor(1.0)),
        "different size than that of the original",
    ),
    "integers": (
        lambda torch, ad: ad.make_dual(torch.tensor([1]), torch.tensor([1.0])),
        "Expected primal to be floating point or complex, but got: torch.int64",
    ),
    "a tangent of integers": (
        lambda torch, ad: ad.make_dual(torch.ones(1), torch.tensor([1])),
        "Expected tangent to be floating point or complex, but got: torch.int64",
    ),
    "no tensor": (lambda torch, ad: ad.make_dual(1.0, torch.tensor(1.0)), "is_floating_point"),
    "no tensor to unpack": (lambda torch, ad: ad.unpack_dual(1.0), "must be Tensor, not float"),
    "a level that is not there": (
        lambda torch, ad: ad.make_dual(torch.ones(1), torch.ones(1), level=4),
        "Invalid level",
    ),
    "a dual of a dual": (
        lambda torch, ad: ad.make_dual(dual(torch, 2)[0], torch.ones(2)),
        "based on a Tensor that already has a forward gradient at the same level 0",
    ),
    "a dual tangent": (
        lambda torch, ad: ad.make_dual(torch.ones(2), dual(torch, 2)[0]),
        "Setting a forward grad that itself has a forward gradient at the same level",
    ),
    "out=": (
        lambda torch, ad: torch.add(dual(torch, 2)[0], 1, out=torch.zeros(2)),
        "does not support it because it is an out= function",
    ),
    "an edit of a dual of a leaf": (
        lambda torch, ad: dual(torch, 2, requires_grad=True)[0].mul_(2),
        "a view of a leaf Variable that requires grad is being used in an in-place operation",
    ),
    "a Function without jvp": (
        lambda torch, ad: function_with(torch, None)(),
        "You must implement the jvp function for custom autograd.Function",
    ),
    "too few tangents": (
        lambda torch, ad: function_with(torch, lambda t: t)(),
        "jvp returned an invalid number of forward gradients (expected 2 but got 1)",
    ),
    "a tangent of another shape from jvp": (
        lambda torch, ad: function_with(torch, lambda t: (t, t[:2]))(),
        "a different size than that of the original Tensor",
    ),
    "a number from jvp": (
        lambda torch, ad: function_with(torch, lambda t: (t, 1.0))(),
        "expected Variable or None (got float)",
    ),
    "nothing from jvp": (
        lambda torch, ad: function_with(torch, lambda t: (t, None))(),
        "Expected both tensor and its forward grad to be floating point or complex",
    ),
    "a tangent of integers from jvp": (
        lambda torch, ad: function_with(torch, lambda t: (t, t), lambda x: (x * 1, x.argmax()))(),
        "jvp returned a gradient at position 1",
    ),
    "an edit whose jvp does not edit": (
        lambda torch, ad: function_with(torch, lambda t: t * 2, lambda x: x.mul_(2), dirty=True)(),
        "An inplace custom Function is not modifying the forward mode gradients inplace",
    ),
    "a view whose jvp gives none": (
        lambda torch, ad: function_with(torch, lambda t: t * 1, lambda x: x.view_as(x))(),
        "returning a view (or an input as-is) but the jvp is not returning a view",
    ),
    "an input as it is": (
        lambda torch, ad: function_with(torch, lambda t: t, lambda x: x)(),
        "returning a view (or an input as-is) but the jvp is not returning a view",
    ),
}


@pytest.mark.parametrize("name", MISUSE)
def test_errors_inside_a_level(name, oracle):
    misuse, words = MISUSE[name]
    found = [
        outcome(inside(lambda torch: misuse(torch, torch.autograd.forward_ad)), torch)
        for torch in (ours, oracle)
    ]
    assert found[0][:2] == found[1][:2]
    assert all(words in said[2] for said in found), found
    for torch in (ours, oracle):  # and the level is closed again
        with torch.autograd.forward_ad.dual_level():
            assert dual(torch, 2)[0] is not None


def test_outside_of_a_level(oracle):
    for torch in (ours, oracle):
        ad, x = torch.autograd.forward_ad, torch.ones(2)
        with pytest.raises(RuntimeError, match="no level exists, make sure to enter_dual_level"):
            ad.make_dual(x, x)
        with pytest.raises(RuntimeError, match="Dual level must be a positive number"):
            ad.exit_dual_level()
        assert ad.unpack_dual(x).primal is x
        assert ad.unpack_dual(x) == (x, None)
        assert ad.unpack_dual(1.0) == (1.0, None)  # as in PyTorch, which looks no closer there


def test_another_dtype_is_refused():
    """PyTorch takes such a tangent; here the two move together through one derivative."""
    with (
        ours.autograd.forward_ad.dual_level(),
        pytest.raises(RuntimeError, match=r"another dtype .* torch\.float32 .* torch\.float64"),
    ):
        ours.autograd.forward_ad.make_dual(ours.ones(2), ours.ones(2, dtype=ours.float64))


# --- levels, printing, price ---------------------------------------------------------------------


def test_tangents_end_with_their_level(oracle):
    for torch in (ours, oracle):
        ad = torch.autograd.forward_ad
        level = ad.enter_dual_level()
        assert level == 0
        x, leaf, _ = dual(torch, 3, requires_grad=True)
        y = x * x
        ad.exit_dual_level(level=level)
        assert ad.unpack_dual(x).tangent is None
        with ad.dual_level():
            assert ad.unpack_dual(y).tangent is None
            (gradient,) = torch.autograd.grad(y.sum(), leaf)
            assert ad.unpack_dual(gradient).tangent is None
            assert ad.unpack_dual(ad.make_dual(x, x)).tangent is x


def test_the_level_is_closed_by_an_error_and_works_as_a_decorator(oracle):
    for torch in (ours, oracle):
        ad = torch.autograd.forward_ad
        with pytest.raises(ZeroDivisionError), ad.dual_level():
            _ = 1 / 0

        @ad.dual_level()
        def slope(torch=torch, ad=ad):
            x = ad.make_dual(torch.tensor(3.0), torch.tensor(1.0))
            return ad.unpack_dual(x * x).tangent.item()

        assert slope() == slope() == 6.0


def test_tangents_are_freed():
    with ours.autograd.forward_ad.dual_level():
        x, _, _ = dual(ours, 3, requires_grad=True)
        y = x.exp()
        found = weakref.ref(ours.autograd.forward_ad.unpack_dual(y).tangent)
        assert found() is not None
    gc.collect()
    assert found() is None
    assert y.sum().grad_fn is not None


def test_printed_as_in_pytorch(oracle):
    def printed(torch):
        with torch.autograd.forward_ad.dual_level():
            x, _, _ = dual(torch, 3, requires_grad=True)
            number = torch.autograd.forward_ad.make_dual(torch.tensor(1.0), torch.tensor(2.0))
            matrix, _, _ = dual(torch, 2, 2)
            unpacked = torch.autograd.forward_ad.unpack_dual(matrix)
            return [str(x), str(number), str(matrix), repr(unpacked), str(x.detach())]

    assert printed(ours) == printed(oracle)


def test_a_dual_can_be_pickled_without_its_tangent():
    with ours.autograd.forward_ad.dual_level():
        again = pickle.loads(pickle.dumps(dual(ours, 3)[0]))
        assert ours.autograd.forward_ad.unpack_dual(again).tangent is None


def test_the_tangent_is_that_of_jax():
    """Against `jax.jvp` of the same function on arrays."""
    x, t = np.linspace(-1.0, 2.0, 5, dtype=np.float32), np.linspace(1.0, 3.0, 5, dtype=np.float32)
    _, expected = jax.jvp(lambda x: jax.numpy.sort(jax.numpy.sin(x) * x**2), (x,), (t,))
    with ours.autograd.forward_ad.dual_level():
        d = ours.autograd.forward_ad.make_dual(ours.tensor(x), ours.tensor(t))
        found = ours.autograd.forward_ad.unpack_dual((d.sin() * d**2).sort().values).tangent
    np.testing.assert_allclose(found.numpy(), expected, rtol=1e-6)
