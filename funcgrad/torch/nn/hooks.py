"""Calling a module: `forward` between its hooks."""

import warnings
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from ...tape.function import Function
from ...tape.graph import Handle, HookDict, Node, add_hook
from ...tape.modes import state
from ...tape.noted_hooks import NotedHooks
from ...tape.tensor import Tensor
from .state import Stateful


class Hook(NamedTuple):
    """A forward hook and what it was registered for."""

    function: Callable[..., Any]
    with_kwargs: bool
    always_call: bool = False


def _register(hooks: HookDict, hook: Any, prepend: bool) -> Handle:
    before = dict(hooks)
    handle = add_hook(hooks, hook)
    if prepend:
        for key in before:
            hooks[key] = hooks.pop(key)
    return handle


class Hooked(Stateful):
    """A module that calls its `forward` between hooks."""

    _forward_pre_hooks: HookDict
    _forward_hooks: HookDict
    _backward_pre_hooks: HookDict
    _backward_hooks: HookDict

    def __init__(self) -> None:
        super().__init__()
        for name in ("_forward_pre_hooks", "_forward_hooks", "_backward_pre_hooks",
                     "_backward_hooks"):  # fmt: skip
            self.__dict__[name] = NotedHooks()

    def forward(self, *input: Any) -> Any:
        """What the module computes; every module defines it."""
        raise NotImplementedError(
            f'Module [{type(self).__name__}] is missing the required "forward" function'
        )

    _compiled_call_impl: Callable[..., Any] | None = None

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        if self._compiled_call_impl is not None:
            return self._compiled_call_impl(*args, **kwargs)
        return self._call_impl(*args, **kwargs)

    def _call_impl(self, *args: Any, **kwargs: Any) -> Any:
        if not (self._forward_pre_hooks or self._forward_hooks
                or self._backward_pre_hooks or self._backward_hooks):  # fmt: skip
            return self.forward(*args, **kwargs)
        called: set[int] = set()
        try:
            return self._call_hooked(args, kwargs, called)
        except Exception:
            # Hooks with `always_call` run even if `forward` failed; its error goes first.
            for key, hook in list(self._forward_hooks.items()):
                if hook.always_call and key not in called:
                    self._call_late(hook, args, kwargs)
            raise

    def _call_late(self, hook: Hook, args: tuple, kwargs: dict[str, Any]) -> None:
        arguments = (args, kwargs) if hook.with_kwargs else (args,)
        try:
            hook.function(self, *arguments, None)
        except Exception as error:  # noqa: BLE001 - any error of the hook must not hide forward's
            warnings.warn(
                "module forward hook with ``always_call=True`` raised an exception that was "
                f"silenced as another error was raised in forward: {error}",
                stacklevel=3,
            )

    def _call_hooked(self, args: tuple, kwargs: dict[str, Any], called: set[int]) -> Any:
        for hook in list(self._forward_pre_hooks.values()):
            args, kwargs = self._before(hook, args, kwargs)
        backward = None
        if self._backward_hooks or self._backward_pre_hooks:
            backward = BackwardHooks(
                self, list(self._backward_hooks.values()), list(self._backward_pre_hooks.values())
            )
            args = backward.follow_inputs(args)
        result = self.forward(*args, **kwargs)
        for key, hook in list(self._forward_hooks.items()):
            called.add(key)
            arguments = (args, kwargs) if hook.with_kwargs else (args,)
            replaced = hook.function(self, *arguments, result)
            result = result if replaced is None else replaced
        return result if backward is None else backward.follow_outputs(result)

    def _before(self, hook: Hook, args: tuple, kwargs: dict[str, Any]) -> tuple[tuple, dict]:
        if not hook.with_kwargs:
            replaced = hook.function(self, args)
            if replaced is None:
                return args, kwargs
            return (replaced if isinstance(replaced, tuple) else (replaced,)), kwargs
        replaced = hook.function(self, args, kwargs)
        if replaced is None:
            return args, kwargs
        if isinstance(replaced, tuple) and len(replaced) == 2:
            return replaced
        raise RuntimeError(
            "forward pre-hook must return None or a tuple of (new_args, new_kwargs), but got "
            f"{replaced}."
        )

    def register_forward_pre_hook(
        self, hook: Callable[..., Any], *, prepend: bool = False, with_kwargs: bool = False
    ) -> Handle:
        """Call `hook(module, args)` before `forward`; what it returns replaces the arguments."""
        return _register(self._forward_pre_hooks, Hook(hook, with_kwargs), prepend)

    def register_forward_hook(
        self,
        hook: Callable[..., Any],
        *,
        prepend: bool = False,
        with_kwargs: bool = False,
        always_call: bool = False,
    ) -> Handle:
        """Call `hook(module, args, output)` after `forward`; what it returns replaces the output.

        Args:
            hook: the function.
            prepend: before the hooks that are there.
            with_kwargs: call `hook(module, args, kwargs, output)`.
            always_call: call it, with None, if `forward` raises too.
        """
        return _register(self._forward_hooks, Hook(hook, with_kwargs, always_call), prepend)

    def register_full_backward_pre_hook(
        self, hook: Callable[..., Any], prepend: bool = False
    ) -> Handle:
        """Call `hook(module, grad_output)` before the module's backward pass."""
        return _register(self._backward_pre_hooks, hook, prepend)

    def register_full_backward_hook(
        self, hook: Callable[..., Any], prepend: bool = False
    ) -> Handle:
        """Call `hook(module, grad_input, grad_output)` once the inputs' gradients are there."""
        return _register(self._backward_hooks, hook, prepend)

    def register_backward_hook(self, hook: Callable[..., Any]) -> Handle:
        """PyTorch's older hook, which it retired: it shows operands of the module's last operation.

        Raises:
            RuntimeError: the module has full backward hooks.
            NotImplementedError: always, else; use `register_full_backward_hook`.
        """
        if self._backward_hooks:
            raise RuntimeError(
                "Cannot use both regular backward hooks and full backward hooks on a single "
                "Module. Please use only one of them."
            )
        raise NotImplementedError(
            "funcgrad has no register_backward_hook, which PyTorch retired: what such a hook is "
            "given depends on how the module is made of operations. Use "
            "register_full_backward_hook"
        )


class BackwardHookFunction(Function):
    """The identity: a place in the graph where all inputs, or all outputs, of a module meet."""

    @staticmethod
    def forward(ctx: Any, *tensors: Tensor) -> Any:
        ctx.mark_non_differentiable(*(t for t in tensors if not t.requires_grad))
        return tensors

    @staticmethod
    def backward(ctx: Any, *gradients: Any) -> Any:
        return gradients


class BackwardHooks:
    """The backward hooks of one call of a module."""

    def __init__(self, module: Any, hooks: list[Any], before: list[Any]) -> None:
        self.module, self.hooks, self.before = module, hooks, before
        self.gradients: tuple | None = None  # of the outputs, once they are known
        self.inputs: Sequence[int] | None = None  # which arguments are tensors
        self.outputs: Sequence[int] = ()
        self.n_inputs = self.n_outputs = 0

    def follow_inputs(self, args: tuple) -> tuple:
        self.n_inputs = len(args)
        args, places, node = _meet(args)
        if node is not None:
            self.inputs = places
            node.register_hook(self._at_inputs)
        return args

    def follow_outputs(self, result: Any) -> Any:
        single = not isinstance(result, tuple)
        results = (result,) if single else result
        self.n_outputs = len(results)
        results, self.outputs, node = _meet(results)
        if node is not None:
            node.register_prehook(self._at_outputs)
        return results[0] if single else results

    def _at_outputs(self, gradients: tuple) -> Any:
        self.gradients = _spread(self.outputs, gradients, self.n_outputs)
        for hook in self.before:
            replaced = hook(self.module, self.gradients)
            if replaced is not None:
                replaced = replaced if isinstance(replaced, tuple) else (replaced,)
                self._check("pre hook", "grad_output", replaced, self.gradients)
                self.gradients = replaced
        result = tuple(self.gradients[i] for i in self.outputs)
        if self.inputs is None:
            self._without_inputs()
        return result

    def _without_inputs(self) -> None:
        """No input requires grad: the hooks run where the outputs' gradients arrive."""
        if self.hooks:
            warnings.warn(
                "Full backward hook is firing when gradients are computed with respect to module "
                "outputs since no inputs require gradients.",
                stacklevel=5,
            )
        for hook in self.hooks:
            replaced = hook(self.module, (None,) * self.n_inputs, self.gradients)
            if replaced is not None and not all(gradient is None for gradient in replaced):
                raise RuntimeError(
                    "Backward hook for Modules where no input requires gradient should always "
                    "return None or None for all gradients."
                )
        self.gradients = None

    def _at_inputs(self, _: tuple, gradients: tuple) -> Any:
        if self.gradients is None:
            return None  # the inputs were used past the module's outputs
        found = _spread(self.inputs or (), gradients, self.n_inputs)
        for hook in self.hooks:
            replaced = hook(self.module, found, self.gradients)
            if replaced is not None:
                replaced = replaced if isinstance(replaced, tuple) else (replaced,)
                self._check("hook", "grad_input", replaced, found)
                found = replaced
        self.gradients = None
        return tuple(found[i] for i in self.inputs or ())

    def _check(self, hook: str, what: str, got: tuple, expected: tuple) -> None:
        if len(got) != len(expected):
            raise RuntimeError(
                f"Backward {hook} returned an invalid number of {what}, got {len(got)}, but "
                f"expected {len(expected)}"
            )


def _meet(values: tuple) -> tuple[tuple, list[int], Node | None]:
    """Send the tensors among some values through one node; none if nothing requires grad."""
    places = [i for i, value in enumerate(values) if isinstance(value, Tensor)]
    if not state.grad or not any(values[i].requires_grad for i in places):
        return values, places, None
    passed = BackwardHookFunction.apply(*(values[i] for i in places))
    replaced = list(values)
    for i, tensor in zip(places, passed, strict=True):
        replaced[i] = tensor
    node = next(t.grad_fn for t in passed if t.grad_fn is not None)
    # A named tuple is rebuilt from its fields.
    again = type(values)._make if hasattr(values, "_make") else type(values)
    return again(replaced), places, node


def _spread(places: Sequence[int], gradients: Sequence[Any], n: int) -> tuple:
    """Gradients of the tensors, with None where the argument is no tensor."""
    result: list[Any] = [None] * n
    for i, gradient in zip(places, gradients, strict=True):
        result[i] = gradient
    return tuple(result)
