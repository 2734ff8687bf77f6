"""Cases of `funcgrad.ops.factors`."""

from ..table import call, case, given, real
from .linalg import FLOATS

L = given([[1.5, 0.0, 0.0], [0.5, 1.2, 0.0], [-0.3, 0.7, 1.1]])
# One half is read. PyTorch's gradient takes the other for what it is, and is then that of neither.
FULL = given([[1.5, 0.4, -0.2], [0.5, 1.2, 0.9], [-0.3, 0.7, 1.1]], grad=False)
U = given([[1.5, 0.5, -0.3], [0.0, 1.2, 0.7], [0.0, 0.0, 1.1]])
case("cholesky_solve", call(real(3, 2), L), call(real(3, 1), FULL), call(real(3, 2), FULL, True),
     call(real(2, 3, 2), L), call(real(3, 2), U, True), call(real(2, 1, 3, 2), L),
     refused={"b should have at least 2 dimensions": call(real(3), L),
              "A must be batches of square matrices": call(real(3, 2), real(2, 3)),
              "Incompatible matrix sizes": call(real(2, 2), L)}, **FLOATS)  # fmt: skip
case("cholesky_inverse", call(L), call(FULL), call(U, upper=True), **FLOATS)
