"""Cases of `funcgrad.ops.bags`."""

from ..table import call, case, given, index, real

NUMBERS = given([1, 2, 3, 1], "int64", grad=False)
STARTS = given([0, 2, 2], "int64", grad=False)
ENDS = given([0, 2, 4], "int64", grad=False)
TABLE = real(4, 3)
TIES = given([[1.0, 2.0, 0.0], [1.0, 0.0, 0.0], [1.0, 2.0, 0.0], [1.0, 2.0, 0.0]])

case("embedding_bag", call(NUMBERS, TABLE, STARTS), call(NUMBERS, TABLE, STARTS, mode="max"),
     call(NUMBERS, TABLE, STARTS, mode="sum", per_sample_weights=real(4)),
     call(index(2, 3), TABLE, padding_idx=-3),
     call(NUMBERS, TABLE, ENDS, include_last_offset=True, mode="sum"),
     call(index(2, 3), TABLE, mode="max", padding_idx=1),
     kinks=[call(NUMBERS, TIES, STARTS, mode="max")], dtypes="float32",
     refused={"offsets has to be a 1D Tensor but got None": call(NUMBERS, TABLE),
              "offsets has to be None": call(index(2, 2), TABLE, STARTS),
              "input has to be 1D or 2D": call(index(1, 1, 2), TABLE),
              "offsets[0] has to be 0": call(NUMBERS, TABLE, given([1, 2], "int64")),
              "can not be greater than input's length": call(
                  NUMBERS, TABLE, given([0, 6], "int64")),
              "scalar types: Long, Int; but got": call(real(4), TABLE, STARTS),
              "Index 1 of input takes value 5": call(given([1, 5], "int64"), TABLE, STARTS),
              "mode has to be one of": call(NUMBERS, TABLE, STARTS, mode="median"),
              "only supported for mode='sum'": call(
                  NUMBERS, TABLE, STARTS, per_sample_weights=real(4)),
              "must have the same shape as the input": call(
                  NUMBERS, TABLE, STARTS, mode="sum", per_sample_weights=real(3)),
              "does not support sparse": call(NUMBERS, TABLE, STARTS, mode="max", sparse=True),
              "padding_idx must be within": call(NUMBERS, TABLE, STARTS, padding_idx=4),
              "weight has to be a 2D Tensor": call(NUMBERS, real(3), STARTS)})  # fmt: skip
