"""Initial weights, under PyTorch's seeds; gradients clipped; parameters as a vector."""

from .programs import agree, each, fill, programs, raised, values

PROGRAMS, program = programs()


@program
def starts(torch):
    """The initial weights, under one seed."""
    torch.manual_seed(11)
    nn = torch.nn
    made = [nn.Linear(5, 3), nn.Bilinear(2, 3, 2), nn.PReLU(3), nn.LayerNorm(3)]
    return [list(module.state_dict().values()) for module in made]


@program
def fills(torch):
    torch.manual_seed(4)
    init = torch.nn.init
    calls = [
        lambda t: init.uniform_(t, -1.0, 2.0), lambda t: init.normal_(t, 1.0, 2.0),
        lambda t: init.constant_(t, 3.0), init.ones_, init.zeros_, init.eye_,
        lambda t: init.xavier_uniform_(t, gain=2.0), init.xavier_normal_,
        lambda t: init.kaiming_uniform_(t, mode="fan_out", nonlinearity="relu"),
        lambda t: init.kaiming_normal_(t, a=0.3), lambda t: init.trunc_normal_(t, std=2.0, a=-1.0),
        lambda t: init.trunc_normal_(t, a=0.5, b=0.9),
    ]  # fmt: skip
    results = []
    for call in calls:
        tensor = torch.nn.Parameter(torch.empty(4, 6))
        results.append(call(tensor) is tensor)
        results.append(tensor.detach())
    return results


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
