"""Initial weights, under PyTorch's seeds; gradients clipped; parameters as a vector."""

import pytest

import funcgrad.torch as ours

from .programs import agree, each, fill, programs, raised, values

PROGRAMS, program = programs()


LAYERS = {
    "Linear": [(5, 3), (6, 4), (3, 2, False)],
    "Bilinear": [(2, 3, 2), (3, 3, 4)],
    "Embedding": [(4, 3), (8, 3, 2), (8, 3, -1)],
    "PReLU": [(3, 0.5)],
    "LayerNorm": [((3, 2),)],
}


@program
def starts(torch):
    """Initial weights under one seed, drawn in PyTorch's order; and drawn again."""
    results = []
    for name, arguments in LAYERS.items():
        for given in arguments:
            for dtype in (torch.float32, torch.float64):
                torch.manual_seed(11)
                layer = getattr(torch.nn, name)(*given, dtype=dtype)
                results.append([bits(p) for p in layer.state_dict().values()])
                layer.reset_parameters()
                results.append([bits(p) for p in layer.state_dict().values()])
                results.append(bits(torch.rand(3)))
    return results


def bits(tensor):
    """Values in full, to be compared without any tolerance."""
    return [float(x).hex() for x in tensor.detach().double().reshape(-1).tolist()]


FILLS = {
    "uniform": lambda init, t: init.uniform_(t, -1.0, 2.0),
    "normal": lambda init, t: init.normal_(t, 1.0, 2.0),
    "kept": lambda init, t: init.trunc_normal_(t, std=2.0, a=-1.0),
    "narrow": lambda init, t: init.trunc_normal_(t, a=0.5, b=0.9),
    "aside": lambda init, t: init.trunc_normal_(t, 0.3, 0.7, 1.2, 1.9),
    "xavier uniform": lambda init, t: init.xavier_uniform_(t, gain=2.0),
    "xavier normal": lambda init, t: init.xavier_normal_(t),
    "kaiming uniform": lambda init, t: init.kaiming_uniform_(t, 0.3, "fan_out"),
    "kaiming normal": lambda init, t: init.kaiming_normal_(t, nonlinearity="relu"),
}
SHAPES = [(2, 3), (4, 6), (3, 2, 5)]


@pytest.mark.parametrize("name", FILLS)
def test_fills(name, oracle):
    """PyTorch's bits, from its default generator or from one that is given."""
    for dtype in ("float32", "float64", "bfloat16"):
        for i, shape in enumerate(SHAPES):
            mine, theirs = (filled(torch, name, dtype, shape, seed=i) for torch in (ours, oracle))
            assert mine == theirs, (dtype, shape)


def filled(torch, name, dtype, shape, seed):
    torch.manual_seed(seed)
    tensor = torch.nn.Parameter(torch.empty(shape, dtype=getattr(torch, dtype)))
    result = FILLS[name](torch.nn.init, tensor)
    assert result is tensor
    assert tensor.is_leaf
    return bits(tensor), bits(torch.rand(3))


@program
def generators(torch):
    init, own = torch.nn.init, torch.Generator().manual_seed(8)
    calls = [
        lambda t: init.uniform_(t, generator=own), lambda t: init.normal_(t, generator=own),
        lambda t: init.trunc_normal_(t, a=0.0, generator=own),
        lambda t: init.xavier_uniform_(t, generator=own),
        lambda t: init.kaiming_normal_(t, generator=own),
        lambda t: init.sparse_(t, 0.4, generator=own),
    ]  # fmt: skip
    torch.manual_seed(1)
    drawn = [bits(call(torch.empty(4, 6))) for call in calls]
    return drawn, bits(torch.rand(2)), bits(torch.rand(2, generator=own))


@program
def turned(torch):
    """A weight that is a view is filled in the order of memory."""
    torch.manual_seed(3)
    base, results = torch.zeros(6, 8), []
    for view in (base.t(), base[:, ::2], base[1:5].t()):
        torch.nn.init.trunc_normal_(view, a=0.0)
        results.append(bits(base))
        torch.nn.init.trunc_normal_(view, a=0.5, b=0.75)
        results.append(bits(base))
    return results, bits(torch.rand(2))


@program
def patterns(torch):
    """Fills without draws, or whose positions are drawn."""
    init = torch.nn.init
    calls = [
        (lambda t: init.constant_(t, 3.0), (2, 3)), (init.ones_, (3,)), (init.zeros_, ()),
        (init.eye_, (3, 5)), (init.dirac_, (4, 2, 3)), (lambda t: init.dirac_(t, 2), (6, 3, 3, 2)),
        (init.dirac_, (2, 3, 1, 2, 3)), (lambda t: init.sparse_(t, 0.3), (5, 4)),
        (lambda t: init.sparse_(t, 0.9, std=1.0), (20, 2)),
    ]  # fmt: skip
    torch.manual_seed(5)
    results = []
    for call, shape in calls:
        tensor = torch.nn.Parameter(torch.empty(shape))
        results += [call(tensor) is tensor, bits(tensor)]
    return results, bits(torch.rand(2))


@program
def orthogonal(torch):
    """Within the tolerance of `agree`: LAPACK's reflections are summed in another order."""
    torch.manual_seed(6)
    tensors = [torch.empty(shape) for shape in ((4, 3), (3, 8), (2, 3, 4), (5, 5), (0, 2))]
    return [torch.nn.init.orthogonal_(t, 1.5) for t in tensors], bits(torch.rand(2))


@pytest.mark.parametrize("name", ["uniform", "eye", "dirac", "orthogonal", "kaiming_uniform"])
def test_retired_names(name, oracle):
    for torch in (ours, oracle):
        torch.manual_seed(0)
        with pytest.warns(FutureWarning, match=f"`nn.init.{name}` is now deprecated in favor"):
            getattr(torch.nn.init, name)(torch.empty(2, 2, *(1,) * (name == "dirac")))


def test_the_retired_name_of_clipping(oracle):
    for torch in (ours, oracle):
        x = torch.ones(4, requires_grad=True)
        x.grad = torch.ones(4)
        with pytest.warns(FutureWarning, match="clip_grad_norm` is now deprecated in favor"):
            assert torch.nn.utils.clip_grad_norm([x], 1.0) == 2
        assert float(x.grad.norm()) == pytest.approx(1, rel=1e-5)


@program
def gains(torch):
    init = torch.nn.init
    names = ["linear", "conv2d", "sigmoid", "tanh", "relu", "selu", "leaky_relu"]
    return [
        *(init.calculate_gain(name) for name in names), init.calculate_gain("leaky_relu", 0.5),
        init._calculate_fan_in_and_fan_out(torch.empty(2, 3, 4)),
        raised(
            torch, lambda: init.calculate_gain("no"), lambda: init.eye_(torch.empty(2)),
            lambda: init.xavier_uniform_(torch.empty(2)),
            lambda: init.calculate_gain("leaky_relu", "x"),
            lambda: init.calculate_gain("leaky_relu", True),
            lambda: init.kaiming_uniform_(torch.empty(2, 2), mode="fan_no"),
            lambda: init.kaiming_normal_(torch.empty(2)),
            lambda: init.orthogonal_(torch.empty(2)),
            lambda: init.dirac_(torch.empty(2, 2)),
            lambda: init.dirac_(torch.empty(3, 2, 2), 2),
            lambda: init.sparse_(torch.empty(2), 0.5),
            lambda: init.normal_(torch.empty(2), 0.0, -1.0),
            lambda: init.uniform_(torch.empty(2), 1.0, 0.0),
        ),
    ]  # fmt: skip


@program
def clipping(torch):
    utils = torch.nn.utils
    results = []
    for limit, order in ((1.0, 2.0), (1.0, 1.0), (0.5, float("inf")), (100.0, 2.0)):
        layer = fill(torch, torch.nn.Linear(3, 2))
        (layer(values(torch, 4, 3)) ** 2).sum().backward()
        before = layer.weight.grad
        results.append(utils.clip_grad_norm_(layer.parameters(), limit, order))
        results += [layer.weight.grad is before, layer.weight.grad, layer.bias.grad]
        utils.clip_grad_value_(layer.weight, 0.1)
        results.append(layer.weight.grad)
    return results, utils.clip_grad_norm_([torch.ones(1)], 1.0), raised(
        torch, lambda: utils.get_total_norm(torch.tensor([float("inf")]), 2.0, True)
    )  # fmt: skip


@program
def vectors(torch):
    utils, layer = torch.nn.utils, fill(torch, torch.nn.Linear(3, 2))
    vector = utils.parameters_to_vector(layer.parameters())
    utils.vector_to_parameters(vector.detach() * 2, layer.parameters())
    return vector, layer.weight, layer.bias, raised(
        torch, lambda: utils.vector_to_parameters(3, layer.parameters())
    )  # fmt: skip


@each(PROGRAMS)
def test_as_in_pytorch(program, oracle):
    agree(program, oracle)


def test_warnings(oracle):
    for torch in (ours, oracle):
        with pytest.warns(UserWarning, match="zero-element tensors is a no-op"):
            torch.nn.init.kaiming_uniform_(torch.empty(0, 2))
        with pytest.warns(UserWarning, match="mean is more than 2 std"):
            torch.nn.init.trunc_normal_(torch.empty(2), mean=5.0, a=0.0, b=1.0)
