"""Cases of `funcgrad.ops.covariance`."""

from ..table import call, case, given, real

TIMES = given([1, 2, 0, 3], "int64", grad=False)
SHARES = given([1.0, 0.5, 2.0, 0.25], "float64", grad=False)

case("cov", call(real(3, 4)), call(real(4), correction=0), call(real(3, 4), fweights=TIMES),
     call(real(3, 4), fweights=TIMES, aweights=SHARES), dtypes="float32 int64 complex64",
     refused={"two or fewer dimensions": call(real(2, 2, 2)),
              "expected fweights to have integral dtype": call(real(3, 4), fweights=SHARES),
              "fweights cannot be negative": call(real(2), fweights=given([1, -1], "int64"))},
     differs={"saves": "PyTorch saves what it computes between"})  # fmt: skip
case("corrcoef", call(real(3, 4)), call(real(4)), dtypes="float32 int64 complex64",
     refused={"two or fewer dimensions": call(real(2, 2, 2))},
     differs={"saves": "PyTorch saves what it computes between",
              "name": "PyTorch names the last step, which depends on the input"})  # fmt: skip
