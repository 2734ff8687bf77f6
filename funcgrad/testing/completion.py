"""What broke, with what a reader wants to know: why, and how to see it again."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import jax

from funcgrad.testing import counterexample
from funcgrad.testing.arguments import owned
from funcgrad.testing.report import Counterexample
from funcgrad.testing.subject import Subject


def completed(
    broken: Counterexample,
    subject: Subject,
    fn: Callable[..., Any],
    tensors: Any,
    *,
    x64: bool,
    seed: int,
) -> Counterexample:
    """The counterexample with its cause and a program.

    Args:
        broken: what a property found.
        subject: the function of arrays.
        fn: the function that was given.
        tensors: the arguments that it was given, and by which it is differentiated, where these are
            tensors; else None.
        x64: whether the function was traced with 64 bits.
        seed: of the check.
    """
    if broken.property == "finite":
        equation = _maker(broken, subject, x64=x64)
        broken = replace(broken, facts={**broken.facts, "equation": equation})
    broken = replace(broken, cause=counterexample.cause(broken))
    given = {} if tensors is None else {"tensors": tensors}
    told = replace(broken, facts={**broken.facts, **given, "seed": seed})
    return replace(broken, reproducer=counterexample.source(fn, told))


def _maker(broken: Counterexample, subject: Subject, *, x64: bool) -> Any:
    """The equation of the vjp that made what is not finite, where it can be found."""
    leaves = [owned(leaf) for leaf in jax.tree.leaves(broken.arguments)]
    differentiated, fixed = subject.split(leaves)

    def vjp(*x: Any) -> Any:
        out, pull = jax.vjp(lambda *x: subject.call(x, fixed), *x)
        pairs = zip(broken.cotangent, out, strict=True)
        return pull([jax.numpy.asarray(ct, one.dtype) for ct, one in pairs])

    with contextlib.suppress(Exception), jax.enable_x64(x64):  # it is but a hint
        return counterexample.first_nonfinite(vjp, *differentiated)
    return None
