"""Leaves of a pytree as one vector of real numbers, and back.

Every property is a statement about real numbers: an inner product, a difference quotient. So the
differentiated leaves of the arguments, and those of the outputs, are laid out as one float64
vector. A complex entry takes two coordinates, and there the dual spaces differ: JAX pairs a
cotangent g with a tangent t as Re(g·t), without a conjugate, so where a tangent is (Re t, Im t) a
cotangent is (Re g, −Im g). Then every pairing is the plain inner product of two vectors.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

Vector = np.ndarray[Any, np.dtype[np.float64]]


def dtype_of(leaf: Any) -> Any:
    """The dtype of an array or aval, or the one that NumPy gives a number."""
    dtype = getattr(leaf, "dtype", None)
    return np.result_type(leaf) if dtype is None else dtype


def is_inexact(dtype: Any) -> bool:
    """Whether numbers of this dtype can be differentiated: floats of every width, and complex."""
    return bool(jnp.issubdtype(dtype, jnp.inexact))


def is_complex(dtype: Any) -> bool:
    """Whether the dtype is complex."""
    return bool(jnp.issubdtype(dtype, jnp.complexfloating))


def wide(dtype: Any) -> Any:
    """The dtype in which a float or complex number is exact and has room: float64, complex128."""
    if not is_inexact(dtype):
        return dtype
    return np.dtype(np.complex128 if is_complex(dtype) else np.float64)


@dataclass(frozen=True)
class Coordinates:
    """The layout: a label, shape and dtype a leaf, in order."""

    labels: tuple[str, ...]
    shapes: tuple[tuple[int, ...], ...]
    dtypes: tuple[Any, ...]

    @property
    def spans(self) -> list[tuple[int, int]]:
        """Where each leaf's coordinates start and stop."""
        spans, start = [], 0
        for shape, dtype in zip(self.shapes, self.dtypes, strict=True):
            stop = start + int(np.prod(shape, dtype=np.int64)) * (2 if is_complex(dtype) else 1)
            spans.append((start, stop))
            start = stop
        return spans

    @property
    def size(self) -> int:
        """How many real coordinates there are."""
        return self.spans[-1][1] if self.shapes else 0

    def pack(self, leaves: Sequence[Any], *, dual: bool = False) -> Any:
        """The leaves as one float64 vector; `dual` where they are cotangents. Traces."""
        parts = []
        for leaf, dtype in zip(leaves, self.dtypes, strict=True):
            flat = jnp.ravel(leaf)
            if is_complex(dtype):
                imaginary = flat.imag.astype(np.float64)
                parts.append(flat.real.astype(np.float64))
                parts.append(-imaginary if dual else imaginary)
            else:
                parts.append(flat.astype(np.float64))
        return jnp.concatenate(parts) if parts else jnp.zeros(0, np.float64)

    def unpack(self, vector: Any, *, dual: bool = False, widened: bool = False) -> list[Any]:
        """The leaves in their own dtypes, or in wide ones. Traces; `pack` the other way round."""
        leaves = []
        for (start, stop), shape, dtype in zip(self.spans, self.shapes, self.dtypes, strict=True):
            part = vector[start:stop]
            if is_complex(dtype):
                real, imaginary = part[: len(part) // 2], part[len(part) // 2 :]
                part = jax.lax.complex(real, -imaginary if dual else imaginary)
            leaves.append(part.astype(wide(dtype) if widened else dtype).reshape(shape))
        return leaves

    def vector(self, leaves: Sequence[Any], *, dual: bool = False) -> Vector:
        """`pack` for NumPy arrays, without JAX."""
        parts = [np.zeros(0)]
        for leaf, dtype in zip(leaves, self.dtypes, strict=True):
            flat = np.asarray(leaf).ravel()
            if is_complex(dtype):
                parts += [flat.real, -flat.imag if dual else flat.imag]
            else:
                parts.append(flat.astype(np.float64))
        return np.concatenate(parts)

    def leaves(self, vector: Vector, *, dual: bool = False) -> list[Any]:
        """`unpack` for a NumPy vector, without JAX."""
        leaves = []
        for (start, stop), shape, dtype in zip(self.spans, self.shapes, self.dtypes, strict=True):
            part = np.asarray(vector[start:stop])
            if is_complex(dtype):
                half = len(part) // 2
                part = part[:half] + 1j * (-part[half:] if dual else part[half:])
            with np.errstate(over="ignore"):
                leaves.append(part.astype(dtype).reshape(shape))
        return leaves

    def rounded(self, rows: Vector) -> Vector:
        """Rows of coordinates with the values that the leaves' own dtypes can hold."""
        return np.stack([self.vector(self.leaves(row)) for row in rows])

    def name(self, coordinate: int) -> str:
        """What a coordinate is called: `args[1]['w'][2, 0]`, with `.imag` for an imaginary part."""
        for label, (start, stop), shape, dtype in zip(
            self.labels, self.spans, self.shapes, self.dtypes, strict=True
        ):
            if start <= coordinate < stop:
                offset, part = coordinate - start, ""
                if is_complex(dtype):
                    half = (stop - start) // 2
                    part = ".imag" if offset >= half else ".real"
                    offset %= half
                index = np.unravel_index(offset, shape)
                return f"{label}[{', '.join(map(str, index))}]{part}" if shape else label + part
        raise IndexError(coordinate)

    def names(self, start: int, stop: int) -> str:
        """What a run of coordinates is called: `args[0][1000:2000]`, along the flat leaf."""
        if stop - start == 1:
            return self.name(start)
        for label, (first, last), shape, dtype in zip(
            self.labels, self.spans, self.shapes, self.dtypes, strict=True
        ):
            if first <= start and stop <= last:
                if (first, last) == (start, stop):
                    return label
                flat = "" if len(shape) == 1 else ".ravel()"
                part = ".view(float)" if is_complex(dtype) else ""
                return f"{label}{flat}{part}[{start - first}:{stop - first}]"
        return f"{self.name(start)} to {self.name(stop - 1)}"
