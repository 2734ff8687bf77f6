"""The options of functions that make tensors: `dtype`, `out`, `requires_grad` and the others."""

import re
import warnings

import pytest
import torch as oracle

import funcgrad.torch as ours

from .outcome import outcome

MADE = {
    "arange": lambda t, **options: t.arange(3, **options),
    "range": lambda t, **options: t.range(0, 2, **options),
    "linspace": lambda t, **options: t.linspace(0, 2, 3, **options),
    "logspace": lambda t, **options: t.logspace(0, 1, 3, **options),
    "eye": lambda t, **options: t.eye(1, 3, **options),
    "tril_indices": lambda t, **options: t.tril_indices(3, 3, **options),
    "zeros": lambda t, **options: t.zeros(3, **options),
    "ones": lambda t, **options: t.ones(3, **options),
    "empty": lambda t, **options: t.empty(0, **options),
    "full": lambda t, **options: t.full((3,), 2, **options),
    "full of a float": lambda t, **options: t.full((3,), 2.5, **options),
    "zeros_like": lambda t, **options: t.zeros_like(t.ones(3), **options),
    "full_like": lambda t, **options: t.full_like(t.ones(3), 2.5, **options),
    "rand": lambda t, **options: (t.manual_seed(0), t.rand(3, **options))[1],
    "randint": lambda t, **options: (t.manual_seed(0), t.randint(5, (3,), **options))[1],
    "randperm": lambda t, **options: (t.manual_seed(0), t.randperm(3, **options))[1],
}
DTYPES = ("float32", "float64", "int64", "uint8", "bool", "complex64", "float16")
# Each takes a function of options, and the module.
WAYS = {
    **{f"dtype {d}": lambda f, t, d=d: f(t, dtype=getattr(t, d)) for d in DTYPES},
    **{f"out {d}": lambda f, t, d=d: f(t, out=t.empty(0, dtype=getattr(t, d))) for d in DTYPES},
    **{
        f"both {d}": lambda f, t, d=d: f(t, out=t.empty(0, dtype=getattr(t, d)), dtype=t.float32)
        for d in DTYPES
    },
    "out of another size": lambda f, t: f(t, out=t.ones(7)),
    "out is it": lambda f, t: (f(t, out=(x := t.empty(0))) is x, x._version > 0),
    "out that requires grad": lambda f, t: f(t, out=t.ones(3, requires_grad=True)),
    "out and requires_grad": lambda f, t: f(t, out=t.ones(3), requires_grad=True),
    "out and device": lambda f, t: f(t, out=t.ones(3), device="cpu"),
    "no tensor": lambda f, t: f(t, out=3),
    "None": lambda f, t: f(t, out=None, dtype=None, device=None),
    "layout": lambda f, t: f(t, layout=t.strided),
    "no layout": lambda f, t: f(t, layout=3),
    "pin_memory": lambda f, t: f(t, pin_memory=False),
    "class float": lambda f, t: f(t, dtype=float),
    "class int": lambda f, t: f(t, dtype=int),
    "class bool": lambda f, t: f(t, dtype=bool),
    "no dtype": lambda f, t: f(t, dtype=3),
    "requires_grad": lambda f, t: f(t, requires_grad=True, dtype=t.float64),
    "requires_grad of integers": lambda f, t: f(t, requires_grad=True, dtype=t.int64),
    "no bool": lambda f, t: f(t, requires_grad=1),
    "device": lambda f, t: f(t, device=t.device("cpu")),
    "no device": lambda f, t: f(t, device=3.5),
    "no name of a device": lambda f, t: f(t, device="nope"),
    "unknown": lambda f, t: f(t, colour=3),
}
LEFT = {
    ("range", "pin_memory"): "taken here as by the others; without effect",
    ("empty", "out is it"): "PyTorch writes nothing, and so counts no edit",
}


def told(way, made, torch):
    """What it gives; of an error the type alone, for the words depend on how it is bound there."""
    found = outcome(lambda t: way(made, t), torch)
    return found[:2] if isinstance(found, tuple) else found


@pytest.mark.parametrize("name", MADE)
def test_options(name):
    for word, way in WAYS.items():
        if (name, word) in LEFT:
            continue
        mine, theirs = (told(way, MADE[name], torch) for torch in (ours, oracle))
        assert str(mine) == str(theirs), (name, word)


@pytest.mark.parametrize("made", ["eye", "zeros", "rand"])
def test_out_that_is_a_view(made):
    """It is written through; of another shape it is refused, for what lies behind it is unknown."""

    def through(torch):
        base = torch.full((6,), 9.0)
        MADE[made](torch, out=base[::2].view(1, 3) if made == "eye" else base[::2])
        return base

    mine, theirs = (outcome(through, torch) for torch in (ours, oracle))
    assert str(mine) == str(theirs)
    for call in (MADE[made], lambda t, out: t.add(t.ones(2, 2), 1, out=out)):
        with pytest.raises(NotImplementedError, match="a view is not resized here"):
            call(ours, out=ours.ones(5)[::4])


def test_words():
    """Where PyTorch says what is wrong with one argument, so do we."""
    for call in (
        lambda t: t.zeros(3, out=3),
        lambda t: t.zeros(3, dtype=3),
        lambda t: t.ones(3, requires_grad=1),
        lambda t: t.full((3,), 2, device=3.5),
        lambda t: t.zeros(3, colour=1),
        lambda t: t.zeros(3, out=t.ones(3, requires_grad=True)),
        lambda t: t.eye(2, dtype=t.float32, out=t.ones(1).double()),
        lambda t: t.arange(3, dtype=t.bool),
    ):
        mine, theirs = (re.split("; |[.]$", outcome(call, t)[2])[0] for t in (ours, oracle))
        assert mine == theirs


@pytest.mark.parametrize("call", [
    lambda t: t.arange(3, out=t.ones(7)),
    lambda t: t.add(t.ones(2), 1, out=t.ones(5)),
    lambda t: t.zeros(3, out=t.ones(7)),
    lambda t: t.arange(3, out=t.ones(0)),
])  # fmt: skip
def test_warnings_of_other_sizes(call):
    said = []
    for torch in (ours, oracle):
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            call(torch)
        said.append([str(warning.message)[:110] for warning in caught])
    assert said[0] == said[1]
