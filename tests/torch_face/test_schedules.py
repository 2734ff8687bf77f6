"""Schedules of the learning rate, epoch by epoch as PyTorch's."""

import copy

import pytest

import funcgrad.torch as ours

from .programs import agree, each, programs, raised
from .training import parameters

PROGRAMS, program = programs()


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
