"""Cases of `funcgrad.ops.pooling` and `funcgrad.ops.averaging`."""

from ..table import call, case, given, index, real

EMPTY = call(real(2, 3, 4, 4, grad=False), (0, 2))  # no derivative in PyTorch
NAN, INF = float("nan"), float("inf")
X, CUBE = real(2, 3, 5, 6), real(1, 2, 4, 3, 5)
# Equal values, and windows of nothing but the smallest there is.
TIES = call(given([[[1, 1, 0, 2], [0, 1, 2, 2], [-INF, -INF, 0, 0], [-INF, -INF, 0, 0]]]), 2, 1, 1)
INVALID = given([[[NAN, 1, NAN, 2, 0], [0, 1, 2, NAN, 0]]])
UNPOOLED = real(1, 2, 2, 2), given([[[[0, 6], [9, 11]], [[5, 2], [12, 10]]]], "int64", grad=False)


def aten(name, *more):
    """The operation below `functional.max_unpool2d`, which finds the size first."""
    return lambda torch: lambda *args: getattr(torch.ops.aten, name)(*args, *more)


case("max_pool1d", call(real(2, 3, 7), 3, 2, 1), call(real(3, 9), 2, None, 0, 2, True, True),
     dtypes="float32 bfloat16", oracle="nn.functional.max_pool1d",
     refused={"should be at most half of": call(real(2, 4, 6), 2, padding=2),
              "must be greater than zero": call(real(2, 4, 6), 2, stride=0)})  # fmt: skip
case("max_pool2d", call(X, (2, 3)), call(X, 3, 2, 1, 1, True, return_indices=True),
     call(X, 2, 1, 1, (2, 3), True), TIES, call(INVALID, 2, 1),
     call(INVALID, (2, 5), return_indices=True),
     dtypes="float32 bfloat16 int64", oracle="nn.functional.max_pool2d",
     refused={"kernel_size must either be a single int": call(X, (2, 2, 2)),
              "stride must either be omitted": call(X, 2, (1, 2, 3)),
              "padding must either be a single int": call(X, 2, padding=(1, 2, 3)),
              "either a single int, or a tuple of two ints": call(X, 2, dilation=(1, 2, 3)),
              "pad should be at most half of effective": call(X, 2, padding=2),
              "pad must be non-negative": call(X, 2, padding=-1),
              "stride should not be zero": call(X, 2, stride=0),
              "dilation should be greater than zero": call(X, 2, dilation=0),
              "Output size is too small": call(X, 9),
              "mode) tensor expected for input": call(real(2, 2), 2),
              "with optional 0 dim batch size": call(real(2, 0, 6, 6), 2)})  # fmt: skip
case("max_pool3d", call(CUBE, 2, 2, 1, ceil_mode=True), dtypes="float32",
     oracle="nn.functional.max_pool3d",
     refused={"Output size is too small": call(CUBE, 9)})  # fmt: skip
case("adaptive_max_pool1d", call(real(2, 3, 7), 3), dtypes="float32")
case("adaptive_max_pool2d", call(X, (3, None)), call(X, 1, True), EMPTY,
     call(INVALID, (1, 2), True), call(INVALID, 1, True), dtypes="float32 bfloat16",
     refused={"output_size": call(X, (1, 2, 3)),
              "Trying to create tensor with negative": call(X, -1),
              "Expected 3D or 4D tensor": call(real(3), 2),
              "to have non-zero size for": call(real(2, 3, 0, 4), 2)})  # fmt: skip
case("adaptive_max_pool3d", call(CUBE, (2, 3, 3)), dtypes="float32")
case("max_unpool2d", call(*UNPOOLED, (3, 5)), dtypes="float32", oracle=aten("max_unpool2d"),
     refused={"Found an invalid max index": call(real(1, 1, 2, 2), index(1, 1, 2, 2), (1, 1)),
              "should be type int64": call(real(1, 1, 1), given([[[0]]], "int32"), (2, 2)),
              "to be same as that of the input": call(real(1, 1, 2), index(1, 1, 1), (2, 2)),
              })  # fmt: skip
case("max_unpool3d", call(real(1, 2, 1, 2), index(1, 2, 1, 2, below=8), (2, 2, 2)),
     dtypes="float32", oracle=aten("max_unpool3d", (1, 1, 1), (0, 0, 0)))  # fmt: skip
case("avg_pool1d", call(real(2, 3, 7), 3, 2, 1), call(real(3, 9), 2, None, 1, True, False),
     dtypes="float32 bfloat16 int64",
     refused={"at most half of": call(real(2, 4, 6), 2, padding=2)})  # fmt: skip
case("avg_pool2d", call(X, (2, 3)), call(X, 3, 2, 1, True), call(X, 3, 2, 1, True, False),
     call(real(3, 5, 6), 2, divisor_override=-3), call(INVALID, 2, 1),
     dtypes="float32 bfloat16 int64",
     refused={"divisor must be not zero": call(X, 2, divisor_override=0),
              "kernel_size must either be a single int": call(X, (2, 2, 2)),
              "pad should be at most half of effective": call(X, 2, padding=2),
              "Output size is too small": call(X, 9)})  # fmt: skip
case("avg_pool3d", call(CUBE, 2, 2, 1, True, False), dtypes="float32")
case("adaptive_avg_pool1d", call(real(2, 3, 7), 3), dtypes="float32")
case("adaptive_avg_pool2d", call(X, (3, None)), call(X, (7, 2)), EMPTY,
     call(INVALID, (1, 2)), dtypes="float32 bfloat16",
     refused={"output_size must be 2": call(X, (1, 2, 3)),
              "must be greater than or equal to 0": call(X, -1),
              "to have non-zero size for": call(real(2, 3, 0, 4), 2)})  # fmt: skip
case("adaptive_avg_pool3d", call(CUBE, (2, 3, 2)), dtypes="float32")
case("lp_pool1d", call(real(2, 3, 7), 2.0, 3), dtypes="float32")
case("lp_pool2d", call(X, 2, 2), call(X, 3.0, (2, 3), 1, True),
     call(X, -INF, 2), call(given([[[0, 0], [0, 0]]]), 2, 2), dtypes="float32")  # fmt: skip
case("lp_pool3d", call(CUBE, 2.0, 2), dtypes="float32")
