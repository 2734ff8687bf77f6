"""Lists and dicts of modules and of parameters."""

from collections import OrderedDict

from .programs import agree, each, programs, raised

PROGRAMS, program = programs()


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
