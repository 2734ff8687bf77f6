"""Which tensors and numbers a step is given."""

import re
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

import torch

from .steps import CONSTANTS, DATA, EDIT, GRADIENT, MODE, MODES, NUMBERS, Step, lies_plainly

_PLACE = re.compile(r"\{(\w+)\}")
_TURNED = re.compile(r"\.(t|transpose|squeeze|unsqueeze|detach)_\(")


def fill(step: Step, tensors: Mapping[str, Any], draws: Sequence[int], number: int) -> str | None:
    """The line of a step with its places filled, or None where there is no tensor for it.

    Args:
        step: the step.
        tensors: PyTorch's, by name, the oldest first.
        draws: small whole numbers, from 0; a 0 takes the newest tensor and the first number.
        number: that of the step in its program, which names new tensors.
    """
    if torch.is_inference_mode_enabled() and "modes.append" in step.line:
        return None  # in which `enable_grad` records a part of what there is
    wanted = set(_PLACE.findall(step.line))
    places = {"new": f"t{number}", "other": f"u{number}"}
    places["mode"] = _one(MODES, draws[1])
    places["data"], places["constant"] = _one(DATA, draws[1]), _one(CONSTANTS, draws[1])
    places["k"] = _one(NUMBERS, draws[2])
    if not wanted - set(places):
        return step.line.format(**places)
    named = [name for name, t in tensors.items() if _can(partial(_suits, step), t)]
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
        "s": lambda t: _together(t, a) == a.shape and _settled(step, t, a),
        "same": lambda t: (
            t.shape == a.shape
            and not _kept(step, t)
            and _settled(step, t, a)
            and ("s" not in places or _settled(step, tensors[places["s"]], t))
            and _joined_alike(step, t, a)
        ),
        "leaf": lambda t: t.requires_grad,
    }
    for place in sorted(wanted & set(fits)):
        found = [name for name, tensor in tensors.items() if _can(fits[place], tensor)]
        if not found:
            return None
        places[place] = found[-1 - draws[1] % len(found)]
    return step.line.format(**places)


def _suits(step: Step, tensor: Any) -> bool:
    follows = step not in GRADIENT or not tensor.is_inference()
    return follows and step.when(tensor) and not _kept(step, tensor)


def _can(asked: Callable[[Any], bool], tensor: Any) -> bool:
    try:
        return asked(tensor)
    except RuntimeError:  # of a view that may not follow its base
        return False


def _kept(step: Step, tensor: Any) -> bool:
    """Whether ours does not do as PyTorch, which makes edits of inference tensors it refuses."""
    noted = (
        tensor.retains_grad or tensor._backward_hooks or (tensor.requires_grad and tensor.is_leaf)
    )
    parts = tensor.is_complex() or (tensor._is_view() and tensor._base.is_complex())
    # What PyTorch then adds up, retains, and hooks see is of what it was before; and what lies in
    # an order that only PyTorch's results have may, turned, lie in C order there.
    elsewhere = "detach_" not in step.line and not lies_plainly(tensor)
    if (noted or parts or elsewhere) and _TURNED.search(step.line):
        return True
    if torch.is_inference_mode_enabled():
        return step in GRADIENT or ".grad = " in step.line  # which can not be added to later
    inside = "stack(" in step.line or "roll(" in step.line  # shows a view that it makes of results
    return tensor.is_inference() and (step in EDIT or step in MODE or inside)


def _settled(step: Step, operand: Any, edited: Any) -> bool:
    """Whether PyTorch says what an edit gives that may read where it writes.

    It compares strides, also those of axes of one element, for which ours are not always its own;
    and where an operand has gaps between its elements it does not look.
    """
    if step not in EDIT and step not in MODE:
        return True
    if ".data = " in step.line:
        # A view that is given other data still says of the old data where it lies in its base.
        plain = lies_plainly(operand) and not (edited.is_inference() or edited._is_view())
        return plain and operand.dtype is edited.dtype
    if not (edited.is_floating_point() or edited.is_complex()) and operand.requires_grad:
        return operand.dim() > 0  # a number put into integers makes them require grad in PyTorch
    if operand is edited:
        return "[" not in step.line
    if operand.untyped_storage().data_ptr() != edited.untyped_storage().data_ptr():
        return True
    dense = operand.is_contiguous() and edited.is_contiguous() and "[" not in step.line
    return dense and 1 not in (*operand.shape, *edited.shape)


def _joined_alike(step: Step, one: Any, other: Any) -> bool:
    """Whether hooks of a join see what ours do.

    The gradient of an operand that leads nowhere has the dtype of the result in PyTorch.
    """
    joins = "cat(" in step.line or "stack(" in step.line
    return not joins or one.dtype is other.dtype or one.requires_grad is other.requires_grad


def _together(one: Any, other: Any) -> Any:
    """The shape of both, or None."""
    try:
        return torch.broadcast_shapes(one.shape, other.shape)
    except RuntimeError:
        return None


def _one(of: Sequence[str], draw: int) -> str:
    return of[draw % len(of)]
