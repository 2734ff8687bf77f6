"""The axes of examples that `vmap` is told, checked against what it is given."""

import functools
from typing import Any

from ...tape.staging import flatten
from ...tape.tensor import Tensor


def name_of(func: Any) -> str:
    """What messages call a function."""
    if isinstance(func, functools.partial):
        return f"functools.partial({name_of(func.func)}, ...)"
    return getattr(func, "__name__", repr(func))


def in_axes(
    func: Any, in_dims: Any, args: tuple[Any, ...], leaves: list[Any]
) -> tuple[list[int | None], int]:
    """The axis of each leaf of the arguments, and the number of examples."""
    where = f"vmap({name_of(func)}, in_dims={in_dims}, ...)(<inputs>)"
    if not isinstance(in_dims, (int, tuple, list)):
        raise ValueError(
            f"{where}: expected `in_dims` to be int or a (potentially nested) tuple matching the "
            f"structure of inputs, got: {type(in_dims)}."
        )
    if not args:
        raise ValueError(
            f"{where}: got no inputs. Maybe you forgot to add inputs, or you are trying to vmap "
            "over a function with no inputs. The latter is unsupported."
        )
    found = _spread(tuple(in_dims) if isinstance(in_dims, list) else in_dims, args)
    if found is None:
        raise ValueError(
            f"{where}: in_dims is not compatible with the structure of inputs: it must match the "
            "positional arguments, one entry for each"
        )
    axes: list[int | None] = []
    for leaf, dim in zip(leaves, found, strict=True):
        if dim is None:
            axes.append(None)
            continue
        if not isinstance(dim, int):
            raise ValueError(
                f"{where}: Got in_dim={dim} for an input but in_dim must be either an integer "
                "dimension or None."
            )
        if not isinstance(leaf, Tensor):
            raise ValueError(
                f"{where}: Got in_dim={dim} for an input but the input is of type {type(leaf)}. We "
                "cannot vmap over non-Tensor arguments, please use None as the respective in_dim"
            )
        if not -leaf.ndim <= dim < leaf.ndim:
            raise ValueError(
                f"{where}: Got in_dim={dim} for some input, but that input is a Tensor of "
                f"dimensionality {leaf.ndim} so expected in_dim to satisfy -{leaf.ndim} <= in_dim "
                f"< {leaf.ndim}."
            )
        axes.append(dim % leaf.ndim)
    sizes = [x.shape[d] for x, d in zip(leaves, axes, strict=True) if d is not None]
    if not sizes:
        raise ValueError(f"{where}: at least one input must be mapped: all in_dims are None")
    if len(set(sizes)) > 1:
        raise ValueError(
            "vmap: Expected all tensors to have the same size in the mapped dimension, got sizes "
            f"{sizes} for the mapped dimension"
        )
    return axes, sizes[0]


def out_axes(name: str, out_dims: Any, results: Any, count: int) -> list[int | None]:
    """The axis of each leaf of the results."""
    found = _spread(out_dims, results)
    if found is None and isinstance(out_dims, tuple) and len(out_dims) == count == 1:
        found = list(out_dims)
    if found is None or not all(dim is None or isinstance(dim, int) for dim in found):
        raise ValueError(
            f"vmap({name}, ..., out_dims={out_dims})(<inputs>): out_dims is not compatible with "
            "the structure of `outputs`; it has an integer, or None, for each"
        )
    return found


def _spread(dims: Any, tree: Any) -> list[Any] | None:
    """An entry for each leaf of a tree, None where the structures differ."""
    if dims is None or isinstance(dims, int):
        leaves: list[Any] = []
        flatten(tree, leaves)
        return [dims] * len(leaves)
    if isinstance(tree, dict) and isinstance(dims, dict) and dims.keys() == tree.keys():
        parts = [_spread(dims[key], tree[key]) for key in tree]
    elif isinstance(tree, (tuple, list)) and isinstance(dims, (tuple, list)):
        if len(tree) != len(dims):
            return None
        parts = [_spread(d, t) for d, t in zip(dims, tree, strict=True)]
    else:
        return None if isinstance(tree, (tuple, list, dict)) else [dims]
    found: list[Any] = []
    for part in parts:
        if part is None:
            return None
        found += part
    return found
