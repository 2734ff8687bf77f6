"""`autograd.Function`: an operation whose derivative the user writes.

Source: PyTorch, "Extending torch.autograd" (2.13).
"""

import inspect
import warnings
from collections.abc import Sequence
from typing import Any

from ..ops import FLOAT, kind
from . import forward, inplace, modes
from .calls import refuse_inference
from .forward_rules import through
from .function_node import Context, FunctionNode
from .saved import save
from .tensor import Tensor


class Function:
    """Base class of user-written operations.

    Subclasses define `forward(ctx, *args)`, or `forward(*args)` with `setup_context(ctx, inputs,
    output)`, and `backward(ctx, *grad_outputs)`; they are used through `apply`.

    Example:
        >>> import funcgrad.torch as torch
        >>> class Cube(torch.autograd.Function):
        ...     @staticmethod
        ...     def forward(ctx, x):
        ...         ctx.save_for_backward(x)
        ...         return x ** 3
        ...     @staticmethod
        ...     def backward(ctx, gradient):
        ...         (x,) = ctx.saved_tensors
        ...         return gradient * 3 * x ** 2
        >>> x = torch.tensor(2.0, requires_grad=True)
        >>> Cube.apply(x).backward()
        >>> x.grad
        tensor(12.)
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        warnings.warn(
            f"{type(self)} should not be instantiated. Methods on autograd functions are all "
            "static, so you should invoke them on the class itself. Instantiating an autograd "
            "function will raise an error in a future version of PyTorch.",
            DeprecationWarning,
            stacklevel=2,
        )

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        raise RuntimeError(
            "Legacy autograd function with non-static forward method is deprecated. Please use "
            "new-style autograd function with static forward method, and call it through apply."
        )

    @staticmethod
    def forward(*args: Any, **kwargs: Any) -> Any:
        """Compute the results."""
        raise NotImplementedError(
            "You must implement the forward function for custom autograd.Function."
        )

    @staticmethod
    def setup_context(ctx: Any, inputs: tuple[Any, ...], output: Any) -> Any:
        """Leave what `backward` needs; for a `forward` without `ctx`."""
        raise NotImplementedError("setup_context is not implemented.")

    @staticmethod
    def backward(ctx: Any, *grad_outputs: Any) -> Any:
        """A gradient, or None, for each argument of `forward`."""
        raise NotImplementedError(
            "You must implement either the backward or vjp method for your custom "
            "autograd.Function to use it with backward mode AD."
        )

    # The same under another name; a subclass defines one of the two.
    vjp = backward

    @staticmethod
    def jvp(ctx: Any, *grad_inputs: Any) -> Any:
        """The tangent of each result, from those of the arguments of `forward`."""
        raise NotImplementedError(
            "You must implement the jvp function for custom autograd.Function to use it with "
            "forward mode AD."
        )

    @classmethod
    def _derivative(cls) -> Any:
        """The user's `backward`, or `vjp`."""
        if cls.backward is not Function.backward and cls.vjp is not Function.vjp:
            raise RuntimeError(
                "Implementing both 'backward' and 'vjp' for a custom Function is not allowed. You "
                "should only implement one of them."
            )
        return cls.vjp if cls.backward is Function.backward else cls.backward

    @classmethod
    def apply(cls, *args: Any, **kwargs: Any) -> Any:
        """Run `forward` outside the graph and put one node for it into the graph.

        Its `backward` gives a gradient for each argument, those by keyword last.
        """
        separate = cls.setup_context is not Function.setup_context
        if separate or kwargs:
            before = () if separate else (None,)
            bound = inspect.signature(cls.forward).bind(*before, *args, **kwargs)
            if separate:
                bound.apply_defaults()
            args, kwargs = bound.args[len(before) :], bound.kwargs
        inputs, args = args, (*args, *kwargs.values())
        tensors = [a if isinstance(a, Tensor) else None for a in args]
        wanted = tuple(t is not None and t.requires_grad for t in tensors)
        context = Context(wanted)
        recording = modes.state.grad and any(wanted)
        edges = [t._edge() if t is not None and recording else None for t in tensors]
        level = forward.state.level
        forward.switch(None)
        try:
            with modes.no_grad():
                if separate:
                    output = cls.forward(*inputs, **kwargs)
                    cls.setup_context(context, inputs, output)
                else:
                    output = cls.forward(context, *inputs, **kwargs)
        finally:
            forward.switch(level)
        results = list(output) if isinstance(output, (tuple, list)) else [output]
        _check_dirty(context, results, recording)
        saving = context._to_save
        if recording:
            results = _attach(cls, context, args, edges, results)
        else:
            results = [_alone(result, args) for result in results]
        if level is not None:
            for each in level.levels():
                through(each, cls, context, args, results)
            _keep_tangents(level, context, saving)
        return tuple(results) if isinstance(output, (tuple, list)) else results[0]


def _check_dirty(context: Context, results: list[Any], recording: bool) -> None:
    """What `forward` says it edited must be among its results, and no leaf that requires grad."""
    for tensor in context._dirty:
        if not any(result is tensor for result in results):
            raise RuntimeError(
                "Some elements marked as dirty during the forward method were not returned as "
                "output. The inputs that are modified inplace must all be outputs of the Function."
            )
        tensor._counter.value += 1  # beside the edit's own, as in PyTorch
        if recording and tensor.is_leaf and tensor.requires_grad:
            raise RuntimeError(
                "a leaf Variable that requires grad has been used in an in-place operation."
            )
        if recording:
            tensor._grad = None  # it was of what the tensor was
            inplace.check(tensor, True)
            if tensor._is_view() and len(results) > 1:
                raise RuntimeError(
                    "If your Function modifies inplace an input that is a view of another Tensor, "
                    "your Function cannot return more than one Tensor. You should either make sure "
                    "the input is not a view (using .clone() for example) or make your Function "
                    "only return one Tensor (potentially splitting it into two Functions: one that "
                    "edits and returns the view, one that does the rest)."
                )


def _alone(result: Any, args: Sequence[Any]) -> Any:
    """A result outside the graph; an argument keeps its own place there."""
    if isinstance(result, Tensor) and any(result is a for a in args):
        return result.detach() if result.requires_grad else result
    if isinstance(result, Tensor) and result._base_tensor is not None:
        result._creation = "function"
    return result


def _attach(
    cls: type, context: Context, args: tuple, edges: Sequence[Any], results: list[Any]
) -> list[Any]:
    """Make the results outputs of one node and save what was asked for."""
    outputs = []
    for result in results:
        # An operand returned as it is becomes a result of its own, unless it was edited in place.
        again = any(result is a for a in args) and not any(result is d for d in context._dirty)
        constant = any(result is c for c in context._constant)
        if again and isinstance(result, Tensor):
            outputs.append(result.detach() if constant else result.view_as(result))
        else:
            outputs.append(result)
    avals = [aval(result) for result in outputs]
    node = FunctionNode(cls, context, edges, avals)
    node.tensors = [isinstance(a, Tensor) for a in args]
    for i, result in enumerate(outputs):
        constant = any(result is c or results[i] is c for c in context._constant)
        if not isinstance(result, Tensor) or constant or kind(result._read().dtype) < FLOAT:
            continue
        if any(result is d for d in context._dirty):
            inplace.rebase_history(result, node, i)
        else:
            result._node, result._output_nr, result._leaf_requires = node, i, False
    saved: list[Any] = []
    node.saved = saved
    for result in outputs:
        dirty = any(result is d for d in context._dirty)
        if isinstance(result, Tensor) and result._base_tensor is not None and not dirty:
            result._creation = "function" if len(outputs) == 1 else "multi"
    for tensor in context._to_save:
        number = next((i for i, r in enumerate(results) if r is tensor), None)
        if tensor is None:
            saved.append((None, None))
            continue
        refuse_inference(tensor)
        operand = next((i for i, a in enumerate(args) if a is tensor), None)
        dirty = any(tensor is d for d in context._dirty)
        if number is not None and (operand is None or dirty):
            saved.append((save(tensor._read(), None, tensor), number))
        else:
            origin = edges[operand] if operand is not None else tensor._edge()
            saved.append((save(tensor._read(), origin, tensor), None))
    context._node, context._to_save = node, ()
    return outputs


def _keep_tangents(level: Any, context: Context, saving: Sequence[Tensor | None]) -> None:
    """Let what the node of a call saves have its tangents."""
    if context._node is not None:
        saved = {i: value for i, (value, _) in enumerate(context._node.saved or ()) if value}
        level.keep(saved, saving)


def aval(result: Any) -> Any:
    """The shape and dtype of a tensor, and None of anything else."""
    return result._read().aval if isinstance(result, Tensor) else None
