"""Cases of `funcgrad.ops.counting`."""

from ..table import call, case, given, real

INF, NAN = float("inf"), float("nan")
case("histc", call(real(20)), call(real(4, 5), 7), call(real(20), 5, -1.0, 1.0),
     call(given([1.0, 2.0, 3.0, 3.0]), 4, 1, 3), call(given([2.0, 2.0]), 3),
     call(given([0.5, NAN]), 2, 0, 1), call(real(0), 3),
     refused={"bins must be > 0": call(real(3), 0),
              "max must be larger than min": call(real(3), 4, 2, 1),
              "is not finite": call(given([1.0, INF]), 4)})  # fmt: skip
