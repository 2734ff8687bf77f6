"""Schedules of the learning rate, epoch by epoch as PyTorch's."""

import copy
import warnings

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
        lambda o: schedule.PolynomialLR(o, 6, power=2.0),
        lambda o: schedule.MultiplicativeLR(o, lambda epoch: 0.9**epoch),
        lambda o: schedule.CosineAnnealingWarmRestarts(o, 2, T_mult=2, eta_min=0.01),
        lambda o: schedule.CyclicLR(o, 0.01, [0.2, 0.4], 2, 3),
        lambda o: schedule.CyclicLR(o, 0.01, 0.2, 2, mode="triangular2"),
        lambda o: schedule.CyclicLR(o, 0.01, 0.2, 2, mode="exp_range", gamma=0.9),
        lambda o: schedule.CyclicLR(o, 0.0, 1.0, 2, scale_fn=lambda x: 1 / (1 + x)),
        lambda o: schedule.OneCycleLR(o, 0.5, total_steps=10),
        lambda o: schedule.OneCycleLR(
            o, [0.5, 0.7], epochs=2, steps_per_epoch=6, three_phase=True, anneal_strategy="linear"
        ),
        lambda o: schedule.ChainedScheduler(
            [schedule.ConstantLR(o, 0.5, 2), schedule.ExponentialLR(o, 0.9)]
        ),
        lambda o: schedule.SequentialLR(
            o,
            [schedule.LinearLR(o, 0.1, total_iters=3), schedule.CosineAnnealingLR(o, 5)],
            milestones=[3],
        ),
        lambda o: schedule.SequentialLR(
            o,
            [
                schedule.MultiplicativeLR(o, lambda e: 0.9),
                schedule.StepLR(o, 2),
                schedule.PolynomialLR(o, 3),
            ],
            milestones=[2, 6],
        ),
    ]
    results = []
    for make in makers:
        a, b = (t.requires_grad_() for t in parameters(torch))
        optimizer = torch.optim.SGD([{"params": [a]}, {"params": [b], "lr": 0.3}], 0.1, 0.9)
        scheduler = make(optimizer)
        rates = [scheduler.get_last_lr()]
        for epoch in range(10):
            optimizer.step()
            scheduler.step()
            rates.append([(group["lr"], group["momentum"]) for group in optimizer.param_groups])
            if epoch == 4:
                state = copy.deepcopy(scheduler.state_dict())
        other = torch.optim.SGD([{"params": [a]}, {"params": [b], "lr": 0.3}], 0.1, 0.9)
        resumed = make(other)
        resumed.load_state_dict(state)
        other.step()
        resumed.step()
        results += [rates, resumed.get_last_lr()]
        results += [getattr(s, "last_epoch", None) for s in (scheduler, resumed)]
    return results


@program
def a_schedule_resumed(torch):
    x = torch.ones(1, requires_grad=True)
    schedule, rates = torch.optim.lr_scheduler, []
    for make in (
        lambda o: schedule.CosineAnnealingLR(o, 6, last_epoch=2),
        lambda o: schedule.ExponentialLR(o, 0.5, last_epoch=2),
        lambda o: schedule.LinearLR(o, 0.5, last_epoch=2),
        lambda o: schedule.PolynomialLR(o, 5, last_epoch=2),
        lambda o: schedule.MultiplicativeLR(o, lambda e: 0.5, last_epoch=2),
    ):
        optimizer = torch.optim.SGD([{"params": [x], "initial_lr": 0.1}], lr=0.07)
        scheduler = make(optimizer)
        optimizer.step()
        rates.append(scheduler.get_last_lr())
        scheduler.step()
        rates.append(scheduler.get_last_lr())
    fresh = torch.optim.SGD([x], lr=0.1)
    (resumed, text), *others = raised(
        torch, lambda: torch.optim.lr_scheduler.StepLR(fresh, 2, last_epoch=3),
        lambda: torch.optim.lr_scheduler.StepLR(3, 2),
        lambda: torch.optim.lr_scheduler.LambdaLR(fresh, []),
    )  # fmt: skip
    words = "param 'initial_lr' is not specified in param_groups[0] when resuming"
    return rates, resumed, words in text, others


@program
def going_to_an_epoch(torch):
    schedule, rates = torch.optim.lr_scheduler, []
    for make in (
        lambda o: schedule.StepLR(o, 3),
        lambda o: schedule.MultiStepLR(o, [2, 5, 5]),
        lambda o: schedule.ExponentialLR(o, 0.9),
        lambda o: schedule.CosineAnnealingLR(o, 4, eta_min=0.01),
        lambda o: schedule.LambdaLR(o, lambda e: 0.9**e),
        lambda o: schedule.LinearLR(o, 0.5, total_iters=4),
        lambda o: schedule.ConstantLR(o, 0.25, total_iters=3),
        lambda o: schedule.PolynomialLR(o, 6, power=2.0),
        lambda o: schedule.CosineAnnealingWarmRestarts(o, 2, T_mult=2),
        lambda o: schedule.CosineAnnealingWarmRestarts(o, 3),
    ):
        optimizer = torch.optim.SGD([torch.ones(1)], lr=0.1)
        scheduler = make(optimizer)
        optimizer.step()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            for epoch in (3, 5, 1):
                scheduler.step(epoch)
                rates.append(scheduler.get_last_lr())
        scheduler.step()
        rates.append((scheduler.get_last_lr(), scheduler.last_epoch))
    scheduler.step(4.5)
    return rates, scheduler.get_last_lr(), scheduler.T_cur


@program
def errors(torch):
    schedule = torch.optim.lr_scheduler
    plain = torch.optim.Adagrad([torch.ones(1)])
    one, two = (torch.optim.Adam([torch.ones(1)]) for _ in range(2))
    step = schedule.StepLR(one, 2)
    plateau = schedule.ReduceLROnPlateau(one)
    ended = schedule.OneCycleLR(one, 0.1, total_steps=1, pct_start=0.5)
    one.step()
    return (
        ended.get_last_lr(),
        one.param_groups[0]["betas"],
        raised(
            torch,
            lambda: schedule.OneCycleLR(one, 0.1),
            lambda: schedule.OneCycleLR(one, 0.1, total_steps=0),
            lambda: schedule.OneCycleLR(one, 0.1, epochs=3, steps_per_epoch=1.5),
            lambda: schedule.OneCycleLR(one, 0.1, 5, pct_start=1),
            lambda: schedule.OneCycleLR(one, 0.1, 5, anneal_strategy="up"),
            lambda: schedule.OneCycleLR(one, [0.1, 0.2], 5),
            lambda: schedule.OneCycleLR(plain, 0.1, 5),
            lambda: schedule.CyclicLR(plain, 0.1, 0.2),
            lambda: schedule.CyclicLR(3, 0.1, 0.2),
            lambda: schedule.CyclicLR(one, 0.1, 0.2, mode="up"),
            lambda: schedule.CosineAnnealingWarmRestarts(one, 0),
            lambda: schedule.CosineAnnealingWarmRestarts(one, 2, 0.5),
            lambda: schedule.CosineAnnealingWarmRestarts(one, 2, eta_min="0"),
            lambda: schedule.CosineAnnealingWarmRestarts(one, 2).step(-1),
            lambda: schedule.SequentialLR(one, [], []),
            lambda: schedule.SequentialLR(one, [step], [2]),
            lambda: schedule.SequentialLR(one, [step, plateau], [2]),
            lambda: schedule.SequentialLR(one, [step, 3], [2]),
            lambda: schedule.ChainedScheduler([]),
            lambda: schedule.ChainedScheduler([plateau]),
            lambda: schedule.MultiplicativeLR(one, []),
        ),
        [error for error, _ in raised(torch, lambda: schedule.SequentialLR(two, [step], []))],
    )


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
