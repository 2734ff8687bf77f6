"""Cases of `funcgrad.ops.linalg`."""

from ..table import call, case, given, real

INF = float("inf")
A = given([[2.0, 0.5, -1.0], [0.3, 1.5, 0.7], [-0.4, 0.2, 1.1]])
FLOATS = {"dtypes": "float32", "tolerance": "linalg"}
SQUARE = {"must be batches of square matrices": call(real(2, 3)),
          "Expected a floating point or complex": call(real(2, 2, dtype="int64")),
          "must have at least 2 dimensions": call(real(3))}  # fmt: skip


def linalg_norm(torch):
    """The row of `linalg.norm`; the name `norm` is that of `torch.norm`."""
    return torch.linalg.norm


case("inv", call(A), call(real(2, 3, 3)), refused=SQUARE, **FLOATS)
case("inverse", call(A), refused=SQUARE, **FLOATS)
case("det", call(A), call(real(2, 3, 3)), refused=SQUARE,
     kinks=[call(given([[0.0, 0.0], [0.0, 0.0]]))],
     **FLOATS)  # fmt: skip
case("slogdet", call(A), refused=SQUARE, **FLOATS)
case("logdet", call(A), call(given([[-2.0, 0.0], [0.0, 1.0]])), refused=SQUARE, **FLOATS)
case("solve", call(A, real(3, 2)), call(A, real(3)), call(A, real(2, 3), left=False),
     call(real(2, 3, 3), real(2, 3)), call(A, real(2, 3, 2)),
     refused={"must be batches of square matrices": call(real(2, 3), real(2)),
              "Incompatible shapes of A and B": call(A, real(2, 3))}, **FLOATS)  # fmt: skip
case("solve_triangular", *(call(A, real(*((3, 2) if left else (2, 3))), upper=upper, left=left)
                           for upper in (True, False) for left in (True, False)),
     call(A, real(3, 2), upper=True, unitriangular=True),
     refused={"must be batches of square matrices": call(real(2, 3), real(2, 2), upper=True)},
     **FLOATS)  # fmt: skip
case("matrix_power", *(call(A, n) for n in (3, 0, 1, 2, -1, -2)), **FLOATS)
case("matrix_exp", call(A), refused=SQUARE, **FLOATS)
case("vecdot", call(real(2, 3), real(2, 3)), call(real(2, 3), real(3), dim=-1),
     dtypes="float32")  # fmt: skip
case("matrix_norm", *(call(real(2, 3), p) for p in ("fro", "nuc", 2, -2, 1, -1, INF, -INF)),
     call(real(2, 3, 4), "fro", (0, 2), True),
     refused={"Order 3 not supported": call(real(2, 2), 3),
              "must have at least 2 dimensions": call(real(3))},
     kinks=[call(given([[0.0, 0.0], [0.0, 0.0]]))], **FLOATS)  # fmt: skip
case("linalg.norm", call(real(2, 3)), call(real(3), 3), call(real(2, 3), 1), call(real(2, 3), 3, 1),
     oracle=linalg_norm, refused={"the input must be 1D or 2D": call(real(2, 2, 2), 2)},
     differs={"name": "PyTorch names a matrix norm by how it is found"}, **FLOATS)  # fmt: skip
