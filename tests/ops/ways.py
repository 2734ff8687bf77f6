"""Rows that need something said before their gradients are checked, each with the reason."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import jax.numpy as jnp

from .gradients import Map
from .table import Call, call, given, index, real

NO_DERIVATIVE = {
    "it works on integers and truth values": "bitwise_and bitwise_or bitwise_xor bitwise_not "
    "invert bitwise_left_shift bitwise_right_shift gcd lcm logical_and logical_or logical_xor "
    "logical_not one_hot all any count_nonzero",
    "it answers with truth values": "eq ne lt le gt ge isclose isnan isinf isfinite isposinf "
    "isneginf isreal signbit isin",
    "it answers with places or a count": "searchsorted bucketize argmax argmin argsort matrix_rank",
    "it brings statistics up to date, outside of the graph": "running_moments",
}
EXCLUDED = {name: reason for reason, names in NO_DERIVATIVE.items() for name in names.split()}


@dataclass(frozen=True)
class Way:
    """How a row is checked.

    Attributes:
        reason: why it is not checked as the others are.
        calls: instead of the case's.
        through: smooth maps into the row's domain, by the number of the operand that goes through.
        still: integers stay as the case has them.
        options: of `check_gradients`.
    """

    reason: str = ""
    calls: tuple[Call, ...] = ()
    through: Mapping[int, Map] = field(default_factory=dict)
    still: bool = False
    options: Mapping[str, Any] = field(default_factory=dict)


def symmetric(a):
    """The symmetric part of a matrix."""
    return (a + jnp.swapaxes(a, -1, -2)) / 2


def regular(a):
    """A matrix of full rank whose singular values are far from each other (Weyl)."""
    rows, columns = a.shape[-2:]
    steps = jnp.eye(rows, columns, dtype=a.dtype) * (1 + jnp.arange(columns, dtype=a.dtype))
    return jnp.tanh(a) + 3 * max(rows, columns) * steps


def positive_definite(a):
    """A symmetric matrix whose eigenvalues are positive and far from each other."""
    return symmetric(regular(a))


def triangular(a):
    """The lower half of a matrix of full rank."""
    return jnp.tril(regular(a))


def full(a):
    """A matrix of full rank; where it is square symmetric, too, for `hermitian` reads one half."""
    return positive_definite(a) if a.shape[-1] == a.shape[-2] else regular(a)


def above(v):
    """A number from 1/2 upwards."""
    return 0.5 + jnp.square(v)


MEETING = "singular values, or eigenvalues, that are equal or 0 have no derivative"
BEYOND = f"{MEETING}; vectors beyond the values have no gradient to PyTorch, where it is not square"
TWICE = "of two entries for one place the last is kept, but PyTorch gives the gradient to both"
SYMMETRIC = "only one half is read, but PyTorch gives the gradient to both"
LARGE = "the case's own arrays are so large that every slope takes its time"

WAYS = {
    **dict.fromkeys(["svdvals", "qr"], Way(MEETING, through={0: regular})),
    **dict.fromkeys(
        ["svd", "torch.svd"], Way(BEYOND, through={0: regular}, options={"skip": ("size",)})),
    **dict.fromkeys(["eigh", "eigvalsh"], Way(MEETING, through={0: positive_definite})),
    **dict.fromkeys(
        ["lu_factor", "lu_factor_ex"],
        Way("where two pivots are equally large, the order of the rows jumps",
            through={0: regular})),
    "vander": Way("PyTorch's own derivative fails, so the case asks for none",
                  calls=(call(real(3)),)),
    "polar": Way("at a size of 0 PyTorch gives no gradient, for its result has no direction there",
                 through={0: above}),
    "pinv": Way(MEETING, through={0: full}),
    "cholesky_solve": Way(SYMMETRIC, (call(real(3, 2), real(3, 3)),), {1: triangular}),
    "cholesky_inverse": Way(SYMMETRIC, (call(real(3, 3)),), {0: triangular}),
    **dict.fromkeys(["cholesky", "torch.cholesky"], Way(SYMMETRIC, through={0: positive_definite})),
    **dict.fromkeys(
        ["index_put", "put", "index_copy", "scatter", "pad_packed_sequence", "max_unpool2d",
         "max_unpool3d"],
        Way(TWICE, still=True),
    ),
    **dict.fromkeys(
        ["fmod", "remainder"],
        Way("near a divisor of 0 the straight pieces are too short for differences",
            through={1: above}),
    ),
    "embedding": Way("the row of padding is kept from learning: it has no gradient on purpose",
                     calls=(call(index(2, 3), real(4, 5)),)),
    "gaussian_nll_loss": Way("PyTorch holds the variance above eps, and its gradient goes on",
                             through={2: above}),
    "nextafter": Way("the step from a number to itself is none, and has no derivative to PyTorch",
                     calls=(call(real(2, 3), given([[7.1, 7.2, 7.3]] * 2, grad=False)),)),
    "conv1d": Way(LARGE, (call(real(1, 2, 4), real(2, 2, 2), real(2)),)),
    "conv2d": Way(LARGE, (call(real(1, 2, 3, 3), real(2, 1, 2, 2), real(2), groups=2),)),
    "conv3d": Way(LARGE, (call(real(1, 1, 2, 3, 2), real(2, 1, 2, 2, 2), real(2)),)),
    "conv_transpose1d": Way(LARGE, (call(real(1, 2, 3), real(2, 2, 2), real(2), 2, 1, 1),)),
    "conv_transpose2d": Way(
        LARGE, (call(real(1, 2, 2, 2), real(2, 1, 2, 2), real(2), 2, 1, 1, 2),)),
    "conv_transpose3d": Way(LARGE, (call(real(1, 1, 2, 2, 2), real(1, 2, 2, 2, 2), real(2)),)),
}  # fmt: skip
