"""PyTorch's side of a comparison: which library a function uses, and running it there.

The library is real PyTorch or `funcgrad.torch`. Neither is imported: whoever wrote the function
has done so.
"""

from __future__ import annotations

import functools
import inspect
import sys
import types
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import jax
import numpy as np

Array = np.ndarray[Any, Any]

_ROOTS = {"torch": "torch", "funcgrad.torch": "funcgrad.torch", "funcgrad.tape": "funcgrad.torch"}
_UNCLEAR = (
    "which library's tensors torch_fn takes cannot be told, for it names {}; pass the module: "
    "library=torch"
)


def library_of(function: Callable[..., Any]) -> Any:
    """The library whose tensors a function takes.

    It is told by what the function is or uses, else by what stands in its module, else by what is
    loaded.

    Raises:
        ValueError: nothing tells, or both are named.
    """
    for candidates in (_uses(function), _beside(function)):
        found = {root for value in candidates for root in _roots(value)}
        if len(found) == 1:
            return sys.modules[found.pop()]
        if found:
            raise ValueError(_UNCLEAR.format("both torch and funcgrad.torch"))
    loaded = [name for name in ("torch", "funcgrad.torch") if name in sys.modules]
    if len(loaded) == 1:
        return sys.modules[loaded[0]]
    raise ValueError(_UNCLEAR.format("neither torch nor funcgrad.torch"))


def _uses(function: Any) -> list[Any]:
    """What a function is, and what its code names."""
    found: list[Any] = [function]
    while isinstance(function, functools.partial | types.MethodType):
        if isinstance(function, functools.partial):
            found += [*function.args, *function.keywords.values()]
            function = function.func
        else:
            found.append(function.__self__)
            function = function.__func__
    if isinstance(function, types.FunctionType):
        known = inspect.getclosurevars(function)
        found += [function, *known.nonlocals.values(), *known.globals.values()]
    return found


def _beside(function: Any) -> list[Any]:
    """The names of the module that a function was written in."""
    return list(getattr(inspect.unwrap(function), "__globals__", {}).values())


def _roots(value: Any) -> set[str]:
    """The library that a module, class, function or instance comes from."""
    if isinstance(value, types.ModuleType):
        names = [value.__name__]
    else:
        classes = (*type(value).__mro__, *(value.__mro__ if isinstance(value, type) else ()))
        names = [str(getattr(owner, "__module__", "")) for owner in (value, *classes)]
    found = set()
    for name in names:
        first, _, rest = name.partition(".")
        root = first if first == "torch" else f"{first}.{rest.partition('.')[0]}"
        found |= {_ROOTS[root]} & sys.modules.keys() if root in _ROOTS else set()
    return found


def to_array(tensor: Any) -> Array:
    """The values of a tensor, whichever library it is of; of anything else what NumPy makes."""
    if not hasattr(tensor, "detach"):
        return np.asarray(tensor)
    plain = tensor.detach().cpu()
    for resolved in ("resolve_conj", "resolve_neg"):
        plain = getattr(plain, resolved)() if hasattr(plain, resolved) else plain
    if str(plain.dtype) == "torch.bfloat16":  # NumPy's has to be told
        return np.asarray(plain.float().numpy()).astype(jax.numpy.bfloat16)
    return np.asarray(plain.numpy())


def to_tensor(library: Any, array: Array, follow: bool) -> Any:
    """A leaf with a copy of the array."""
    if array.dtype == jax.numpy.bfloat16:
        tensor = library.tensor(array.astype(np.float32)).to(library.bfloat16)
    else:
        tensor = library.tensor(np.array(array))
    return tensor.requires_grad_() if follow else tensor


def leaves_of(result: Any) -> list[Any]:
    """The tensors and numbers of a result, in JAX's order; also of PyTorch's named results."""
    if isinstance(result, dict):
        return [leaf for key in sorted(result) for leaf in leaves_of(result[key])]
    if isinstance(result, tuple | list):
        return [leaf for item in result for leaf in leaves_of(item)]
    return [] if result is None or isinstance(result, str) else [result]


def gradients(
    library: Any, results: Sequence[Any], inputs: Sequence[Any], cotangents: Iterable[Array]
) -> list[Array]:
    """Gradients of results for cotangents, in PyTorch's convention; zeros for what was not used."""
    outputs, given = [], []
    for result, cotangent in zip(results, cotangents, strict=True):
        if getattr(result, "requires_grad", False):
            outputs.append(result)
            given.append(to_tensor(library, cotangent, False).to(result.dtype).to(result.device))
    found = [None] * len(inputs)
    if outputs:
        found = library.autograd.grad(outputs, inputs, given, allow_unused=True)
    return [
        np.zeros_like(to_array(tensor)) if gradient is None else to_array(gradient)
        for tensor, gradient in zip(inputs, found, strict=True)
    ]
