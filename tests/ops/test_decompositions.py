"""What the examination cannot say of linear algebra: factors whose signs are free, and refusals.

The oracle's factors may differ in sign, so the factors are put together again, and gradients are
compared through a loss that no sign changes.
"""

import numpy as np
import pytest

from funcgrad.ops import OPS
from funcgrad.ops.linalg import LinAlgError
from funcgrad.tape import autograd, bind
from funcgrad.tape.tensor import wrap

RNG = np.random.default_rng(0)
SQUARE, WIDE, TALL = RNG.normal(size=(3, 3)), RNG.normal(size=(2, 4)), RNG.normal(size=(4, 2))
SYMMETRIC = SQUARE + SQUARE.T


def ours(name, *arguments):
    return bind.function(OPS[name])(*arguments)


def product(*factors):
    result = factors[0]
    for factor in factors[1:]:
        result = ours("matmul", result, factor)
    return result


@pytest.mark.parametrize("matrix", [SQUARE, WIDE, TALL], ids=["square", "wide", "tall"])
def test_singular_value_decomposition(matrix, oracle) -> None:
    x, y = wrap(matrix).requires_grad_(), oracle.tensor(matrix, requires_grad=True)
    u, s, vh = ours("svd", x, False)
    np.testing.assert_allclose(_values(product(u * s, vh)), matrix, atol=1e-12)

    # |U| and |Vᴴ| do not depend on the signs.
    loss = ours("sum", u * u * u * u) + ours("sum", s) + ours("sum", vh * vh * vh * vh)
    u, s, vh = oracle.linalg.svd(y, full_matrices=False)
    expected = (u**4).sum() + s.sum() + (vh**4).sum()
    (gradient,) = autograd.grad([loss], [x])
    (theirs,) = oracle.autograd.grad(expected, y)
    np.testing.assert_allclose(_values(gradient), theirs.numpy(), rtol=1e-8, atol=1e-10)


def test_full_factors_are_orthogonal() -> None:
    u, s, vh = ours("svd", wrap(WIDE))
    assert (u.shape, s.shape, vh.shape) == ((2, 2), (2,), (4, 4))
    np.testing.assert_allclose(_values(product(vh, ours("t", vh))), np.eye(4), atol=1e-12)
    _, _, v = ours("torch.svd", wrap(WIDE))
    assert v.shape == (4, 2)


@pytest.mark.parametrize("half", ["L", "U"])
def test_eigenvectors(half, oracle) -> None:
    x, y = wrap(SYMMETRIC).requires_grad_(), oracle.tensor(SYMMETRIC, requires_grad=True)
    values, vectors = ours("eigh", x, half)
    rebuilt = product(vectors * values, ours("t", vectors))
    np.testing.assert_allclose(_values(rebuilt), SYMMETRIC, atol=1e-12)

    loss = ours("sum", vectors * vectors * vectors * vectors) + ours("sum", values * values)
    values, vectors = oracle.linalg.eigh(y, UPLO=half)
    expected = (vectors**4).sum() + (values**2).sum()
    (gradient,) = autograd.grad([loss], [x])
    (theirs,) = oracle.autograd.grad(expected, y)
    np.testing.assert_allclose(_values(gradient), theirs.numpy(), rtol=1e-8, atol=1e-10)


def test_the_other_half_is_not_read() -> None:
    lower = wrap(np.tril(SYMMETRIC) + np.triu(np.full((3, 3), 7.0), 1))
    np.testing.assert_allclose(
        _values(ours("eigvalsh", lower)), np.linalg.eigvalsh(SYMMETRIC), atol=1e-12
    )


@pytest.mark.parametrize(
    ("name", "arguments", "words"),
    [
        ("inv", ([[1.0, 2.0], [2.0, 4.0]],), "The diagonal element 2 is zero"),
        ("inverse", ([[0.0, 0.0], [0.0, 0.0]],), "The diagonal element 1 is zero"),
        ("solve", ([[1.0, 2.0], [2.0, 4.0]], [1.0, 1.0]), "the input matrix is singular"),
        ("cholesky", ([[1.0, 0.0], [0.0, -1.0]],), "the leading minor of order 2"),
    ],
)
def test_a_matrix_that_has_none(name, arguments, words, oracle) -> None:
    arrays = [np.array(a) for a in arguments]
    with pytest.raises(LinAlgError, match=words):
        ours(name, *map(wrap, arrays))
    with pytest.raises(oracle.linalg.LinAlgError, match=words):
        getattr(oracle.linalg, "inv" if name == "inverse" else name)(*map(oracle.tensor, arrays))


def test_a_power_below_zero_needs_an_inverse() -> None:
    with pytest.raises(LinAlgError, match="singular"):
        ours("matrix_power", wrap(np.zeros((2, 2))), -2)


def test_the_exponential_of_a_large_matrix(oracle) -> None:
    large = 30 * SQUARE
    expected = oracle.linalg.matrix_exp(oracle.tensor(large)).numpy()
    np.testing.assert_allclose(_values(ours("matrix_exp", wrap(large))), expected, rtol=1e-9)


def _values(tensor):
    return np.asarray(tensor._read())
