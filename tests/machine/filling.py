"""Which tensors and numbers a step is given."""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import torch

from .steps import CONSTANTS, DATA, EDIT, GRADIENT, MODE, MODES, NUMBERS, Step

_PLACE = re.compile(r"\{(\w+)\}")


def fill(step: Step, tensors: Mapping[str, Any], draws: Sequence[int], number: int) -> str | None:
    """The line of a step with its places filled, or None where there is no tensor for it.

    Args:
        step: the step.
        tensors: PyTorch's, by name, the oldest first.
        draws: small whole numbers, from 0; a 0 takes the newest tensor and the first number.
        number: that of the step in its program, which names new tensors.
    """
    wanted = set(_PLACE.findall(step.line))
    places = {"new": f"t{number}", "other": f"u{number}"}
    places["mode"] = _one(MODES, draws[1])
    places["data"], places["constant"] = _one(DATA, draws[1]), _one(CONSTANTS, draws[1])
    places["k"] = _one(NUMBERS, draws[2])
    if not wanted - set(places):
        return step.line.format(**places)
    named = [name for name, t in tensors.items() if _suits(step, t)]
    if not named:
        return None
    places["a"] = named[-1 - draws[0] % len(named)]
    a = tensors[places["a"]]
    size, last = (a.shape[0], a.shape[-1]) if a.dim() else (1, 1)
    places["i"] = str(draws[2] % max(size, 1) - size * (draws[1] % 2))
    places["j"] = str(draws[2] % max(last, 1))
    places["d"] = str(draws[2] % max(a.dim(), 1) - a.dim() * (draws[1] % 2))
    fits: dict[str, Callable[[Any], bool]] = {
        "b": lambda t: _together(t, a),
        "s": lambda t: _together(t, a) == a.shape,
        "same": lambda t: t.shape == a.shape and not _kept(step, t),
        "leaf": lambda t: t.requires_grad,
    }
    for place in wanted & set(fits):
        found = [name for name, tensor in tensors.items() if fits[place](tensor)]
        if not found:
            return None
        places[place] = found[-1 - draws[1] % len(found)]
    return step.line.format(**places)


def _suits(step: Step, tensor: Any) -> bool:
    try:
        return step.when(tensor) and not _kept(step, tensor)
    except RuntimeError:  # of a view that may not follow its base
        return False


def _kept(step: Step, tensor: Any) -> bool:
    """Whether an edit is refused that PyTorch makes all the same, of an inference tensor."""
    if torch.is_inference_mode_enabled():
        return step in GRADIENT  # whose gradients can not be added to later
    return tensor.is_inference() and (step in EDIT or step in MODE)


def _together(one: Any, other: Any) -> Any:
    """The shape of both, or None."""
    try:
        return torch.broadcast_shapes(one.shape, other.shape)
    except RuntimeError:
        return None


def _one(of: Sequence[str], draw: int) -> str:
    return of[draw % len(of)]
