"""The node of a base one of whose views was edited in place.

Source: PyTorch, "Autograd mechanics", in-place operations; `CopySlices` of its engine.
"""

import functools
from collections.abc import Sequence
from functools import lru_cache

from ..ops import Kernel
from .graph import Node
from .nodes import ran, recorded
from .saved import FREED
from .storage import ViewKind, extras_of, overwrite, view_kind
from .strides import overlaps
from .tensor import Tensor, wrap
from .views import from_base, keep_retaining, kernel_of, reading

OVERLAPPING = (
    "unsupported operation: more than one element of the written-to tensor refers to a single "
    "memory location. Please clone() the tensor before performing the operation."
)


@lru_cache(maxsize=4096)
def _writing(shape: ViewKind) -> Kernel:
    """Replacing what a view shows of its base, as one operation on (base, value, *extras)."""
    count = 2 + sum(count for _, count in shape)
    kernel = kernel_of("copy_slices", functools.partial(overwrite, shape), count)
    kernel.name = "torch::autograd::CopySlices"
    return kernel


class CopySlices(Node):
    """Pulls back through the edit what the view shows of the gradient, and leaves the rest.

    Its first edge is the base's, from before the edit; the others are those of the edit, which is
    itself in no graph.

    Args:
        base: the base, at its old place in the graph.
        view: what was edited.
        edit: the node of the edit, whose first operand is the view.
    """

    __slots__ = ("_edit", "_freed", "_overlapping", "_steps")

    def __init__(self, base: Tensor, view: Tensor, edit: Node) -> None:
        edges, steps = (base._edge(), *edit.edges[1:]), from_base(view)
        super().__init__("torch::autograd::CopySlices", edges, (base._read().aval,))
        self._edit, self._steps, self._freed = edit, steps, False
        self._overlapping = overlaps(view)

    def _slots(self) -> Sequence[int | None]:
        return self._edit._slots()

    def release(self) -> None:
        self._freed = True
        self._edit.release()

    def call(self, gradients: Sequence[Tensor | None], create: bool) -> Sequence[Tensor | None]:
        (gradient,) = gradients
        if gradient is None:
            return [None] * len(self.edges)
        if self._freed:
            raise RuntimeError(FREED)
        kind, extras = view_kind(self._steps), [*map(wrap, extras_of(self._steps))]
        (shown,) = recorded(ran(reading(kind), [gradient, *extras]))
        own, *others = self._edit.call([shown], create)
        if own is not None:
            if self._overlapping:
                raise RuntimeError(OVERLAPPING)
            own = self._shaped(own, shown)
            (own,) = recorded(ran(_writing(kind), [gradient, own, *extras]))
        return [own, *others]

    @staticmethod
    def _shaped(own: Tensor, shown: Tensor) -> Tensor:
        """The gradient of the view as it was; a `Function` may give one that broadcasts to it."""
        return own if own.shape == shown.shape else own.expand(shown.shape)


def copy_slices(view: Tensor, edit: Node) -> None:
    """A view was edited: its base comes out of `CopySlices` now, and the view of its base."""
    base = view._base_tensor
    assert base is not None
    after = CopySlices(base, view, edit)
    keep_retaining(base, after)
    base._node, base._output_nr, base._leaf_requires = after, 0, False
    view._rebase()  # now, so that what it retains is of the new value
