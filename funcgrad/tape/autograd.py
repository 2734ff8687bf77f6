"""`backward` and `grad`: PyTorch's two doors to the backward pass."""

import warnings
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from ..ops import FLOAT, kind
from . import known
from .backward import backward as run_backward
from .batches import batch, stacked
from .edges import GradientEdge, stand_in
from .graph import AccumulateGrad, watchers
from .tensor import Tensor, filled, made, wrap


def _tuple(value: Any) -> tuple:
    return tuple(value) if isinstance(value, (tuple, list)) else (value,)


def _several(name: str, value: Any) -> tuple:
    """One tensor or several; anything that can be gone through will do, such as parameters()."""
    if isinstance(value, (Tensor, GradientEdge)):
        return (stand_in(value),)
    if not isinstance(value, Iterable):
        raise TypeError(
            f"'{type(value).__name__}' object is not iterable: {name} are one tensor or several"
        )
    return tuple(map(stand_in, value))


def _inputs(function: str, inputs: Any) -> tuple:
    """What to differentiate by: a tensor, several, or the values of a dict."""
    if isinstance(inputs, Mapping) and type(inputs) is not dict:
        raise TypeError(
            f"`inputs` argument to `{function}()` must be a dict, not {type(inputs).__name__}. "
            "Other Mapping types are not supported."
        )
    found = _several("inputs", tuple(inputs.values()) if isinstance(inputs, dict) else inputs)
    if not found:
        raise RuntimeError(f"`inputs` argument to `{function}()` cannot be empty.")
    return found


def _roots(outputs: Sequence[Tensor], gradients: Sequence[Any]) -> list[Any]:
    """Edges to start from, with the gradients that arrive there."""
    roots = []
    for i, (output, given) in enumerate(zip(outputs, gradients, strict=True)):
        if not isinstance(output, Tensor):
            raise AssertionError(
                f"Expected output to be a torch.Tensor, but got {type(output).__name__}"
            )
        edge = output._edge()
        if given is None and (edge is not None or output.requires_grad):
            array = output._read()
            if array.size != 1:
                raise RuntimeError("grad can be implicitly created only for scalar outputs")
            if kind(array.dtype) != FLOAT:
                raise RuntimeError(
                    "grad can be implicitly created only for real scalar outputs but got "
                    f"{output.dtype}"
                )
            if edge is not None:
                roots.append((edge, made(filled(array.shape, array.dtype, 1))))
                continue
        if edge is None:
            raise RuntimeError(
                f"element {i} of tensors does not require grad and does not have a grad_fn"
            )
        if not isinstance(given, Tensor):
            raise TypeError(
                f"gradients can be either Tensors or None, but got {type(given).__name__}"
            )
        if given.shape != output.shape:
            raise RuntimeError(
                f"Mismatch in shape: grad_output[{i}] has a shape of {given.shape} and "
                f"output[{i}] has a shape of {output.shape}."
            )
        if given.dtype.is_complex != output.dtype.is_complex:
            raise RuntimeError(
                "For complex Tensors, both grad_output and output are required to have the same "
                f"dtype. Mismatch in dtype: grad_output[{i}] has a dtype of {given.dtype} and "
                f"output[{i}] has a dtype of {output.dtype}."
            )
        roots.append((edge, given))
    return roots


def _zeros(tensor: Tensor) -> Tensor:
    array = tensor._read()
    return wrap(filled(array.shape, array.dtype, 0))


def _gradients(outputs: Sequence[Tensor], given: Any) -> Sequence[Any]:
    gradients = [None] * len(outputs) if given is None else _tuple(given)
    if len(gradients) != len(outputs):
        raise RuntimeError(f"got {len(outputs)} tensors and {len(gradients)} gradients")
    return gradients


def backward(
    tensors: Any,
    grad_tensors: Any = None,
    retain_graph: bool | None = None,
    create_graph: bool = False,
    grad_variables: Any = None,
    inputs: Any = None,
) -> None:
    """Accumulate the gradients of tensors into the leaves' `.grad`.

    Args:
        tensors: one tensor or several to differentiate.
        grad_tensors: the gradient that arrives at each; may be None for a scalar.
        retain_graph: keep what the graph saved for another pass; `create_graph` by default.
        create_graph: record the pass, so that gradients can be differentiated.
        grad_variables: the old name of `grad_tensors`.
        inputs: accumulate only into these: a tensor, several, or a dict of tensors.

    Raises:
        RuntimeError: a non-scalar without a gradient, a graph that was freed, nothing to
            differentiate, a value that was edited in place.
    """
    if grad_variables is not None:
        warnings.warn(
            "`grad_variables` is deprecated. Use `grad_tensors` instead.",
            FutureWarning,
            stacklevel=2,
        )
        if grad_tensors is not None:
            raise RuntimeError(
                "`grad_tensors` and `grad_variables` (deprecated) arguments both passed to "
                "`backward()`. Please only use `grad_tensors`."
            )
        grad_tensors = grad_variables
    inputs = None if inputs is None else _inputs("backward", inputs)
    outputs = _several("tensors", tensors)
    roots = _roots(outputs, _gradients(outputs, grad_tensors))
    keep = create_graph if retain_graph is None else retain_graph
    if inputs is None:
        run_backward(roots, keep, create_graph)
        return
    edges = [_input_edge(tensor, "can't retain_grad on it: ") for tensor in inputs]
    for tensor in inputs:
        tensor.retain_grad()  # of a result, whose node then keeps it; nothing of a leaf
    run_backward(roots, keep, create_graph, edges, accumulate=True)


def _input_edge(tensor: Any, why: str = "") -> Any:
    if not isinstance(tensor, Tensor):
        raise RuntimeError(
            "all inputs have to be Tensors or GradientEdges, but got " + type(tensor).__name__
        )
    edge = tensor._edge()
    if edge is None and tensor.requires_grad:
        return AccumulateGrad(tensor), 0  # a view that follows its base nowhere: nothing leads here
    if edge is None:
        raise RuntimeError(
            f"{why}One of the differentiated Tensors does not require grad, it has "
            "requires_grad=False"
        )
    return edge


def grad(
    outputs: Any,
    inputs: Any,
    grad_outputs: Any = None,
    retain_graph: bool | None = None,
    create_graph: bool = False,
    only_inputs: bool = True,
    allow_unused: bool | None = None,
    is_grads_batched: bool = False,
    materialize_grads: bool = False,
) -> Any:
    """The gradients of outputs with respect to inputs, returned and accumulated nowhere.

    Args:
        outputs: one tensor or several.
        inputs: the tensors to differentiate by, leaves or not; also as the values of a dict.
        grad_outputs: the gradient that arrives at each output; may be None for a scalar.
        retain_graph: keep what the graph saved; `create_graph` by default.
        create_graph: record the pass, for higher orders.
        only_inputs: always True; the parameter is PyTorch's.
        allow_unused: give None for an input that was not used, instead of an error.
        is_grads_batched: the gradients that arrive have one more axis, the first; of each entry
            along it the pass runs once, and what is returned has that axis too. (PyTorch runs one
            pass over all; hooks see one gradient after the other here.)
        materialize_grads: give zeros instead of None.

    Returns:
        A tuple with a gradient for each input; of a dict of inputs, a dict.
    """
    if not only_inputs:
        warnings.warn(
            "only_inputs argument is deprecated and is ignored now (defaults to True). To "
            "accumulate gradient for other parts of the graph, please use torch.autograd.backward.",
            FutureWarning,
            stacklevel=2,
        )
    outs, ins = _several("outputs", outputs), _inputs("grad", inputs)
    if materialize_grads and allow_unused is False:
        raise ValueError(
            "Expected allow_unused to be True or not passed when materialize_grads=True, but got: "
            "allow_unused=False."
        )
    given = _gradients(outs, grad_outputs)
    each = batch(outs, given) if is_grads_batched else [given]
    starts = [_roots(outs, gradients) for gradients in each]
    edges = [_input_edge(tensor) for tensor in ins]
    keep = create_graph if retain_graph is None else retain_graph
    passes = [
        run_backward(roots, keep or number < len(starts), create_graph, edges)
        for number, roots in enumerate(starts, 1)
    ]
    result: list[Tensor | None] = [passes[0].get(edge) for edge in edges]
    if is_grads_batched:
        result = [stacked([found.get(edge) for found in passes]) for edge in edges]
    missing = [i for i, gradient in enumerate(result) if gradient is None]
    if missing and not (allow_unused or materialize_grads):
        raise RuntimeError(
            f"The differentiated Tensor at index {missing[0]} appears to not have been used in the "
            "graph. Set allow_unused=True if this is the desired behavior."
        )
    if materialize_grads:
        result = [_zeros(t) if g is None else g for g, t in zip(result, ins, strict=True)]
    return dict(zip(inputs, result, strict=True)) if type(inputs) is dict else tuple(result)


def _backward(
    self: Tensor,
    gradient: Any = None,
    retain_graph: bool | None = None,
    create_graph: bool = False,
    inputs: Any = None,
) -> None:
    """Accumulate the gradient of this tensor into the leaves' `.grad`; see `autograd.backward`."""
    simple = inputs is None and (gradient is None or isinstance(gradient, Tensor))
    if simple and not (create_graph or watchers) and known.run(self, gradient, bool(retain_graph)):
        return
    backward(self, gradient, retain_graph, create_graph, inputs=inputs)


def _requires_grad(self: Tensor, requires_grad: bool = True) -> Tensor:
    """Start (or stop) following this leaf; returns the tensor."""
    if not isinstance(requires_grad, bool):
        raise TypeError(
            "requires_grad_(): argument 'requires_grad' (position 1) must be bool, not "
            f"{type(requires_grad).__name__}"
        )
    self._require(requires_grad, "only Tensors of floating point")
    return self


Tensor.backward, Tensor.requires_grad_ = _backward, _requires_grad
