"""`vmap`: a function of one example as a function of a batch."""

import functools
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import jax
import numpy as np

from ...tape import modes
from ...tape.across import across
from ...tape.backward import plan
from ...tape.graph import AccumulateGrad
from ...tape.keeping import become, default_generators, reached, unchanged
from ...tape.lifting import lifted
from ...tape.nodes import x64
from ...tape.staging import flatten
from ...tape.tensor import Tensor
from .axes import in_axes, out_axes


def vmap(
    func: Callable[..., Any],
    in_dims: Any = 0,
    out_dims: Any = 0,
    randomness: str = "error",
) -> Any:
    """A function of one example as a function of a batch, by `jax.vmap`.

    What the function reaches (closures, globals, modules) takes part with its gradient, as its
    arguments do. What needs a value, such as `.item()` or `if x > 0`, is an error inside.

    Args:
        func: takes tensors, and trees of them, gives a tensor or a tree of them.
        in_dims: the axis of examples of each argument: a number for all, or a tuple with a number,
            None (the same for every example), or a tree of these for each.
        out_dims: where the results have that axis: a number for all, or a tree like the result.
        randomness: only "error" is there: drawing random numbers inside is an error. Draw them
            outside, and give them as an argument.

    Returns:
        A function that takes and gives batches.

    Raises:
        ValueError: axes that do not fit the arguments; a result that is no tensor.
        RuntimeError: a value that Python asks for, a draw of random numbers, or an edit in place
            of what is not an argument.
        NotImplementedError: another `randomness`.

    Example:
        >>> import funcgrad.torch as torch
        >>> x = torch.tensor([[1.0, 2.0], [3.0, 4.0]])
        >>> torch.func.vmap(torch.func.grad(lambda v: (v ** 2).sum()))(x)
        tensor([[2., 4.],
                [6., 8.]])
    """
    if randomness not in ("error", "different", "same"):
        raise RuntimeError(
            "Only allowed values for randomness are 'error', 'different', or 'same'. Got "
            f"{randomness}"
        )
    if randomness != "error":
        raise NotImplementedError(
            f"vmap: randomness={randomness!r} is not supported; draw the numbers outside, and give "
            "them as an argument"
        )

    @functools.wraps(func)
    def batched(*args: Any, **kwargs: Any) -> Any:
        try:
            return _run(func, in_dims, out_dims, args, kwargs)
        except jax.errors.JAXTypeError as error:
            raise RuntimeError(
                "vmap: It looks like you're calling .item() on a Tensor, or using its value in "
                "Python's control flow: inside of vmap it stands for all examples. Use "
                "torch.where, or call the function on one example after the other"
            ) from error

    return batched


def _run(func: Any, in_dims: Any, out_dims: Any, args: tuple, kwargs: dict[str, Any]) -> Any:
    name = getattr(func, "__name__", repr(func))
    leaves: list[Any] = []
    _, rebuild = flatten(args, leaves)
    axes, size = in_axes(f"vmap({name}, in_dims={in_dims}, ...)(<inputs>)", in_dims, args, leaves)
    named = [value for value in jax.tree.leaves(kwargs) if isinstance(value, Tensor)]
    things = reached(func) + named
    captured = [t for t in _tensors(things) if modes.is_grad_enabled() and t.requires_grad]
    places = [i for i, leaf in enumerate(leaves) if isinstance(leaf, Tensor)]
    known = _tensors(things)
    form: dict[str, Any] = {}

    def on_tensors(tensors: list[Tensor], create: bool) -> list[Tensor]:
        given = list(leaves)
        for place, tensor in zip(places, tensors, strict=False):
            given[place] = tensor
        others = tensors[len(places) :]
        for tensor, other in zip(captured, others, strict=True):
            become(tensor, other.requires_grad_() if form.get("trial") else other)
        versions = [tensor._counter.value for tensor in known]
        states = _states()
        results: list[Any] = []
        _, form["rebuild"] = flatten(func(*rebuild(iter(given)), **kwargs), results)
        if [tensor._counter.value for tensor in known] != versions:
            raise RuntimeError(
                f"vmap({name}): inplace edits of a tensor that is not an argument are not "
                "possible: it has no axis for the examples. Give it as an argument, and return "
                "the new value"
            )
        if _states() != states:
            raise RuntimeError(
                "vmap: called random operation while in randomness error mode; draw the numbers "
                "outside of vmap, and give them as an argument"
            )
        for value in results:
            if not isinstance(value, Tensor):
                raise ValueError(
                    f"vmap({name}, ...): `{name}` must only return Tensors, got type "
                    f"{type(value)}. Did you mean to set out_dims= to None for output?"
                )
            if value.requires_grad and not any(t.requires_grad for t in tensors):
                raise RuntimeError(
                    f"vmap({name}): a tensor that requires grad is used inside, which was not "
                    "found in the function's closures, globals or modules; give it as an "
                    "argument with in_dims None"
                )
        if form.get("trial"):
            form["used"] = _used(results, others)
        return results

    def several() -> Callable[..., Any]:
        count = len(captured)
        single = lifted(on_tensors, [False] * (len(places) + count), lambda: _kept(things))
        mapped = [axes[i] for i in places] + [None] * count
        return jax.vmap(single, in_axes=tuple(mapped), axis_size=size)

    if captured:
        form["trial"], given = True, [leaves[i] for i in places] + captured
        with x64(True):
            jax.eval_shape(several(), *(tensor._read() for tensor in given))
        captured = [t for t, used in zip(captured, form["used"], strict=True) if used]
        form["trial"] = False
    run, operands = several(), [leaves[i] for i in places] + captured
    results = across(lambda *arrays: tuple(run(*arrays)), operands)
    tree = form["rebuild"](iter(results))
    moved = [
        r if dim == 0 else r.movedim(0, dim)
        for r, dim in zip(results, out_axes(name, out_dims, tree, len(results)), strict=True)
    ]
    return form["rebuild"](iter(moved))


@contextmanager
def _kept(things: list[Any]) -> Iterator[None]:
    with unchanged(things):
        yield


def _used(results: list[Tensor], leaves: list[Tensor]) -> list[bool]:
    """Which leaves the graph behind the results comes to."""
    ends = [edge[0] for edge in (result._edge() for result in results) if edge is not None]
    nodes = [*ends, *plan(ends, set())[0]]
    found = {id(node.variable) for node in nodes if isinstance(node, AccumulateGrad)}
    return [id(leaf) in found for leaf in leaves]


def _states() -> list[Any]:
    return [np.asarray(g._stream.get_state()).tobytes() for g in default_generators()]


def _tensors(things: list[Any]) -> list[Tensor]:
    """The tensors among things, and those of modules, each once."""
    found: dict[int, Tensor] = {}
    for thing in things:
        if isinstance(thing, Tensor):
            found[id(thing)] = thing
        elif hasattr(thing, "named_parameters"):
            for tensor in (*thing.parameters(), *thing.buffers()):
                found[id(tensor)] = tensor
    return list(found.values())
