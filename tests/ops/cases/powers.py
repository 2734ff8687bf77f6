"""Cases of `funcgrad.ops.powers`."""

from ..table import WITH_BOOL, call, case, given, nonzero, positive, real

case("pow", call(positive(2, 3), real(2, 3)), call(positive(2, 3), 2.5), call(2.5, real(2, 3)),
     call(real(2, 3), 2), call(real(2, 3), -1), call(given([-2, -1, 0, 1, 2, 3], "int64"), 3),
     call(given([-2, -1, 1, 2, 3, 1], "int64"), given([-2, -3, -1, -2, 2, 0], "int64")),
     kinks=[(0.0, 2.0), (0.0, 1.0), (0.0, 0.5), (0.0, 0.0), (0.0, -1.0), (-2.0, 2.0), (-2.0, 0.0),
            (-2.0, 3.0), (1.0, 0.0), call(given([0.0, 1.0, -1.0]), 0), call(given([0.0, 1.0]), 1),
            call(given([0.0, 1.0]), 2), call(given([0.0, 1.0]), 0.5), call(given([0.0, 1.0]), -1),
            call(0.0, given([0.0, 1.0, 2.0, -1.0])),
            call(0, given([0.0, 1.0, 2.0, -1.0]))])  # fmt: skip
odd = given([0.0, 1.0, -1.0, -0.0])
case("pow.scalar", *(call(nonzero(2, 3), e) for e in (2, 3, 4, 1, 0, -1, -2, -3)),
     call(positive(2, 3), 0.5), call(positive(2, 3), -0.5), call(positive(2, 3), 1.5),
     dtypes="float32 bfloat16",
     kinks=[0.0, *(call(odd, e) for e in (0, 1, 3, 0.5, -1, -0.5, 1.5))])  # fmt: skip
case("float_power", call(positive(2, 3), real(2, 3)), call(positive(2, 3), 2))
case("square", call(real(2, 3)), kinks=[0.0], dtypes=WITH_BOOL)
case("sqrt", call(positive(2, 3)), kinks=[0.0, -0.0, -1.0])
case("rsqrt", call(positive(2, 3)), kinks=[0.0, -1.0])
case("reciprocal", call(nonzero(2, 3)), kinks=[0.0, -0.0])
case("hypot", call(real(2, 3), real(2, 3)), call(real(2, 3), real(3)),
     kinks=[(0.0, 0.0), (0.0, 1.0), (1.0, 0.0), (1e200, 1e200)])  # fmt: skip
