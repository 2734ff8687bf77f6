"""Cases of `funcgrad.ops.gamma`."""

from ..table import NUMBERED, call, case, given, positive, probability, real

INF, NAN = float("inf"), float("nan")
FLOATS = {"dtypes": "float32 bfloat16 int64"}
POINTS = (0.0, -0.5, 1.0, -3.0, 8.0)


case("mvlgamma", call(given([2.5, 3.0, 4.2]), 3), call(given([0.5, 2.0]), 1), tolerance="trigamma",
     refused={"p has to be greater than or equal to 1": call(positive(2), 0)},
     dtypes="float32")  # fmt: skip
X = given([[0.5, 1.0, 4.0], [0.1, 2.0, 9.0]])
A = given([[0.5, 2.0, 3.0], [1.0, 1.5, 8.0]], grad=False)
WEAK = {"second": "PyTorch's second derivative is that of its own series"}
case("igamma", call(A, X), dtypes="float32")
case("igammac", call(A, X), dtypes="float32")
case("gammainc", call(A, X), dtypes="float32")
case("gammaincc", call(A, X), dtypes="float32")
case("frexp", call(real(2, 3)), call(given([0.0, 1e-30, 1e30, -8.0])),
     dtypes="float32 bfloat16 float16",
     refused={"only supports floating-point dtypes": call(real(2, dtype="int64"))})  # fmt: skip
case("entr", call(positive(2, 3)), kinks=(0.0, -1.0, INF), **FLOATS)
case("erfcx", call(real(2, 3)), kinks=(0.0, -3.0, 9.99, 10.0, 50.0), **FLOATS)
case("i0e", call(real(2, 3)), kinks=POINTS,
     differs={"bfloat16": "PyTorch sums its series in bfloat16"}, **FLOATS)  # fmt: skip
case("i1", call(real(2, 3)), kinks=POINTS, **FLOATS)
case("i1e", call(real(2, 3)), kinks=POINTS, **FLOATS)
case("ndtr", call(real(2, 3)), kinks=(0.0, -3.0, -20.0, 9.0), **FLOATS)
case("log_ndtr", call(real(2, 3)), kinks=(0.0, -1.0, -3.0, -40.0, 9.0), **FLOATS)
case("ndtri", call(probability(2, 3)), kinks=(0.5, 0.01), **FLOATS)
case("zeta", call(given([[2.0, 3.5, 1.5]], grad=False), positive(2, 3)),
     call(2.0, positive(3)), call(given([2.5, 3.0], grad=False), 1.5),
     dtypes="float32")  # fmt: skip
case("polygamma", call(positive(2, 3), 0), call(real(2, 3), 1), call(positive(2, 3), 2),
     call(positive(2, 3), 3), call(positive(2, 3), 5), call(given([0.0, INF, 30.0]), 2),
     dtypes="float32", tolerance="trigamma", differs=NUMBERED,
     refused={"does not support negative n": call(positive(2), -1)})  # fmt: skip
