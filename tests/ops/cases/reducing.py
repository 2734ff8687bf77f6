"""Cases of `funcgrad.ops.reducing`."""

from ..table import call, case, given, index, real
from .indexing import integers

FIRST = given([[0, 1, 2, 0], [2, 0, 0, 1]], "int64", grad=False)
ZEROS = given([[0.0, 2.0, 3.0], [0.0, 0.0, 1.0], [2.0, 2.0, 1.0]])
PLACES = given([[0, 0, 1], [0, 1, 1]], "int64", grad=False)
SENT = given([[1.0, 0.0, 3.0], [3.0, 2.0, 0.0]])
WAYS = ("sum", "prod", "mean", "amax", "amin")
TIES = [
    call(ZEROS, 0, PLACES, SENT, way, include_self=own) for way in WAYS for own in (True, False)
]

case("scatter_reduce", call(real(3, 4), 0, FIRST, real(2, 4), "prod"),
     *(call(real(3, 4), 1, index(3, 2), real(3, 2), way, include_self=False) for way in WAYS),
     call(real(), 0, integers([0, 0]), real(2), "mean"),
     call(real(4, 3), 1, index(2, 2, below=3), real(2, 2), "amax"), kinks=TIES,
     dtypes="float32 bfloat16 int64 bool",
     refused={"index 5 is out of bounds for dimension 0": call(real(3), 0, integers(0, 5), real(2),
                                                               "sum"),
              "Expected self.dtype to be equal": call(real(3), 0, integers(0, 1),
                                                      real(2, dtype="float64"), "sum"),
              "must be either sum, prod, mean, amax or amin": call(real(3), 0, integers(0, 1),
                                                                   real(2), "min of")},
     differs={"saves": "PyTorch saves by the way of reducing"})  # fmt: skip
LINES = [call(ZEROS, 0, integers(0, 0), SENT, way, include_self=own)
         for way in WAYS[1:] for own in (True, False)]  # fmt: skip
case("index_reduce", call(real(3, 4), 0, integers(0, 2, 0), real(3, 4), "prod"),
     *(call(real(3, 4), 1, integers(0, 2), real(3, 2), way, include_self=False)
       for way in WAYS[1:]), kinks=LINES, dtypes="float32 int64",
     refused={"index out of range in self": call(real(3), 0, integers(0, 5), real(2), "prod"),
              "to be one of prod, mean, amax or amin": call(real(3), 0, integers(0, 1), real(2),
                                                            "sum"),
              "must have the same scalar type": call(real(3), 0, integers(0, 1),
                                                     real(2, dtype="float64"), "prod")},
     differs={"saves": "PyTorch saves by the way of reducing"})  # fmt: skip
