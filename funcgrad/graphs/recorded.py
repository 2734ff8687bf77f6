"""The graph behind a tensor, found as any user finds it: by `grad_fn` and `next_functions`.

So it is the same for the tensors of `funcgrad.torch` and for PyTorch's own, and neither is
imported here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from funcgrad.errors import GraphError
from funcgrad.graphs.graph import Graph
from funcgrad.graphs.node import Node

SAVED = "_saved_"  # what PyTorch prefixes the name of a saved value with


def tape(
    tensors: Any,
    names: Mapping[str, Any] | Iterable[tuple[str, Any]] | None = None,
    *,
    saved: bool = False,
) -> Graph:
    """Return the graph that recording left behind one or more tensors.

    It leads from the results to the leaves, the way that `backward()` takes.

    Args:
        tensors: a tensor or several, of `funcgrad.torch` or of PyTorch.
        names: names of tensors, as a dict or as `model.named_parameters()` gives them. Leaves and
            results are labelled by them, and an operation by that of the tensor it made.
        saved: whether to show what each node saved for the backward pass, where the nodes tell
            (PyTorch's do, by attributes such as `_saved_self`).

    Returns:
        A graph whose nodes are the results, the operations and the leaves; what is shared or used
        twice is one node.

    Raises:
        GraphError: a tensor has no graph behind it, or what came is no tensor.

    Example:
        >>> import funcgrad.torch as torch
        >>> w, x = torch.tensor([1.0], requires_grad=True), torch.tensor([2.0])
        >>> a = w + x
        >>> print(tape(a * w, names={"w": w, "a": a}))
        output: float32[1] -> MulBackward0
        MulBackward0 -> AddBackward0: a float32[1]
        MulBackward0 -> AccumulateGrad w: float32[1]
        AddBackward0: a float32[1] -> AccumulateGrad w: float32[1]
    """
    results = _results(tensors)
    named: dict[int, list[str]] = {}
    made: dict[Any, list[str]] = {}  # by node: what operations made, unless it is a result
    for name, tensor in dict(names or ()).items():
        named.setdefault(id(tensor), []).append(name)
        if getattr(tensor, "grad_fn", None) and all(tensor is not result for result in results):
            made.setdefault(tensor.grad_fn, []).append(f"{name} {_type(tensor)}")

    nodes = [Node(_label("output", result, named), _type(result)) for result in results]
    edges: list[tuple[int, int]] = []
    numbers: dict[Any, int] = {}  # it also keeps every node alive, which PyTorch makes on demand

    def number(node: Any) -> int:
        if node not in numbers:
            numbers[node] = len(nodes)
            nodes.append(_node(node, named, made))
        return numbers[node]

    edges += [(start, number(result.grad_fn)) for start, result in enumerate(results)]
    ahead = list(numbers)
    for node in ahead:  # it grows while it is read
        for source, _ in node.next_functions:
            if source is not None:  # None: an operand that asks for no gradient
                if source not in numbers:
                    ahead.append(source)
                edges.append((numbers[node], number(source)))
        for label, detail in _saved_by(node, named) if saved else ():
            edges.append((numbers[node], len(nodes)))
            nodes.append(Node(label, detail))
    return Graph(tuple(nodes), tuple(edges))


def _results(tensors: Any) -> list[Any]:
    # A tensor can be iterated over, too.
    several = isinstance(tensors, Iterable) and not hasattr(tensors, "grad_fn")
    found = list(tensors) if several else [tensors]
    if not found:
        raise GraphError("a tape is walked from its results, and there are none: pass a tensor")
    return [_checked(tensor) for tensor in found]


def _checked(tensor: Any) -> Any:
    if not hasattr(tensor, "grad_fn"):
        raise GraphError(
            f"a tape lies behind a tensor, which has a grad_fn; this is a {type(tensor).__name__}. "
            "For a function of JAX arrays use funcgrad.graphs.jaxpr"
        )
    if tensor.grad_fn is None:
        why = "it is a leaf" if tensor.requires_grad else "it does not require grad"
        raise GraphError(
            f"there is no graph behind this tensor ({_type(tensor)}): its grad_fn is None, for "
            f"{why}. Pass what was computed from it, with requires_grad=True and outside no_grad"
        )
    return tensor


def _node(node: Any, named: Mapping[int, list[str]], made: Mapping[Any, list[str]]) -> Node:
    leaf = getattr(node, "variable", None)
    if leaf is not None:
        return Node(_label("AccumulateGrad", leaf, named), _type(leaf))
    return Node(node.name().split("::")[-1], ", ".join(made.get(node, ())))


def _label(kind: str, tensor: Any, named: Mapping[int, list[str]]) -> str:
    return " ".join([kind, ", ".join(named.get(id(tensor), ()))]).strip()


def _saved_by(node: Any, named: Mapping[int, list[str]]) -> Iterator[tuple[str, str]]:
    """List the tensors a node saved: (label, type)."""
    for attribute in sorted(name for name in dir(node) if name.startswith(SAVED)):
        slot = attribute.removeprefix(SAVED)
        try:
            value = getattr(node, attribute)
        except RuntimeError:  # PyTorch's, after a backward pass that kept nothing
            yield f"saved {slot}", "freed"
            continue
        for tensor in value if isinstance(value, tuple | list) else (value,):
            if hasattr(tensor, "grad_fn"):
                name = ", ".join(named.get(id(tensor), ()))
                yield f"saved {slot}{name and f' = {name}'}", _type(tensor)


def _type(tensor: Any) -> str:
    dtype = str(tensor.dtype).removeprefix("torch.")
    return f"{dtype}[{','.join(map(str, tensor.shape))}]"
