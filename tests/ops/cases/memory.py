"""Cases of `funcgrad.ops.memory`."""

from ..table import call, case, real
from .joining import VIEWS


def alias(torch):
    """A view of the whole."""
    return torch.ops.aten.alias


def copied(torch):
    """The functional form of `copy_`, which PyTorch keeps to itself."""
    return torch.ops.aten.copy


def unsafe_view(torch):
    """How PyTorch records a reshape that had to copy."""
    return torch.ops.aten._unsafe_view


def squeezed(torch):
    """How a vector times a matrix ends."""
    return lambda input, dim: input.clone().squeeze_(dim)


def split_equal(torch):
    """`split` by one size."""
    return lambda input, split_sizes, dim: input.split(split_sizes[0], dim)


case("alias", call(real(2, 3)), oracle=alias)
case("copy", call(real(2, 3), real(2, 3)), call(real(2, 3), real(3)),
     call(real(2, 3), real(2, 3, dtype="float64")), oracle=copied,
     differs={"name": "only the form in place is for users; its name is compared in tests/tape"},
     refused={"must match the size of tensor b": call(real(2, 3), real(4)),
              "match the broadcast shape": call(real(3), real(2, 3))})  # fmt: skip
case("reshape_copy", call(real(2, 3), (3, 2)), oracle=unsafe_view)
case("squeeze_product", call(real(1, 3), 0), oracle=squeezed)
case("split.equal", call(real(4, 3), (2, 2), 0), oracle=split_equal, differs=VIEWS)
