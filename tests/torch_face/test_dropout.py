"""Dropout and other noise: PyTorch's masks under its seeds, to the last bit."""

import warnings

import numpy as np
import pytest

import funcgrad.torch as ours

from .programs import agree, each, programs, raised, values

PROGRAMS, program = programs()

FUNCTIONS = {
    "dropout": [(5,), (4, 6)],
    "dropout1d": [(3, 4), (2, 5, 4)],
    "dropout2d": [(2, 5, 4), (2, 9, 2, 2)],
    "dropout3d": [(5, 2, 1, 3), (2, 9, 2, 1, 2)],
    "alpha_dropout": [(5,), (4, 6)],
    "feature_alpha_dropout": [(4, 6), (2, 9, 2, 2)],
    "rrelu": [(5,), (4, 6)],
}


def numbers(tensor):
    return np.asarray(tensor.detach().double().tolist())


def dropped(torch, name, shape, dtype, seed, inplace):
    """The result, the gradient, and what the stream gives next."""
    x = values(torch, *shape, seed=seed).to(getattr(torch, dtype)).requires_grad_()
    options = {} if name == "rrelu" else {"p": 0.3 + 0.2 * seed}
    torch.manual_seed(seed)
    function = getattr(torch.nn.functional, name)
    y = x.clone() if inplace else x
    result = function(y, training=True, inplace=inplace, **options)
    assert (result is y) == inplace or result.ndim == len(shape)
    (result * result.detach()).sum().backward()
    return [numbers(result), numbers(x.grad), numbers(torch.rand(3))]


@pytest.mark.parametrize("name", FUNCTIONS)
@pytest.mark.filterwarnings("ignore:dropout2d. Received a 3D input")
def test_masks(name, oracle):
    shapes = FUNCTIONS[name]
    runs = [
        ("float32", shapes[0], (0, 1), False), ("float32", shapes[1], (0, 1, 2), False),
        ("float32", shapes[1], (0,), True),
    ]  # fmt: skip
    if name in ("dropout", "feature_alpha_dropout"):  # what rounds in every form
        runs += [(dtype, shapes[1], (2,), False) for dtype in ("float64", "bfloat16")]
    for dtype, shape, seeds, inplace in runs:
        for seed in seeds:
            mine, theirs = (
                dropped(torch, name, shape, dtype, seed, inplace) for torch in (ours, oracle)
            )
            for got, expected in zip(mine, theirs, strict=True):
                np.testing.assert_array_equal(got, expected, f"{name} {shape} {dtype} {seed}")


@program
def limits(torch):
    """Nothing is drawn where nothing, or everything, is dropped."""
    nn, x = torch.nn, values(torch, 4, 6)
    names = [name for name in FUNCTIONS if name not in ("rrelu", "dropout2d", "dropout3d")]
    results = []
    torch.manual_seed(0)
    for name in names:
        function = getattr(nn.functional, name)
        results += [function(x, p=0.0, training=True) is x, function(x, training=False) is x]
        results += [function(x, p=1.0, training=True), function(x[:0], training=True).shape]
    results += [nn.functional.rrelu(x), nn.functional.rrelu(x, 0.5, 0.5, training=True)]
    return results, torch.rand(2)


@program
def memory_order(torch):
    """A view is filled in the order in which its elements lie."""
    x, results = values(torch, 4, 6), []
    for view in (x.t(), x[:, ::2], x.reshape(2, 2, 6).permute(2, 0, 1), x[1:].t()):
        torch.manual_seed(1)
        results += [torch.nn.functional.dropout(view, 0.5), torch.rand(1)]
    return results


@program
def modules(torch):
    nn, x = torch.nn, values(torch, 2, 5, 4, 3)
    torch.manual_seed(2)
    layers = [
        nn.Dropout(0.3), nn.Dropout2d(0.6), nn.Dropout3d(), nn.AlphaDropout(0.2, inplace=True),
        nn.FeatureAlphaDropout(0.4), nn.RReLU(), nn.RReLU(0.1, 0.9, inplace=True),
    ]  # fmt: skip
    results = [(repr(layer), layer(x.clone())) for layer in layers]
    return results, [layer.eval()(x.clone()) for layer in layers], torch.rand(2)


@program
def gumbel(torch):
    """A sample that is nearly one-hot, and one that is, with the gradient of the other."""
    function, results = torch.nn.functional.gumbel_softmax, []
    for options in ({}, {"tau": 0.5, "hard": True}, {"dim": 0, "hard": True}):
        logits = values(torch, 4, 6).requires_grad_()
        torch.manual_seed(3)
        sample = function(logits, **options)
        (sample * values(torch, 4, 6, seed=1)).sum().backward()
        results += [sample, logits.grad, torch.rand(1)]
    return results


@program
def errors(torch):
    f = torch.nn.functional
    return raised(
        torch,
        lambda: f.dropout(torch.ones(2), 1.5),
        lambda: f.feature_alpha_dropout(torch.ones(2, 2), -0.5),
        lambda: f.dropout3d(torch.ones(2, 3, 4, 5), 2),
        lambda: f.dropout1d(torch.ones(3)),
        lambda: f.feature_alpha_dropout(torch.ones(3), training=True),
        lambda: f.dropout(torch.ones(2, dtype=torch.complex64)),
        lambda: f.rrelu(torch.ones(2), 0.5, 0.25),
        lambda: f.dropout(torch.ones(2, requires_grad=True), inplace=True),
        lambda: torch.nn.FeatureAlphaDropout(-0.5),
    ), [kind for kind, _ in raised(torch, lambda: f.dropout(torch.tensor([1, 2])))]  # fmt: skip


@each(PROGRAMS)
def test_as_in_pytorch(program, oracle):
    agree(program, oracle)


def test_wrong_shapes_warn(oracle):
    def caught(torch):
        f = torch.nn.functional
        with warnings.catch_warnings(record=True) as found:
            warnings.simplefilter("always")
            f.dropout2d(torch.ones(2, 3, 4))
            f.dropout2d(torch.ones(2, 3))
            f.dropout3d(torch.ones(2, 3, 4, 5, 6, 7)[:, :, 0, 0])
            f.gumbel_softmax(torch.ones(2), eps=1e-3)
        return [(w.category, str(w.message)) for w in found]

    assert caught(ours) == caught(oracle)
