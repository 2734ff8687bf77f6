"""A backward pass that runs as one program is the pass node by node, to the bit."""

import contextlib

import numpy as np
import pytest

import funcgrad.torch as torch
from funcgrad.tape import known, unseen, whole

F = torch.nn.functional
NEVER = 10**9


@pytest.fixture(autouse=True)
def forget():
    whole._programs.clear()
    known.forget()
    yield
    whole._programs.clear()
    known.forget()


@contextlib.contextmanager
def patience(count):
    before, whole._PATIENCE = whole._PATIENCE, count
    whole._programs.clear()
    known.forget()
    try:
        yield
    finally:
        whole._PATIENCE = before


@contextlib.contextmanager
def each_node_asked():
    """Passes as they are where hooks may look at what goes from node to node."""
    before, unseen.run = unseen.run, lambda *started: False
    try:
        with patience(NEVER):
            yield
    finally:
        unseen.run = before


def compiled():
    return sum(isinstance(program, whole._Program) for program in whole._programs.values())


def leaves():
    torch.manual_seed(0)
    shapes = {"w": (4, 3), "b": (3,), "x": (5, 4), "s": (), "k": (2, 2, 3, 3)}
    found = {name: torch.randn(shape, requires_grad=True) for name, shape in shapes.items()}
    found["z"] = torch.randn(3, dtype=torch.complex64, requires_grad=True)
    found["h"] = torch.randn(4, 3).bfloat16().requires_grad_()
    found["d"] = torch.randn(3, dtype=torch.float64, requires_grad=True)
    return found


PROGRAMS = {
    "a number": lambda w, b, x, s, **_: s**2 - 4 * s,
    "a layer": lambda w, b, x, s, **_: (x @ w + b).tanh().square().mean(),
    "products and sums, which would be fused": lambda w, b, x, s, **_: (
        (x @ w * 1.7 + b) * b + (b * 0.3 + b * b).sum() * s
    ).sum(),
    "a leaf many times": lambda w, b, x, s, **_: (b * b * b + b.exp() + b.sin() * b).sum(),
    "classes": lambda w, b, x, s, **_: F.cross_entropy(x @ w + b, torch.tensor([0, 1, 2, 1, 0])),
    "a convolution": lambda k, **_: F.conv2d(torch.ones(1, 2, 6, 6), k).relu().sum(),
    "windows": lambda x, **_: F.max_pool1d(x[None], 2).sum() + F.avg_pool1d(x[None], 2).prod(),
    "joined": lambda w, x, b, **_: (
        torch.cat([w, x, b[None].expand(2, 3).t()[:0].reshape(0, 3)], 0).pow(2).sum()
        if w.shape[1] == x.shape[1]
        else torch.stack([b, b * 2]).pow(2).sum()
    ),
    "several results": lambda w, **_: sum(
        (part * (i + 1)).sum() for i, part in enumerate(w.unbind(1)[:2])
    ),
    "the larger, and where": lambda w, **_: w.max(0).values.sum() + w.sort(1).values[:, 0].sum(),
    "views": lambda w, b, **_: (w.t()[1:] * 2).reshape(-1)[::2].sum() + b.expand(4, 3).sum(),
    "edited": lambda w, b, **_: (w * 2).add_(b).mul_(w).sum(),
    "complex": lambda z, b, **_: (z * z.conj() + z.exp() * b).abs().sum(),
    "halves": lambda h, b, **_: (h * h + b).float().sum(),
    "two dtypes": lambda d, b, **_: (d * b).sum() + (b.double() * d.exp()).sum(),
    "a decomposition": lambda x, **_: torch.linalg.svdvals(x).sum() + torch.linalg.qr(x).R.sum(),
    "norms": lambda w, **_: w.norm() + F.layer_norm(w, (3,)).square().sum(),
    "attention": lambda x, **_: F.scaled_dot_product_attention(x[None], x[None], x[None]).sum(),
    "a mask": lambda w, **_: w[w > 0].sum() + w.masked_fill(w < 0, 2.0).prod(),
    "an index": lambda w, **_: w[[0, 2, 0], [1, 1, 2]].square().sum(),
    "what reaches no leaf": lambda w, b, **_: (w.detach() * b).sum() + (w.sign() * 2).sum(),
    "einsum": lambda w, x, **_: torch.einsum("ij,jk,ik->", x, w, x @ w),
    "a leaf alone": lambda s, **_: s,
}


def gradients(build, times):
    """All gradients after some passes without and with gradients that are there."""
    for _ in range(times):
        found = leaves()
        for _ in range(2):
            build(**found).real.backward()
    return {
        name: (leaf.grad._read(), leaf.grad._version)
        for name, leaf in found.items()
        if leaf.grad is not None
    }


@pytest.mark.parametrize("name", PROGRAMS)
def test_the_same_to_the_bit(name):
    with patience(NEVER):
        expected = gradients(PROGRAMS[name], 1)
    assert expected and not compiled()
    with patience(0):
        found = gradients(PROGRAMS[name], 2)
    assert compiled() == 2
    assert found.keys() == expected.keys()
    for key, (array, version) in expected.items():
        assert version == found[key][1]
        assert (array.dtype, array.shape) == (found[key][0].dtype, found[key][0].shape)
        assert np.asarray(array).tobytes() == np.asarray(found[key][0]).tobytes()


def wanted(build, count, times):
    """Gradients that are returned: of some leaves, and of a result between."""
    with patience(count):
        for _ in range(times):
            found = leaves()
            between = found["b"] * 2
            inputs = [between, *found.values()]
            total = build(**{**found, "b": between}).real
            if total.dim() or not total.requires_grad:
                return []
            given = torch.autograd.grad(total, inputs, allow_unused=True)
            assert all(leaf.grad is None for leaf in found.values())
        return [None if gradient is None else gradient._read() for gradient in given]


@pytest.mark.parametrize("name", PROGRAMS)
def test_gradients_that_are_returned(name):
    expected = wanted(PROGRAMS[name], NEVER, 1)
    found = wanted(PROGRAMS[name], 0, 2)
    assert compiled() == (name != "a leaf alone")  # where it is what arrives
    assert [np.asarray(array).tobytes() for array in expected if array is not None] == [
        np.asarray(array).tobytes() for array in found if array is not None
    ]
    assert [array is None for array in expected] == [array is None for array in found]


def test_only_what_leads_to_what_is_wanted_runs():
    """The rest may have been edited, is not freed, and nothing accumulates."""
    with patience(0):
        x, w = torch.ones(2, requires_grad=True), torch.ones(2, requires_grad=True)
        other = w * 3
        side = other * other
        other.data.zero_()
        other.detach().add_(1)
        total = (x * x + side).sum()
        (gradient,) = torch.autograd.grad(total, [x])
        assert gradient.tolist() == [2.0, 2.0] and compiled() == 1
        assert x.grad is None and w.grad is None
        with pytest.raises(RuntimeError, match="a second time"):
            torch.autograd.grad(total, [x])


def test_nothing_leads_to_what_is_wanted():
    with patience(0):
        x, w = torch.ones(2, requires_grad=True), torch.ones(2, requires_grad=True)
        for leaf in (x, w):
            leaf.grad = torch.ones(2)
        total = (x * x).sum()
        for _ in range(2):  # nothing runs, so nothing is freed
            assert torch.autograd.grad(total, [w], allow_unused=True) == (None,)
            assert torch.autograd.grad(x, [w], torch.ones(2), allow_unused=True) == (None,)
        assert x.grad.tolist() == w.grad.tolist() == [1.0, 1.0]


def test_it_is_compiled_once_it_has_come_often():
    x = torch.tensor(3.0, requires_grad=True)
    for i in range(whole._PATIENCE + 3):
        x.grad = None
        (x * x * i).backward()
        assert x.grad.item() == 6.0 * i
        assert compiled() == (i >= whole._PATIENCE)


def test_another_number_compiles_nothing():
    x = torch.tensor(3.0, requires_grad=True)
    with patience(0):
        for i in range(20):
            x.grad = None
            (x * (0.5 + i)).backward()
            assert x.grad.item() == 0.5 + i
    assert compiled() == 1


def test_which_node_is_newer_is_part_of_the_structure():
    """Of 1e8, 1 and -1e8 the order of the sums can be seen."""

    def order(turned):
        x = torch.ones((), requires_grad=True)
        factors = [1e8, 1.0, -1e8]
        if turned:
            factors = [1e8, -1e8, 1.0]
        parts = [x * factor for factor in factors]
        total = parts[0] + parts[1] + parts[2]
        total.backward()
        return x.grad.item()

    with patience(NEVER):
        expected = [order(turned) for turned in (False, True)]
    with patience(0):
        assert [order(turned) for turned in (False, True)] == expected


def test_two_roots_and_a_gradient_that_arrives():
    def run(count):
        with patience(count):
            x = torch.tensor([1.0, 2.0], requires_grad=True)
            one, two = x * 3, (x * x).sum()
            torch.autograd.backward([one, two], [torch.tensor([0.1, 0.7]), None])
        return x.grad.tolist()

    expected = run(NEVER)
    assert run(0) == expected and compiled() == 1


def test_what_was_saved_is_freed_or_kept():
    with patience(0):
        x = torch.tensor([1.0, 2.0], requires_grad=True)
        y = (x * x).sum()
        y.backward(retain_graph=True)
        y.backward()
        assert x.grad.tolist() == [4.0, 8.0] and compiled()
        with pytest.raises(RuntimeError, match="a second time"):
            y.backward()
        assert x.grad.tolist() == [4.0, 8.0]


def with_tensor_hook(x, note):
    y = x * 2
    y.register_hook(note)
    return (y * x).sum()


def with_leaf_hook(x, note):
    x.register_hook(note)
    return (x * x).sum()


def with_node_hook(x, note):
    y = (x * x).sum()
    y.grad_fn.register_hook(lambda given, arrived: note(arrived[0]))
    return y


def with_node_prehook(x, note):
    y = (x * x).sum()
    y.grad_fn.register_prehook(lambda arrived: note(arrived[0]))
    return y


def with_post_hook(x, note):
    x.register_post_accumulate_grad_hook(lambda leaf: note(leaf.grad))
    return (x * x).sum()


@pytest.mark.parametrize(
    "build",
    [with_tensor_hook, with_leaf_hook, with_node_hook, with_node_prehook, with_post_hook],
)
def test_hooks_are_called(build):
    with patience(0):
        calls = []
        x = torch.tensor([1.0, 2.0], requires_grad=True)
        build(x, lambda gradient: calls.append(gradient.clone()) and None).backward()
        assert len(calls) == 1 and not compiled()
        (x * x).sum().backward()


def test_a_gradient_is_retained():
    with patience(0):
        x = torch.tensor([1.0, 2.0], requires_grad=True)
        y = x * x
        y.retain_grad()
        y.sum().backward()
        assert y.grad.tolist() == [1.0, 1.0]


def test_an_edit_of_what_was_saved_is_refused_and_the_rest_has_run():
    """As node by node: what came before the node that fails has been accumulated."""

    def run(count):
        with patience(count):
            x, w = torch.ones(2, requires_grad=True), torch.ones(2, requires_grad=True)
            y = x * 2
            z = y * y
            total = (z * w).sum()
            y.data.add_(0)
            y.detach().mul_(3)
            with pytest.raises(RuntimeError, match="modified by an inplace operation"):
                total.backward()
            return x.grad, w.grad.tolist()

    expected = run(NEVER)
    assert run(0) == expected and not compiled()


def test_an_edit_through_data_is_followed():
    with patience(0):
        x = torch.ones(2, requires_grad=True)
        y = (x * x).sum()
        x.data.mul_(5)
        y.backward()
        assert x.grad.tolist() == [10.0, 10.0] and compiled()


def test_one_gradient_of_two_leaves():
    with patience(0):
        x, y = torch.ones(2, requires_grad=True), torch.ones(2, requires_grad=True)
        x.grad = y.grad = torch.zeros(2)
        (x * 2 + y * 3).sum().backward()
        assert x.grad is y.grad and x.grad.tolist() == [5.0, 5.0]


def test_a_gradient_that_was_saved():
    """The leaf accumulates before the older node reads what it saved of the gradient."""

    def run(count):
        with patience(count):
            x, w = torch.ones(2, requires_grad=True), torch.ones(2, requires_grad=True)
            x.grad = torch.full((2,), 3.0)
            y = w * x.grad
            with pytest.raises(RuntimeError, match="modified by an inplace operation"):
                (y + x).sum().backward()
            return x.grad.tolist()

    expected = run(NEVER)
    assert run(0) == expected and not compiled()


def test_a_view_of_a_larger_gradient():
    with patience(0):
        x, whole_gradient = torch.ones(2, requires_grad=True), torch.zeros(3)
        x.grad = whole_gradient[1:]
        (x * 2).sum().backward()
        assert whole_gradient.tolist() == [0.0, 2.0, 2.0]


@pytest.mark.filterwarnings("ignore:Anomaly Detection has been enabled")
def test_nan_is_found():
    with patience(0), torch.autograd.detect_anomaly():
        x = torch.zeros(2, requires_grad=True)
        with pytest.raises(RuntimeError, match="returned nan values"):
            (x * x.sqrt() * 0).sum().backward()


def test_functions_of_the_user_run():
    class Double(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            return x * 2

        @staticmethod
        def backward(ctx, gradient):
            return gradient * 7

    with patience(0):
        x = torch.ones(2, requires_grad=True)
        Double.apply(x).sum().backward()
        assert x.grad.tolist() == [7.0, 7.0]


def test_large_arrays_and_long_chains_are_left_to_the_nodes():
    with patience(0):
        x = torch.ones(1 << 19, requires_grad=True)
        (x * x).sum().backward()
        y = z = torch.ones(2, requires_grad=True)
        for _ in range(300):
            z = z * 1.0
        z.sum().backward()
        assert y.grad.tolist() == [1.0, 1.0] and not compiled()


def test_old_structures_are_forgotten():
    whole._programs.update(dict.fromkeys(range(whole._MANY + 1), 0))
    x = torch.ones(2, requires_grad=True)
    x.sum().backward()
    assert len(whole._programs) == 1


def test_a_graph_is_not_kept_alive():
    import gc
    import weakref

    with patience(0):
        gc.collect()
        gc.disable()
        try:
            x = torch.ones(2, requires_grad=True)
            y = x * x
            node, cell = weakref.ref(y.grad_fn), weakref.ref(y._cell)
            y.sum().backward()
            assert compiled()
            del y
            assert node() is None and cell() is None
        finally:
            gc.enable()


def test_a_result_detached_in_place_elsewhere_is_no_matter(monkeypatch):
    monkeypatch.setattr(whole, "_PATIENCE", 0)
    monkeypatch.setattr(whole, "_programs", {})
    x = torch.ones(3, requires_grad=True)
    other = (x * 2).exp()
    node = other.grad_fn  # which lives on
    other.detach_()
    for _ in range(3):
        (x * 3).sum().backward()
    assert any(isinstance(program, whole._Program) for program in whole._programs.values())
    assert node is not None
    assert x.grad.tolist() == [9, 9, 9]
