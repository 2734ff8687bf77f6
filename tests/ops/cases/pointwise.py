"""Cases of `funcgrad.ops.pointwise`."""

from ..table import Dtype, call, case, real

case("exp", call(real(2, 3)))
case("sin", call(real(2, 3)))
case("clone", call(real(2, 3)))
case("to_dtype", call(real(2, 3), Dtype("float32")), oracle="Tensor.to")
