"""Cases of `funcgrad.ops.sorting`."""

from ..table import call, case, distinct, given, real

ORDERED = "float32 bfloat16 int64"
NAN = float("nan")
TIES = given([[1, 3, 3], [2, 3, 2]])
EMPTY = real(0, 3)
HOLES = given([[1, NAN, 3], [NAN, 2, 0]])

for name in ("max", "min"):
    case(f"{name}.dim", call(real(2, 3), 1), call(real(2, 3), -2, True), call(real(), 0),
         call(HOLES, 1), dtypes=ORDERED, kinks=[call(TIES, 1)],
         refused={"to have non-zero size": call(EMPTY, 0),
                  "Dimension out of range": call(real(2), 1)})  # fmt: skip
    case(f"arg{name}", call(real(2, 3)), call(real(2, 3), 1, True), call(TIES, 1), call(HOLES, 1),
         dtypes=ORDERED, refused={"to be specified for input.numel() == 0": call(EMPTY),
                                  "to have non-zero size": call(EMPTY, 0)})  # fmt: skip
case("median.all", call(distinct(2, 3)), call(real(3)), dtypes=ORDERED,
     kinks=[call(TIES)])  # fmt: skip
case("nanmedian.all", call(distinct(2, 3)), dtypes=ORDERED, kinks=[call(HOLES),
     call(TIES)])  # fmt: skip
case("median.dim", call(distinct(2, 3), 1), call(distinct(2, 4), 0, True), call(real(), 0),
     dtypes="float32", refused={"to have non-zero size": call(EMPTY, 0)})  # fmt: skip
case("nanmedian.dim", call(distinct(2, 3), 1), call(HOLES, 1), dtypes="float32")
case("mode", call(TIES), call(TIES, 0, True), call(given([1, 2, 2, 1, 3]), -1), dtypes=ORDERED)
case("sort", call(distinct(2, 3)), call(distinct(2, 3), 0, True), call(real(), 0),
     call(HOLES, 1, True), dtypes="float32", kinks=[call(TIES, stable=True)],
     refused={"Dimension out of range": call(real(2, 3), 2)})  # fmt: skip
case("argsort", call(distinct(2, 3)), call(distinct(2, 3), 0, True), dtypes="float32")
case("msort", call(distinct(3, 2)), dtypes="float32")
case("topk", call(distinct(2, 5), 3), call(distinct(4, 2), 2, 0, False), dtypes="float32",
     refused={"index k out of range": call(real(3), 4)})  # fmt: skip
case("kthvalue", call(distinct(2, 4), 2), call(distinct(3, 2), 3, 0, True), dtypes="float32",
     refused={"selected number k out of range": call(real(3), 4)})  # fmt: skip
for name in ("quantile", "nanquantile"):
    case(name, call(distinct(2, 4), 0.3),
         call(distinct(2, 4), given([0.1, 0.6], grad=False), 1, True),
         call(distinct(2, 4), 0.35, interpolation="lower"),
         call(distinct(2, 4), 0.35, interpolation="nearest"),
         call(distinct(2, 4), 0.35, interpolation="midpoint"), dtypes="float32",
         refused={"in the range [0, 1]": call(real(3), 1.5),
                  "either float or double": call(real(3, dtype="int64"), 0.5)})  # fmt: skip
