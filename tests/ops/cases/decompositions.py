"""Cases of `funcgrad.ops.decompositions`.

The signs of singular vectors and eigenvectors are free, and so are the gradients that flow through
them; `tests/ops/test_decompositions.py` examines what is not.
"""

from ..table import call, case, given, real
from .linalg import FLOATS, SQUARE, A

P = given([[2.0, 0.5, -0.3], [0.5, 1.5, 0.7], [-0.3, 0.7, 1.1]])
FREE = dict.fromkeys(("dtypes", "derivatives", "second"), "the signs of the vectors are free")


def torch_cholesky(torch):
    """The older form."""
    return torch.cholesky


def torch_svd(torch):
    """The older form."""
    return torch.svd


case("cholesky", call(P), call(P, upper=True), refused=SQUARE, **FLOATS)
case("torch.cholesky", call(P), oracle=torch_cholesky, **FLOATS)
case("qr", call(A), call(real(4, 3)), refused={"unrecognized mode 'thin'": call(A, "thin")},
     **FLOATS)  # fmt: skip
case("svd", call(A), differs=FREE, **FLOATS)
case("torch.svd", call(A), oracle=torch_svd, differs=FREE, **FLOATS)
case("svdvals", call(A), call(real(2, 3)), **FLOATS)
case("eigh", call(P), differs=FREE,
     refused={"argument to be 'L' or 'U'": call(P, "X")}, **FLOATS)  # fmt: skip
case("eigvalsh", call(P), call(A), call(A, "U"), **FLOATS)
case("pinv", call(real(2, 3)), call(real(3, 2)), call(P, hermitian=True), **FLOATS)
case("pinverse", call(real(2, 3)), **FLOATS)
case("matrix_rank", call(A), call(given([[1.0, 2.0], [2.0, 4.0]])),
     call(given([[1.0, 0.0], [1.0, 1.0]]), hermitian=True), **FLOATS)  # fmt: skip
