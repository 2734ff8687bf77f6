"""PyTorch's own samples of its operations, and the same for the other engine.

PyTorch tests each of its operations on samples that ship with it: shapes, dims, keywords and
dtypes that somebody once got wrong. A sample is a call; here it is made once with PyTorch's tensors
and once with ours. Functions of PyTorch's tests that stand for an operation are run with our
module in the place of `torch`.
"""

import functools
import gc
import types
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any
from unittest import mock

import numpy as np
import torch

import funcgrad.torch as ours

# PyTorch's test utilities freeze the flags of its backends, for the other tests of a process, too.
with mock.patch.object(torch.backends, "disable_global_flags"):
    from torch.testing._internal.common_methods_invocations import op_db

ENTRIES = {
    entry.name + (f"/{entry.variant_test_name}" if entry.variant_test_name else ""): entry
    for entry in op_db
}


# Collections would go through all of it again and again: an eighth of the examination's time.
gc.freeze()


@dataclass(frozen=True)
class Sample:
    """A call: the first argument, which a method is called on, the others, and keywords.

    Attributes:
        process: what PyTorch's own tests do to the results before they derive them.
    """

    args: tuple[Any, ...]
    kwargs: dict[str, Any]
    process: Callable[[Any], Any]

    @property
    def signature(self) -> str:
        """What of it decides which program runs."""
        return repr(_mapped((self.args, self.kwargs), lambda t: (tuple(t.shape), t.dtype)))

    def rounded(self) -> "Sample":
        """The same at kinks: whole numbers, so zeros and ties are among them."""
        args, kwargs = _mapped((self.args, self.kwargs), _rounded)
        return replace(self, args=args, kwargs=kwargs)

    def fresh(self) -> "Sample":
        """The same with leaves of its own."""
        args, kwargs = _mapped((self.args, self.kwargs), _leaf)
        return replace(self, args=args, kwargs=kwargs)

    def ours(self) -> "Sample":
        """The same with our tensors."""
        args, kwargs = _mapped((self.args, self.kwargs), converted, ours)
        return replace(self, args=args, kwargs=kwargs)


def samples(entry: Any, dtype: Any, most: int | None = None) -> Iterator[Sample]:
    """An entry's samples of a dtype, one of each signature.

    Args:
        entry: of PyTorch's op database.
        dtype: one of PyTorch's.
        most: how many.
    """
    grad = entry.supports_autograd and (dtype.is_floating_point or dtype.is_complex)
    grad = grad and dtype in entry.supported_backward_dtypes("cpu")
    torch.manual_seed(0)
    np.random.seed(0)  # noqa: NPY002 - PyTorch's samples draw from it
    seen = set()
    for found in entry.sample_inputs("cpu", dtype, requires_grad=grad):
        process = found.output_process_fn_grad
        sample = Sample((found.input, *found.args), dict(found.kwargs), process)
        if sample.signature not in seen:
            seen.add(sample.signature)
            yield sample
        if most is not None and len(seen) == most:
            return


def tensors(tree: Any, engine: Any) -> list[Any]:
    """The tensors anywhere in a tree, in order."""
    found: list[Any] = []

    def keep(tensor: Any) -> Any:
        found.append(tensor)
        return tensor

    _mapped(tree, keep, None, engine.Tensor)
    return found


def _mapped(tree: Any, function: Any, engine: Any = None, tensor: Any = torch.Tensor) -> Any:
    """A tree with a function applied to its tensors, and names of PyTorch's put into an engine."""
    if isinstance(tree, tensor):
        return function(tree)
    if isinstance(tree, tuple) and hasattr(tree, "_fields"):
        return [_mapped(item, function, engine, tensor) for item in tree]
    if isinstance(tree, list | tuple):
        return type(tree)(_mapped(item, function, engine, tensor) for item in tree)
    if isinstance(tree, dict):
        return {key: _mapped(item, function, engine, tensor) for key, item in tree.items()}
    if engine is None:
        return tree
    if isinstance(tree, torch.dtype | torch.memory_format | torch.layout):
        return getattr(engine, str(tree).removeprefix("torch."))
    if isinstance(tree, torch.device):
        return engine.device(str(tree))
    if isinstance(tree, torch.Size):
        return engine.Size(tree)
    if isinstance(tree, types.FunctionType):
        return rebound(tree)
    return tree


def _rounded(tensor: Any) -> Any:
    if not (tensor.is_floating_point() or tensor.is_complex()):
        return tensor
    with torch.no_grad():
        whole = torch.view_as_real(tensor) if tensor.is_complex() else tensor
        whole = torch.clamp(torch.round(whole), -2, 2)
        whole = torch.view_as_complex(whole) if tensor.is_complex() else whole
    return whole.to(tensor.dtype).requires_grad_(tensor.requires_grad)


def _leaf(tensor: Any) -> Any:
    return tensor.detach().clone().requires_grad_(tensor.requires_grad)


def converted(tensor: Any) -> Any:
    """Our tensor of the same values, dtype and `requires_grad`."""
    values, dtype = tensor.detach().resolve_conj().resolve_neg(), tensor.dtype
    array = values.float().numpy() if dtype is torch.bfloat16 else values.numpy()
    made = ours.tensor(np.array(array), dtype=_mapped(dtype, None, ours))
    return made.requires_grad_(tensor.requires_grad)


def rebound(function: Any) -> Any:
    """A function of PyTorch's tests, with our module where it names `torch`."""
    if function.__module__ is None or not function.__module__.startswith("torch.testing"):
        return function
    named = {
        name: ours if value is torch else rebound(value)
        if isinstance(value, types.FunctionType) and name in function.__code__.co_names else value
        for name, value in function.__globals__.items()
    }  # fmt: skip
    made = types.FunctionType(
        function.__code__, named, function.__name__, function.__defaults__, function.__closure__
    )
    made.__kwdefaults__ = function.__kwdefaults__
    return made


def function_of(entry: Any) -> Any:
    """Our function for an entry, or None."""
    if isinstance(entry.op, types.FunctionType) and entry.op.__module__.startswith("torch.testing"):
        return rebound(entry.op)
    found: Any = ours.Tensor if entry.op is getattr(torch.Tensor, entry.name, None) else ours
    for part in entry.name.split("."):
        found = getattr(found, part, None)
    return found


def _missing(name: str) -> Any:
    def missing(*args: Any, **kwargs: Any) -> Any:
        raise AttributeError(f"there is no {name}")

    return missing


def method_of(entry: Any, theirs: Any) -> Any:
    """Our method for one of PyTorch's, or None where PyTorch has none."""
    if theirs is None:
        return None
    if isinstance(theirs, types.FunctionType) and theirs.__module__.startswith("torch.testing"):
        return rebound(theirs)
    if isinstance(theirs, functools.partial):
        return functools.partial(function_of(entry), *theirs.args, **theirs.keywords)
    name = getattr(theirs, "__name__", "such method")
    return getattr(ours.Tensor, name, _missing(name))
