"""Accumulating gradients, and zeroing them, as pure functions.

PyTorch adds into `.grad` and clears it with `zero_()`: two side effects, and forgetting the second
is a famous mistake. Here the running sum is a value that the caller holds: it can be the carry of a
`lax.scan`, and there is nothing to forget.
"""

from __future__ import annotations

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from funcgrad import _typing as t
from funcgrad.errors import TreeMismatchError


def accumulate(
    acc: t.PyTree[t.ArrayLike | None], grads: t.PyTree[t.ArrayLike | None]
) -> t.PyTree[t.ArrayLike | None]:
    """The running sum of gradients with one more added: acc + grads, leaf by leaf.

    None is PyTorch's `.grad is None`: no gradient yet where `acc` has it, for one leaf or for a
    whole branch; none this time where `grads` has it in a leaf's place. As the carry of `lax.scan`
    or `lax.fori_loop` start from `zero_gradients`, because a carry cannot begin as None and then
    become an array. To let XLA add in place, donate: `jax.jit(accumulate, donate_argnums=0)`.

    Args:
        acc: the sum so far, a pytree of arrays, or None.
        grads: the gradients to add, a pytree of the same structure and shapes. A leaf's dtype may
            be narrower than the sum's (bfloat16 gradients into a float32 sum), never wider.

    Returns:
        The new sum, with the shapes and dtypes of `acc`; what both arguments lack stays None. It
        is weakly typed only where both are, so that the type of a carry settles. A `float0` leaf,
        `jax.grad`'s gradient for an integer, stays as it is.

    Raises:
        TreeMismatchError: the structures, the shapes or the dtypes do not fit.

    Example:
        PyTorch's `y = x ** 3` at 5, backward three times without zeroing:

        >>> import jax
        >>> import funcgrad as fg
        >>> acc = None
        >>> for _ in range(3):
        ...     acc = fg.accumulate(acc, jax.grad(lambda x: x**3)(5.0))
        ...     print(acc)
        75.0
        150.0
        225.0

    Source:
        PyTorch, "torch.Tensor.backward", 2.13 (2026),
        https://docs.pytorch.org/docs/stable/generated/torch.Tensor.backward.html
    """
    tree: Any  # JAX's stubs do not know what a PyTreeDef can do
    old, tree = jax.tree_util.tree_flatten_with_path(acc, is_leaf=_is_none)
    try:
        new = tree.flatten_up_to(grads)
    except ValueError as reason:
        raise _structures_differ(acc, grads) from reason
    pairs = [(path, a, g) for (path, a), g in zip(old, new, strict=True)]
    if any(a is not None and not _is_leaf(g) for _, a, g in pairs):
        raise _structures_differ(acc, grads)
    return tree.unflatten([_add(path, a, g) for path, a, g in pairs])


def zero_gradients(params: t.PyTree[Any]) -> t.PyTree[Any]:
    """Gradients of zero for these parameters: what `zero_()` leaves in `.grad`.

    Args:
        params: a pytree of arrays and numbers. `jax.ShapeDtypeStruct` leaves will do as well.

    Returns:
        A pytree of the same structure: zeros of the same shape, dtype, weak type and sharding for
        real and complex leaves. An integer, boolean or PRNG key leaf has no gradient: its zero is
        the `float0` array that `jax.grad(..., allow_int=True)` gives for it, which `accumulate`
        and every JAX loop accept. None stays None.

    Example:
        >>> import jax
        >>> import jax.numpy as jnp
        >>> import funcgrad as fg
        >>> w = jnp.array([1.0, 2.0])
        >>> def add_one_sample(acc, x):
        ...     return fg.accumulate(acc, jax.grad(lambda w: (w @ x) ** 2)(w)), None
        >>> total, _ = jax.lax.scan(add_one_sample, fg.zero_gradients(w), jnp.eye(2))
        >>> print(total)
        [2. 4.]

    Source:
        PyTorch, "torch.Tensor.zero_", 2.13 (2026),
        https://docs.pytorch.org/docs/stable/generated/torch.Tensor.zero_.html
    """
    return jax.tree.map(_zero, params)


def _add(path: Any, acc: Any, grad: Any) -> Any:
    if grad is None:
        return acc
    if acc is None:
        return jax.tree.map(_own, grad)
    where = jax.tree_util.keystr(path)
    if _has_no_gradient(acc) and _has_no_gradient(grad):
        return acc
    if jnp.shape(acc) != jnp.shape(grad):
        raise _mismatch(where, "shape", jnp.shape(acc), jnp.shape(grad), "they must be equal")
    if _has_no_gradient(acc) or _has_no_gradient(grad) or not _holds(acc, grad):
        way_out = "convert the gradient, or accumulate in the wider dtype"
        raise _mismatch(where, "dtype", _dtype(acc), _dtype(grad), way_out)
    return jnp.add(acc, grad)


def _zero(param: Any) -> Any:
    if jnp.issubdtype(_dtype(param), jnp.inexact):
        return jnp.zeros_like(param)
    return np.zeros(jnp.shape(param), jax.dtypes.float0)


def _own(grad: Any) -> Any:
    """A JAX array, copied if it was NumPy's, which its owner may yet overwrite."""
    if isinstance(grad, jax.Array) or _has_no_gradient(grad):
        return grad
    return jnp.array(grad)


def _holds(acc: Any, grad: Any) -> bool:
    """Whether the sum keeps the accumulator's dtype."""
    return bool(jnp.result_type(acc, grad) == jnp.result_type(acc))


def _dtype(x: Any) -> Any:
    return x.dtype if hasattr(x, "dtype") else jnp.result_type(x)


def _has_no_gradient(x: Any) -> bool:
    return bool(_dtype(x) == jax.dtypes.float0)


def _is_none(x: Any) -> bool:
    return x is None


def _is_leaf(x: Any) -> bool:
    return x is None or jax.tree_util.all_leaves([x])


def _structures_differ(acc: Any, grads: Any) -> TreeMismatchError:
    return TreeMismatchError(
        "accumulate needs gradients of the accumulator's structure. The accumulator is\n"
        f"  {jax.tree.structure(acc)}\nand the gradients are\n  {jax.tree.structure(grads)}"
    )


def _mismatch(where: str, what: str, ours: Any, theirs: Any, rule: str) -> TreeMismatchError:
    return TreeMismatchError(
        f"accumulate cannot add{' at ' + where if where else ''}: the accumulator has {what} "
        f"{ours} and the gradient {theirs}; {rule}"
    )
