"""Cases of `funcgrad.ops.padding`."""

from ..table import call, case, real

X, LINE = real(2, 3, 4, 5), real(2, 2, 4)
SIDES = (1, 2, -1, 3)

case("pad", call(X, SIDES, value=2.5), call(real(4), (-1, -2)), call(X, ()),
     *(call(X, SIDES, mode) for mode in ("reflect", "replicate", "circular")),
     call(LINE, (2, -1), "circular"), call(LINE, (-1, 3), "reflect"),
     call(real(2, 2, 3, 2), (0, 0, 1, 1, 1, 0), "replicate"),
     dtypes="float32 bfloat16 int64 bool complex64",
     refused={"Padding length must be divisible by 2": call(X, (1,)),
              "two times the input dimension but got": call(X, (1,) * 10),
              "length must be non-negative": call(X, (-9, 2)),
              "Padding size 2 is not supported for 4D": call(X, (1, 1), "reflect"),
              "less than the corresponding input dimension": call(LINE, (4, 0), "reflect"),
              "wrapping around more than once": call(LINE, (0, 5), "circular"),
              "is resulting in an empty dimension": call(LINE, (-2, -3), "circular"),
              "is too small": call(LINE, (-2, -2), "reflect"),
              "doesn't take in value": call(LINE, (1, 1), "replicate", 2.0),
              "Unrecognised padding mode": call(LINE, (1, 1), "mirror"),
              "must be tuple of ints": call(X, (1.5, 2))})  # fmt: skip
