"""Cases of `funcgrad.ops.norms`."""

from ..table import Dtype, call, case, given, real

INF = float("inf")
ORDERS = (2, 1, 3, 1.5, 0.5, INF, -INF, 0)
POINTS = ([0.0, 0.0], [0.0, 1.0, -1.0], [1.0, 1.0])

case("norm", *(call(real(2, 3), p) for p in ORDERS), call(real(2, 3)), call(real(2, 3), 2, 1, True),
     call(real(2, 3), "fro", (0, 1)), call(real(2, 3), 2, dtype=Dtype("float64")),
     call(real(2, 3, dtype="complex128"), 1), dtypes="float32 bfloat16 complex64",
     kinks=[call(given(x), p) for x in POINTS for p in (2, 1, 3, INF)],
     refused={"Expected a floating point or complex": call(real(2, dtype="int64"))})  # fmt: skip
case("vector_norm", call(real(2, 3)), call(real(2, 3), 3, 1, True),
     call(real(2, 3, dtype="complex128"), 3), dtypes="float32 complex64",
     kinks=[call(given(x), p) for x in POINTS for p in (2, 1.5)],
     refused={"Expected a floating point or complex": call(real(2, dtype="int64")),
              "does not have an identity": call(real(0), INF)})  # fmt: skip
case("dist", call(real(2, 3), real(2, 3)), call(real(2, 3), real(3), 1), dtypes="float32",
     kinks=[call(given([1.0, 2.0]), given([1.0, 2.0]))])  # fmt: skip
case("renorm", call(real(3, 4), 2, 0, 1.0), call(real(3, 4), 1, 1, 0.5),
     dtypes="float32")  # fmt: skip
case("cosine_similarity", call(real(2, 3), real(2, 3)), call(real(2, 3), real(3), dim=-1),
     call(real(), real(), 0), dtypes="float32")  # fmt: skip
