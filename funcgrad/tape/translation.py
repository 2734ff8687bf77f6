"""What `funcgrad.testing` asks of tensors and modules: their functions, on arrays.

`funcgrad.testing` knows functions of arrays only. Where the function it is given, or a leaf of the
arguments, has a type with `__gradient_function__`, it asks there for a translation, and checks
that. A translation is pure, whatever the function does: see `keeping`; its derivative is the
tape's own: see `lifting`.
"""

from collections.abc import Callable
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from typing import Any

import jax
import numpy as np

from ..ops import FLOAT, kind
from . import dtypes
from .keeping import PROTOCOL, become, default_generators, has_state, reached, unchanged
from .lifting import lifted
from .tensor import Tensor, wrap


@dataclass(frozen=True)
class Translated:
    """A function of tensors as a function of arrays.

    Attributes:
        function: takes `arguments`, or others of the same structure, concrete or traced, and gives
            the results as arrays. It changes nothing, and draws the same random numbers each time.
            Hooks on the parameters take no part: they belong to the leaves, not to the function.
        arguments: for each argument of the original its tensors as arrays, with None for what is no
            array; for a module in their place its parameters by name. Where the function itself is
            a module, its parameters are one more argument, the last.
        argnums: those to differentiate by. Of tensors: the floating ones, or where any requires
            grad those that do. Of modules: the parameters that require grad, the only ones among
            the arguments; the others, and the buffers, are constants.
        names: what to call the entries, in the structure of `arguments`: "input[0]", "weight".
    """

    function: Callable[..., Any]
    arguments: tuple[Any, ...]
    argnums: tuple[int, ...]
    names: tuple[Any, ...]


class _Slot:
    """Where an entry of the arguments goes.

    Args:
        name: what to call it.
        value: its array, or what stands for arrays to come.
        follow: whether it is differentiated.
        place: the number of the leaf it replaces, or the parameter that becomes it.
    """

    def __init__(self, name: str, value: Any, follow: bool, place: int | Tensor) -> None:
        self.name, self.value, self.follow, self.place = name, value, follow, place

    def restored(self, tensor: Tensor) -> Tensor:
        """The tensor with its own integer dtype, of which JAX leaves 32 bits by default."""
        dtype = getattr(self.value, "dtype", None)
        if dtype is None or kind(np.dtype(dtype)) >= FLOAT:
            return tensor
        return tensor.to(dtypes.of(np.dtype(dtype)))


def translate(function: Callable[..., Any], arguments: tuple[Any, ...]) -> Translated:
    """The function of tensors as a function of arrays.

    Args:
        function: takes tensors, gives a tree of them: a function, a module, a `Function.apply`.
        arguments: what it is called with: tensors, modules, arrays (which become tensors), numbers
            and what else it takes, in any tree of these.

    Example:
        >>> import jax, funcgrad.torch as torch
        >>> from funcgrad.tape.translation import translate
        >>> line = torch.nn.Linear(2, 1)
        >>> found = translate(line, (torch.ones(3, 2),))
        >>> found.argnums, found.names
        ((0, 1), ('input[0]', {'bias': 'bias', 'weight': 'weight'}))
        >>> gradient = jax.grad(lambda x, w: found.function(x, w).sum(), argnums=1)
        >>> gradient(*found.arguments)["weight"]
        Array([[3., 3.]], dtype=float32)
    """
    paths, tree = jax.tree_util.tree_flatten_with_path(tuple(arguments))
    leaves = [leaf for _, leaf in paths]
    chosen = any(isinstance(leaf, Tensor) and leaf.requires_grad for leaf in leaves)
    placed = [_slots(i, path, leaf, chosen) for i, (path, leaf) in enumerate(paths)]
    slots = jax.tree.unflatten(tree, placed)
    if has_state(function) and not isinstance(function, Tensor):
        slots = (*slots, _parameters(function, ""))
    # The types of a slot's tree are those of JAX: dicts are sorted by their keys.
    flat, structure = jax.tree.flatten(slots)

    def on_tensors(tensors: list[Tensor], create: bool) -> Any:
        given = list(leaves)
        for slot, tensor in zip(flat, tensors, strict=True):
            if isinstance(slot.place, Tensor):
                become(slot.place, tensor)
            else:
                given[slot.place] = slot.restored(tensor)
        result = function(*jax.tree.unflatten(tree, given))
        # A parameter or buffer among the results is about to be itself again.
        return jax.tree.map(_stand_in, result)

    states = [leaf for leaf in leaves if has_state(leaf)] + reached(function)
    on_arrays = lifted(on_tensors, [slot.follow for slot in flat], _sealed(states))

    def translated(*arguments: Any) -> Any:
        arrays, found = jax.tree.flatten(arguments)
        if found != structure:
            raise TypeError(
                f"the translated function takes arguments of the structure {structure}, but got "
                f"{found}; give them as `arguments` has them"
            )
        return on_arrays(*arrays)

    translated.__name__ = translated.__qualname__ = _name(function)
    return Translated(
        translated,
        jax.tree.map(lambda slot: slot.value, slots),
        tuple(i for i, s in enumerate(slots) if any(x.follow for x in jax.tree.leaves(s))),
        jax.tree.map(lambda slot: slot.name, slots),
    )


def _name(function: Any) -> str:
    owner = getattr(function, "__self__", None)
    if isinstance(owner, type):
        return f"{owner.__name__}.{function.__name__}"
    return getattr(function, "__name__", None) or type(function).__name__


def _slots(place: int, path: Any, leaf: Any, chosen: bool) -> Any:
    """What an argument's leaf gives: an entry, for a module several, for the rest none."""
    name = f"input[{path[0].idx}]{jax.tree_util.keystr(path[1:])}"
    if isinstance(leaf, Tensor):
        floating = kind(leaf._read().dtype) >= FLOAT
        follow = floating and (leaf.requires_grad or not chosen)
        return _Slot(name, np.asarray(leaf._read()), follow, place)
    if has_state(leaf):
        return _parameters(leaf, f"{name}.")
    if hasattr(leaf, "shape") and hasattr(leaf, "dtype") and not isinstance(leaf, np.generic):
        floating = kind(np.dtype(leaf.dtype)) >= FLOAT
        return _Slot(name, leaf, floating and not chosen, place)
    if hasattr(leaf, "example") and hasattr(leaf, "filter"):  # a strategy of Hypothesis
        return _Slot(name, leaf, not chosen, place)
    return None


def _parameters(module: Any, prefix: str) -> dict[str, _Slot]:
    return {
        name: _Slot(prefix + name, np.asarray(parameter._read()), True, parameter)
        for name, parameter in module.named_parameters()
        if parameter.requires_grad
    }


def _sealed(states: list[Any]) -> Callable[[], AbstractContextManager[None]]:
    """A block that leaves all as it was, and in which the random numbers are always the same."""
    streams = [generator._stream for generator in default_generators()]
    start = [(stream, stream.get_state()) for stream in streams]

    @contextmanager
    def scope() -> Any:
        with unchanged(states):
            for stream, state in start:
                stream.set_state(state)
            yield

    return scope


def _stand_in(value: Any) -> Any:
    if not isinstance(value, Tensor):
        return value
    tensor, edge = wrap(value._read()), value._edge()
    if edge is not None:
        tensor._node, tensor._output_nr = edge
    return tensor


setattr(Tensor, PROTOCOL, staticmethod(translate))
