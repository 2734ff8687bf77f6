"""`vmap`: a function of one example as a function of a batch."""

import functools
from collections.abc import Callable, Sequence
from typing import Any

import jax

from ...ops import OPS
from ...tape.bind import function
from ...tape.random.generator import get_rng_state, set_rng_state
from ...tape.random.mapped import RANDOMNESS
from ...tape.staging import flatten
from ...tape.tensor import Tensor
from .axes import in_axes, out_axes
from .mapping import Mapping

_cat = function(OPS["cat"])


def vmap(
    func: Callable[..., Any],
    in_dims: Any = 0,
    out_dims: Any = 0,
    randomness: str = "error",
    *,
    chunk_size: int | None = None,
) -> Any:
    """A function of one example as a function of a batch, by `jax.vmap`.

    What the function reaches (closures, globals, modules) takes part with its gradient and its
    tangent, as its arguments do. What needs a value, such as `.item()` or `if x > 0`, is an error
    inside. The function may run several times, and again in a backward pass; it draws the same
    random numbers each time.

    Args:
        func: takes tensors, and trees of them, gives a tensor or a tree of them.
        in_dims: the axis of examples of each argument: a number for all, or a tuple with a number,
            None (the same for every example), or a tree of these for each.
        out_dims: where the results have that axis: a number for all, or a tree like the result;
            None where it is the same for every example.
        randomness: "error": drawing random numbers inside is one. "different": each example gets
            numbers of its own. "same": all get the same.
        chunk_size: how many examples are computed at a time; all of them unless given.

    Returns:
        A function that takes and gives batches.

    Raises:
        ValueError: axes that do not fit the arguments or the result; a result that is no tensor.
        RuntimeError: a value that Python asks for, a draw of random numbers that is not allowed, an
            edit in place of what has no axis of examples, or another `randomness`.
        NotImplementedError: a draw for each example that takes probabilities from a tensor.

    Example:
        >>> import funcgrad.torch as torch
        >>> x = torch.tensor([[1.0, 2.0], [3.0, 4.0]])
        >>> torch.func.vmap(torch.func.grad(lambda v: (v ** 2).sum()))(x)
        tensor([[2., 4.],
                [6., 8.]])
    """
    if randomness not in RANDOMNESS:
        raise RuntimeError(
            "Only allowed values for randomness are 'error', 'different', or 'same'. Got "
            f"{randomness}"
        )
    if chunk_size is not None and chunk_size <= 0:
        raise ValueError(f"vmap: chunk_size should be None or greater than 0. (got {chunk_size})")

    @functools.wraps(func)
    def batched(*args: Any, **kwargs: Any) -> Any:
        leaves: list[Any] = []
        _, rebuild = flatten(args, leaves)
        axes, size = in_axes(func, in_dims, args, leaves)

        def run(leaves: Sequence[Any], size: int) -> tuple[list[Any], list[int | None], Any]:
            mapping = Mapping(func, rebuild, leaves, axes, size, kwargs, randomness)
            return _run(mapping, out_dims)

        try:
            if chunk_size is None or size <= chunk_size:
                found, _, rebuild_results = run(leaves, size)
                return rebuild_results(iter(found))
            return _in_chunks(run, leaves, axes, size, chunk_size, randomness == "same")
        except jax.errors.JAXTypeError as error:
            raise RuntimeError(
                "vmap: It looks like you're calling .item() on a Tensor, or using its value in "
                "Python's control flow: inside of vmap it stands for all examples. Use "
                "torch.where, or call the function on one example after the other"
            ) from error

    return batched


def _run(mapping: Mapping, out_dims: Any) -> tuple[list[Any], list[int | None], Any]:
    """The leaves of the result, with their axes of examples where they are asked for."""
    leaves = mapping.run()
    tree = mapping.rebuild_results(iter(leaves))
    dims = out_axes(mapping.name, out_dims, tree, len(leaves))
    for i, dim in enumerate(dims):
        leaf = leaves[i]
        if dim is None:
            if isinstance(leaf, Tensor):
                if not mapping.is_fixed(i):
                    raise ValueError(
                        f"vmap({mapping.name}, ...): `{mapping.name}` can not return a "
                        "BatchedTensor when out_dim is None"
                    )
                leaves[i] = leaf[0]
        elif not isinstance(leaf, Tensor):
            raise ValueError(
                f"vmap({mapping.name}, ...): `{mapping.name}` must only return Tensors, got type "
                f"{type(leaf)}. Did you mean to set out_dims= to None for output?"
            )
        elif dim != 0:
            leaves[i] = leaf.movedim(0, dim)
    return leaves, dims, mapping.rebuild_results


def _in_chunks(
    run: Callable[..., Any],
    leaves: Sequence[Any],
    axes: Sequence[int | None],
    size: int,
    chunk: int,
    same: bool,
) -> Any:
    """The result of some examples at a time, put together."""
    state, parts = get_rng_state(), []
    for start in range(0, size, chunk):
        count = min(chunk, size - start)
        some = [
            leaf if axis is None else leaf.narrow(axis, start, count)
            for leaf, axis in zip(leaves, axes, strict=True)
        ]
        if same:
            set_rng_state(state)
        found, dims, rebuild = run(some, count)
        parts.append(found)
    joined = [
        pieces[0] if dim is None else _cat(list(pieces), dim)
        for pieces, dim in zip(zip(*parts, strict=True), dims, strict=True)
    ]
    return rebuild(iter(joined))
