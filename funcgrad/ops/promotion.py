"""PyTorch's type promotion, on NumPy dtypes.

Tensors with dimensions rank above zero-dimensional ones, and those above Python numbers: a lower
rank changes the dtype only by a higher kind (bool < integer < floating < complex). So
`float32[3] * 2.5` stays float32 and `int64[3] * 2.5` becomes the default floating dtype.

Source: PyTorch, "Tensor attributes: type promotion" (2.13), and `c10/core/ScalarType.cpp`.
"""

from collections.abc import Callable, Sequence
from functools import cache

import jax.numpy as jnp
import numpy as np

from .names import c_name, type_name
from .names import scalar_name as scalar_name

Dtype = np.dtype
# An operand as promotion sees it: its dtype and its rank.
Code = tuple[Dtype, int]
DIMENSIONED, ZERO_DIM, NUMBER = 0, 1, 2

BOOL, INT, FLOAT, COMPLEX = range(4)
BOOL_DTYPE, INT64 = np.dtype(bool), np.dtype(np.int64)
FLOAT32, FLOAT64 = np.dtype(np.float32), np.dtype(np.float64)
COMPLEX64, COMPLEX128 = np.dtype(np.complex64), np.dtype(np.complex128)
HALF = frozenset({np.dtype(np.float16), np.dtype(jnp.bfloat16)})


@cache
def kind(dtype: Dtype) -> int:
    """The kind of a dtype: BOOL, INT, FLOAT or COMPLEX."""
    if dtype == BOOL_DTYPE:
        return BOOL
    if jnp.issubdtype(dtype, np.integer):
        return INT
    return COMPLEX if jnp.issubdtype(dtype, np.complexfloating) else FLOAT


def opmath(dtype: Dtype) -> Dtype:
    """The dtype in which PyTorch computes: float32 for the half types, else the dtype itself."""
    return FLOAT32 if dtype in HALF else dtype


def complex_of(dtype: Dtype) -> Dtype:
    """The complex dtype whose parts have (at least) this floating dtype."""
    return COMPLEX128 if dtype in (FLOAT64, COMPLEX128) else COMPLEX64


def real_of(dtype: Dtype) -> Dtype:
    """The dtype of the parts of a complex dtype; any other dtype is returned as it is."""
    if dtype == COMPLEX64:
        return FLOAT32
    return FLOAT64 if dtype == COMPLEX128 else dtype


@cache
def promote_types(a: Dtype, b: Dtype) -> Dtype:
    """The smallest dtype that PyTorch promotes both to, regardless of rank."""
    if a == b:
        return a
    low, high = sorted((a, b), key=kind)
    if kind(low) == kind(high):
        if kind(a) == FLOAT:
            return FLOAT64 if FLOAT64 in (a, b) else FLOAT32
        return np.promote_types(a, b)
    if kind(high) == COMPLEX and kind(low) == FLOAT:
        return promote_types(high, complex_of(low))
    return high


def _combine(higher: Dtype | None, lower: Dtype | None) -> Dtype | None:
    """Let a lower rank change the dtype of a higher one only by its kind."""
    if higher is None or lower is None:
        return lower if higher is None else higher
    if kind(lower) <= kind(higher):
        return higher
    if kind(higher) == FLOAT:
        return complex_of(higher)
    return lower


@cache
def result_type(codes: tuple[Code, ...], default: Dtype) -> Dtype:
    """PyTorch's `torch.result_type` over any number of operands.

    Args:
        codes: dtype and rank of each operand; a Python number comes as bool, int64, float64 or
            complex128 of rank NUMBER.
        default: the default floating dtype.
    """
    ranks: list[Dtype | None] = [None, None, None]
    for own, rank in codes:
        dtype = own
        if rank == NUMBER and kind(own) >= FLOAT:
            dtype = default if kind(own) == FLOAT else complex_of(default)
        seen = ranks[rank]
        ranks[rank] = dtype if seen is None else promote_types(seen, dtype)
    result = _combine(ranks[DIMENSIONED], _combine(ranks[ZERO_DIM], ranks[NUMBER]))
    if result is None:
        raise ValueError("result_type needs at least one operand")
    return result


# A rule takes the codes of the operands that are there and the default floating dtype, and gives
# the dtype they are all cast to (None: each keeps its own) and that of the result (None: as the
# function gives it).
Rule = Callable[[tuple[Code, ...], Dtype], tuple[Dtype | None, Dtype | None]]


def _common(codes: tuple[Code, ...], default: Dtype) -> tuple[Dtype, Dtype | None]:
    dtype = result_type(codes, default)
    return dtype, dtype


def _floating(codes: tuple[Code, ...], default: Dtype) -> tuple[Dtype, Dtype | None]:
    dtype = result_type(codes, default)
    return (dtype, dtype) if kind(dtype) >= FLOAT else (default, default)


def _comparison(codes: tuple[Code, ...], default: Dtype) -> tuple[Dtype, Dtype | None]:
    return result_type(codes, default), BOOL_DTYPE


def _summed(codes: tuple[Code, ...], default: Dtype) -> tuple[Dtype, Dtype | None]:
    dtype = result_type(codes[:1], default)
    return (dtype, dtype) if kind(dtype) >= FLOAT else (INT64, INT64)


def _joined(codes: tuple[Code, ...], default: Dtype) -> tuple[Dtype | None, Dtype | None]:
    return _common(codes, default) if codes else (None, None)


def _parts(codes: tuple[Code, ...], default: Dtype) -> tuple[Dtype, Dtype | None]:
    dtype = result_type(codes, default)
    return dtype, real_of(dtype)


def _distance(codes: tuple[Code, ...], default: Dtype) -> tuple[Dtype, Dtype | None]:
    _subtraction(codes[:2], default)
    return _parts(codes, default)


def _float_parts(codes: tuple[Code, ...], default: Dtype) -> tuple[Dtype, Dtype | None]:
    dtype, _ = _floating(codes, default)
    return dtype, real_of(dtype)


def _same(codes: tuple[Code, ...], default: Dtype) -> tuple[Dtype, Dtype | None]:
    dtypes = [dtype for dtype, rank in codes if rank != NUMBER]
    if len(set(dtypes)) > 1:
        first, other = dtypes[0], next(d for d in dtypes if d != dtypes[0])
        raise RuntimeError(
            f"mat1 and mat2 must have the same dtype, but got {scalar_name(first)} and "
            f"{scalar_name(other)} (expected m1 and m2 to have the same dtype, but got: "
            f"{c_name(first)} != {c_name(other)}); convert one of them with .to(...)"
        )
    return dtypes[0], dtypes[0]


def _matching(codes: tuple[Code, ...], default: Dtype) -> tuple[Dtype, Dtype | None]:
    first = codes[0][0]
    for other, rank in codes[1:]:
        if rank != NUMBER and other != first:
            raise RuntimeError(
                f"Found dtype {scalar_name(other)} but expected {scalar_name(first)}; convert it "
                "with .to(...)"
            )
    return first, first


def _interpolated(codes: tuple[Code, ...], default: Dtype) -> tuple[Dtype, Dtype | None]:
    (first, _), (end, _), (weight, rank) = codes
    for name, other in (("end", end), ("weight", weight if rank == DIMENSIONED else first)):
        if other != first:
            raise RuntimeError(
                f"expected dtype {type_name(first)} for `{name}` but got dtype {type_name(other)}; "
                "convert it with .to(...)"
            )
    if kind(first) < FLOAT:
        kernel = "lerp_kernel_scalar" if rank == NUMBER else "lerp_kernel_tensor"
        raise NotImplementedError(f"\"{kernel}\" not implemented for '{scalar_name(first)}'")
    if kind(weight) == COMPLEX > kind(first):
        raise RuntimeError(f"value cannot be converted to type {type_name(first)} without overflow")
    return first, first


def _steps(codes: tuple[Code, ...], default: Dtype) -> tuple[Dtype, Dtype | None]:
    dtypes = [dtype for dtype, rank in codes if rank != NUMBER]
    if any(kind(dtype) == COMPLEX for dtype in dtypes):
        raise RuntimeError("heaviside is not yet implemented for complex tensors.")
    if len(set(dtypes)) > 1:
        raise RuntimeError("heaviside is not yet implemented for tensors with different dtypes.")
    return _common(codes, default)


def _convolution(codes: tuple[Code, ...], default: Dtype) -> tuple[Dtype, Dtype | None]:
    first = codes[0][0]
    for i in range(len(codes) - 1, 0, -1):
        if codes[i][0] != first:
            raise RuntimeError(
                f"Input type ({c_name(first)}) and {('weight', 'bias')[i - 1]} type "
                f"({c_name(codes[i][0])}) should be the same; convert one of them with .to(...)"
            )
    return first, first


def _spectral(codes: tuple[Code, ...], default: Dtype) -> tuple[Dtype, None]:
    if codes[0][0] in HALF:
        raise RuntimeError(f"Unsupported dtype {scalar_name(codes[0][0])}")
    return _floating(codes, default)[0], None


def _observed(codes: tuple[Code, ...], default: Dtype) -> tuple[None, Dtype]:
    return None, _floating(codes[:1], default)[0]


def _counted(codes: tuple[Code, ...], default: Dtype) -> tuple[Dtype, Dtype]:
    dtype = result_type((*codes, (INT64, NUMBER)), default)
    return dtype, dtype


def _subtraction(codes: tuple[Code, ...], default: Dtype) -> tuple[Dtype, Dtype | None]:
    bools = [dtype == BOOL_DTYPE for dtype, _ in codes]
    if all(bools):
        raise RuntimeError(
            "Subtraction, the `-` operator, with two bool tensors is not supported. Use the `^` or "
            "`logical_xor()` operator instead."
        )
    if any(bools):
        raise RuntimeError(
            "Subtraction, the `-` operator, with a bool tensor is not supported. If you are trying "
            "to invert a mask, use the `~` or `logical_not()` operator instead."
        )
    return _common(codes, default)


def _fraction_added(codes: tuple[Code, ...], default: Dtype) -> tuple[Dtype, Dtype | None]:
    if all(kind(dtype) < FLOAT for dtype, _ in codes[1:3]):
        raise RuntimeError(
            "Integer division with addcdiv is no longer supported; add the true quotient with "
            "input + value * tensor1 / tensor2, or convert tensor1 to a floating dtype."
        )
    return _common(codes, default)


def _doubled(codes: tuple[Code, ...], default: Dtype) -> tuple[Dtype, Dtype]:
    found = COMPLEX128 if kind(result_type(codes, default)) == COMPLEX else FLOAT64
    return found, found


def _keep(codes: tuple[Code, ...], default: Dtype) -> tuple[None, None]:
    return None, None


RULES: dict[str, Rule] = {
    "keep": _keep,  # views, indexing: every operand as it is
    "as is": _keep,  # the same, and half types are computed in as they are
    "common": _common,  # add, mul, where: one dtype in, the same out
    "counted": _counted,  # square: common with the integer that its exponent is
    "subtraction": _subtraction,  # sub: common, but bools are refused
    "fraction added": _fraction_added,  # addcdiv: common, but a quotient of integers is refused
    "doubled": _doubled,  # float_power: float64 or complex128, whatever comes
    "joined": _joined,  # cat, quantile: common, but the operands do not broadcast
    "floating": _floating,  # exp, div: integers become the default floating dtype
    "floating joined": _floating,  # cosine_embedding_loss: the same, and they do not broadcast
    "comparison": _comparison,  # eq, lt: one dtype in, bool out
    "summed": _summed,  # sum, prod, cumsum: integers and bools become int64
    "parts": _parts,  # abs: complex in, real out
    "distance": _distance,  # dist: the same, but bools are refused
    "float parts": _float_parts,  # norm, angle: the same after integers became floating
    "observed": _observed,  # cov: weights keep their dtype, the result has that of the input
    "spectral": _spectral,  # fft: integers become floating, and a real signal complex
    "same": _same,  # matmul, linear: PyTorch refuses to promote
    "matching": _matching,  # losses of probabilities: the same, in other words
    "interpolated": _interpolated,  # lerp: the same, in other words
    "steps": _steps,  # heaviside: the same, and complex numbers are refused
    "convolution": _convolution,  # the same, in other words
}


def broadcast_shapes(shapes: Sequence[tuple[int, ...]]) -> tuple[int, ...]:
    """The shape that all broadcast to, or PyTorch's error."""
    result: list[int] = []
    for shape in shapes:
        offset = len(shape) - len(result)
        if offset > 0:
            result = [1] * offset + result
        for i, size in enumerate(shape, start=len(result) - len(shape)):
            if result[i] == 1:
                result[i] = size
            elif size not in (1, result[i]):
                raise RuntimeError(
                    f"The size of tensor a ({result[i]}) must match the size of tensor b ({size}) "
                    f"at non-singleton dimension {i}"
                )
    return tuple(result)
