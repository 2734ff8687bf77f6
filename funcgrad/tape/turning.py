"""Views in place: `t_`, `transpose_`, `squeeze_`, `unsqueeze_` give a tensor another shape.

The memory stays, and with it the views that were made before; the tensor reads its cell through
one step more. What was its view keeps its own way to the cell: seen from the tensor it leads back
over that step first.
"""

from collections.abc import Callable
from typing import Any

from ..ops import OPS
from . import views
from .bind import parse
from .inplace import check
from .storage import Step
from .tensor import Tensor

#: PyTorch numbers its overloads, and those in place come after the others.
_IN_PLACE = {
    "TBackward0": "TBackward1", "TransposeBackward0": "TransposeBackward1",
    "SqueezeBackward0": "SqueezeBackward3", "SqueezeBackward1": "SqueezeBackward4",
    "SqueezeBackward2": "SqueezeBackward5", "UnsqueezeBackward0": "UnsqueezeBackward1",
}  # fmt: skip


def turn(tensor: Tensor, name: str, statics: dict[str, Any]) -> Tensor:
    """Make a tensor the view of itself that an operation gives.

    Raises:
        RuntimeError: the tensor is a leaf that requires grad, or a view that may not be edited.
    """
    check(tensor, tensor.requires_grad, overlapping=True)
    view, before = views.call(OPS[name], [tensor], statics), tensor.shape
    if tensor._base_tensor is None:
        tensor._back = (_back(name, statics, view, before), *tensor._back)
    tensor._steps = view._steps
    tensor._value, tensor._value_writes = view._value, view._value_writes
    tensor._counter.value += 1
    if view._node is not None:
        tensor._node_version = tensor._counter.value  # else it follows its base when it is asked
        view._node._label = _IN_PLACE.get(view._node._label, view._node._label)
        views.keep_retaining(tensor, view._node)
        tensor._node, tensor._output_nr = view._node, view._output_nr
        tensor._leaf_requires = False
    return tensor


def _back(name: str, statics: dict[str, Any], view: Tensor, before: tuple[int, ...]) -> Step:
    """The step from a view to what it is a view of."""
    if name in ("t", "transpose"):
        return views.step_of(OPS[name], view, [], statics)
    return views.step_of(OPS["view"], view, [], {"size": tuple(before)})


def _method(name: str, alias: str) -> Callable[..., Tensor]:
    def method(self: Tensor, *args: Any, **kwargs: Any) -> Tensor:
        _, statics = parse(OPS[name], alias, (self, *args), kwargs)
        return turn(self, name, statics)

    method.__name__ = method.__qualname__ = alias
    method.__doc__ = f"`{alias[:-1]}`, in place: the tensor itself gets that shape."
    return method


def t_(self: Tensor) -> Tensor:
    """The matrix transposed, in place; a vector or a number is as it is."""
    if self.ndim > 2:
        raise RuntimeError(f"t_() expects a tensor with <= 2 dimensions, but self is {self.ndim}D")
    return turn(self, "t", {})


def install() -> None:
    """Give the tensor these methods."""
    names = {"transpose": "transpose_ swapaxes_ swapdims_", "squeeze": "squeeze_",
             "unsqueeze": "unsqueeze_"}  # fmt: skip
    for name, aliases in names.items():
        for alias in aliases.split():
            setattr(Tensor, alias, _method(name, alias))
    Tensor.t_ = t_


install()
