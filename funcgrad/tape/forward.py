"""Forward mode: where the tangents of tensors are, and whether a level is open.

A *dual* tensor has a tangent beside its value: how the value changes as something moves. While a
level is open, every operation gives its results tangents, by `jax.jvp` of the same function whose
`jax.vjp` is its pullback. `forward_level` does this; here is only what the modules below it need.
While no level is open, all this costs an operation one look at `state.level`.

Levels may be open inside of each other (`torch.func.jvp` of a `jvp`). Each has its own tangents.
What computes those of one level is a computation in the level around it, which so gives them
tangents.

A tangent shares memory as its tensor does. It is kept once, in a `Dual`, by the tensor that was
made dual; the tangents of that tensor's views are the same views of the tangent, so that an edit in
place of either changes both.
"""

from typing import TYPE_CHECKING, Any

from . import changes

if TYPE_CHECKING:
    from .storage import Steps
    from .tensor import Tensor


class Dual:
    """The place of a tangent; the tensor that owns it and that tensor's views share it.

    Attributes:
        level: whose tangent it is.
        steps: how the owner reads its cell; its views go on from there.
        tangent: a tensor, or None: there is none yet, or the level was closed.
    """

    __slots__ = ("__weakref__", "level", "steps", "tangent")

    def __init__(self, level: Any, steps: "Steps", tangent: "Tensor | None") -> None:
        self.level, self.steps, self.tangent = level, steps, tangent


class _State:
    """As in PyTorch the levels are those of all threads."""

    level: Any = None  # the innermost `forward_level.Level`


state = _State()


def switch(level: Any) -> None:
    """Have this level be the innermost one; None if there is to be none."""
    if level is not state.level:
        state.level = level
        changes.note()


def dual_of(tensor: "Tensor", level: Any) -> Dual | None:
    """Where the tangent of a tensor in a level is, if it has a place."""
    found = _own(tensor, level)
    base = tensor._base_tensor
    # A view that was made before its base became dual finds it there.
    return _own(base, level) if found is None and base is not None else found


def _own(tensor: "Tensor", level: Any) -> Dual | None:
    duals: tuple[Dual, ...] = tensor._forward or ()
    return next((dual for dual in duals if dual.level is level), None)
