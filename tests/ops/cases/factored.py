"""Cases of `funcgrad.ops.factored`."""

from ..table import call, case, given, real
from .linalg import FLOATS, A

SWAPS = given([2, 2, 3], "int32", grad=False)
PACKED = given([[2.0, 0.5, -1.0], [0.3, 1.5, 0.7], [-0.4, 0.2, 1.1]])
TALL = given([[2.0, 0.5], [0.3, 1.5], [-4.0, 0.2]])


def lu_solve(torch):
    """The row of `linalg.lu_solve`."""
    return torch.linalg.lu_solve


def torch_lu_solve(torch):
    """The older form."""
    return torch.lu_solve


def linalg_vander(torch):
    """The row of `linalg.vander`."""
    return torch.linalg.vander


case("inv_ex", call(A), call(real(2, 3, 3)), **FLOATS)
case("solve_ex", call(A, real(3, 2)), call(A, real(2, 3), left=False), **FLOATS)
case("lu_factor", call(A), call(TALL), call(real(2, 3, 4)), **FLOATS)
case("lu_factor_ex", call(A), call(given([[1.0, 2.0], [2.0, 4.0]], grad=False)), **FLOATS)
case("linalg.lu_solve", call(PACKED, SWAPS, real(3, 2)),
     call(PACKED, SWAPS, real(2, 3), left=False), call(PACKED, SWAPS, real(3, 2), adjoint=True),
     call(PACKED, SWAPS, real(2, 3), left=False, adjoint=True), oracle=lu_solve,
     **FLOATS)  # fmt: skip
case("torch.lu_solve", call(real(3, 2), PACKED, SWAPS), oracle=torch_lu_solve, **FLOATS)
case("tensorinv", call(real(2, 3, 6)), call(real(4, 2, 2), 1),
     refused={"strictly positive integer": call(real(2, 2), 0),
              "to satisfy the requirement": call(real(2, 2, 2), 1)}, **FLOATS)  # fmt: skip
case("tensorsolve", call(real(4, 2, 2), real(4)), call(real(2, 2, 4), real(4), dims=(0, 1)),
     refused={"to satisfy the requirement": call(real(2, 2, 2), real(2))}, **FLOATS)  # fmt: skip
case("linalg.vander", call(real(2, 3)), call(real(3), N=2), oracle=linalg_vander,
     dtypes="float32 int64", refused={"N must be greater than 1": call(real(3), N=1)},
     differs={"saves": "PyTorch saves powers between"})  # fmt: skip
case("vander", call(real(3, grad=False)), call(real(3, grad=False), 2, increasing=True),
     dtypes="float32 int64",
     refused={"must be a one-dimensional tensor": call(real(2, 2))})  # fmt: skip
