"""Cases of `funcgrad.ops.arithmetic`."""

from ..table import call, case, real

case("add", call(real(2, 3), real(2, 3)), call(real(2, 3), real(3), alpha=0.5),
     call(real(2, 3), 2.5))  # fmt: skip
case("sub", call(real(2, 3), real(2, 3)), call(real(3), real(2, 3), alpha=0.5),
     call(real(2, 3), 2))  # fmt: skip
case("mul", call(real(2, 3), real(2, 3)), call(real(2, 3), real(3)), call(real(2, 3), 2.5))
