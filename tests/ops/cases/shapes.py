"""Cases of `funcgrad.ops.shapes`."""

from ..table import call, case, given, real

DTYPES = "bfloat16 int64 complex64"
OVERLAP = {"saves": "the result overlaps itself, so neither engine lets it be edited"}


def sliced(_):
    """`slice` is written with brackets in PyTorch."""

    def slice_(x, dim=0, start=None, end=None, step=1):
        return x[(slice(None),) * dim + (slice(start, end, step),)]

    return slice_


def at(_):
    """The rows with a traced position take it as a tensor."""
    return lambda x, dim, index: x.select(dim, int(index))


def sliced_at(_):
    """The same for a slice."""

    def slice_at(x, dim, start, length, step=1):
        start = int(start)
        return x[(slice(None),) * dim + (slice(start, start + (length - 1) * step + 1, step),)]

    return slice_at


ONE = given(1, "int64", grad=False)

case("view", call(real(2, 3), (3, -1)), call(real(2, 3), (1, 6)), dtypes=DTYPES,
     refused={"shape '[4]' is invalid for input of size 6": call(real(2, 3), (4,)),
              "only one dimension can be inferred": call(real(2, 3), (-1, -1)),
              "invalid shape dimension -2": call(real(2, 3), (-2, 3)),
              "is ambiguous": call(real(0), (0, -1))})  # fmt: skip
case("unflatten", call(real(2, 6), 1, (2, -1)), call(real(2, 6), -1, (3, 2)), dtypes=DTYPES,
     refused={"don't multiply up to the size": call(real(2, 3), 1, (2, 2))})  # fmt: skip
case("permute", call(real(2, 3, 4), (2, 0, 1)), call(real(2, 3), (-1, 0)), dtypes=DTYPES,
     refused={"does not match the length of the desired": call(real(2, 3), (0,)),
              "duplicate dims": call(real(2, 3), (0, 0)),
              "Dimension out of range": call(real(2, 3), (0, 5))})  # fmt: skip
case("transpose", call(real(2, 3, 4), 0, -1), call(real(2, 3), 0, 1), dtypes=DTYPES,
     refused={"Dimension out of range": call(real(2, 3), 0, 2)})  # fmt: skip
case("t", call(real(2, 3)), call(real(3)), call(real()), dtypes=DTYPES,
     refused={"expects a tensor with <= 2 dimensions": call(real(2, 2, 2))})  # fmt: skip
case("movedim", call(real(2, 3, 4), 0, 2), call(real(2, 3, 4), (0, 1), (-1, 0)), dtypes=DTYPES,
     refused={"repeated dim in `source`": call(real(2, 3), (0, 0), (0, 1)),
              "should contain the same number": call(real(2, 3), (0, 1), (0,))})  # fmt: skip
case("squeeze", call(real(1, 3, 1)), call(real(1, 3, 1), 0), call(real(1, 3, 1), (0, 1)),
     call(real(), 0), dtypes=DTYPES,
     refused={"Dimension out of range": call(real(2, 3), 2)})  # fmt: skip
case("unsqueeze", call(real(2, 3), 1), call(real(2, 3), -1), call(real(), 0), dtypes=DTYPES,
     refused={"Dimension out of range": call(real(2, 3), 3)})  # fmt: skip

case("expand", call(real(2, 1), (4, 2, 3)), call(real(2, 1), (-1, 5)), call(real(), (2,)),
     dtypes=DTYPES, differs=OVERLAP,
     refused={"must match the existing size": call(real(2, 3), (4, 3)),
              "must be greater or equal to the number": call(real(2, 3), (2,)),
              "in a leading, non-existing dimension": call(real(2, 3), (-1, 2, 3))})  # fmt: skip
case("broadcast_to", call(real(2, 1), (4, 2, 3)), dtypes=DTYPES, differs=OVERLAP,
     refused={"must match the existing size": call(real(2, 3), (4, 3))})  # fmt: skip
case("narrow", call(real(2, 5), 1, 1, 3), call(real(4, 2), 0, -2, 1), dtypes=DTYPES,
     refused={"start out of range": call(real(2, 3), 0, 3, 1),
              "exceeds dimension size": call(real(2, 3), 0, 1, 2),
              "length must be non-negative": call(real(2, 3), 0, 0, -1)})  # fmt: skip
case("select", call(real(2, 3), 1, -1), call(real(2, 3), 0, 1), call(real(3), 0, 0), dtypes=DTYPES,
     refused={"index 5 out of range": call(real(2, 3), 0, 5),
              "cannot be applied to a 0-dim tensor": call(real(), 0, 0)})  # fmt: skip
case("slice", call(real(2, 5), 1, 1, 4), call(real(2, 5), 1, 0, 9, 2), call(real(4), 0, -2, None),
     call(real(4), 0, 3, 1), dtypes=DTYPES, oracle=sliced)  # fmt: skip
case("select.at", call(real(2, 3), 1, ONE), call(real(2, 3), 0, ONE), dtypes=DTYPES,
     oracle=at)  # fmt: skip
case("slice.at", call(real(2, 5), 1, ONE, 2, 2), call(real(4, 2), 0, ONE, 3), dtypes=DTYPES,
     oracle=sliced_at)  # fmt: skip
case("diagonal", call(real(3, 4)), call(real(3, 4), 1), call(real(3, 4), -2),
     call(real(2, 3, 4), 1, 1, 2), call(real(3, 4), 0, 1, 0), call(real(2, 3), 7), dtypes=DTYPES,
     refused={"diagonal dimensions cannot be identical": call(real(2, 3), 0, 0, 0)})  # fmt: skip
case("unfold", call(real(2, 5), 1, 3, 1), call(real(6, 2), 0, 2, 3), call(real(), 0, 1, 1),
     dtypes=DTYPES,
     refused={"maximum size for tensor": call(real(2, 3), 1, 5, 1),
              "step is 0 but must be > 0": call(real(2, 3), 1, 2, 0)})  # fmt: skip
case("view_as_real", call(real(2, 3, dtype="complex128")), dtypes="complex64",
     refused={"only supported for complex": call(real(2))})  # fmt: skip
case("view_as_complex", call(real(3, 2)), dtypes="float32",
     refused={"must have a last dimension of size 2": call(real(2, 3)),
              "is only supported for": call(real(2, dtype="int64")),
              "must have one or more dimensions": call(real())})  # fmt: skip
