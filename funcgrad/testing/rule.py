"""A custom rule against the automatic derivative of a twin that has none."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from funcgrad.testing.check import check_gradients
from funcgrad.testing.report import Report


def check_rule(
    custom: Callable[..., Any],
    reference_fn: Callable[..., Any],
    *example_args: Any,
    **options: Any,
) -> Report:
    """Test a function with a rule of its own against a plain twin.

    The values of the two are compared, and their derivatives, at every point; beside all that
    `check_gradients` tests. Differences are of the twin's values.

    Args:
        custom: a `jax.custom_vjp` or `jax.custom_jvp` function, or what calls one.
        reference_fn: the same function, written so that JAX can differentiate it.
        example_args: as for `check_gradients`.
        options: those of `check_gradients`.

    Returns:
        A `Report`.

    Raises:
        GradientError: where the two differ.

    Example:
        >>> import jax, jax.numpy as jnp
        >>> from funcgrad import testing as gt
        >>> @jax.custom_vjp
        ... def safe_log(x):
        ...     return jnp.log(x)
        >>> safe_log.defvjp(lambda x: (jnp.log(x), x), lambda x, ct: (ct / x,))
        >>> gt.check_rule(safe_log, jnp.log, jnp.array([0.5, 2.0]), profile="fast").ok
        True
    """
    return check_gradients(
        custom, *example_args, reference=reference_fn, oracle=reference_fn, **options
    )
