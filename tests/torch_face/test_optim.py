"""Optimizers and schedules: the same numbers as PyTorch's over many steps."""

import copy

import jax
import numpy as np
import pytest

import funcgrad.torch as ours
from funcgrad.tape.tensor import wrap

from .programs import agree, each, programs, raised, values

RULES = {
    "SGD": [
        {},
        {"lr": 0.1, "momentum": 0.9},
        {"lr": 0.1, "momentum": 0.9, "dampening": 0.3, "weight_decay": 0.1},
        {"lr": 0.1, "momentum": 0.8, "nesterov": True, "maximize": True},
    ],
    "Adam": [
        {},
        {"lr": 0.1, "betas": (0.8, 0.95), "eps": 1e-3, "weight_decay": 0.1},
        {"lr": 0.05, "amsgrad": True},
        {"lr": 0.05, "amsgrad": True, "eps": 1e-2, "maximize": True, "weight_decay": 0.2},
    ],
    "AdamW": [{}, {"lr": 0.1, "weight_decay": 0.3}, {"lr": 0.1, "amsgrad": True}],
    "RMSprop": [
        {},
        {"lr": 0.05, "momentum": 0.9, "weight_decay": 0.1},
        {"lr": 0.02, "centered": True, "alpha": 0.9, "maximize": True, "momentum": 0.5},
    ],
    "Adagrad": [
        {},
        {"lr": 0.3, "lr_decay": 0.1, "weight_decay": 0.1},
        {"lr": 0.3, "initial_accumulator_value": 0.5, "eps": 1e-3, "maximize": True},
    ],
}


def parameters(torch, dtype="float32"):
    return [values(torch, 3, 2, dtype=dtype), values(torch, 4, seed=1, dtype=dtype)]


def train(torch, optimizer, tensors, steps, start=0):
    """Steps along gradients that depend on the parameters and on the step."""
    for step in range(start, start + steps):
        optimizer.zero_grad()
        loss = sum(((t - step * 0.1).sin() * t).sum() for t in tensors)
        loss.backward()
        optimizer.step()


# Each combination in float32; the last of each optimizer in float64, where rounding hides nothing.
EXAMS = [(name, options, "float32") for name, several in RULES.items() for options in several]
EXAMS += [(name, several[-1], "float64") for name, several in RULES.items()]


@pytest.mark.parametrize(("name", "options", "dtype"), EXAMS)
def test_twenty_steps(name, options, dtype, oracle):
    found = []
    for torch in (ours, oracle):
        tensors = [t.requires_grad_() for t in parameters(torch, dtype)]
        optimizer = getattr(torch.optim, name)(tensors, **options)
        train(torch, optimizer, tensors, 20)
        state = optimizer.state_dict()
        found.append((tensors, state))
    (mine, my_state), (theirs, their_state) = found
    tolerance = {"float32": 1e-6, "float64": 1e-12}[dtype]
    # Twenty steps of lr 0.1 and more take a parameter some units far, not just one.
    for a, b in zip(mine, theirs, strict=True):
        np.testing.assert_allclose(a.detach().numpy(), b.detach().numpy(), tolerance, tolerance)
    assert my_state["param_groups"] == their_state["param_groups"]
    assert my_state["state"].keys() == their_state["state"].keys()
    for key, state in their_state["state"].items():
        assert list(my_state["state"][key]) == list(state)
        for part, value in state.items():
            own = my_state["state"][key][part]
            assert str(own.dtype) == str(value.dtype), part
            np.testing.assert_allclose(own.numpy(), value.numpy(), 10 * tolerance, tolerance)


PROGRAMS, program = programs()


@program
def groups_and_printed_form(torch):
    a, b = (t.requires_grad_() for t in parameters(torch))
    c = torch.zeros(1, requires_grad=True)
    optimizer = torch.optim.SGD([{"params": [a]}, {"params": b, "lr": 0.5}], lr=0.1, momentum=0.9)
    optimizer.add_param_group({"params": [c], "weight_decay": 0.1})
    train(torch, optimizer, [a, b, c], 3)
    others = [getattr(torch.optim, name)([a]) for name in ("Adam", "AdamW", "RMSprop", "Adagrad")]
    keys = [list(group) for group in optimizer.param_groups]
    return a, b, c, repr(optimizer), [repr(o) for o in others], keys, optimizer.defaults


@program
def parameters_without_gradient_stay(torch):
    results = []
    for name in ("SGD", "Adam"):
        a, b = (t.requires_grad_() for t in parameters(torch))
        optimizer = getattr(torch.optim, name)([a, b], lr=0.1, weight_decay=0.1)
        train(torch, optimizer, [a], 2)
        train(torch, optimizer, [a, b], 2)
        results += [a, b, len(optimizer.state)]
        results += [state.get("step") for state in optimizer.state.values()]
    return results


@program
def a_closure_and_no_grad(torch):
    x = torch.tensor([2.0], requires_grad=True)
    optimizer = torch.optim.SGD([x], lr=0.1)

    def closure():
        optimizer.zero_grad()
        loss = (x**2).sum()
        loss.backward()
        return loss

    with torch.no_grad():
        loss = optimizer.step(closure)
    return loss.detach(), loss.requires_grad, x, x.grad, optimizer.step()


@program
def a_step_is_an_edit_in_place(torch):
    x = torch.ones(4, requires_grad=True)
    name = x.detach()
    y = (x * x).sum()
    optimizer = torch.optim.SGD([x], lr=0.5)
    x.grad = torch.ones(4)
    gradient = x.grad
    version = x._version
    optimizer.step()
    late = raised(torch, y.backward)
    return (
        name,
        x._version - version,
        x.grad is gradient,
        late[0][0],
        "modified by an" in late[0][1],
    )


@program
def a_view_is_updated_through_its_base(torch):
    base = torch.zeros(2, 3)
    x = base[1]
    x.requires_grad_()
    optimizer = torch.optim.Adam([x], lr=0.5)
    x.grad = torch.tensor([1.0, 2.0, -1.0])
    optimizer.step()
    return base.detach()


@program
def state_can_be_edited(torch):
    x = torch.ones(2, requires_grad=True)
    optimizer = torch.optim.SGD([x], lr=0.1, momentum=0.9)
    train(torch, optimizer, [x], 2)
    buffer = optimizer.state[x]["momentum_buffer"]
    buffer.zero_()
    train(torch, optimizer, [x], 1)
    return x, buffer is optimizer.state[x]["momentum_buffer"], buffer


@program
def saved_and_loaded(torch):
    results = []
    for name in ("SGD", "Adam", "RMSprop", "Adagrad"):
        options = {"momentum": 0.9} if name in ("SGD", "RMSprop") else {}
        first = [t.requires_grad_() for t in parameters(torch)]
        one = getattr(torch.optim, name)(first, lr=0.1, **options)
        train(torch, one, first, 3)
        state = copy.deepcopy(one.state_dict())
        second = [t.detach().clone().requires_grad_() for t in first]
        two = getattr(torch.optim, name)(second, lr=7.0)
        two.load_state_dict(state)
        train(torch, one, first, 3, start=3)
        train(torch, two, second, 3, start=3)
        results += [first, second, state["param_groups"], two.param_groups[0]["lr"]]
    return results


@program
def loading_into_another_dtype(torch):
    a = torch.ones(2, requires_grad=True)
    b = torch.ones(2, dtype=torch.float64, requires_grad=True)
    one, two = torch.optim.Adam([a]), torch.optim.Adam([b])
    train(torch, one, [a], 2)
    two.load_state_dict(one.state_dict())
    return two.state[b]


@program
def named_parameters(torch):
    layer = torch.nn.Linear(2, 1)
    optimizer = torch.optim.SGD(layer.named_parameters(), lr=0.1)
    return optimizer.param_groups[0]["param_names"], optimizer.state_dict()["param_groups"]


@program
def rates_that_are_tensors(torch):
    x = torch.ones(2, requires_grad=True)
    optimizer = torch.optim.SGD([x], lr=torch.tensor(0.5))
    x.grad = torch.ones(2)
    optimizer.step()
    torch.optim.lr_scheduler.ExponentialLR(optimizer, 0.5).step()
    optimizer.step()
    return x, optimizer.param_groups[0]["lr"]


@program
def complex_parameters(torch):
    results = []
    for name in ("SGD", "Adam", "RMSprop", "Adagrad"):
        x = torch.tensor([1.0 + 2.0j, 0.5 - 1.0j], requires_grad=True)
        optimizer = getattr(torch.optim, name)([x], lr=0.1)
        for _ in range(3):
            optimizer.zero_grad()
            (x * x.conj() * x.real).real.sum().backward()
            optimizer.step()
        results.append(torch.view_as_real(x.detach()))
    return results


@program
def step_hooks(torch):
    x, log = torch.ones(1, requires_grad=True), []
    optimizer = torch.optim.SGD([x], lr=0.1)
    optimizer.register_step_pre_hook(lambda o, args, kwargs: log.append(("pre", args, kwargs)))
    handle = optimizer.register_step_post_hook(lambda o, args, kwargs: log.append("post"))
    optimizer.step()
    handle.remove()
    optimizer.step()
    return log


@program
def an_optimizer_of_ones_own(torch):
    class Signs(torch.optim.Optimizer):
        def __init__(self, params, lr):
            super().__init__(params, {"lr": lr})

        @torch.no_grad()
        def step(self):
            for group in self.param_groups:
                for p in group["params"]:
                    p.add_(p.grad.sign(), alpha=-group["lr"])
                    self.state[p]["seen"] = self.state[p].get("seen", 0) + 1

    x = torch.ones(3, requires_grad=True)
    optimizer, log = Signs([x], 0.1), []
    optimizer.register_step_post_hook(lambda *args: log.append(1))
    train(torch, optimizer, [x], 2)
    return x, optimizer.state_dict(), repr(optimizer), log


@program
def errors(torch):
    optim, p = torch.optim, torch.ones(1, requires_grad=True)
    optimizer = optim.SGD([p], lr=0.1)
    return raised(
        torch,
        lambda: optim.SGD([]),
        lambda: optim.SGD(p),
        lambda: optim.SGD([3]),
        lambda: optim.SGD([p * 2]),
        lambda: optim.SGD([p], lr=-1.0),
        lambda: optim.SGD([p], momentum=-1.0),
        lambda: optim.SGD([p], weight_decay=-1.0),
        lambda: optim.SGD([p], nesterov=True),
        lambda: optim.Adam([p], lr=-1.0),
        lambda: optim.Adam([p], eps=-1.0),
        lambda: optim.Adam([p], betas=(1.0, 0.9)),
        lambda: optim.Adam([p], betas=(0.9, -0.1)),
        lambda: optim.Adam([p], weight_decay=-1.0),
        lambda: optim.RMSprop([p], alpha=-1.0),
        lambda: optim.RMSprop([p], eps=-1.0),
        lambda: optim.Adagrad([p], lr_decay=-1.0),
        lambda: optim.Adagrad([p], initial_accumulator_value=-1.0),
        lambda: optimizer.add_param_group(3),
        lambda: optimizer.add_param_group({"params": {p}}),
        lambda: optimizer.add_param_group({"params": [p]}),
        lambda: optimizer.load_state_dict(
            optim.SGD([{"params": [p]}, {"params": []}]).state_dict()
        ),
        lambda: optimizer.load_state_dict(optim.SGD([p, torch.ones(1)]).state_dict()),
    )


@program
def schedules(torch):
    schedule = torch.optim.lr_scheduler
    makers = [
        lambda o: schedule.StepLR(o, 3, gamma=0.5),
        lambda o: schedule.MultiStepLR(o, [2, 5, 5], gamma=0.5),
        lambda o: schedule.ExponentialLR(o, 0.9),
        lambda o: schedule.CosineAnnealingLR(o, 4, eta_min=0.01),
        lambda o: schedule.LambdaLR(o, lambda epoch: 0.9**epoch),
        lambda o: schedule.LambdaLR(o, [lambda e: 1.0 / (e + 1), lambda e: 2.0 * e]),
        lambda o: schedule.LinearLR(o, 0.5, total_iters=4),
        lambda o: schedule.ConstantLR(o, 0.25, total_iters=3),
    ]
    results = []
    for make in makers:
        a, b = (t.requires_grad_() for t in parameters(torch))
        optimizer = torch.optim.SGD([{"params": [a]}, {"params": [b], "lr": 0.3}], lr=0.1)
        scheduler = make(optimizer)
        rates = [scheduler.get_last_lr()]
        for epoch in range(10):
            optimizer.step()
            scheduler.step()
            rates.append([group["lr"] for group in optimizer.param_groups])
            if epoch == 4:
                state = copy.deepcopy(scheduler.state_dict())
        resumed = make(torch.optim.SGD([{"params": [a]}, {"params": [b], "lr": 0.3}], lr=0.1))
        resumed.load_state_dict(state)
        results += [rates, scheduler.last_epoch, resumed.last_epoch, resumed.get_last_lr()]
    return results


@program
def a_schedule_resumed(torch):
    x = torch.ones(1, requires_grad=True)
    optimizer = torch.optim.SGD([{"params": [x], "initial_lr": 0.1}], lr=0.05)
    scheduler = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, 6, last_epoch=2)
    fresh = torch.optim.SGD([x], lr=0.1)
    (resumed, text), *others = raised(
        torch, lambda: torch.optim.lr_scheduler.StepLR(fresh, 2, last_epoch=3),
        lambda: torch.optim.lr_scheduler.StepLR(3, 2),
        lambda: torch.optim.lr_scheduler.LambdaLR(fresh, []),
    )  # fmt: skip
    words = "param 'initial_lr' is not specified in param_groups[0] when resuming"
    return scheduler.get_last_lr(), resumed, words in text, others


@program
def plateau(torch):
    results = []
    metrics = [1.0, 0.9, 0.9, 0.91, 0.9, 0.85, 0.85, 0.85, 0.85, 0.85, 0.85, 0.85]
    for options in (
        {"patience": 1},
        {"patience": 1, "cooldown": 2, "factor": 0.5},
        {"mode": "max", "patience": 2, "threshold_mode": "abs", "min_lr": 0.02},
    ):
        optimizer = torch.optim.SGD([torch.ones(1)], lr=0.1)
        scheduler = torch.optim.lr_scheduler.ReduceLROnPlateau(optimizer, **options)
        rates = []
        for metric in metrics:
            scheduler.step(torch.tensor(metric))
            rates.append(scheduler.get_last_lr()[0])
        results += [rates, scheduler.num_bad_epochs, scheduler.best]
    return results, raised(
        torch,
        lambda: torch.optim.lr_scheduler.ReduceLROnPlateau(optimizer, factor=1.0),
        lambda: torch.optim.lr_scheduler.ReduceLROnPlateau(optimizer, mode="no"),
    )


@each(PROGRAMS)
def test_as_in_pytorch(program, oracle):
    agree(program, oracle)


def test_a_schedule_before_the_optimizer_warns(oracle):
    for torch in (ours, oracle):
        scheduler = torch.optim.lr_scheduler.StepLR(torch.optim.SGD([torch.ones(1)]), 2)
        with pytest.warns(UserWarning, match=r"lr_scheduler.step\(\)` before `optimizer.step"):
            scheduler.step()


def test_duplicate_parameters_warn(oracle):
    for torch in (ours, oracle):
        x = torch.ones(1)
        with pytest.warns(UserWarning, match="a parameter group with duplicate parameters"):
            torch.optim.SGD([x, x])


def test_a_differentiable_step_is_refused():
    with pytest.raises(NotImplementedError, match=r"optax with jax\.grad"):
        ours.optim.SGD([ours.ones(1)], differentiable=True)


class _Programs:
    """Counts the programs that XLA compiles."""

    def __init__(self):
        self.count = 0

    def __call__(self, event, duration, **_):
        self.count += event == "/jax/core/compile/backend_compile_duration"


@pytest.mark.parametrize("name", RULES)
def test_one_program_for_all_numbers(name):
    """Rates, betas, decays are operands: a hundred of them compile once."""
    tensors = [ours.ones(7, requires_grad=True), ours.ones(2, 3, requires_grad=True)]
    optimizer = getattr(ours.optim, name)(tensors, lr=0.1, weight_decay=0.1)
    for tensor in tensors:
        tensor.grad = tensor.detach().clone()
    programs = _Programs()
    jax.monitoring.register_event_duration_secs_listener(programs)
    try:
        for i in range(100):
            group = optimizer.param_groups[0]
            group["lr"], group["weight_decay"] = 0.1 + i / 100, 0.1 / (i + 1)
            optimizer.step()
    finally:
        jax.monitoring.unregister_event_duration_listener(programs)
    assert programs.count == 1


@pytest.mark.parametrize("name", RULES)
def test_a_step_can_be_traced(name):
    """Nothing in a step asks for a value, so a whole step runs inside `jax.jit`."""

    def traced(start, gradient):
        x, g = wrap(start), wrap(gradient)
        x.requires_grad_()
        x.grad = g
        optimizer = getattr(ours.optim, name)([x], lr=0.1)
        optimizer.step()
        optimizer.step()
        return x._read()

    start, gradient = np.ones(3, np.float32), np.array([1.0, -2.0, 0.5], np.float32)
    x = ours.tensor(start, requires_grad=True)
    x.grad = ours.tensor(gradient)
    optimizer = getattr(ours.optim, name)([x], lr=0.1)
    optimizer.step()
    optimizer.step()
    np.testing.assert_allclose(jax.jit(traced)(start, gradient), x.detach().numpy(), 1e-6)
