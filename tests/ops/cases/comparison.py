"""Cases of `funcgrad.ops.comparison`."""

from ..table import WITH_BOOL, call, case, given, real

INF, NAN = float("inf"), float("nan")
odd = given([0.0, -0.0, 1.0, INF, -INF, NAN])

for name in ("eq", "ne", "lt", "le", "gt", "ge"):
    case(name, call(real(2, 3), real(2, 3)), call(real(2, 3), 0), call(given([1, 2], "int64"), 1.5),
         call(odd, given([-0.0, 1.0, 1.0, INF, INF, NAN])), dtypes=WITH_BOOL)  # fmt: skip
close = given([0.0, 1e-9, 1.0 + 1e-6, INF, -INF, NAN])
case("isclose", call(real(2, 3), real(2, 3)), call(odd, close), call(odd, close, equal_nan=True),
     call(real(2, 3), real(2, 3), rtol=0.5, atol=0.1),
     refused={"did not match": call(real(2), real(2, dtype="float64")),
              "rtol must be greater": call(real(2), real(2), rtol=-1)})  # fmt: skip
for name in ("isnan", "isinf", "isfinite", "isposinf", "isneginf", "isreal", "signbit"):
    case(name, call(real(2, 3)), call(odd))
