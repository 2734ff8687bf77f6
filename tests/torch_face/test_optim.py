"""Optimizers: groups, state, hooks, errors, as PyTorch's."""

import copy

import pytest

import funcgrad.torch as ours

from .programs import agree, each, programs, raised
from .training import parameters, train

PROGRAMS, program = programs()


@program
def groups_and_printed_form(torch):
    a, b = (t.requires_grad_() for t in parameters(torch))
    c = torch.zeros(1, requires_grad=True)
    optimizer = torch.optim.SGD([{"params": [a]}, {"params": b, "lr": 0.5}], lr=0.1, momentum=0.9)
    optimizer.add_param_group({"params": [c], "weight_decay": 0.1})
    train(torch, optimizer, [a, b, c], 3)
    others = [getattr(torch.optim, name)([a]) for name in ("Adam", "AdamW", "RMSprop", "Adagrad")]
    others += [getattr(torch.optim, name)([a]) for name in ("Adadelta", "Adamax", "NAdam", "RAdam")]
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
    for name in ("SGD", "Adam", "RMSprop", "Adagrad", "NAdam"):
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
    for name in ("SGD", "Adam", "RMSprop", "Adagrad", "NAdam"):
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
        lambda: optim.Adadelta([p], rho=1.5),
        lambda: optim.Adamax([p], betas=(0.9, 1.0)),
        lambda: optim.NAdam([p], momentum_decay=-1.0),
        lambda: optim.RAdam([p], eps=-1.0),
        lambda: optim.Adagrad([p], initial_accumulator_value=-1.0),
        lambda: optimizer.add_param_group(3),
        lambda: optimizer.add_param_group({"params": {p}}),
        lambda: optimizer.add_param_group({"params": [p]}),
        lambda: optimizer.load_state_dict(
            optim.SGD([{"params": [p]}, {"params": []}]).state_dict()
        ),
        lambda: optimizer.load_state_dict(optim.SGD([p, torch.ones(1)]).state_dict()),
    )


@each(PROGRAMS)
def test_as_in_pytorch(program, oracle):
    agree(program, oracle)


def test_duplicate_parameters_warn(oracle):
    for torch in (ours, oracle):
        x = torch.ones(1)
        with pytest.warns(UserWarning, match="a parameter group with duplicate parameters"):
            torch.optim.SGD([x, x])


def test_a_differentiable_step_is_refused():
    with pytest.raises(NotImplementedError, match=r"optax with jax\.grad"):
        ours.optim.SGD([ours.ones(1)], differentiable=True)
