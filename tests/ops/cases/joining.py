"""Cases of `funcgrad.ops.joining`."""

from ..table import call, case, real

DTYPES = "float32 bfloat16 int64 bool complex64"
VIEWS = {"saves": "one of several views may not be edited in place"}
OVERLAP = {"saves": "the grids overlap themselves, so they may not be edited in place"}


def loose(name):
    """PyTorch takes loose tensors."""
    return lambda torch: lambda tensors, **options: getattr(torch, name)(*tensors, **options)


mixed = real(1, 3, dtype="int64")

case("split_with_sizes", call(real(2, 3), (1, 2), 1), call(real(3), (3, 0)), dtypes=DTYPES,
     oracle="split_with_sizes", differs=VIEWS,
     refused={"to sum exactly to 3": call(real(2, 3), (1, 1), 1),
              "only non-negative entries": call(real(3), (4, -1))})  # fmt: skip
case("unbind", call(real(2, 3)), call(real(2, 3), 1), dtypes=DTYPES, oracle="unbind", differs=VIEWS,
     refused={"has no dimensions": call(real())})  # fmt: skip
case("cat", call([real(2, 3), real(1, 3)]), call([real(2, 3), real(2, 1)], -1),
     call([real(2, 3), mixed]), call([real(2, 3), real(1, 3, dtype="float32")]),
     call([real(0), real(2, 3)], 1), dtypes=DTYPES,
     refused={"non-empty list": call([]),
              "must match except in dimension 0. Expected size 3 but got size 2": call(
                  [real(2, 3), real(2, 2)]),
              "same number of dimensions: got 2 and 1": call([real(2, 3), real(2)]),
              "zero-dimensional tensor (at position 1)": call([real(2), real()]),
              "Dimension out of range": call([real(2, 3)], 2)})  # fmt: skip
case("stack", call([real(2, 3), real(2, 3)], 1), call([real(), real()], -1),
     call([mixed, real(1, 3)]), dtypes=DTYPES,
     refused={"expects a non-empty TensorList": call([]),
              "expects each tensor to be equal size": call([real(2), real(3)])})  # fmt: skip
for name in ("hstack", "vstack", "dstack", "column_stack"):
    case(name, call([real(2, 3), real(2, 3)]), call([real(3), real(3)]), call([real(), real()]),
         dtypes=DTYPES)  # fmt: skip
case("meshgrid", call([real(3), real(2)], indexing="ij"),
     call([real(3), real(2), real(4)], indexing="xy"), call([real(3), real()], indexing="ij"),
     dtypes=DTYPES, oracle=loose("meshgrid"), differs=OVERLAP,
     refused={"must be one of": call([real(3)], indexing="yx"),
              "Expected 0D or 1D tensor": call([real(2, 3)], indexing="ij")})  # fmt: skip
case("block_diag", call([real(2, 3), real(2), real(), real(1, 2)]), dtypes=DTYPES,
     oracle=loose("block_diag"),
     refused={"2 or fewer dimensions": call([real(2, 2, 2)])})  # fmt: skip
case("cartesian_prod", call([real(3), real(2)]), dtypes=DTYPES, oracle=loose("cartesian_prod"),
     refused={"Expect a 1D vector": call([real(2, 3), real(2)])})  # fmt: skip
