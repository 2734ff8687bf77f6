"""Cases of `funcgrad.ops.rearranging`."""

from ..table import call, case, real

DTYPES = "float32 bfloat16 int64 bool complex64"

case("flip", call(real(2, 3), (0, 1)), call(real(2, 3), (-1,)), dtypes=DTYPES,
     refused={"appears multiple times": call(real(2, 3), (0, 0)),
              "Dimension out of range": call(real(2, 3), (2,))})  # fmt: skip
case("fliplr", call(real(2, 3)), dtypes=DTYPES, refused={"must be >= 2-d": call(real(3))})
case("flipud", call(real(2, 3)), dtypes=DTYPES, refused={"must be >= 1-d": call(real())})
case("roll", call(real(2, 3), 1), call(real(2, 3), (1, -2), (0, 1)), call(real(2, 3), 2, 1),
     dtypes=DTYPES, refused={"must align": call(real(2, 3), (1, 2), (0,))})  # fmt: skip
case("rot90", call(real(2, 3)), call(real(2, 3, 2), -1, (1, 2)), call(real(2, 3), 2),
     dtypes=DTYPES, refused={"rotation dims to be different": call(real(2, 3), 1, (0, 0)),
                             "total rotation dims == 2": call(real(2, 3), 1, (0,))})  # fmt: skip
case("repeat", call(real(2, 3), (2, 1, 3)), call(real(), (2,)), dtypes=DTYPES,
     refused={"can not be smaller than number": call(real(2, 3), (2,)),
              "negative dimension": call(real(2, 3), (2, -1))})  # fmt: skip
case("tile", call(real(2, 3), (2,)), call(real(2, 3), (2, 1, 3)), dtypes=DTYPES)
case("repeat_interleave", call(real(2, 3), 2, 1), call(real(2, 3), 2), dtypes=DTYPES,
     refused={"must be non-negative": call(real(2), -1)})  # fmt: skip
for name in ("tril", "triu"):
    case(name, call(real(3, 4)), call(real(2, 3, 3), 1), call(real(3, 4), -1), dtypes=DTYPES,
         refused={"must have at least 2 dimensions": call(real(3))})  # fmt: skip
case("diag", call(real(3)), call(real(3), -1), call(real(2, 3)), call(real(3, 3), 1), dtypes=DTYPES,
     refused={"Supports 1D or 2D tensors. Got 3D": call(real(2, 2, 2))},
     differs={"name": "PyTorch's node for a matrix is DiagonalBackward0_copy"})  # fmt: skip
case("diag_embed", call(real(2, 3)), call(real(2, 3), 1, 0, 2), call(real(2, 3), -2, -1, 0),
     dtypes=DTYPES,
     refused={"cannot be identical": call(real(2, 3), 0, 0, 0)})  # fmt: skip
case("diagflat", call(real(2, 3)), call(real(3), 1), dtypes=DTYPES)
case("kron", call(real(2, 3), real(2, 2)), call(real(3), real(2, 2)), dtypes=DTYPES)  # fmt: skip
