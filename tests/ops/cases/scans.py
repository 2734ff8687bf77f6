"""Cases of `funcgrad.ops.scans`."""

from ..table import Dtype, call, case, given, nonzero, real

TIES = given([[1, 3, 3], [2, 2, 0]])
RANGE = {"Dimension out of range": call(real(2, 3), 2)}

case("cumsum", call(real(2, 3), 1), call(real(), 0),
     call(real(2, 3, dtype="int64"), 0, dtype=Dtype("float64")),
     dtypes="float32 bfloat16 int64 bool complex64", refused=RANGE)  # fmt: skip
case("cumprod", call(nonzero(2, 3), 1), call(nonzero(2, 3), 0), dtypes="float32 int64 bool",
     kinks=[call(given([[0.0, 2.0, 3.0], [1.0, 0.0, 0.0]]), 1)], refused=RANGE)  # fmt: skip
case("logcumsumexp", call(real(2, 3), 1), call(real(2, 3), 0), dtypes="float32",
     refused=RANGE)  # fmt: skip
case("cummax", call(real(2, 3), 1), call(real(), 0), dtypes="float32 int64 bool",
     kinks=[call(TIES, 1)], refused=RANGE)  # fmt: skip
case("cummin", call(real(2, 3), 1), dtypes="float32 int64 bool", kinks=[call(TIES, 1)],
     refused=RANGE)  # fmt: skip
case("diff", call(real(2, 3)), call(real(2, 5), 2, 1), call(real(2, 3), 1, 0, real(1, 3)),
     call(real(2, 3), append=real(2, 1)), dtypes="float32 int64 bool",
     refused={"at least one-dimensional": call(real())})  # fmt: skip
