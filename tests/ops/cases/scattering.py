"""Cases of `funcgrad.ops.scattering`."""

from ..table import call, case, given, index, mask, real
from .indexing import integers

DTYPES = "float32 bfloat16 int64"
FIRST = given([[0, 1, 2, 0], [2, 0, 1, 1]], "int64", grad=False)
BAD = integers(0, 5)

case("scatter", call(real(3, 4), 0, FIRST, real(2, 4)),
     call(real(3, 4), 1, index(3, 1), real(3, 1)),
     call(real(3, 4), 0, FIRST, 2.5), call(real(3, 4), 0, FIRST, value=2),
     dtypes=DTYPES,
     refused={"index 5 is out of bounds for dimension 0": call(real(3), 0, BAD, real(2)),
              "Expected self.dtype to be equal": call(real(3), 0, integers(0, 1),
                                                      real(2, dtype="float64")),
              "to be no larger size than src": call(real(3), 0, integers(0, 1), real(1)),
              "same number of dimensions as self": call(real(3, 4), 0, BAD, real(2))})  # fmt: skip
case("scatter_add", call(real(3, 4), 0, FIRST, real(2, 4)), call(real(), 0, integers([0]), real(1)),
     dtypes=DTYPES,
     refused={"index -1 is out of bounds": call(real(3), 0, integers(0, -1), real(2))})  # fmt: skip
case("index_add", call(real(3, 4), 1, integers(0, 2), real(3, 2)),
     call(real(3, 4), 0, integers(0, 0), real(2, 4), alpha=2.5), dtypes=DTYPES,
     refused={"index 5 is out of bounds": call(real(3, 1), 0, BAD, real(2, 1)),
              "Number of indices (2) should be equal": call(real(3), 0, integers(0, 1), real(1)),
              "must have the same scalar type": call(real(3), 0, integers(0, 1),
                                                     real(2, dtype="float64"))})  # fmt: skip
case("index_copy", call(real(3, 4), 1, integers(0, 2), real(3, 2)),
     call(real(), 0, integers([0]), real()), dtypes=DTYPES,
     refused={"index 5 is out of bounds": call(real(3), 0, BAD, real(2)),
              "Number of indices (2) should be equal": call(real(3), 0, integers(0, 1), real(1)),
              "expected to have the same dtype": call(real(3), 0, integers(0, 1),
                                                      real(2, dtype="float64"))})  # fmt: skip
case("index_fill", call(real(3, 4), 1, integers(0, 3), real()),
     call(real(3), 0, integers(0, 2), 2.5),
     call(real(3, grad=False), 0, integers(0, -1), 2.5), dtypes=DTYPES,
     refused={"index 5 is out of bounds": call(real(3), 0, BAD, real()),
              "only supports a 0-dimensional value": call(real(3), 0, integers(0, 1),
                                                          real(1))})  # fmt: skip
case("masked_scatter", call(real(3, 4), mask(3, 4), real(12)),
     call(real(3, 4), mask(4), real(3, 4)),
     dtypes=DTYPES,
     refused={"number of ones in mask": call(real(3), given([1, 1, 1], "bool"), real(2)),
              "only supports boolean masks": call(real(3), real(3), real(3)),
              "to have same dtypes": call(real(3), mask(3), real(3, dtype="float64"))})  # fmt: skip
case("searchsorted", call(given([-1, 0, 1, 2]), real(3, 2)),
     call(given([[-1, 0, 1, 2], [0, 0, 1, 3]]), real(2, 5), right=True),
     call(given([-1, 0, 0, 2]), given([0.0, 2.0, 5.0]), out_int32=True, side="right"),
     call(given([2, -1, 1, 0]), real(3), sorter=given([1, 3, 2, 0], "int64", grad=False)),
     dtypes="float32 int64",
     refused={"the first N-1 dimensions": call(real(2, 3), real(3, 2)),
              "got side of left": call(real(3), real(2), right=True, side="left")})  # fmt: skip
case("bucketize", call(real(3, 2), given([-1, 0, 1, 2])),
     call(given([0.0, 1.0]), given([-1, 0, 1, 2]), right=True), dtypes="float32 int64",
     refused={"must be 1 dimension": call(real(3), real(2, 2))})  # fmt: skip
case("isin", call(given([[1, 2], [3, 4]]), given([2, 3])),
     call(given([1, 2]), given([2]), invert=True), dtypes="float32 int64")  # fmt: skip
case("put", call(real(3, 4), integers(0, 5, -1), real(3)),
     call(real(3, 4), integers([2, 7], [0, 2]), real(2, 2), accumulate=True),
     call(real(), integers(0), real(1)), dtypes=DTYPES,
     refused={"tried to access index 5 on a tensor of 3": call(real(3), BAD, real(2)),
              "Expected a long tensor for index": call(real(3), real(1), real(1)),
              "expected to have the same dtype": call(real(3), integers(0),
                                                      real(1, dtype="float64")),
              "the same number of elements": call(real(3), integers(0, 1), real(1))})  # fmt: skip
