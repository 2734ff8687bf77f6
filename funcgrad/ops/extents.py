"""Sizes: of one dimension, of the dimensions that are reduced, of a shape with a -1."""

from collections.abc import Sequence

from .dims import dims


def extent(shape: Sequence[int], d: int) -> int:
    """The size along a normalised dimension; a tensor without dimensions has one element.

    >>> extent((), 0)
    1
    """
    return shape[d] if shape else 1


def axes(ds: int | Sequence[int] | None, ndim: int) -> tuple[int, ...]:
    """Dimensions to reduce as JAX takes them: none for a tensor that has none.

    >>> axes(-1, 0), axes((), 2)
    ((), (0, 1))
    """
    found = dims(ds, ndim)
    return found if ndim else ()


def infer(shape: Sequence[int], numel: int) -> tuple[int, ...]:
    """A shape with its -1 replaced by what is left of `numel` elements.

    Raises:
        RuntimeError: the shape does not hold that number of elements.

    >>> infer((2, -1), 6)
    (2, 3)
    """
    known, unknown = 1, None
    for i, n in enumerate(shape):
        if n == -1:
            if unknown is not None:
                raise RuntimeError("only one dimension can be inferred")
            unknown = i
        elif n < 0:
            raise RuntimeError(f"invalid shape dimension {n} at index {i} of shape {list(shape)}")
        else:
            known *= n
    if unknown is None:
        if known == numel:
            return tuple(shape)
    elif known == 0 == numel:
        raise RuntimeError(
            f"cannot reshape tensor of 0 elements into shape {list(shape)} because the unspecified "
            "dimension size -1 can be any value and is ambiguous"
        )
    elif known and numel % known == 0:
        return (*shape[:unknown], numel // known, *shape[unknown + 1 :])
    raise RuntimeError(f"shape '{list(shape)}' is invalid for input of size {numel}")
