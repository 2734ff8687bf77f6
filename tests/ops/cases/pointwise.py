"""Cases of `funcgrad.ops.pointwise` and `funcgrad.ops.trigonometry`."""

from ..table import (
    NUMBERED,
    WITH_BOOL,
    Dtype,
    call,
    case,
    given,
    nonzero,
    positive,
    probability,
    real,
    unit,
)

INF, NAN = float("inf"), float("nan")
COMPLEX = "float32 bfloat16 int64 bool complex64"

case("to_dtype", call(real(2, 3), Dtype("float32")), oracle="Tensor.to")
case("clone", call(real(2, 3)))
for name in ("exp", "exp2", "expm1"):
    case(name, call(real(2, 3)), kinks=[0.0, INF, -INF], dtypes=COMPLEX)
for name in ("log", "log2", "log10"):
    case(name, call(positive(2, 3)), kinks=[0.0, -0.0, INF], dtypes=COMPLEX)
case("log1p", call(probability(2, 3)), kinks=[0.0, -1.0, INF])
for name in ("sigmoid", "expit"):
    case(name, call(real(2, 3)), kinks=[0.0, 40.0, -800.0, INF, -INF])
case("logit", call(probability(2, 3)), call(real(2, 3), 0.2), call(probability(2, 3), eps=1e-6),
     kinks=[0.0, 1.0, -0.5, 1.5, call(given([0.2, 0.8, 0.1]), 0.2)])  # fmt: skip
case("abs", call(real(2, 3)), call(given([1 + 2j, -3j], "complex128")), dtypes=COMPLEX,
     kinks=[0.0, -0.0, call(given([0j, 1j], "complex128"))])  # fmt: skip
case("sign", call(real(2, 3)), kinks=[0.0], dtypes=WITH_BOOL)
case("sgn", call(real(2, 3)), call(given([1 + 2j, -3j], "complex128")),
     kinks=[0.0, call(given([0j, 1j], "complex128"))], dtypes=COMPLEX)  # fmt: skip
case("nan_to_num", call(real(2, 3)), call(given([1.0, NAN, INF, -INF]), 0.5, 7.0, -7.0),
     kinks=[NAN, INF, -INF])  # fmt: skip
case("real", call(given([1 + 2j, -3j], "complex128")), oracle="real", dtypes="complex64")
case("imag", call(given([1 + 2j, -3j], "complex128")), dtypes="complex64",
     refused={"imag is not implemented": call(real(2))})  # fmt: skip
for name in ("conj", "angle"):
    case(name, call(given([1 + 2j, -3j], "complex128")), dtypes="complex64",
         kinks=[call(given([0j, 1j], "complex128"))])  # fmt: skip
case("conj_physical", call(given([1 + 2j, -3j], "complex128")), dtypes="complex64",
     differs=NUMBERED)  # fmt: skip
for name in ("deg2rad", "rad2deg"):
    case(name, call(real(2, 3)))
for name in ("erf", "erfc"):
    case(name, call(real(2, 3)), kinks=[0.0, INF, -INF])
case("erfinv", call(unit(2, 3)), kinks=[0.0, 1.0, -1.0])
for name in ("lgamma", "gammaln", "digamma", "psi"):
    case(name, call(positive(2, 3)), call(given([-8.12, -0.5, -2.3, -30.7])), tolerance="trigamma")
case("i0", call(real(2, 3)))

case("asinh", call(real(2, 3)), kinks=[0.0], differs=NUMBERED)
for name in ("sin", "cos", "sinh", "cosh"):
    case(name, call(real(2, 3)), kinks=[0.0], dtypes=COMPLEX)
for name in ("tan", "tanh", "atan"):
    case(name, call(real(2, 3)), kinks=[0.0, 1000.0], dtypes=COMPLEX)
for name in ("asin", "acos"):
    case(name, call(unit(2, 3)), kinks=[0.0, 1.0, -1.0])
case("atanh", call(unit(2, 3)), kinks=[0.0, 1.0, -1.0], differs=NUMBERED)
case("acosh", call(given([1.1, 1.5, 2.0, 30.0])), kinks=[1.0], differs=NUMBERED)
case("sinc", call(nonzero(2, 3)), kinks=[0.0, 1.0])
