"""Integers from 32-bit and 64-bit draws: ranges, what a dtype can hold, permutations."""

import warnings

import numpy as np

from .twister import Twister

# From this range on PyTorch takes 64 bits, so that the remainder stays nearly uniform.
WIDE = 2**28
# From this length on `randperm` works in another order.
LONGEST = (2**32 - 1) // 20
_INT64 = np.iinfo(np.int64)
_DIGITS = {"float64": 53, "float32": 24, "float16": 11, "bfloat16": 8}


def between(source: Twister, low: int, high: int | None, n: int, dtype: np.dtype) -> np.ndarray:
    """n integers in [low, high); without `high` up to the largest that the dtype counts to."""
    if high is None and low == _INT64.min:
        return _full_range(source, n, dtype)
    low, last = _bounds(low, high, dtype)
    span = last - low + 1
    draws = source.draw64(n) if span >= WIDE else source.draw32(n)
    offsets = (draws % draws.dtype.type(span)).astype(np.uint64)
    # In unsigned arithmetic, as a range may be wider than int64.
    return _as(dtype, (offsets + np.uint64(low % 2**64)).astype(np.int64))


def _full_range(source: Twister, n: int, dtype: np.dtype) -> np.ndarray:
    if dtype.name not in ("int64", "float64", "float32", "bfloat16"):
        kind = NotImplementedError if dtype.name in ("bool", "float16") else RuntimeError
        raise kind(
            "random_full_64_bits_range_kernel_cpu handles only int64, double, float and bfloat16: "
            f"it is not implemented for {dtype}; give the upper bound too"
        )
    return _as(dtype, source.draw64(n).astype(np.int64))


def _as(dtype: np.dtype, values: np.ndarray) -> np.ndarray:
    if dtype.itemsize == 2 and dtype.name in _DIGITS:  # PyTorch goes by way of float32
        values = values.astype(np.float32)
    return values.astype(dtype, copy=False)


def full(source: Twister, n: int, dtype: np.dtype) -> np.ndarray:
    """n integers from 0 to the largest that the dtype counts to: `random_()` without bounds."""
    if dtype.name in ("uint16", "uint32", "uint64"):
        raise NotImplementedError(f'"random_kernel_cpu" not implemented for {dtype.name}')
    draws = source.draw64(n) if dtype.name in ("int64", "float64") else source.draw32(n)
    return _as(dtype, (draws % draws.dtype.type(_largest(dtype) + 1)).astype(np.int64))


def _largest(dtype: np.dtype) -> int:
    if dtype.name in _DIGITS:
        return 2 ** _DIGITS[dtype.name]
    return 1 if dtype.kind == "b" else int(np.iinfo(dtype).max)


def _bounds(low: int, high: int | None, dtype: np.dtype) -> tuple[int, int]:
    """The first and the last integer, checked as PyTorch checks them."""
    floating = dtype.name in _DIGITS
    for bound in (low, high):
        if bound is not None and not _INT64.min <= bound <= _INT64.max:
            raise ValueError(f"Overflow when unpacking long long: {bound} does not fit into int64")
    if high is not None:
        if low >= high:
            raise RuntimeError(
                f"random_ expects 'from' to be less than 'to', but got from={low} >= to={high}"
            )
        if floating:
            low, high = _next_inside(low, dtype, 1), _next_inside(high, dtype, -1)
            if low >= high:
                raise RuntimeError(
                    "random_ expects 'from' casted to dtype to be less than 'to' casted to dtype, "
                    f"but got from={low} >= to={high}"
                )
        last = high - 1
    else:
        last = _largest(dtype)
        if floating:
            low = _next_inside(low, dtype, 1)
            if low >= last:
                raise RuntimeError(
                    "random_ expects 'from' casted to dtype to be less than or equal to 'to_inc' "
                    f"casted to dtype, but got from={low} > to_inc={last}"
                )
    for name, bound in (("from", low), ("to - 1", last)):
        if not _holds(dtype, bound):
            raise RuntimeError(f"{name} is out of bounds for {dtype}")
        if floating and abs(bound) > 2 ** _DIGITS[dtype.name]:
            digits = _DIGITS[dtype.name]
            warnings.warn(
                f"{name} is out of bounds [-(2^{digits}), 2^{digits}]. Due to precision "
                f"limitations {dtype} can support discrete uniform distribution only within this "
                "range.",
                UserWarning,
                stacklevel=4,
            )
    return low, last


def _holds(dtype: np.dtype, bound: int) -> bool:
    if dtype.name in _DIGITS:  # of which one ends before int64 does
        return dtype.name != "float16" or abs(bound) <= 65504
    if dtype.kind == "b":
        return bound in (0, 1)
    info = np.iinfo(dtype)
    return int(info.min) <= bound <= min(int(info.max), int(_INT64.max))


def _next_inside(bound: int, dtype: np.dtype, step: int) -> int:
    """A bound moved to where no integer of the range is rounded beyond it in a floating dtype."""
    with np.errstate(over="ignore"):
        neighbour = float(_as(dtype, np.array(bound + step, np.int64)))
    if not abs(neighbour) < 2.0**63:
        return bound
    rounded = int(neighbour)
    crossed = rounded < bound if step > 0 else rounded >= bound
    if not crossed:
        return bound
    exponent = abs(bound + step).bit_length() - 1
    return rounded + step * 2 ** (exponent - _DIGITS[dtype.name] + 1)


def permutation(source: Twister, n: int) -> np.ndarray:
    """0 … n-1 in random order, by R. Fisher's and F. Yates's shuffle from the front."""
    if n >= LONGEST:
        raise ValueError(f"a permutation of {n} is too long: {LONGEST - 1} is the longest")
    steps = np.arange(n)
    # Step i exchanges what lies at the positions i and partner[i] ≥ i.
    partner = steps.copy()
    partner[:-1] += source.draw32(max(n - 1, 0)) % np.arange(n, 1, -1, dtype=np.uint32)
    # What lies at i when step i comes was put there by the last step whose partner was i, and had
    # lain at that step's position: follow these to the first.
    origin = steps.copy()
    moving = partner > steps
    origin[partner[moving]] = steps[moving]
    while not np.array_equal(further := origin[origin], origin):
        origin = further
    # Step i takes what the last step with the same partner has left there, or what was there first.
    order = np.argsort(partner, kind="stable")
    again = partner[order[1:]] == partner[order[:-1]]
    values = partner.copy()
    values[order[1:][again]] = origin[order[:-1][again]]
    return values
