"""Cases of `funcgrad.ops.pieces`."""

from ..table import call, case, real

SIZE = "expected src to have a size equal to the slice of self"
DTYPES = "float32 bfloat16 int64"

case("select_scatter", call(real(3, 4), real(4), 0, 1), call(real(3, 4), real(3), 1, -1),
     dtypes=DTYPES, refused={SIZE: call(real(3, 4), real(3), 0, 1),
                             "out of range": call(real(3), real(), 0, 3)})  # fmt: skip
case("slice_scatter", call(real(3, 4), real(2, 4), 0, 1), call(real(3, 4), real(3, 2), 1, 0, 4, 2),
     call(real(3), real(3)), dtypes=DTYPES,
     refused={SIZE: call(real(3, 4), real(3, 4), 0, 1)})  # fmt: skip
case("diagonal_scatter", call(real(3, 4), real(3)), call(real(3, 4), real(2), -1),
     call(real(2, 3, 4), real(3, 2), 1, 0, 2), dtypes=DTYPES,
     refused={SIZE: call(real(3, 4), real(4)),
              "cannot be identical": call(real(2, 2), real(2), 0, 1, 1)})  # fmt: skip
