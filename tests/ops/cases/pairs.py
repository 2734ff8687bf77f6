"""Cases of `funcgrad.ops.pairs`."""

from ..table import WITH_BOOL, call, case, given, positive, probability, real

INF, NAN = float("inf"), float("nan")
pair, broad = call(real(2, 3), real(2, 3)), call(real(2, 3), real(3))
ties = [(1.0, 1.0), (0.0, -0.0), (1.0, NAN), (NAN, 1.0), (INF, INF), (-INF, 1.0)]

for name in ("maximum", "minimum", "fmax", "fmin"):
    case(name, pair, broad, kinks=ties, dtypes=WITH_BOOL)
case("atan2", pair, broad, kinks=[(0.0, 0.0), (0.0, 1.0), (1.0, 0.0), (0.0, -1.0), (-0.0, -1.0)])
for name in ("logaddexp", "logaddexp2"):
    case(name, pair, broad,
         kinks=[(1.0, 1.0), (INF, INF), (-INF, -INF), (-INF, 1.0), (INF, 1.0),
                (1.0, NAN)])  # fmt: skip
case("copysign", pair, broad, call(real(2, 3), -1.0),
     kinks=[(0.0, 1.0), (0.0, -1.0), (1.0, -0.0), (-1.0, 0.0), (-1.0, -2.0)])  # fmt: skip
case("nextafter", pair, kinks=[(1.0, 1.0), (0.0, 1.0), (0.0, -0.0)])
case("xlogy", call(real(2, 3), positive(2, 3)), call(2.5, positive(2, 3)), call(real(2, 3), 2.5),
     kinks=[(0.0, 0.0), (0.0, 1.0), (0.0, 2.0), (1.0, 0.0), (0.0, -1.0), (0.0, NAN),
            (0.0, INF)])  # fmt: skip
case("xlog1py", call(real(2, 3), probability(2, 3)), call(2.5, probability(2, 3)),
     call(real(2, 3), 0.5),
     kinks=[(0.0, -1.0), (0.0, 1.0), (1.0, -1.0), (0.0, -2.0), (0.0, NAN)])  # fmt: skip
case("ldexp", pair, broad)
case("heaviside", pair, call(given([0.0, 1.0, -1.0, -0.0]), given([0.5, 0.5, 0.5, 0.3])),
     refused={"different dtypes": call(real(2), real(2, dtype="float64"))})  # fmt: skip
