"""Cases of `funcgrad.ops.complexes`."""

from ..table import call, case, given, positive, real

INF = float("inf")
case("complex", call(real(2, 3), real(2, 3)), call(real(2, 1), real(3)), call(real(), real(2)),
     dtypes="float32",
     kinks=[call(given([INF, 1.0, -0.0, 0.0, -INF]), given([0.0, INF, -0.0, -0.0, 1.0]))],
     refused={"Expected both inputs to be Half, Float or Double tensors but got Long and Long":
              call(real(2, dtype="int64"), real(2, dtype="int64")),
              "Expected object of scalar type Double but got scalar type Float":
              call(real(2, dtype="float64"), real(2, dtype="float32")),
              "must match the size of tensor b": call(real(2), real(3))})  # fmt: skip
case("polar", call(positive(2, 3), real(2, 3)), call(positive(2, 1), real(3)),
     dtypes="float32", kinks=[(0.0, 1.0)],
     refused={"Expected both inputs to be Half, Float or Double tensors but got Long and Long":
              call(real(2, dtype="int64"), real(2, dtype="int64")),
              "Expected object of scalar type Double but got scalar type Float":
              call(real(2, dtype="float64"), real(2, dtype="float32"))})  # fmt: skip
