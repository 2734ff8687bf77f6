"""Modules: registration, walks, state, conversion, printed form."""

import copy
import pickle

import funcgrad.torch as ours

from .models import network
from .programs import agree, each, programs, raised, values

PROGRAMS, program = programs()


@program
def walks(torch):
    net = network(torch)
    net.again = net.first
    return (
        [name for name, _ in net.named_parameters()],
        [name for name, _ in net.named_parameters(recurse=False)],
        [name for name, _ in net.named_parameters(prefix="net", remove_duplicate=False)],
        [name for name, _ in net.named_buffers()],
        [name for name, _ in net.named_modules()],
        [name for name, _ in net.named_children()],
        [type(module).__name__ for module in net.children()],
        [type(module).__name__ for module in net.modules()],
        len(list(net.parameters())),
        "first" in dir(net), "scale" in dir(net),
    )  # fmt: skip


@program
def the_same_over_several_devices(torch):
    net = network(torch)
    several = torch.nn.DataParallel(net)
    x = values(torch, 5, 3)
    return (
        repr(several), list(several.state_dict()), several.module is net, several.device_ids,
        several(x), several.training,
    )  # fmt: skip


@program
def attributes_change_kind(torch):
    net = network(torch)
    net.scale = None
    names = [name for name, _ in net.named_parameters()]
    del net.first
    net.seen = torch.ones(1)
    net.note = 3
    net.note = torch.nn.ReLU()
    return names, [name for name, _ in net.named_children()], net.state_dict(), net.note


@program
def registration_errors(torch):
    net, Module = network(torch), torch.nn.Module

    class Bare(Module):
        def __init__(self):
            self.layer = torch.nn.Linear(1, 1)

    class BareParameter(Module):
        def __init__(self):
            self.weight = torch.nn.Parameter(torch.ones(1))

    return raised(
        torch,
        lambda: setattr(net, "scale", 3),
        lambda: setattr(net, "first", 3),
        lambda: setattr(net, "seen", 3),
        lambda: setattr(net, "scale", torch.ones(2)),
        lambda: net.register_parameter("a.b", None),
        lambda: net.register_parameter("", None),
        lambda: net.register_parameter("first", None),
        lambda: net.register_parameter(3, None),
        lambda: net.register_parameter("x", torch.ones(2)),
        lambda: net.register_parameter("x", 3),
        lambda: net.register_buffer("first", None),
        lambda: net.register_buffer("b", 3),
        lambda: net.add_module("scale", None),
        lambda: net.add_module("x", 3),
        lambda: net.missing,
        lambda: net.get_submodule("rest.7"),
        lambda: net.get_submodule("scale"),
        lambda: net.get_parameter("first"),
        Bare,
        BareParameter,
        lambda: Module(3),
        lambda: Module(x=3),
        lambda: Module()(3),
        lambda: net.train("yes"),
        lambda: net.to(torch.int64),
        lambda: net.load_state_dict([1]),
    )


@program
def by_path(torch):
    net = network(torch)
    return (
        net.get_parameter("rest.1.weight") is net.rest[1].weight,
        net.get_submodule("rest.0"),
        net.get_submodule("") is net,
        net.get_buffer("seen"),
    )


@program
def state_round_trip(torch):
    net = network(torch)
    state = net.state_dict()
    net.scale.data.fill_(7)
    shared = state["scale"].tolist()
    other = network(torch)
    return (
        str(other.load_state_dict(state)), list(state), shared, other.state_dict(),
        net.state_dict(keep_vars=True)["scale"] is net.scale,
        list(net.state_dict(prefix="net.")),
    )  # fmt: skip


@program
def state_errors(torch):
    net, state = network(torch), network(torch).state_dict()
    lacking = {k: v for k, v in state.items() if k not in ("scale", "rest.1.bias")}
    more = {**state, "extra": torch.ones(1), "first.other": torch.ones(1), "gone.x": torch.ones(1)}
    both = {**lacking, "extra": torch.ones(1)}
    wrong = {**state, "scale": torch.ones(3), "first.bias": 3}
    loose = net.load_state_dict(both, strict=False)
    return [
        *raised(torch, *(lambda s=s: net.load_state_dict(s) for s in (lacking, more, both, wrong))),
        loose.missing_keys, loose.unexpected_keys, str(loose), str(type(loose).__name__),
    ]  # fmt: skip


@program
def assigning_state(torch):
    net, state = network(torch), network(torch).state_dict()
    state["scale"] = torch.full((2,), 5.0, dtype=torch.float64)
    net.load_state_dict(state, assign=True)
    return net.scale, type(net.scale).__name__


@program
def state_hooks(torch):
    net, seen = network(torch), []
    net.register_state_dict_pre_hook(lambda m, prefix, keep: seen.append(("save", prefix, keep)))
    net.register_state_dict_post_hook(lambda m, s, prefix, meta: s.__delitem__("scale"))
    net.register_load_state_dict_pre_hook(lambda m, s, prefix, *rest: s.update(scale=s["seen"][:0]))
    net.register_load_state_dict_post_hook(lambda m, keys: seen.append(list(keys.missing_keys)))
    state = net.state_dict()
    seen.append(list(state))
    return [*raised(torch, lambda: net.load_state_dict(state)), seen]


@program
def extra_state(torch):
    class Counting(torch.nn.Module):
        n = 3

        def get_extra_state(self):
            return {"n": self.n}

        def set_extra_state(self, state):
            self.n = state["n"] + 1

    net = torch.nn.Sequential(Counting())
    state = net.state_dict()
    net.load_state_dict(state)
    plain = torch.nn.Sequential(torch.nn.ReLU())
    return [state, net[0].n, *raised(torch, lambda: net.load_state_dict({}),
                                     lambda: plain.load_state_dict(state))]  # fmt: skip


@program
def modes_and_gradients(torch):
    net = network(torch)
    net(values(torch, 5, 3)).sum().backward()
    gradients = [p.grad for p in net.parameters()]
    net.zero_grad(set_to_none=False)
    zeros = [p.grad for p in net.parameters()]
    net.zero_grad()
    net.first.requires_grad_(False)
    net.eval()
    return (
        gradients, zeros, [p.grad for p in net.parameters()],
        [p.requires_grad for p in net.parameters()],
        net.training, net.rest[0].training, net.train().training,
    )  # fmt: skip


@program
def conversions(torch):
    net = network(torch)
    weight = net.first.weight
    net(values(torch, 5, 3)).sum().backward()
    net.double()
    same = net.first.weight is weight
    dtypes = [str(t.dtype) for t in net.state_dict().values()]
    gradient = net.first.weight.grad
    return same, dtypes, gradient, net.to(torch.float32).scale, net.half().seen, net.float().seen


@program
def apply_goes_below_first(torch):
    names = []
    network(torch).apply(lambda m: names.append(type(m).__name__))
    return names


@program
def copies(torch):
    net = network(torch)
    twin = copy.deepcopy(net)
    twin.scale.data.add_(1)
    return (
        net.scale, twin.scale, type(twin.scale).__name__, twin.scale is net.scale,
        twin(values(torch, 2, 3)),
    )  # fmt: skip


@program
def printed(torch):
    nn = torch.nn

    class Told(nn.Module):
        def __init__(self):
            super().__init__()
            self.a, self.b = nn.Linear(1, 1), nn.Sequential(nn.ReLU(), nn.Sequential())

        def extra_repr(self):
            return "one=1\ntwo=2"

    blocks = [nn.Sequential(nn.Linear(1, 2), nn.ReLU()) for _ in range(3)]
    return [
        repr(m)
        for m in (
            network(torch), Told(), nn.Module(), nn.ModuleList(),
            nn.ModuleList([*blocks, nn.ReLU()]),
            nn.ModuleDict({"a": nn.ReLU(), "b": blocks[0]}),
            nn.ParameterList([torch.zeros(2), nn.Parameter(torch.zeros(1, 2)), 3]),
            nn.ParameterDict({"a": torch.zeros(2), "b": 3}), nn.ParameterList(),
        )
    ]  # fmt: skip


@each(PROGRAMS)
def test_as_in_pytorch(program, oracle):
    agree(program, oracle)


def test_a_module_is_pickled_by_name():
    net = ours.nn.Sequential(ours.nn.Linear(2, 3), ours.nn.LeakyReLU(0.2), ours.nn.MSELoss())
    again = pickle.loads(pickle.dumps(net))
    assert repr(again) == repr(net)
    assert type(again[1]) is ours.nn.LeakyReLU
    assert again.state_dict()["0.weight"].tolist() == net.state_dict()["0.weight"].tolist()


def test_data_parallel_calls_the_module():
    """PyTorch's function, unlike its module, needs a GPU."""
    net, x = network(ours), values(ours, 5, 3)
    for inputs in (x, (x,)):
        found = ours.nn.parallel.data_parallel(net, inputs, device_ids=[0])
        assert found.tolist() == net(x).tolist()
