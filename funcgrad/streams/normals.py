"""Standard normals from uniforms, by the transform of G. Box and M. Muller (1958).

PyTorch has two ways. Sixteen values or more that lie together come in blocks: eight uniforms give
the radii and eight the angles of sixteen normals, in float32 by vector code (`lanes`). Fewer, or
values that lie apart, come one at a time in float64; each second one waits in the stream.
"""

import math

import numpy as np

from . import lanes
from .rounding import libm
from .stream import Stream

BLOCK = 16
# So many blocks at a time that what lies between the operations stays in the processor's cache.
_ROWS = 4096


def one_by_one(stream: Stream, n: int) -> np.ndarray:
    """n normals in float64."""
    if n == 0:
        return np.empty(0)
    waiting = [] if stream.spare is None else [stream.spare]
    pairs = (n - len(waiting) + 1) // 2
    uniforms = stream.unit(2 * pairs, np.dtype(np.float64)).reshape(-1, 2)
    radius = np.sqrt(-2.0 * libm(math.log1p, -uniforms[:, 1]))
    angle = 2 * math.pi * uniforms[:, 0]
    drawn = [radius * libm(math.cos, angle), radius * libm(math.sin, angle)]
    values = np.concatenate([waiting, np.stack(drawn, axis=1).ravel()])
    stream.spare = float(values[n]) if len(values) > n else None
    return values[:n]


def in_blocks(stream: Stream, n: int, dtype: np.dtype, halves: bool) -> np.ndarray:
    """n ≥ 16 normals in float32 or float64: whole blocks, then a new one over the last 16 values.

    Args:
        stream: where the uniforms come from.
        n: how many.
        dtype: in which the transform is done.
        halves: whether the target is of a half type. Those are drawn block by block; otherwise the
            uniforms of an incomplete last block are drawn as well.
    """
    box_muller = _blocks64 if dtype == np.float64 else _blocks32
    whole = n - n % BLOCK
    uniforms = stream.unit(whole if halves else n, dtype)
    values = np.empty(n, dtype)
    blocks = values[:whole].reshape(-1, BLOCK)
    for start in range(0, len(blocks), _ROWS):
        rows = slice(start, start + _ROWS)
        box_muller(uniforms[:whole].reshape(-1, BLOCK)[rows], blocks[rows])
    if n > whole:
        box_muller(stream.unit(BLOCK, dtype).reshape(1, BLOCK), values[-BLOCK:].reshape(1, BLOCK))
    return values


def _blocks32(uniforms: np.ndarray, normals: np.ndarray) -> None:
    radius = np.sqrt(np.float32(-2) * lanes.log(np.float32(1) - uniforms[:, :8]))
    sine, cosine = lanes.sin_and_cos(np.float32(2 * math.pi) * uniforms[:, 8:])
    np.multiply(radius, cosine, out=normals[:, :8])
    np.multiply(radius, sine, out=normals[:, 8:])


def _blocks64(uniforms: np.ndarray, normals: np.ndarray) -> None:
    shape = len(uniforms), 8
    radius = np.sqrt(-2.0 * libm(math.log, (1.0 - uniforms[:, :8]).ravel())).reshape(shape)
    angle = (2 * math.pi * uniforms[:, 8:]).ravel()
    np.multiply(radius, libm(math.cos, angle).reshape(shape), out=normals[:, :8])
    np.multiply(radius, libm(math.sin, angle).reshape(shape), out=normals[:, 8:])
