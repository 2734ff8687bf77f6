"""Checkpoints: what a part of a model saved is forgotten, and computed again in the pass.

The way that PyTorch recommends (`use_reentrant=False`) stands on `saved_tensors_hooks`: forwards,
each saved value is replaced by its number; backwards, the function runs again, and what it saves
now under that number is the value. The older way is in `funcgrad.tape.reentrant`.

Source: PyTorch, "torch.utils.checkpoint" (2.13).
"""

import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from typing import Any

from . import modes
from .backward import current, is_running
from .calls import refuse_inference
from .packing import saved_tensors_hooks
from .random.generator import default_generator
from .reentrant import CheckpointFunction, drawing_from
from .saved import save
from .tensor import Tensor


class CheckpointError(RuntimeError):
    """The function did not run in the pass as it did before."""


class _Stop(Exception):
    """All that was needed has been computed again."""


class _State:
    early_stop: bool | None = None


_state = _State()


def noop_context_fn() -> tuple[Any, Any]:
    """Two contexts that do nothing."""
    return nullcontext(), nullcontext()


@contextmanager
def set_checkpoint_early_stop(enable: bool) -> Iterator[None]:
    """Inside the block checkpoints stop early, or do not, whatever their own argument says.

    Args:
        enable: whether the second run ends as soon as all that was saved is there again.
    """
    before, _state.early_stop = _state.early_stop, enable
    try:
        yield
    finally:
        _state.early_stop = before


class _Frame:
    """One call of a checkpointed function, and how it is run again.

    Args:
        again: runs the function.
        early_stop: whether it may be left when all that was saved is there.
        check: whether shapes and dtypes are compared.
    """

    def __init__(self, again: Callable[[], Any], early_stop: bool, check: bool) -> None:
        self._again, self._early_stop, self._check = again, early_stop, check
        self._kinds: list[tuple[Any, Any, Any]] = []
        self._found: dict[int, dict[int, Tensor]] = {}  # by pass: what is not yet taken
        self._running: list[Tensor] = []

    def pack(self, tensor: Tensor) -> int:
        self._kinds.append(_kind(tensor))
        return len(self._kinds) - 1

    def unpack(self, number: int) -> Tensor:
        key = current().number if is_running() else -1
        if key not in self._found:
            self._found = {key: dict(enumerate(self._recomputed()))}
        found = self._found[key]
        if number not in found:
            raise CheckpointError(
                "torch.utils.checkpoint: Unpack is being triggered for a tensor that was already "
                "unpacked once. If you are calling ctx.saved_tensors in backward, make sure to do "
                "so only once."
            )
        return found.pop(number) if key >= 0 else self._found.pop(key)[number]

    def _recomputed(self) -> list[Tensor]:
        found: list[Tensor] = []

        def pack(tensor: Tensor) -> None:
            found.append(tensor.detach())
            if self._early_stop and len(found) == len(self._kinds):
                raise _Stop

        try:
            with modes.enable_grad(), saved_tensors_hooks(pack, _never):
                self._again()
        except _Stop:
            pass
        if len(found) != len(self._kinds):
            raise CheckpointError(
                "torch.utils.checkpoint: A different number of tensors was saved during the "
                "original forward and recomputation.\nNumber of tensors saved during forward: "
                f"{len(self._kinds)}\nNumber of tensors saved during recomputation: {len(found)}. "
                "The function must do the same each time; what it reads must not change."
            )
        differ = [i for i, t in enumerate(found) if self._check and _kind(t) != self._kinds[i]]
        if differ:
            lines = [f"tensor {i}: {self._kinds[i]} before, {_kind(found[i])} now" for i in differ]
            raise CheckpointError(
                "torch.utils.checkpoint: Recomputed values for the following tensors have "
                "different metadata than during the forward pass.\n" + "\n".join(lines)
            )
        return found


def _kind(tensor: Tensor) -> tuple[Any, Any, Any]:
    return tuple(tensor.shape), tensor.dtype, tensor.device


def _never(packed: Any) -> Tensor:
    raise CheckpointError(
        "torch.utils.checkpoint: trying to backward through the graph of the recomputation"
    )


def checkpoint(
    function: Callable[..., Any],
    *args: Any,
    use_reentrant: bool | None = None,
    context_fn: Callable[[], tuple[Any, Any]] = noop_context_fn,
    determinism_check: str = "default",
    debug: bool = False,
    early_stop: bool = True,
    preserve_rng_state: bool = True,
    **kwargs: Any,
) -> Any:
    """Run a function; what it saves for the pass is computed again there instead of kept.

    Args:
        function: what to run; it must do the same a second time.
        args: its arguments, tensors and others.
        use_reentrant: the older way (True, the default, with a warning) or the better one (False).
        context_fn: gives the contexts of the first and of the second run.
        determinism_check: "default" compares shapes and dtypes of both runs, "none" does not.
        debug: accepted, without effect.
        early_stop: leave the second run as soon as all that was saved is there.
        preserve_rng_state: draw the same random numbers in both runs.
        kwargs: arguments by name, for `use_reentrant=False`.

    Returns:
        What the function returns.

    Raises:
        ValueError: an argument that does not go with `use_reentrant`.
        CheckpointError: in the pass: the function did something else the second time.

    Example:
        >>> import funcgrad.torch as torch
        >>> from funcgrad.torch.utils.checkpoint import checkpoint
        >>> x = torch.tensor([1.0, 2.0], requires_grad=True)
        >>> checkpoint(lambda t: t.exp().sin(), x, use_reentrant=False).sum().backward()
        >>> x.grad
        tensor([-2.4783,  3.3129])
    """
    if use_reentrant is None:
        warnings.warn(
            "torch.utils.checkpoint: the use_reentrant parameter should be passed explicitly. "
            "use_reentrant=False is recommended; True is what is taken without it.",
            UserWarning,
            stacklevel=2,
        )
        use_reentrant = True
    if use_reentrant:
        if kwargs:
            raise ValueError("Unexpected keyword arguments: " + ",".join(kwargs))
        if context_fn is not noop_context_fn or debug:
            raise ValueError(
                "Passing `context_fn` or `debug` is only supported when use_reentrant=False."
            )
        return CheckpointFunction.apply(function, preserve_rng_state, *args)
    if determinism_check not in ("default", "none"):
        raise ValueError(
            f"determinism_check should be one of ['default', 'none'], but got {determinism_check}"
        )
    first, second = context_fn()
    if not modes.is_grad_enabled():
        with first:
            return function(*args, **kwargs)
    # Saved as any operation saves its operands: their versions are checked, and within another
    # checkpoint they are what that one computes again.
    state = default_generator.get_state() if preserve_rng_state else None
    kept = [_keep(value) for value in args]
    named = {name: _keep(value) for name, value in kwargs.items()}

    def again() -> None:
        with drawing_from(state), second:
            function(*(get() for get in kept), **{name: get() for name, get in named.items()})

    stop = early_stop if _state.early_stop is None else _state.early_stop
    frame = _Frame(again, stop, determinism_check == "default")
    with first, saved_tensors_hooks(frame.pack, frame.unpack):
        return function(*args, **kwargs)


def _keep(value: Any) -> Callable[[], Any]:
    """A function that gives an argument again."""
    if not isinstance(value, Tensor):
        return lambda: value
    refuse_inference(value)
    saved = save(value._read(), value._edge(), value)

    def get() -> Tensor:
        saved.check()
        return saved.tensor()

    return get


def checkpoint_sequential(
    functions: Any,
    segments: int,
    input: Any,
    use_reentrant: bool | None = None,
    preserve_rng_state: bool = True,
    **kwargs: Any,
) -> Any:
    """Run functions one after the other, in segments that are checkpointed, but for the last.

    Args:
        functions: an `nn.Sequential`, or modules or functions in a list.
        segments: how many.
        input: what the first one takes.
        use_reentrant: see `checkpoint`.
        preserve_rng_state: see `checkpoint`.

    Raises:
        ValueError: other arguments by name.
    """
    if kwargs:
        raise ValueError("Unexpected keyword arguments: " + ",".join(kwargs))
    steps: Sequence[Any] = list(
        functions.children() if hasattr(functions, "children") else functions
    )

    def run(part: Sequence[Any]) -> Callable[[Any], Any]:
        def chain(value: Any) -> Any:
            for step in part:
                value = step(value)
            return value

        return chain

    size, start = len(steps) // segments, 0
    for _ in range(segments - 1):
        input = checkpoint(
            run(steps[start : start + size]),
            input,
            use_reentrant=use_reentrant,
            preserve_rng_state=preserve_rng_state,
        )
        start += size
    return run(steps[start:])(input)
