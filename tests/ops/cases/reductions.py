"""Cases of `funcgrad.ops.reductions`."""

import numpy as np

from ..table import Dtype, call, case, given, mask, nonzero, real

NAN, INF = float("nan"), float("inf")
ALL_DTYPES = "float32 bfloat16 int64 uint8 bool complex64"
ORDERED = "float32 bfloat16 int64 bool"
FLOATS = "float32 bfloat16 int64"
TIES = given([[1, 3, 3], [2, 3, 2]])
EMPTY = real(0, 3)
DEVIATION = {"saves": "PyTorch saves one of two results that have no names; we need neither"}


def three(*operands, **options):
    """Over all, along one dimension, along several that are kept."""
    return (call(*operands, **options), call(*operands, 1, **options),
            call(*operands, (0, -1), True, **options))  # fmt: skip


case("sum", *three(real(2, 3)), call(real(2, 3, dtype="float32"), dtype=Dtype("float64")),
     call(real(), 0), call(EMPTY), dtypes=ALL_DTYPES,
     refused={"Dimension out of range": call(real(2, 3), 5),
              "dim 0 appears multiple times": call(real(2, 3), (0, 0))})  # fmt: skip
case("nansum", call(given([[1, NAN, 3], [NAN, 2, 0]])), call(given([[1, NAN], [NAN, 2]]), 1, True),
     dtypes="float32 bfloat16")  # fmt: skip
case("mean", *three(real(2, 3)), call(EMPTY), dtypes=ALL_DTYPES,
     refused={"could not infer output dtype": call(real(2, 3, dtype="int64"))})  # fmt: skip
case("nanmean", call(given([[1, NAN, 3], [NAN, 2, 0]])), call(given([[1, NAN], [NAN, 2]]), 1),
     dtypes="float32")  # fmt: skip
case("prod", call(nonzero(2, 3)), call(nonzero(2, 3), 1), call(nonzero(2, 3), 0, True),
     call(nonzero(2, 3, dtype="float32"), dtype=Dtype("float64")), dtypes=ALL_DTYPES,
     kinks=[call(given([0.0, 2.0, 3.0])), call(given([0.0, 2.0, 0.0])),
            call(given([[0.0, 2.0], [3.0, 2.0]]), 1)])  # fmt: skip
for name in ("amax", "amin"):
    case(name, *three(real(2, 3)), dtypes=ORDERED, kinks=[call(TIES), call(TIES, 1)],
         refused={"reduction dim to be specified": call(EMPTY),
                  "to have non-zero size": call(EMPTY, 0)})  # fmt: skip
for name in ("max", "min"):
    case(f"{name}.all", call(real(2, 3)), call(real()), kinks=[call(TIES)], dtypes=ORDERED,
         refused={"reduction dim to be specified": call(EMPTY)})  # fmt: skip
case("aminmax", call(real(2, 3)), call(real(2, 3), dim=1, keepdim=True), kinks=[call(TIES)],
     dtypes=ORDERED, refused={"over an empty dimension": call(EMPTY)})  # fmt: skip
for name in ("all", "any"):
    case(name, call(mask(2, 3)), call(mask(2, 3), 1), call(mask(2, 3), (0, 1), True),
         call(given([[1, 0], [2, 3]], "uint8"), 0), call(real(2, 3)), call(EMPTY), main="int64",
         dtypes="bool")  # fmt: skip
case("count_nonzero", call(mask(2, 3)), call(real(2, 3), 1), main="int64", dtypes="bool")
case("logsumexp", call(real(2, 3), 1), call(real(2, 3), (0, 1), True), dtypes=FLOATS,
     kinks=[call(given([[-INF, 1.0], [2.0, 2.0]]), 1)],
     refused={"Dimension out of range": call(real(2, 3), 2)})  # fmt: skip
case("trace", call(real(2, 3)), dtypes="float32 int64",
     refused={"expected a matrix": call(real(3))})  # fmt: skip
for name in ("var", "std"):
    case(name, call(real(2, 3)), call(real(2, 3), False), call(real(2, 3), 1, False, True),
         call(real(2, 3), (0, 1), correction=2, keepdim=True), call(real(2, 3), 1, unbiased=False),
         dtypes="float32 bfloat16 complex64 int64", kinks=[1.0])  # fmt: skip
    case(f"{name}_mean", call(real(2, 3), 1, keepdim=True), call(real(2, 3)),
         dtypes="float32 complex64", kinks=[call(given(np.ones((2, 3))))],
         differs=DEVIATION if name == "std" else {})  # fmt: skip
