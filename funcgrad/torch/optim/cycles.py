"""Schedules that go up and down, some of them with the momentum the other way round.

Sources: Smith, "Cyclical learning rates for training neural networks", 2015; Smith and Topin,
"Super-convergence: very fast training of neural networks using large learning rates", 2017.
"""

import math
from collections.abc import Callable
from typing import Any

from .groups import Group
from .optimizer import Optimizer
from .schedule import LRScheduler, set_rate


def _for_each(name: str, optimizer: Optimizer, value: Any) -> list[Any]:
    """A value for each group, from one for all or from as many."""
    groups = len(optimizer.param_groups)
    if not isinstance(value, (list, tuple)):
        return [value] * groups
    if len(value) != groups:
        raise ValueError(
            f"{name} must have the same length as optimizer.param_groups. {name} has {len(value)} "
            f"values, param_groups has {groups}."
        )
    return list(value)


def _has_betas(optimizer: Optimizer) -> bool:
    """Whether the momentum is the first of the betas."""
    if not {"momentum", "betas"} & set(optimizer.defaults):
        raise ValueError(
            "optimizer must support momentum or beta1 with `cycle_momentum` option enabled"
        )
    return "betas" in optimizer.defaults


def _set_momentum(group: Group, value: float, as_beta: bool) -> None:
    if as_beta:
        group["betas"] = (value, *group["betas"][1:])
    else:
        group["momentum"] = value


def _start_momenta(
    optimizer: Optimizer, lowest: list[float], highest: list[float], as_beta: bool
) -> None:
    for group, low, high in zip(optimizer.param_groups, lowest, highest, strict=True):
        _set_momentum(group, high, as_beta)
        group["max_momentum"], group["base_momentum"] = high, low


class CyclicLR(LRScheduler):
    """From base_lr up to max_lr and down again, over and over.

    Args:
        optimizer: whose groups.
        base_lr, max_lr: the limits, one for all groups or one for each.
        step_size_up, step_size_down: steps of each way; down is as long as up by default.
        mode: `"triangular"`; `"triangular2"`, half as high every time; `"exp_range"`, the height
            times gamma at every step.
        gamma: see `mode`.
        scale_fn: the height as a function of the cycle or the step, instead of `mode`.
        scale_mode: `"cycle"` or `"iterations"`: what `scale_fn` is a function of.
        cycle_momentum: let the momentum (or the first beta) go the other way.
        base_momentum, max_momentum: its limits.
        last_epoch: the step to go on from; −1 to start.
    """

    def __init__(
        self,
        optimizer: Optimizer,
        base_lr: Any,
        max_lr: Any,
        step_size_up: int = 2000,
        step_size_down: int | None = None,
        mode: str = "triangular",
        gamma: float = 1.0,
        scale_fn: Callable[[float], float] | None = None,
        scale_mode: str = "cycle",
        cycle_momentum: bool = True,
        base_momentum: float = 0.8,
        max_momentum: float = 0.9,
        last_epoch: int = -1,
    ) -> None:
        if not isinstance(optimizer, Optimizer):
            raise TypeError(f"{type(optimizer).__name__} is not an Optimizer")
        lowest = _for_each("base_lr", optimizer, base_lr)
        if last_epoch == -1:
            for group, rate in zip(optimizer.param_groups, lowest, strict=True):
                set_rate(group, rate)
        self.max_lrs = _for_each("max_lr", optimizer, max_lr)
        up = float(step_size_up)
        self.total_size = up + (up if step_size_down is None else float(step_size_down))
        self.step_ratio = up / self.total_size
        if mode not in ("triangular", "triangular2", "exp_range") and scale_fn is None:
            raise ValueError("mode is invalid and scale_fn is None")
        self.mode, self.gamma, self._scale_fn_custom = mode, gamma, scale_fn
        own = {"triangular": "cycle", "triangular2": "cycle", "exp_range": "iterations"}
        self.scale_mode = scale_mode if scale_fn is not None else own[mode]
        self.cycle_momentum = cycle_momentum
        if cycle_momentum:
            self.use_beta1 = _has_betas(optimizer)
            self.base_momentums = _for_each("base_momentum", optimizer, base_momentum)
            self.max_momentums = _for_each("max_momentum", optimizer, max_momentum)
            if last_epoch == -1:
                _start_momenta(optimizer, self.base_momentums, self.max_momentums, self.use_beta1)
        super().__init__(optimizer, last_epoch)
        self.base_lrs = lowest

    def scale_fn(self, x: float) -> float:
        """The height of a cycle, as a part of the full one."""
        if self._scale_fn_custom is not None:
            return self._scale_fn_custom(x)
        return {"triangular": 1.0, "triangular2": 2.0 ** (1 - x), "exp_range": self.gamma**x}[
            self.mode
        ]

    def get_lr(self) -> list[Any]:
        """The rate of each group at `last_epoch`; sets the momenta on the way, as PyTorch does."""
        cycle = math.floor(1 + self.last_epoch / self.total_size)
        x = 1.0 + self.last_epoch / self.total_size - cycle
        rising = x <= self.step_ratio
        height = x / self.step_ratio if rising else (x - 1) / (self.step_ratio - 1)
        height *= self.scale_fn(cycle if self.scale_mode == "cycle" else self.last_epoch)
        if self.cycle_momentum:
            limits = zip(self.base_momentums, self.max_momentums, strict=True)
            for group, (low, high) in zip(self.optimizer.param_groups, limits, strict=True):
                _set_momentum(group, high - (high - low) * height, self.use_beta1)
        limits = zip(self.base_lrs, self.max_lrs, strict=True)
        return [low + (high - low) * height for low, high in limits]

    def state_dict(self) -> dict[str, Any]:
        """Everything but the optimizer; a function is None, a callable object its attributes."""
        state = super().state_dict()
        custom = self._scale_fn_custom
        plain = custom is None or hasattr(custom, "__code__")
        return {**state, "_scale_fn_custom": None if plain else dict(custom.__dict__)}

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Take back what `state_dict` returned; a function stays."""
        attributes = state_dict["_scale_fn_custom"]
        super().load_state_dict({k: v for k, v in state_dict.items() if k != "_scale_fn_custom"})
        if attributes is not None and self._scale_fn_custom is not None:
            self._scale_fn_custom.__dict__.update(attributes)


class OneCycleLR(LRScheduler):
    """From max_lr / div_factor up to max_lr, then down to a div_factor · final_div_factor-th of it.

    Args:
        optimizer: whose groups.
        max_lr: the top, one for all groups or one for each.
        total_steps: length of the cycle; or give epochs and steps_per_epoch.
        epochs, steps_per_epoch: see `total_steps`.
        pct_start: the part of the cycle that goes up.
        anneal_strategy: `"cos"` or `"linear"`.
        cycle_momentum: let the momentum (or the first beta) go the other way.
        base_momentum, max_momentum: its limits.
        div_factor, final_div_factor: max_lr over the initial rate, and that over the last.
        three_phase: down to the initial rate first, as fast as up, and only then to the last.
        last_epoch: the step to go on from; −1 to start.
    """

    def __init__(
        self,
        optimizer: Optimizer,
        max_lr: Any,
        total_steps: int | None = None,
        epochs: int | None = None,
        steps_per_epoch: int | None = None,
        pct_start: float = 0.3,
        anneal_strategy: str = "cos",
        cycle_momentum: bool = True,
        base_momentum: Any = 0.85,
        max_momentum: Any = 0.95,
        div_factor: float = 25.0,
        final_div_factor: float = 1e4,
        three_phase: bool = False,
        last_epoch: int = -1,
    ) -> None:
        if not isinstance(optimizer, Optimizer):
            raise TypeError(f"{type(optimizer).__name__} is not an Optimizer")
        if total_steps is None and (epochs is None or steps_per_epoch is None):
            raise ValueError("You must define either total_steps OR (epochs AND steps_per_epoch)")
        counts = {"total_steps": total_steps}
        if total_steps is None:
            counts = {"epochs": epochs, "steps_per_epoch": steps_per_epoch}
        for name, count in counts.items():
            if not isinstance(count, int) or count <= 0:
                raise ValueError(f"Expected positive integer {name}, but got {count}")
        self.total_steps: int = math.prod(counts.values())  # type: ignore[arg-type]
        if not isinstance(pct_start, float) or not 0 <= pct_start <= 1:
            raise ValueError(f"Expected float between 0 and 1 pct_start, but got {pct_start}")
        if anneal_strategy not in ("cos", "linear"):
            raise ValueError(
                f"anneal_strategy must be one of 'cos' or 'linear', instead got {anneal_strategy}"
            )
        self._anneal_func_type = anneal_strategy
        # Where each phase ends, and the rates and momenta that it leads from and to.
        top, last = pct_start * self.total_steps - 1, self.total_steps - 1
        up = (top, "initial_lr", "max_lr", "max_momentum", "base_momentum")
        self._phases = [up, (last, "max_lr", "min_lr", "base_momentum", "max_momentum")]
        if three_phase:
            back = 2 * pct_start * self.total_steps - 2
            self._phases = [
                up,
                (back, "max_lr", "initial_lr", "base_momentum", "max_momentum"),
                (last, "initial_lr", "min_lr", "max_momentum", "max_momentum"),
            ]
        highest = _for_each("max_lr", optimizer, max_lr)
        if last_epoch == -1:
            for group, high in zip(optimizer.param_groups, highest, strict=True):
                first = high / div_factor
                group.update(initial_lr=first, max_lr=high, min_lr=first / final_div_factor)
        self.cycle_momentum = cycle_momentum
        if cycle_momentum:
            self.use_beta1 = _has_betas(optimizer)
            tops = _for_each("max_momentum", optimizer, max_momentum)
            bottoms = _for_each("base_momentum", optimizer, base_momentum)
            if last_epoch == -1:
                _start_momenta(optimizer, bottoms, tops, self.use_beta1)
        super().__init__(optimizer, last_epoch)

    def _between(self, start: float, end: float, part: float) -> float:
        if self._anneal_func_type == "linear":
            return (end - start) * part + start
        return end + (start - end) / 2.0 * (math.cos(math.pi * part) + 1)

    def get_lr(self) -> list[Any]:
        """The rate of each group at `last_epoch`; sets the momenta on the way, as PyTorch does."""
        step, before = self.last_epoch, 0.0
        if step > self.total_steps:
            raise ValueError(
                f"Tried to step {step} times. The specified number of total steps is "
                f"{self.total_steps}"
            )
        for end, *_ in self._phases[:-1]:
            before = end if step > end else before
        phase = next((phase for phase in self._phases if step <= phase[0]), self._phases[-1])
        end, low, high, momentum, other = phase
        part = (step - before) / (end - before)
        for group in self.optimizer.param_groups if self.cycle_momentum else ():
            value = self._between(group[momentum], group[other], part)
            _set_momentum(group, value, self.use_beta1)
        groups = self.optimizer.param_groups
        return [self._between(group[low], group[high], part) for group in groups]
