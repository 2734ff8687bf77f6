"""Cases of `funcgrad.ops.bits`."""

from ..table import WITH_BOOL, call, case, given, real

pair = call(real(2, 3), real(2, 3))
whole = call(given([5, -6, 7, 12], "int64"), given([3, 3, -2, 8], "int64"))

for name in ("bitwise_and", "bitwise_or", "bitwise_xor"):
    case(name, pair, whole, call(given([5, -6], "int64"), 3), main="int64",
         dtypes="float32 int64 uint8 bool")  # fmt: skip
case("bitwise_not", call(real(2, 3)), main="int64", dtypes="int64 uint8 bool")
case("invert", call(real(2, 3)), main="int64", dtypes="int64 uint8 bool",
     oracle=lambda torch: lambda x: ~x,
     refused={"~ (operator.invert)": call(real(2))})  # fmt: skip
for name in ("bitwise_left_shift", "bitwise_right_shift"):
    case(name, call(given([5, -6, 7, 12], "int64"), given([3, 1, 0, 80], "int64")),
         call(given([5, -6], "int32"), 3), main="int64", dtypes="int64")  # fmt: skip
for name in ("gcd", "lcm"):
    case(name, whole, call(given([0, 0], "int64"), given([0, 4], "int64")), main="int64",
         dtypes="int64")  # fmt: skip

# In place PyTorch forgets to record these: the gradient passes as if nothing had happened.
UNRECORDED = {"inplace": "PyTorch lets the gradient pass through an edit that it does not record"}
for name in ("logical_and", "logical_or", "logical_xor"):
    case(name, pair, call(given([0.0, 1.0, 2.0, 0.0]), given([0.0, 0.0, 1.0, 3.0])),
         dtypes=WITH_BOOL, differs=UNRECORDED)  # fmt: skip
case("logical_not", call(real(2, 3)), call(given([0.0, 1.0, -0.0])), dtypes=WITH_BOOL,
     differs=UNRECORDED)  # fmt: skip
