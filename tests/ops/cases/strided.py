"""Cases of `funcgrad.ops.strided`."""

from ..table import call, case, given, real
from .shapes import DTYPES


def numbered(torch):
    """Elements by number: how a view of what does not lie in C order is recorded."""
    return lambda input, index: input.take(index)


def put(torch):
    """Elements replaced by number."""

    def function(input, src, size, stride, storage_offset=0):
        index = torch.arange(input.numel()).as_strided(size, stride, storage_offset)
        return input.flatten().index_put((index,), src).reshape(input.shape)

    return function


case("as_strided", call(real(2, 3), (2, 2), (1, 2), 1), call(real(6), (3, 2), (1, 1)),
     call(real(6), (2,), (0,), 4), call(real(6), (), (), 2), call(real(4), (0, 2), (1, 1), 1),
     dtypes=DTYPES)  # fmt: skip
case("as_strided.at", call(real(2, 3), given([[0, 5], [2, 2]], "int64")), oracle=numbered,
     dtypes=DTYPES,
     differs={"name": "PyTorch reads by strides where ours reads by numbers",
              "saves": "PyTorch's `take` saves its index, and strides are not saved"})  # fmt: skip
case("as_strided_scatter", call(real(2, 3), real(2, 2), (2, 2), (1, 2), 1),
     call(real(6), real(3), (3,), (2,)), oracle=put, dtypes=DTYPES,
     differs={"name": "PyTorch's own gradient is of the elements that are replaced",
              "saves": "the index of PyTorch's `index_put` is saved"})  # fmt: skip
