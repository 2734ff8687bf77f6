"""Cases of `funcgrad.ops.activations` and `funcgrad.ops.normalizing`."""

from ..table import NUMBERED, WITH_BOOL, Dtype, call, case, given, positive, real

INF, NAN = float("inf"), float("nan")
whole = call(real(2, 3))

case("relu", whole, kinks=[0.0, -0.0, NAN, INF], dtypes=WITH_BOOL)
case("relu6", call(real(2, 3)), kinks=[0.0, 6.0, 7.0, -1.0, NAN], dtypes=WITH_BOOL)
case("hardtanh", whole, call(real(2, 3), -0.5, 0.25),
     kinks=[1.0, -1.0, NAN, call(given([-0.5, 0.25]), -0.5, 0.25)],
     refused={"min_val cannot be greater": call(real(2), 1.0, -1.0)})  # fmt: skip
case("leaky_relu", whole, call(real(2, 3), -0.2), kinks=[0.0, -0.0, NAN], differs=NUMBERED)
case("threshold", call(real(2, 3), 0.1, 20.0), kinks=[0.1, NAN], differs=NUMBERED)
case("elu", whole, call(real(2, 3), 0.7), call(real(2, 3), -0.7), kinks=[0.0, -0.0, 800.0, NAN],
     differs=NUMBERED)  # fmt: skip
case("celu", whole, call(real(2, 3), 0.7), call(real(2, 3), -0.7), kinks=[0.0, 800.0, NAN],
     refused={"alpha cannot be 0": call(real(2), 0.0)}, tolerance="float32 constant",
     differs=NUMBERED)  # fmt: skip
case("selu", whole, kinks=[0.0, 800.0, NAN], differs=NUMBERED)
case("gelu", whole, call(real(2, 3), approximate="tanh"), kinks=[0.0, 30.0, -30.0],
     refused={"approximate argument must be": call(real(2), approximate="erf")})  # fmt: skip
case("silu", whole, kinks=[0.0, 800.0, -800.0], dtypes="float32 bfloat16 int64 bool complex64")
case("mish", whole, kinks=[0.0, 800.0, -800.0])
case("softplus", whole, call(real(2, 3), 2.0, 0.5), call(real(2, 3), beta=0.5),
     kinks=[0.0, 20.0, 800.0, -800.0, call(given([0.25, 0.5]), 2.0, 0.5)])  # fmt: skip
case("softsign", whole, kinks=[0.0])
case("logsigmoid", whole, kinks=[0.0, 800.0, -800.0])
case("hardsigmoid", whole, call(given([-4.0, -2.0, 2.5, 4.0])), kinks=[3.0, -3.0],
     tolerance="float32 constant")  # fmt: skip
case("hardswish", whole, call(given([-4.0, -2.0, 2.5, 4.0])), kinks=[3.0, -3.0])
case("tanhshrink", whole, kinks=[0.0, 800.0], dtypes="float32 int64")
case("hardshrink", whole, call(real(2, 3), 0.2), kinks=[0.5, -0.5, NAN])
case("softshrink", whole, call(real(2, 3), 0.2), kinks=[0.5, -0.5, NAN],
     refused={"lambda must be": call(real(2), -1.0)})  # fmt: skip
case("prelu", call(real(2, 3), positive(3)), call(real(2, 3), positive(1)),
     call(real(3), positive()), kinks=[call(given([0.0, -0.0]), given([0.5]))],
     refused={"Mismatch of parameter numbers": call(real(2, 3), real(2)),
              "Expected `weight` to be": call(real(2, 3), real(3, 1)),
              "Type promoting not": call(real(2, 3), real(3, dtype="float64"))})  # fmt: skip
case("glu", call(real(2, 4)), call(real(2, 3), 0),
     refused={"Halving dimension must be even": call(real(3)),
              "glu does not support": call(real())})  # fmt: skip
SCALAR = call(real(), 0)
case("softmax", call(real(2, 3), 1), call(real(2, 3), 0), SCALAR,
     call(real(2, 3, dtype="float32"), -1, dtype=Dtype("float64")),
     kinks=[call(given([-INF, 0.0, 1.0]), 0), call(given([1000.0, 0.0]), 0)],
     refused={"Dimension out of range": call(real(2), 1)})  # fmt: skip
case("log_softmax", call(real(2, 3), 1), call(real(2, 3), 0), SCALAR,
     call(real(2, 3, dtype="float32"), -1, dtype=Dtype("float64")),
     kinks=[call(given([1000.0, 0.0]), 0), call(real(2, 0), 1)],
     refused={"Dimension out of range": call(real(2), 1)})  # fmt: skip
case("softmin", call(real(2, 3), 1), SCALAR)
case("normalize", call(real(2, 3)), call(real(2, 3), 1.0, 0), call(real(3), dim=0, eps=0.5),
     kinks=[call(given([[0.0, 0.0], [3.0, 4.0]]))], dtypes="float32 bfloat16")  # fmt: skip
