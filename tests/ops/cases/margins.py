"""Cases of `funcgrad.ops.margins`."""

from ..table import call, case, given, positive, real

LABELS = given([0, 3, 1], "int64", grad=False)
SETS = given([[3, 0, -1, 1], [-1, 0, 0, 0], [0, 1, 2, 3]], "int64", grad=False)
SCORES = real(3, 4)
WANTED = given([[1.0, 0.0, 1.0, 1.0], [0.0] * 4, [0.0, 1.0, 0.0, 0.5]], grad=False)
EDGE = given([[1.0, 0.0, 2.0, 0.5], [0.0, 0.0, 1.0, 1.0], [0.0, 1.0, 0.0, 2.0]])

case("multi_margin_loss", call(SCORES, LABELS), call(EDGE, LABELS, p=2, reduction="sum"),
     call(SCORES, LABELS, 1, 0.5, weight=positive(4, grad=False), reduction="none"),
     kinks=[call(EDGE, LABELS), call(real(4), given(2, "int64", grad=False))], dtypes="float32",
     refused={"target out of range": call(SCORES, given([0, 4, 1], "int64")),
              "target tensor should be 1-D": call(SCORES, given([0, 1], "int64")),
              "only p == 1 and p == 2": call(SCORES, LABELS, p=3),
              "expected scalar type Long": call(SCORES, given([0, 1, 2], "int32")),
              "weight must be one-dimensional": call(SCORES, LABELS, weight=real(2, 2)),
              "inconsistent weight size": call(SCORES, LABELS, weight=real(3))})  # fmt: skip
case("multilabel_margin_loss", call(SCORES, SETS), call(EDGE, SETS, reduction="none"),
     call(real(4), given([1, 2, -1, 0], "int64", grad=False)), dtypes="float32",
     refused={"is out of range": call(SCORES, given([[4, -1, 0, 0]] * 3, "int64")),
              "inconsistent target size": call(SCORES, LABELS)})  # fmt: skip
case("multilabel_soft_margin_loss", call(SCORES, positive(3, 4, grad=False)),
     call(SCORES, WANTED, weight=positive(4, grad=False), reduction="none"),
     call(SCORES, WANTED, reduction="sum"), dtypes="float32")  # fmt: skip
