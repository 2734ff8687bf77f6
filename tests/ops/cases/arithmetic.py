"""Cases of `funcgrad.ops.arithmetic`."""

from ..table import WITH_BOOL, call, case, given, nonzero, real, unit

pair = call(real(2, 3), real(2, 3))
broad = call(real(3), real(2, 3))

case("add", pair, broad, call(real(2, 3), real(3), alpha=0.5), call(real(2, 3), 2.5),
     dtypes="float32 float16 bfloat16 int64 int32 uint8 bool complex64",
     refused={"must match the size": call(real(2, 3), real(2)),
              "must not be a floating": call(given([1, 2], "int64"), 3, alpha=1.5)})  # fmt: skip
case("sub", pair, broad, call(real(3), real(2, 3), alpha=0.5), call(real(2, 3), 2),
     dtypes=WITH_BOOL,
     refused={"with two bool tensors": call(given([True], "bool"), given([True], "bool")),
              "with a bool tensor": call(given([True], "bool"), 1)})  # fmt: skip
case("rsub", pair, call(real(2, 3), 2.5), call(real(2, 3), real(3), alpha=2))
case("mul", pair, broad, call(real(2, 3), 2.5),
     dtypes="float32 float16 bfloat16 int64 int32 uint8 bool complex64")  # fmt: skip
case("div", call(real(2, 3), nonzero(2, 3)), call(real(2, 3), 2.5),
     call(real(2, 3), nonzero(3), rounding_mode="floor"),
     call(real(2, 3), nonzero(3), rounding_mode="trunc"),
     call(real(2, 3), 0.7, rounding_mode="floor"),
     dtypes="float32 float16 bfloat16 int64 int32 uint8 bool complex64",
     kinks=[(1.0, 0.0), (0.0, 0.0), (-1.0, 0.0),
            call(given([1.0, 0.0]), given([0.0, 0.0]), rounding_mode="floor")],
     refused={"div expected rounding_mode": call(real(2), real(2), rounding_mode="round"),
              "ZeroDivisionError": call(given([1], "int64"), given([0], "int64"),
                                        rounding_mode="trunc")})  # fmt: skip
case("true_divide", call(real(2, 3), nonzero(2, 3)), call(real(2, 3), 2.5),
     kinks=[(1.0, 0.0), (0.0, 0.0)])  # fmt: skip
case("floor_divide", call(real(2, 3), nonzero(2, 3)), call(real(2, 3), 0.7),
     refused={"ZeroDivisionError": call(given([1], "int64"), 0)})  # fmt: skip
case("remainder", call(real(2, 3), nonzero(2, 3)), call(real(2, 3), 0.7),
     kinks=[(1.0, 0.5), (-1.0, 0.5), (1.0, -0.5), (0.0, 2.0)],
     refused={"ZeroDivisionError": call(given([1], "int64"), 0)})  # fmt: skip
case("fmod", call(real(2, 3), nonzero(2, 3)), call(real(2, 3), 0.7),
     kinks=[(1.0, 0.5), (-1.0, 0.5), (1.0, -0.5), (0.0, 2.0)],
     refused={"ZeroDivisionError": call(given([1], "int64"), 0)})  # fmt: skip
case("neg", call(real(2, 3)), dtypes=WITH_BOOL, refused={"Negation": call(given([True], "bool"))})
case("addcmul", call(real(2, 3), real(2, 3), real(2, 3)),
     call(real(2, 3), real(3), real(2, 1), value=0.5))  # fmt: skip
case("addcdiv", call(real(2, 3), real(2, 3), nonzero(2, 3)),
     call(real(2, 3), real(3), nonzero(2, 1), value=0.5))  # fmt: skip
case("lerp", call(real(2, 3), real(2, 3), unit(2, 3)), call(real(2, 3), real(2, 3), 0.3),
     call(real(2, 3), real(2, 3), 0.8), kinks=[(1.0, 2.0, 0.5)],
     refused={"expected": call(given([1.0], "float32"), given([1.0], "float64"), 0.5)})  # fmt: skip
