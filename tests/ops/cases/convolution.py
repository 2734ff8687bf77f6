"""Cases of `funcgrad.ops.convolution`.

PyTorch rounds a transposed convolution of half types once for each position of the kernel.
"""

from ..table import call, case, real

X, W, B = real(2, 4, 5, 4), real(6, 4, 3, 2), real(6)

case("conv1d", call(real(2, 4, 7), real(6, 4, 3), real(6)),
     call(real(2, 4, 7), real(6, 2, 3), None, 2, 1, 2, 2), dtypes="float32",
     refused={"Expected 2D (unbatched) or 3D (batched) input": call(real(2), real(6, 4, 3))},
)  # fmt: skip
case("conv2d", call(X, W, B, 1, (2, 1)), call(X, W, None, padding="same"),
     call(X, real(6, 2, 3, 2), B, (2, 1), (1, 0), (1, 2), 2), call(real(0, 4, 5, 4), W, B),
     dtypes="float32 bfloat16 float16 int64 complex64",
     refused={"Expected 3D (unbatched) or 4D (batched) input": call(real(5, 5), W),
              "to have 4 channels, but got 3": call(real(2, 3, 5, 5), W),
              "to have 8 channels, but got 4": call(X, W, groups=2),
              "Kernel size can't be greater": call(real(2, 4, 2, 2), W),
              "expected bias to be 1-dimensional with 6": call(X, W, real(5)),
              "and weight type": call(X, real(6, 4, 3, 2, dtype="float64")),
              "and bias type (double) should": call(X, W, real(6, dtype="float64")),
              "non-positive stride": call(X, W, stride=0),
              "non-positive dilation": call(X, W, dilation=0),
              "non-positive groups": call(X, W, groups=0),
              "negative padding": call(X, W, padding=-1),
              "to be divisible by 2 at dimension 0": call(X, real(5, 2, 3, 3), groups=2),
              "to be at least 2 at dimension 0": call(X, real(1, 2, 3, 3), groups=2),
              "stride to be a single integer": call(X, W, stride=(1, 2, 3)),
              "not supported for strided": call(X, W, stride=2, padding="same"),
              "Invalid padding string": call(X, W, padding="full")})  # fmt: skip
case("conv3d", call(real(2, 2, 4, 3, 3), real(2, 2, 2, 3, 2), real(2), padding=(1, 0, 1)),
     dtypes="float32")  # fmt: skip
case("conv_transpose1d", call(real(2, 4, 4), real(4, 3, 3), real(3), 2, 1, 1), dtypes="float32")
T = real(4, 3, 3, 2)
case("conv_transpose2d", call(X, T, real(3), (2, 1), (1, 2)),
     call(X, T, real(6), 2, 1, (1, 0), 2, (1, 3)), dtypes="float32 int64 complex64",
     refused={"Expected 3D (unbatched) or 4D (batched) input": call(real(5, 5), T),
              "to have 5 channels, but got 4": call(X, real(5, 3, 3, 3)),
              "expected bias to be 1-dimensional with 3": call(X, T, real(5)),
              "output padding must be smaller": call(X, T, stride=2, output_padding=2),
              "negative output_padding": call(X, T, output_padding=-1),
              "'padding' must be tuple of ints": call(X, T, padding="same")})  # fmt: skip
case("conv_transpose3d", call(real(2, 2, 2, 3, 3), real(2, 2, 2, 3, 2), real(2), 1, (1, 0, 1)),
     dtypes="float32")  # fmt: skip
