"""Modules, optimizers and named results print as PyTorch's do."""

import warnings

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import funcgrad.torch as ours
from funcgrad.ops import OPS

from .module_calls import CALLS


def module_classes(torch):
    return {
        name
        for name, value in vars(torch.nn).items()
        if isinstance(value, type) and issubclass(value, torch.nn.Module)
    }


def test_the_table_has_every_module(oracle):
    assert set(CALLS) == module_classes(oracle)


def printed(torch, name, made):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of lazy modules, and of shapes that are slow
        args, kwargs = made(torch)
        return repr(getattr(torch.nn, name)(*args, **kwargs))


@pytest.mark.parametrize("name", sorted(module_classes(ours)))
def test_modules(name, oracle):
    for made in CALLS[name]:
        assert printed(ours, name, made) == printed(oracle, name, made)


# --- modules in modules --------------------------------------------------------------------

# A tree is (kind, parts): of modules by position or by name, or of tensors.
LEAVES = st.sampled_from(["ReLU", "Dropout", "Linear", "Identity", "two lines", "no child", "none"])
TREES = st.recursive(
    LEAVES,
    lambda trees: st.one_of(
        st.tuples(st.sampled_from(["Sequential", "ModuleList"]), st.lists(trees, max_size=4)),
        st.tuples(st.sampled_from(["ModuleDict", "owner"]),
                  st.dictionaries(st.sampled_from(["a", "b2", "c_c"]), trees, max_size=3)),
        st.tuples(st.just("repeated"), st.tuples(trees, st.integers(1, 3), trees)),
    ),
    max_leaves=12,
)  # fmt: skip


def module(torch, tree):
    nn = torch.nn

    class TwoLines(nn.Module):
        def extra_repr(self):
            return "first=1,\nsecond=2"

    class Owner(nn.Module):
        def __init__(self, parts):
            super().__init__()
            for name, part in parts.items():
                setattr(self, name, part)

        def extra_repr(self):
            return "of=parts"

    leaves = {
        "ReLU": nn.ReLU, "Identity": nn.Identity, "two lines": TwoLines, "no child": nn.Module,
        "Dropout": lambda: nn.Dropout(0.5, True), "Linear": lambda: nn.Linear(1, 1),
        "none": lambda: None,
    }  # fmt: skip
    if isinstance(tree, str):
        return leaves[tree]()
    kind, parts = tree
    if kind == "repeated":
        first, times, last = parts
        several = [module(torch, first) for _ in range(times)]
        return nn.ModuleList([*several, module(torch, last), module(torch, first)])
    if kind == "owner":
        return Owner({name: module(torch, part) for name, part in parts.items()})
    if kind == "ModuleDict":
        return nn.ModuleDict({name: module(torch, part) for name, part in parts.items()})
    made = [module(torch, part) for part in parts]
    return nn.Sequential(*made) if kind == "Sequential" else nn.ModuleList(made)


@given(TREES)
@settings(max_examples=5 * settings().max_examples)
def test_modules_in_modules(oracle, tree):
    def shown(torch):
        try:
            return repr(module(torch, tree))
        except TypeError as error:  # a sequence takes no None
            return str(error).replace("NoneType", "None")

    assert shown(ours) == shown(oracle)


def held(torch):
    weight, still = torch.ones(2, 3, requires_grad=True), torch.zeros((), dtype=torch.float64)
    whole = torch.nn.Parameter(torch.arange(2), requires_grad=False)
    listed = torch.nn.ParameterList([weight, still, whole, 3, "word", None, torch.nn.ReLU()])
    named = torch.nn.ParameterDict({"w": weight, "n": 3, "h": still.half()})
    named.update([("c", still.cfloat()), ("b", whole)])
    owner = torch.nn.ModuleDict({"l": listed, "d": named, "empty": torch.nn.ParameterList()})
    owner.register_parameter("own", whole)
    owner.register_buffer("kept", still)
    return [repr(m) for m in (listed, named, owner, torch.nn.ParameterList([[1], still]))]


def test_lists_and_dicts_of_parameters(oracle):
    assert held(ours) == held(oracle)


# --- optimizers ----------------------------------------------------------------------------

# Options of all optimizers, and of one of its groups; PyTorch prints every option of a group.
OPTIMIZERS = {
    "SGD": [{}, {"lr": 0.1, "momentum": 0.9, "nesterov": True}, {"lr": 1, "maximize": True}],
    "Adam": [{}, {"lr": 0.1, "betas": (0.5, 0.9), "amsgrad": True}, {"weight_decay": 1}],
    "AdamW": [{}, {"lr": 0.1, "betas": (0.5, 0.9), "amsgrad": True}],
    "RMSprop": [{}, {"centered": True, "momentum": 0.5}],
    "Adagrad": [{}, {"lr_decay": 0.1, "initial_accumulator_value": 1}],
    "Adadelta": [{}, {"rho": 0.5, "maximize": True}],
    "Adamax": [{}, {"betas": (0.5, 0.9), "foreach": True}],
    "NAdam": [{}, {"momentum_decay": 1, "decoupled_weight_decay": True}],
    "RAdam": [{}, {"eps": 1e-3, "decoupled_weight_decay": True}],
}


def optimizer_classes(torch):
    base = torch.optim.Optimizer
    found = {name for name, value in vars(torch.optim).items() if isinstance(value, type)}
    return {n for n in found if issubclass(getattr(torch.optim, n), base)} - {"Optimizer"}


def optimizers(torch, name):
    def tensor():
        return torch.ones(2, requires_grad=True)

    made = getattr(torch.optim, name)
    for options in OPTIMIZERS[name]:
        yield made([tensor()], **options)
        groups = [{"params": tensor()}, {"params": [tensor()], "lr": 0.5, "label": "second"}]
        several = made(groups, **options)
        several.add_param_group({"params": [tensor()], "weight_decay": 0.25})
        yield several
        torch.optim.lr_scheduler.StepLR(several, 2)
        yield several
    yield made([("weight", tensor())])
    yield made([tensor()], lr=torch.tensor(0.5))


@pytest.mark.parametrize("name", sorted(optimizer_classes(ours)))
def test_optimizers(name, oracle):
    for mine, theirs in zip(optimizers(ours, name), optimizers(oracle, name), strict=True):
        assert repr(mine) == repr(theirs)


def test_a_base_optimizer(oracle):
    def shown(torch):
        x = torch.ones(1)
        empty = torch.optim.Optimizer([{"params": [x], "lr": 2}], {"decay": None})
        return repr(empty), repr(torch.optim.SGD([{"params": []}], lr=1))

    assert shown(ours) == shown(oracle)


# --- results with names --------------------------------------------------------------------

RESULTS = {
    "aminmax": lambda torch, x: torch.aminmax(x),
    "max.dim": lambda torch, x: torch.max(x, 1),
    "min.dim": lambda torch, x: x.min(0),
    "median.dim": lambda torch, x: torch.median(x, 0),
    "nanmedian.dim": lambda torch, x: torch.nanmedian(x, 0),
    "mode": lambda torch, x: torch.mode(x),
    "sort": lambda torch, x: torch.sort(x),
    "topk": lambda torch, x: torch.topk(x, 1),
    "kthvalue": lambda torch, x: torch.kthvalue(x, 1),
    "cummax": lambda torch, x: torch.cummax(x, 0),
    "cummin": lambda torch, x: torch.cummin(x, 0),
    "slogdet": lambda torch, x: (torch.slogdet(x), torch.linalg.slogdet(x)),
    "qr": lambda torch, x: torch.linalg.qr(x),
    "svd": lambda torch, x: torch.linalg.svd(x),
    "torch.svd": lambda torch, x: torch.svd(x),
    "eigh": lambda torch, x: torch.linalg.eigh(x),
    "inv_ex": lambda torch, x: torch.linalg.inv_ex(x),
    "solve_ex": lambda torch, x: torch.linalg.solve_ex(x, x),
    "lu_factor": lambda torch, x: torch.linalg.lu_factor(x),
    "lu_factor_ex": lambda torch, x: torch.linalg.lu_factor_ex(x),
    "frexp": lambda torch, x: torch.frexp(x),
}


LINEAR = ("slogdet", "qr", "svd", "torch.svd", "eigh", "inv_ex", "solve_ex", "lu_factor",
          "lu_factor_ex")  # fmt: skip


def test_the_table_has_every_row_with_named_results():
    assert set(RESULTS) == {row.name for row in OPS.values() if row.fields}


@pytest.mark.parametrize("name", RESULTS)
def test_named_results(name, oracle):
    def shown(torch):
        # Of one element, so that only signs are free. Linear algebra is left out of the graph.
        x = torch.ones(1, 1, requires_grad=name not in LINEAR)
        result = RESULTS[name](torch, x)
        named = type(result[0] if type(result) is tuple else result)
        return repr([result]).replace("-", ""), str(named), named.__name__

    assert shown(ours) == shown(oracle)
