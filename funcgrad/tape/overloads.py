"""Functions with several meanings by their arguments, and matrix products by their dimensions."""

from typing import Any

from ..ops import FLOAT, OPS, kind
from ..ops.filling import check_number
from ..ops.promotion import BOOL, INT
from . import inplace, record, views
from .bind import function, inplace_function, parse, store
from .plans import Statics
from .strides import is_conj, is_neg
from .tensor import Tensor


def _extremum(name: str) -> Any:
    whole, along = function(OPS[f"{name}.all"]), function(OPS[f"{name}.dim"])
    pairwise = function(OPS[f"{name}imum"])

    def extremum(input: Tensor, *args: Any, **kwargs: Any) -> Any:
        if "other" in kwargs or (args and isinstance(args[0], Tensor)):
            return pairwise(input, *args, **kwargs)
        if args or kwargs.keys() & {"dim", "axis"}:
            return along(input, *args, **kwargs)
        return whole(input, **kwargs)

    extremum.__name__ = extremum.__qualname__ = name
    extremum.__doc__ = (
        f"The {name}imum of all elements, along `dim` (with indices), or of two tensors."
    )
    return extremum


max, min = _extremum("max"), _extremum("min")


def median(input: Tensor, *args: Any, **kwargs: Any) -> Any:
    """The median of all elements, or along `dim` with indices; the lower of two."""
    if args or kwargs:
        return _median_dim(input, *args, **kwargs)
    return _median_all(input)


_median_all, _median_dim = function(OPS["median.all"]), function(OPS["median.dim"])


def matmul(input: Tensor, other: Tensor, *, out: Any = None) -> Tensor:
    """The matrix product; vectors become matrices of one row or column, stacks are broadcast.

    As in PyTorch each case is recorded as what it is: a dot product, a matrix times a vector, …
    """
    for position, value in enumerate((input, other)):
        if not isinstance(value, Tensor):
            raise TypeError(
                f"matmul(): argument '{('input', 'other')[position]}' (position {position + 1}) "
                f"must be Tensor, not {type(value).__name__}"
            )
    shapes = (input.ndim, other.ndim)
    if shapes == (1, 1):
        result = record.call(OPS["dot"], [input, other], {})
    elif shapes == (2, 1):
        result = record.call(OPS["mv"], [input, other], {})
    elif shapes == (2, 2):
        result = record.call(OPS["mm"], [input, other], {})
    elif shapes == (1, 2):
        row = views.call(OPS["unsqueeze"], [input], {"dim": 0})
        product = record.call(OPS["mm"], [row, other], {})
        result = record.call(OPS["squeeze_product"], [product], {"dim": 0})
    else:
        result = record.call(OPS["matmul"], [input, other], {})
    return result if out is None else store(result, out, (input, other))


def _operator(self: Tensor, other: Any) -> Any:
    return matmul(self, other) if isinstance(other, Tensor) else NotImplemented


def einsum(equation: str, *operands: Any) -> Tensor:
    """Sums of products by Einstein's convention, `einsum("ij,jk->ik", a, b)`."""
    if len(operands) == 1 and isinstance(operands[0], (list, tuple)):
        operands = tuple(operands[0])
    return record.call(
        OPS["einsum"], *parse(OPS["einsum"], "einsum", (list(operands), equation), {})
    )


# Exponents whose powers are computed by products and roots; those of 0 and -0.0 are the same.
_SMALL = {
    exponent: Statics(exponent=float(exponent))
    for exponent in (-3, -2, -1, -0.5, 0, 0.5, 1, 2, 3, 4, 5, 6)
}
_pow, _pow_inplace = function(OPS["pow"]), inplace_function(OPS["pow"])


def _fixed(input: Any, exponent: Any) -> bool:
    """Whether a power has a program of its own: a floating tensor to a small fixed exponent."""
    if not isinstance(input, Tensor) or type(exponent) not in (int, float):
        return False
    of = kind(input._read().dtype)
    if of < FLOAT and type(exponent) is int and exponent < 0:
        raise RuntimeError("Integers to negative integer powers are not allowed.")
    if of == INT and type(exponent) is int:
        check_number(exponent, input._read().dtype)
    return of >= FLOAT and exponent in _SMALL


def pow(input: Any, exponent: Any, *, out: Any = None) -> Tensor:
    """`input` to a power; a small fixed exponent is computed by products and roots."""
    if not _fixed(input, exponent):
        return _pow(input, exponent, out=out)
    result = record.call(OPS["pow.scalar"], [input], _SMALL[exponent])
    return result if out is None else store(result, out, (input,))


def pow_(input: Tensor, exponent: Any) -> Tensor:
    """`pow` in place."""
    if not _fixed(input, exponent):
        return _pow_inplace(input, exponent)
    return inplace.call(OPS["pow.scalar"], [input], _SMALL[exponent])


def positive(input: Tensor) -> Tensor:
    """`+input`: the tensor itself."""
    if kind(input._read().dtype) == BOOL:
        raise RuntimeError(
            "The `+` operator, on a bool tensor is not supported; convert it with .long()"
        )
    return input


def conj(input: Tensor) -> Tensor:
    """The conjugate, in the same memory; of a tensor that is not complex the tensor itself."""
    real = isinstance(input, Tensor) and not input.is_complex()
    return input if real else _conjugate(input)


_conjugate = function(OPS["conj"])


def resolve_conj(input: Tensor) -> Tensor:
    """The tensor itself, or a copy of one that shows conjugates of its memory."""
    return input.clone() if is_conj(input) else input


def resolve_neg(input: Tensor) -> Tensor:
    """The tensor itself, or a copy of one that shows its memory with another sign."""
    return input.clone() if is_neg(input) else input


def view_as_real(input: Tensor) -> Tensor:
    """The same memory as pairs of real and imaginary parts, along a new last axis."""
    if isinstance(input, Tensor) and is_conj(input):
        raise RuntimeError(
            "view_as_real doesn't work on unresolved conjugated tensors.  To resolve the conjugate "
            "tensor so you can view it as real, use self.resolve_conj(); however, be warned that "
            "the resulting tensor will NOT alias the original."
        )
    return _pairs(input)


_pairs = function(OPS["view_as_real"])


def _part(name: str) -> Any:
    of_any = function(OPS[name])

    def part(input: Tensor) -> Tensor:
        return getattr(input, name) if isinstance(input, Tensor) else of_any(input)

    part.__name__ = part.__qualname__ = name
    part.__doc__ = f"The {name} part; a view."
    return part


real, imag = _part("real"), _part("imag")


def _power(self: Tensor, exponent: Any) -> Any:
    if _fixed(self, exponent):
        return record.call(OPS["pow.scalar"], [self], _SMALL[exponent])
    return _plain_power(self, exponent)


def _power_inplace(self: Tensor, exponent: Any) -> Any:
    if _fixed(self, exponent):
        return inplace.call(OPS["pow.scalar"], [self], _SMALL[exponent])
    return _plain_power_inplace(self, exponent)


_plain_power, _plain_power_inplace = Tensor.__pow__, Tensor.__ipow__


def _divide_number(self: Tensor, other: Any) -> Any:
    # PyTorch records the two steps, and saves the reciprocal.
    reciprocal = record.call(OPS["reciprocal"], [self], {})
    return record.call(OPS["mul"], [reciprocal, other], {})


def install() -> None:
    """Give the tensor these methods."""
    Tensor.conj, Tensor.resolve_conj, Tensor.resolve_neg = conj, resolve_conj, resolve_neg
    Tensor.is_conj, Tensor.is_neg = is_conj, is_neg
    Tensor.max, Tensor.min, Tensor.median, Tensor.matmul = max, min, median, matmul
    Tensor.__matmul__ = _operator
    Tensor.pow, Tensor.pow_ = pow, pow_
    Tensor.__pow__, Tensor.__ipow__ = _power, _power_inplace
    Tensor.__rtruediv__ = _divide_number
    Tensor.positive = Tensor.__pos__ = positive


install()
