"""Cases of `funcgrad.ops.rounding` and `funcgrad.ops.filling`."""

from ..table import WITH_BOOL, call, case, given, mask, real

NAN = float("nan")

for name in ("floor", "ceil", "trunc", "frac"):
    case(name, call(real(2, 3)), kinks=[0.0, 1.0, -1.0, -0.5])
case("round", call(real(2, 3)), call(real(2, 3), decimals=1), call(real(2, 3), decimals=-1),
     kinks=[0.5, 1.5, -0.5, 2.5, -1.5])  # fmt: skip
bounds = call(real(2, 3), real(2, 3), real(2, 3))
case("clamp", bounds, call(real(2, 3), -0.5, 0.5), call(real(2, 3), 0.1), call(real(2, 3), max=0.1),
     call(real(2, 3), real(3)), call(real(2, 3), max=real(3)), call(given([1, 5], "int64"), 2.5),
     kinks=[(1.0, 1.0, 2.0), (2.0, 1.0, 2.0), (1.0, 1.0, 1.0), (0.0, 2.0, 1.0), (3.0, 2.0, 1.0),
            (1.5, 2.0, 1.0), (NAN, 0.0, 1.0), (0.5, NAN, 1.0),
            call(given([-0.5, 0.5, 0.0]), -0.5, 0.5), call(given([0.0, 1.0]), 2.0, 1.0)],
     refused={"At least one of": call(real(2))})  # fmt: skip
case("clamp_min", call(real(2, 3), real(2, 3)), call(real(2, 3), 0.1),
     kinks=[(1.0, 1.0), (NAN, 1.0), (1.0, NAN), call(given([0.5, 0.0]), 0.5)])  # fmt: skip
case("clamp_max", call(real(2, 3), real(2, 3)), call(real(2, 3), 0.1),
     kinks=[(1.0, 1.0), (NAN, 1.0), (1.0, NAN), call(given([0.5, 0.0]), 0.5)])  # fmt: skip

case("where", call(mask(2, 3), real(2, 3), real(2, 3)), call(mask(3), real(2, 3), 0.0),
     call(mask(2, 3), 1.0, real(3)), call(mask(2, 1), 1, 2), dtypes=WITH_BOOL,
     refused={"boolean tensor": call(given([1, 0], "int64"), real(2), real(2))})  # fmt: skip
case("masked_fill", call(real(2, 3), mask(2, 3), 1.5), call(real(2, 3), mask(3), real()),
     refused={"boolean masks": call(real(2), given([1, 0], "int64"), 1.0),
              "0-dimensional value": call(real(2), mask(2), real(2))})  # fmt: skip
case("fill", call(real(2, 3), 1.5), call(real(2, 3), real()),
     refused={"0-dimension": call(real(2), real(2))},
     differs={"name": "the row has the number of fill_, which is what is used"})  # fmt: skip
case("zero", call(real(2, 3)))
