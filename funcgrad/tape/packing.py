"""Hooks on what a graph saves: `saved_tensors_hooks`, and what can be said with them.

Source: PyTorch, "Hooks for autograd saved tensors" (2.13).
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from . import changes
from .devices import Device
from .saved import state
from .tensor import Tensor


class saved_tensors_hooks:
    """Inside the block, what the graph saves is packed by one function, and unpacked by another.

    The innermost pair counts. What our derivatives read is packed, each value once; that is not in
    each operation the list of PyTorch's.

    Args:
        pack_hook: takes a tensor that is saved and returns what is kept of it.
        unpack_hook: takes that, when the pass needs the value, and returns the tensor.

    Raises:
        RuntimeError: hooks are disabled here; a pack hook edited its tensor.

    Example:
        >>> import funcgrad.torch as torch
        >>> x = torch.tensor([1.0, 2.0], requires_grad=True)
        >>> with torch.autograd.graph.saved_tensors_hooks(lambda t: t.numpy(), torch.from_numpy):
        ...     y = x.exp()
        Traceback (most recent call last):
            ...
        RuntimeError: Can't call numpy() on Tensor that requires grad. ...
        >>> pack = lambda t: t.detach().numpy()
        >>> with torch.autograd.graph.saved_tensors_hooks(pack, torch.from_numpy):
        ...     y = x.exp()
        >>> y.sum().backward()
        >>> x.grad
        tensor([2.7183, 7.3891])
    """

    def __init__(
        self, pack_hook: Callable[[Tensor], Any], unpack_hook: Callable[[Any], Tensor]
    ) -> None:
        self.pack_hook, self.unpack_hook = pack_hook, unpack_hook

    def __enter__(self) -> Any:
        if state.refusal is not None:
            raise RuntimeError(state.refusal)
        state.pairs = (*state.pairs, (self.pack_hook, self.unpack_hook))
        changes.note_here()

    def __exit__(self, *error: object) -> None:
        state.pairs = state.pairs[:-1]
        changes.note_here()


class save_on_cpu(saved_tensors_hooks):
    """What the graph saves inside the block is kept on the CPU, and comes back when it is needed.

    Args:
        pin_memory: accepted, without effect.
        device_type: accepted, without effect.
    """

    def __init__(self, pin_memory: bool = False, device_type: str = "cuda") -> None:
        def pack(tensor: Tensor) -> tuple[Device, Tensor]:
            return tensor.device, tensor.cpu()

        def unpack(packed: tuple[Device, Tensor]) -> Tensor:
            device, tensor = packed
            return tensor.to(device)

        super().__init__(pack, unpack)


@contextmanager
def disable_saved_tensors_hooks(error_message: str) -> Iterator[None]:
    """Inside the block, `saved_tensors_hooks` raises a `RuntimeError` with this message.

    Args:
        error_message: what the error says.

    Raises:
        RuntimeError: hooks are on already.
    """
    if state.pairs:
        raise RuntimeError(error_message)
    before, state.refusal = state.refusal, error_message
    try:
        yield
    finally:
        state.refusal = before


class allow_mutation_on_saved_tensors:
    """Inside the block a value that was saved may be edited in place; the pass reads the old one.

    Forward and backward pass belong into the same block. An array never changes here, so nothing is
    copied.

    Raises:
        AssertionError: the pass runs outside of the block in which the graph was recorded.

    Example:
        >>> import funcgrad.torch as torch
        >>> x = torch.tensor([3.0], requires_grad=True)
        >>> with torch.autograd.graph.allow_mutation_on_saved_tensors():
        ...     y = x * 1
        ...     z = (y * y).sum()
        ...     _ = y.zero_()
        ...     z.backward()
        >>> x.grad
        tensor([6.])
    """

    def __enter__(self) -> "allow_mutation_on_saved_tensors":
        if _open.mutation:
            raise RuntimeError("allow_mutation_on_saved_tensors contexts cannot be nested")
        _open.mutation = self
        self._hooks = saved_tensors_hooks(lambda tensor: (self, tensor._fresh()), _unchanged)
        self._hooks.__enter__()
        return self

    def __exit__(self, *error: object) -> None:
        self._hooks.__exit__(*error)
        _open.mutation = None

    def clear(self) -> None:
        """Forget what is kept; nothing is kept here beside the graph."""


class _Open:
    mutation: allow_mutation_on_saved_tensors | None = None


_open = _Open()


def _unchanged(packed: tuple[allow_mutation_on_saved_tensors, Tensor]) -> Tensor:
    context, tensor = packed
    if _open.mutation is not context:
        raise AssertionError(
            "Trying to backward outside of the 'allow_mutation_on_saved_tensors' context in which "
            "the graph was originally recorded."
        )
    return tensor


def increment_version(tensor: Any) -> None:
    """Say that tensors were edited in place in a way that the tape did not see.

    Args:
        tensor: one tensor or several.
    """
    for one in (tensor,) if isinstance(tensor, Tensor) else tensor:
        if not isinstance(one, Tensor):
            raise TypeError(f"increment_version expect each element to be a tensor, not {one!r}")
        if not one._inference:
            one._counter.value += 1
