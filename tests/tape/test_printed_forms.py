"""Around the values: places in the graph, named things that are no tensors, `format`, tracing."""

import re

import jax
import numpy as np
import pytest

import funcgrad.torch as ours
from funcgrad.tape import devices


def places_in_the_graph(torch):
    class Twice(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            return x * 2

        @staticmethod
        def backward(ctx, gradient):
            return gradient * 2

    x = torch.ones(2, 3, requires_grad=True)
    y = x * 2
    edited = x.clone()
    part = edited[0]
    part += 1
    with torch.no_grad():
        outside = x * 2
    with torch.inference_mode():
        inferred = x * 3
    return [x, y, x.sum(), x.exp(), x[0], x.T, Twice.apply(x), edited, part, x.max(1), outside,
            inferred, y.detach(), y.data, torch.zeros(0, 2, requires_grad=True) * 1.0,
            (x.double() * torch.ones(2, 3, dtype=torch.float64)), x.half(), x.bfloat16() + 1,
            torch.ones(30, requires_grad=True) * 1.5, (x * 1j).abs(), x * 1j,
            *torch.split(x, 1)]  # fmt: skip


def kinds_of_tensors(torch):
    class Weight(torch.nn.Parameter):
        """A parameter of a class of its own."""

    word = torch.nn.Parameter
    return [word(torch.ones(2)), word(torch.ones(())), word(torch.arange(2), requires_grad=False),
            word(torch.ones(2) * 1j), word(), Weight(torch.zeros(2)), Weight(torch.zeros(())),
            [torch.ones(1), (torch.ones(1, 2),)], {"a": torch.zeros(2, 2), 1: word(torch.ones(1))},
            torch.ones(2).numpy(), torch.ones(2).tolist()]  # fmt: skip


def no_tensors(torch):
    Size = torch.Size
    x = torch.ones(2, 3)
    integers = "int8 int16 int32 int64 uint8 uint16 uint32 uint64".split()
    names = "float16 bfloat16 float32 float64 complex64 complex128".split()
    sizes = [x.shape, x.shape[:1], Size(), Size((1,)) + x.shape, (1,) + x.shape,  # noqa: RUF005
             Size((1, 2)) * 2, 2 * Size((1,)), [x.size(), x.size(0)]]  # fmt: skip
    return [*sizes, x.dtype, torch.bool, {torch.int8: torch.bfloat16}, x.device,
            torch.device("cuda", 1), [torch.device("cuda:0")], torch.device("cpu"),
            str(x.device), torch.finfo(), *(torch.finfo(getattr(torch, n)) for n in names),
            *(torch.iinfo(getattr(torch, n)) for n in integers)]  # fmt: skip


def formats(torch):
    x = torch.tensor(2.5, requires_grad=True)
    numbers = [
        x,
        x * 2,
        torch.tensor(3),
        torch.tensor(True),
        torch.tensor(1 + 2j),
        torch.ones(1)[0],
    ]
    texts = [f"{n}|{n!s}|{n!r}" for n in numbers] + [f"{n:8.3f}" for n in numbers]
    several = torch.ones(2)
    return [*texts, f"{several}", "%s" % several, f"{torch.nn.Parameter(several[0])}"]  # noqa: UP031


@pytest.mark.parametrize("several", [places_in_the_graph, kinds_of_tensors, no_tensors, formats])
def test_what_stands_behind_and_around(several, oracle):
    mine, theirs = several(ours), several(oracle)
    for i, (a, b) in enumerate(zip(mine, theirs, strict=True)):
        assert repr(a) == repr(b), i
        assert str(a) == str(b), i


def test_nodes(oracle):
    def shown(torch):
        class Same(torch.autograd.Function):
            forward = staticmethod(lambda ctx, x: x.clone())
            backward = staticmethod(lambda ctx, gradient: gradient)

        x = torch.ones(2, requires_grad=True)
        y = x.exp()
        y[0] = 1.0
        nodes = [
            (x * 2).grad_fn,
            (x * 2).grad_fn.next_functions[0][0],
            y.grad_fn,
            Same.apply(x).grad_fn,
        ]
        return [re.sub(r"0x\w+", "0x", f"{node} {node!r}") for node in nodes]

    assert shown(ours) == shown(oracle)


def test_errors_of_formats_and_options(oracle):
    def raised(torch, action):
        try:
            return action(torch)
        except (TypeError, ValueError) as error:
            return type(error), str(error)
        finally:
            torch.set_printoptions(profile="default")

    for action in (
        lambda torch: f"{torch.ones(2):.2f}",
        lambda torch: f"{torch.nn.Parameter(torch.tensor(1.0)):.2f}",
        lambda torch: f"{torch.tensor(1.5):d}",
        lambda torch: torch.set_printoptions(digits=2),
        lambda torch: (torch.set_printoptions(precision="2x"), str(torch.tensor(1.5)))[1],
        lambda torch: (torch.set_printoptions(2, 3, 1, 40, "short", True), str(torch.ones(9)))[1],
        lambda torch: (torch.set_printoptions(sci_mode=True), torch.set_printoptions(precision=2),
                       str(torch.ones(2) / 3))[2],
    ):  # fmt: skip
        assert raised(ours, action) == raised(oracle, action)


def test_a_device_other_than_the_cpu_is_named(monkeypatch):
    monkeypatch.setattr(devices, "of_array", lambda array: devices.Device("cuda", 1))
    x = ours.ones(2, dtype=ours.float64, requires_grad=True)
    assert repr(x) == ("tensor([1., 1.], device='cuda:1', dtype=torch.float64, requires_grad=True)")
    assert "torch.float64 · cuda:1" in x._repr_html_()


def test_a_traced_tensor_shows_its_shape():
    shown = []

    @jax.jit
    def traced(array):
        x = ours.tensor(array)
        y = ours.ones(2, requires_grad=True) * x
        shown.extend([str(x), str(y), f"{x.sum()}", str(x.int()), x._repr_html_()])
        return y.detach().jax()

    traced(np.ones(2, np.float32))
    assert shown[:4] == [
        "tensor(..., size=(2,))",
        "tensor(..., size=(2,), grad_fn=<MulBackward0>)",
        "tensor(..., size=())",
        "tensor(..., size=(2,), dtype=torch.int32)",
    ]
    assert "tensor(..., size=(2,))" in shown[4]


def test_printing_compiles_nothing_and_reads_once(monkeypatch):
    x = ours.ones(40, 40, requires_grad=True) * 2
    events, reads, read = [], [], np.asarray

    def counted(value, *args):
        reads.extend([value] * isinstance(value, jax.Array))
        return read(value, *args)

    def listen(event, duration, **_):
        events.append(event)

    monkeypatch.setattr(np, "asarray", counted)
    jax.monitoring.register_event_duration_secs_listener(listen)
    try:
        assert str(x).count("...") == 7
    finally:
        jax.monitoring.unregister_event_duration_listener(listen)
    assert events == [] and len(reads) == 1
