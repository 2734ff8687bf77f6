"""Modules: registration, walks, state, hooks, conversion, printed form."""

import copy
import pickle
from collections import OrderedDict

import pytest

import funcgrad.torch as ours

from .programs import agree, each, fill, programs, raised, values

PROGRAMS, program = programs()


def network(torch):
    nn = torch.nn

    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.first = nn.Linear(3, 4)
            self.rest = nn.Sequential(nn.ReLU(), nn.Linear(4, 2))
            self.scale = nn.Parameter(torch.ones(2))
            self.register_buffer("seen", torch.zeros(1))
            self.register_buffer("cache", torch.zeros(2), persistent=False)
            self.nothing = None

        def forward(self, x, factor=1.0):
            return self.rest(self.first(x)) * self.scale * factor

    return fill(torch, Net())


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
def forward_hooks(torch):
    net, log = network(torch), []
    net.register_forward_pre_hook(lambda m, args: log.append(("pre", args)))
    net.register_forward_pre_hook(lambda m, args: (args[0] * 2,), prepend=True)
    net.register_forward_pre_hook(lambda m, args, kwargs: (args, {"factor": 3.0}), with_kwargs=True)
    handle = net.register_forward_hook(lambda m, args, out: out + 1)
    net.register_forward_hook(lambda m, args, kwargs, out: log.append(kwargs), with_kwargs=True)
    net.register_forward_hook(lambda m, args, out: log.append("first"), prepend=True)
    x = values(torch, 2, 3)
    hooked = net(x)
    handle.remove()
    return hooked, net(x), log


@program
def hooks_after_a_failure(torch):
    net, log = network(torch), []
    net.register_forward_hook(lambda m, args, out: log.append(("always", out)), always_call=True)
    net.register_forward_hook(lambda m, args, out: log.append("never"))
    results = raised(torch, lambda: net(values(torch, 2, 4)))
    net.register_forward_pre_hook(lambda m, args, kwargs: 3, with_kwargs=True)
    return [r[0] for r in results], log, raised(torch, lambda: net(1))


@program
def full_backward_hooks(torch):
    net, log = network(torch), []
    net.register_full_backward_hook(lambda m, inputs, outputs: log.append((inputs, outputs)))
    net.register_full_backward_pre_hook(lambda m, outputs: (outputs[0] * 2,))
    x = values(torch, 2, 3).requires_grad_()
    out = net(x)
    node = out.grad_fn.name()
    out.sum().backward()
    return log, x.grad, net.scale.grad, node


@program
def backward_hooks_replace_the_input_gradient(torch):
    layer = fill(torch, torch.nn.Bilinear(2, 3, 4))
    layer.register_full_backward_hook(lambda m, inputs, outputs: (inputs[0] * 0, inputs[1]))
    a, b = values(torch, 5, 2).requires_grad_(), values(torch, 5, 3, seed=1).requires_grad_()
    layer(a, b).sum().backward()
    return a.grad, b.grad, layer.weight.grad


@program
def backward_hooks_without_input_gradients(torch):
    net, log = network(torch), []
    net.register_full_backward_hook(lambda m, inputs, outputs: log.append((inputs, outputs)))
    net(values(torch, 2, 3)).sum().backward()
    return log, net.scale.grad


@program
def backward_hook_errors(torch):
    layer = fill(torch, torch.nn.Linear(2, 3))
    x = values(torch, 1, 2).requires_grad_()
    handle = layer.register_full_backward_hook(lambda m, i, o: (None, None))
    first = raised(torch, lambda: layer(x).sum().backward())
    handle.remove()
    layer.register_full_backward_pre_hook(lambda m, o: (None, None))
    return first + raised(torch, lambda: layer(x).sum().backward())


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


@program
def sequential_as_a_list(torch):
    nn = torch.nn
    net = nn.Sequential(nn.Linear(2, 3), nn.ReLU(), nn.Linear(3, 1), nn.Tanh())
    named = nn.Sequential(OrderedDict([("in", nn.Linear(2, 2)), ("out", nn.ReLU())]))
    part = net[1:3]
    net.append(nn.ELU()).insert(0, nn.Identity())
    del net[1]
    popped = net.pop(-1)
    net[0] = nn.GELU()
    return (
        part, net, popped, net[-1], len(net), named, named[0], named[:1],
        list(net.state_dict()), net + named, nn.Sequential(nn.ReLU()) * 2,
        list(net.extend([nn.ReLU()]).state_dict()),
        raised(torch, lambda: net[9], lambda: net + 3, lambda: net.insert(99, nn.ReLU()),
               lambda: nn.Sequential(3)),
    )  # fmt: skip


@program
def lists_and_dicts_of_modules(torch):
    nn = torch.nn
    held = nn.ModuleList([nn.Linear(1, 1), nn.ReLU()])
    held.append(nn.Tanh()).extend([nn.ELU()])
    held.insert(1, nn.GELU())
    held += [nn.SiLU()]
    named = nn.ModuleDict([("a", nn.ReLU())])
    named["b"] = nn.Linear(1, 1)
    named.update({"c": nn.Tanh()})
    return (
        held, held[1:3], held[-1], len(held), held.pop(0), [type(m).__name__ for m in held],
        held + nn.ModuleList([nn.ReLU()]),
        list(named.keys()), named.pop("a"), "a" in named, len(named), list(named.state_dict()),
        [name for name, _ in named.items()],
        [kind for kind, _ in raised(torch, lambda: held[9], lambda: named["z"],
                                    lambda: named.update([("a",)]), lambda: held(1))],
    )  # fmt: skip


@program
def lists_and_dicts_of_parameters(torch):
    nn = torch.nn
    held = nn.ParameterList([torch.zeros(2), nn.Parameter(torch.ones(1))])
    held.append(torch.full((3,), 2.0))
    named = nn.ParameterDict({"a": torch.zeros(2)})
    named["b"] = nn.Parameter(torch.ones(1))
    named.update([("c", torch.zeros(1))])
    del named["a"]
    return (
        list(held.state_dict()), held[-1], len(held), held[1:], [p.shape for p in held],
        list(named.keys()), named["b"], named.get("z", 3), len(list(named.parameters())),
        list(named.state_dict()), raised(torch, lambda: held[9], lambda: held(1)),
    )  # fmt: skip


@each(PROGRAMS)
def test_as_in_pytorch(program, oracle):
    agree(program, oracle)


def test_a_module_is_pickled_by_name():
    net = ours.nn.Sequential(ours.nn.Linear(2, 3), ours.nn.LeakyReLU(0.2), ours.nn.MSELoss())
    again = pickle.loads(pickle.dumps(net))
    assert repr(again) == repr(net)
    assert type(again[1]) is ours.nn.LeakyReLU
    assert again.state_dict()["0.weight"].tolist() == net.state_dict()["0.weight"].tolist()


def test_an_error_of_a_silenced_hook_warns(oracle):
    net = ours.nn.Linear(2, 1)

    def fail(module, args, output):
        raise ValueError("in the hook")

    net.register_forward_hook(fail, always_call=True)
    with pytest.warns(UserWarning, match="in the hook"), pytest.raises(RuntimeError):
        net(ours.ones(1, 5))
