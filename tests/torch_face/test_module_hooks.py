"""Hooks around a module's forward and backward pass."""

import pytest

import funcgrad.torch as ours

from .models import network
from .programs import agree, each, fill, programs, raised, values

PROGRAMS, program = programs()


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


@each(PROGRAMS)
def test_as_in_pytorch(program, oracle):
    agree(program, oracle)


def test_an_error_of_a_silenced_hook_warns(oracle):
    net = ours.nn.Linear(2, 1)

    def fail(module, args, output):
        raise ValueError("in the hook")

    net.register_forward_hook(fail, always_call=True)
    with pytest.warns(UserWarning, match="in the hook"), pytest.raises(RuntimeError):
        net(ours.ones(1, 5))
