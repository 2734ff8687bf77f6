"""What a program has looked at once is looked at again as soon as somebody sets it."""

import threading
from collections import OrderedDict

import pytest

import funcgrad.torch as torch
from funcgrad.tape.staging import Staged


def doubled(module, args, result):
    return 2 * result


def layers():
    """A small network, and a function of it that was compiled and called twice."""
    model = torch.nn.Sequential(torch.nn.Linear(2, 2), torch.nn.Tanh())
    step = Staged(lambda x: model(x).sum(), "step", whole=True)
    x = torch.ones(3, 2)
    step(x)
    step(x)
    return model, step, x


def registered(model, other):
    return model[0].register_forward_hook(doubled)


def put(model, other):
    model[0]._forward_hooks.update(other._forward_hooks)


def joined(model, other):
    model[0]._forward_hooks |= other._forward_hooks


def assigned(model, other):
    model[0]._forward_hooks = other._forward_hooks


@pytest.mark.parametrize("change", [registered, put, joined, assigned])
def test_hooks_are_seen_as_soon_as_they_are_there(change):
    model, step, x = layers()
    other = torch.nn.Linear(1, 1)
    other.register_forward_hook(doubled)
    before = step(x).item()
    assert step(x).item() == before
    change(model, other)
    assert step(x).item() == pytest.approx(model(x).sum().item())
    assert step(x).item() != pytest.approx(before)


@pytest.mark.parametrize("way", ["remove", "clear", "pop", "popitem", "del", "new"])
def test_hooks_are_gone_as_soon_as_they_are_taken_away(way):
    model, step, x = layers()
    before = step(x).item()
    handle = registered(model, None)
    assert step(x).item() != pytest.approx(before)
    hooks = model[0]._forward_hooks
    if way == "remove":
        handle.remove()
    elif way == "del":
        del hooks[handle.id]
    elif way == "new":
        model[0]._forward_hooks = OrderedDict()
    else:
        getattr(hooks, way)(*([handle.id] if way == "pop" else []))
    assert step(x).item() == pytest.approx(before)


def test_hooks_of_other_modules_cost_no_program():
    _, step, x = layers()
    other = torch.nn.Linear(1, 1)
    step(x)
    other.register_forward_hook(doubled)
    step(x)
    assert len(step.programs) == 1


def test_each_thread_has_its_own_switches():
    w = torch.tensor(2.0, requires_grad=True)
    square = torch.compile(lambda: w * w, fullgraph=True)
    found = {}

    def other(name, grad):
        with torch.set_grad_enabled(grad):
            found[name] = [square().requires_grad for _ in range(3)]

    assert square().requires_grad
    for name, grad in [("off", False), ("on", True), ("off again", False)]:
        thread = threading.Thread(target=other, args=(name, grad))
        thread.start()
        thread.join()
        assert square().requires_grad
    assert found == {"off": [False] * 3, "on": [True] * 3, "off again": [False] * 3}


def test_a_switch_that_is_left_in_another_order_is_seen():
    w = torch.tensor(2.0, requires_grad=True)
    square = torch.compile(lambda: w * w, fullgraph=True)
    assert square().requires_grad and square().requires_grad
    first, second = torch.no_grad(), torch.enable_grad()
    first.__enter__()
    assert not square().requires_grad
    second.__enter__()
    assert square().requires_grad
    first.__exit__()
    second.__exit__()
    assert not square().requires_grad
    torch.set_grad_enabled(True)
    assert square().requires_grad


def test_a_program_is_not_run_while_another_function_is_traced():
    w = torch.tensor(2.0)
    inner = torch.compile(lambda: w.add_(1), fullgraph=True)
    outer = torch.compile(lambda x: inner() + x, fullgraph=True)
    x = torch.tensor(3.0)
    assert inner().item() == 3 and inner().item() == 4
    assert [outer(x).item(), inner().item(), outer(x).item(), w.item()] == [8, 6, 10, 7]


# --- what is only read ------------------------------------------------------------------------


def trained(data):
    w = torch.tensor(1.0, requires_grad=True)

    def step():
        loss = ((w * data - 3) ** 2).mean()
        loss.backward()
        with torch.no_grad():
            w.sub_(0.1 * w.grad)
        return loss

    return w, step


def test_data_that_stays_costs_no_program_and_data_that_changes_one():
    data, twin = torch.arange(4.0), torch.arange(4.0)
    (w, step), (v, plain) = trained(data), trained(twin)
    compiled = Staged(step, "step", whole=True)
    for _ in range(3):
        assert compiled().item() == pytest.approx(plain().item())
    assert len(compiled.programs) == 2  # there is no gradient at first
    for value in (0.5, 0.25, 2.0):
        data.mul_(value), twin.mul_(value)
        assert compiled().item() == pytest.approx(plain().item())
        assert compiled().item() == pytest.approx(plain().item())
        assert w.item() == pytest.approx(v.item())
    assert len(compiled.programs) == 3


@pytest.mark.parametrize("edit", ["array", "data", "slice", "storage"])
def test_data_that_is_edited_in_any_way_is_seen(edit):
    data, twin = torch.arange(4.0), torch.arange(4.0)
    (_, step), (_, plain) = trained(data), trained(twin)
    compiled = torch.compile(step, fullgraph=True)
    for _ in range(3):
        compiled(), plain()
    for tensor in (data, twin):
        if edit == "array":
            tensor.numpy()  # a copy: what is written there is seen nowhere
            tensor.copy_(torch.ones(4))
        elif edit == "data":
            tensor.data = torch.full((4,), 2.0)
        elif edit == "slice":
            tensor[1:3] = -1.0
        else:
            tensor.view(2, 2).zero_()
    for _ in range(3):
        assert compiled().item() == pytest.approx(plain().item())


# --- modes that come after the program ----------------------------------------------------------


def in_double(step):
    torch.set_default_dtype(torch.float64)
    try:
        return step()
    finally:
        torch.set_default_dtype(torch.float32)


def in_inference_mode(step):
    with torch.inference_mode():
        return step()


def with_tangents(step):
    with torch.autograd.forward_ad.dual_level():
        return step()


def with_packing(step):
    with torch.autograd.graph.saved_tensors_hooks(lambda t: t + 1, lambda t: t):
        return step()


def looking_for_nan(step):
    with torch.autograd.set_detect_anomaly(True):
        return step()


@pytest.mark.parametrize(
    "mode", [in_double, in_inference_mode, with_tangents, with_packing, looking_for_nan]
)
def test_modes(mode):
    """The graph says what was recorded: `packed` values are others by one."""
    w = torch.tensor(2.0, requires_grad=True)

    def step():
        return w * torch.full((2,), 3.0), torch.ones(1)

    def facts(found):
        product, one = found
        gradient = None
        if product.requires_grad:
            (gradient,) = torch.autograd.grad(product.sum(), w)
        return product.tolist(), str(one.dtype), product.is_inference(), repr(gradient)

    compiled = torch.compile(step, fullgraph=True)
    plain, changed = facts(step()), facts(mode(step))
    for _ in range(2):
        assert facts(compiled()) == plain
        assert facts(mode(compiled)) == changed
    assert facts(compiled()) == plain
    assert changed != plain or mode in (with_tangents, looking_for_nan)
