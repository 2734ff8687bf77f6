"""Cases of `funcgrad.ops.matmul`."""

from ..table import call, case, given, real

DTYPES = "float32 bfloat16 int64 complex64"
NAN = float("nan")
ROUNDED = {"bfloat16": "PyTorch rounds the product before it adds; we round once"}
double = {"dtype": "float64"}

case("mm", call(real(2, 3), real(3, 4)), dtypes=DTYPES,
     refused={"mat1 and mat2 shapes cannot be multiplied (2x3 and 2x3)": call(real(2, 3),
                                                                             real(2, 3)),
              "self must be a matrix": call(real(3), real(3, 2)),
              "mat2 must be a matrix": call(real(2, 3), real(3)),
              "to have the same dtype, but got: float != double": call(
                  real(2, 3), real(3, 2, **double))})  # fmt: skip
case("mv", call(real(2, 3), real(3)), dtypes=DTYPES,
     refused={"size mismatch, got input (2), mat (2x3), vec (2)": call(real(2, 3), real(2)),
              "vector + matrix @ vector expected": call(real(2, 3), real(3, 2))})  # fmt: skip
case("bmm", call(real(4, 2, 3), real(4, 3, 5)), dtypes=DTYPES,
     refused={"batch1 must be a 3D tensor": call(real(2, 3), real(3, 2)),
              "to be: [4, 3] but got: [4, 2].": call(real(4, 2, 3), real(4, 2, 3))})  # fmt: skip
case("matmul", call(real(4, 2, 3), real(4, 3, 5)), call(real(4, 2, 3), real(3, 5)),
     call(real(4, 2, 3), real(3)), call(real(2), real(4, 2, 3)),
     call(real(2, 1, 2, 3), real(4, 3, 2)), dtypes=DTYPES,
     refused={"must match the size of tensor b (2)": call(real(4, 2, 3), real(2, 3, 5)),
              "need to be at least 1D": call(real(), real(2, 3))},
     )  # fmt: skip
case("dot", call(real(3), real(3)), dtypes=DTYPES,
     refused={"inconsistent tensor size": call(real(3), real(2)),
              "1D tensors expected": call(real(2, 3), real(3)),
              "vectors to have same dtype": call(real(3), real(3, **double))})  # fmt: skip
case("vdot", call(real(3), real(3)), call(real(3, dtype="complex128"), real(3, dtype="complex128")),
     dtypes=DTYPES)  # fmt: skip
case("inner", call(real(2, 3), real(4, 3)), call(real(3), real(3)), dtypes=DTYPES,
     refused={"the last dimension must match": call(real(2, 3), real(2))})  # fmt: skip
case("outer", call(real(3), real(2)), dtypes=DTYPES,
     refused={"Expected 1-D argument self": call(real(2, 3), real(2))})  # fmt: skip
case("addmm", call(real(4), real(2, 3), real(3, 4)),
     call(real(2, 4), real(2, 3), real(3, 4), beta=2, alpha=3.5),
     call(given([NAN] * 4, grad=False), real(2, 3), real(3, 4), beta=0), dtypes=DTYPES,
     refused={"must match the existing size (2)": call(real(2), real(2, 3), real(3, 4)),
              "shapes cannot be multiplied": call(real(2), real(2, 3), real(2, 3))},
     differs={"inplace": "the first call's result is wider than its input"})  # fmt: skip
case("addmv", call(real(2), real(2, 3), real(3)), call(real(2), real(2, 3), real(3), alpha=2),
     call(*(real(*n, dtype="int64") for n in ((2,), (2, 3), (3,))), beta=0.6, alpha=2.7),
     refused={"without overflow": call(real(2), real(2, 3), real(3), alpha=2j)},
     dtypes=DTYPES)  # fmt: skip
case("addr", call(real(2, 3), real(2), real(3)), call(real(3), real(2), real(3), beta=0.5),
     call(real(2, 3), real(2, dtype="int64"), real(3, dtype="int64")),
     refused={"argument beta must not be a floating": call(
         real(2, 2, dtype="int64"), real(2, dtype="int64"), real(2, dtype="int64"), beta=0.5)},
     dtypes=DTYPES, differs=ROUNDED)  # fmt: skip
case("baddbmm", call(real(4, 2, 5), real(4, 2, 3), real(4, 3, 5)),
     call(real(5), real(4, 2, 3), real(4, 3, 5), beta=0.5), dtypes=DTYPES)  # fmt: skip
case("addbmm", call(real(2, 5), real(4, 2, 3), real(4, 3, 5)),
     call(real(2, 5), real(4, 2, 3), real(4, 3, 5), alpha=0.5), dtypes=DTYPES,
     differs=ROUNDED)  # fmt: skip
case("linear", call(real(2, 3), real(4, 3), real(4)), dtypes="float32 bfloat16 complex64",
     refused={"mat1 and mat2 shapes cannot be multiplied (2x3 and 2x4)": call(
                  real(2, 3), real(4, 2), real(4)),
              "mat1 and mat2 shapes cannot be multiplied (8x3 and 2x4)": call(
                  real(4, 2, 3), real(4, 2), real(4)),
              "the existing size (5)": call(real(2, 3), real(4, 3), real(5))})  # fmt: skip
case("bilinear", call(real(2, 3), real(2, 4), real(5, 3, 4), real(5)),
     call(real(6, 2, 3), real(6, 2, 4), real(5, 3, 4)), dtypes="float32",
     differs={"name": "PyTorch composes it"})  # fmt: skip
