"""Cases of `funcgrad.ops.resampling` and `funcgrad.ops.patches`.

PyTorch adds overlapping patches in bfloat16.
"""

from ..table import call, case, real

X = real(1, 2, 4, 6)


def interpolate(torch):
    """One of size and scales, as users say it."""

    def upsample(input, size, scales=None, mode="nearest", align_corners=None, antialias=False):
        return torch.nn.functional.interpolate(
            input, None if scales else size, scales, mode, align_corners, antialias=antialias
        )

    return upsample


def im2col(torch):
    """The name `unfold` is that of a view of a tensor."""
    return torch.nn.functional.unfold


case("upsample", call(X, (5, 9), None, "bilinear"), call(X, (7, 4), None, "nearest"),
     call(X, (8, 12)), call(X, (6, 15), (1.7, 2.5), "nearest-exact"),
     call(X, (6, 15), (1.7, 2.5), "bilinear"), call(X, (5, 3), None, "bilinear", True),
     call(X, (5, 3), None, "bicubic", True), call(X, (4, 9), None, "bicubic"),
     *(call(X, (3, 8), None, mode, antialias=True) for mode in ("bilinear", "bicubic")),
     call(X, (3, 4), None, "bilinear", True, antialias=True),
     call(X, (2, 3), None, "lanczos", antialias=True),
     call(real(1, 2, 3), (5,), None, "linear"), call(real(1, 1, 2, 3, 2), (3, 2, 3), None,
                                                     "trilinear"),
     dtypes="float32 bfloat16", oracle=interpolate,
     refused={"sizes should be greater than 0": call(X, (0, 3)),
              "data tensor expected": call(real(1, 0, 3, 3), (2, 2))})  # fmt: skip
case("im2col", call(X, (2, 3)), call(real(2, 4, 6), 2, (1, 2), (1, 0), 2),
     dtypes="float32 bfloat16 bool", oracle=im2col,
     refused={"Dimension out of range": call(real(4, 6), 2),
              "calculated shape of the array of sliding blocks": call(X, 9),
              "stride should be greater than zero": call(X, 2, stride=0),
              "kernel size should be greater than": call(X, 0),
              "dilation should be greater than": call(X, 2, 0),
              "padding should be non-negative": call(X, 2, padding=-1),
              "It is expected kernel_size equals to 2": call(X, (2, 2, 2))})  # fmt: skip
case("fold", call(real(2, 8, 9), (4, 4), 2), call(real(6, 9), (3, 5), (3, 2), (1, 2), (1, 0), 1),
     dtypes="float32",
     refused={"match the calculated number of sliding blocks": call(real(2, 8, 9), (5, 4), 2),
              "to be divisible by the product of kernel_size": call(real(2, 7, 9), (4, 4), 2),
              "Expected 2D or 3D (batch mode)": call(real(4), 2, 2),
              "expected output_size equals to 2": call(real(2, 8, 9), (4, 4, 4), 2)})  # fmt: skip
case("pixel_shuffle", call(real(2, 8, 2, 3), 2), dtypes="float32 int64",
     refused={"by the square of upscale_factor": call(real(2, 4, 2, 2), 3),
              "at least 3 dimensions": call(real(4, 4), 2),
              "expects a positive upscale_factor": call(real(4, 2, 2), 0)})  # fmt: skip
case("pixel_unshuffle", call(real(2, 4, 6), 2), dtypes="float32 int64",
     refused={"expects height to be divisible": call(real(2, 3, 4), 2),
              "expects a positive downscale_factor": call(real(4, 2, 2), 0)})  # fmt: skip
case("channel_shuffle", call(real(2, 6, 3), 2), dtypes="float32 int64",
     refused={"must be divisible by groups": call(real(2, 4, 3), 3),
              "must be positive": call(real(2, 4, 3), 0),
              "expects input with > 2 dims": call(real(4, 4), 2)})  # fmt: skip
