"""Discrete Fourier transforms, `torch.fft`.

A transform of a real signal has conjugate values at opposite frequencies, so `rfft` gives one half
of them, and `irfft` takes one. `hfft` is for signals of that kind, whose transform is real.
"""

from typing import Any

import jax.numpy as jnp

from .dims import dim as axis
from .promotion import COMPLEX, kind, scalar_name
from .row import row

# The other direction, with the same scale.
_SWAPPED = {None: "forward", "backward": "forward", "forward": "backward", "ortho": "ortho"}
# Of real signals, which PyTorch saves.
_REAL = ("rfft", "ihfft", "rfftn", "ihfftn")


def _line(name: str, input: Any, n: int | None, dim: int, norm: str | None) -> int:
    """The dimension to transform, after PyTorch's checks."""
    if name in ("rfft", "ihfft") and kind(input.dtype) == COMPLEX:
        raise RuntimeError(
            f"{name} expects a real input tensor, but got {scalar_name(input.dtype)}"
        )
    if norm not in _SWAPPED:
        raise RuntimeError(f'Invalid normalization mode: "{norm}"')
    dim = axis(dim, input.ndim)
    size = input.shape[dim] if n is None else n
    if size < 1 or (n is None and name in ("irfft", "hfft") and size < 2):
        points = 2 * (size - 1) if n is None and name in ("irfft", "hfft") else size
        raise RuntimeError(f"Invalid number of data points ({points}) specified")
    return dim


def _plane(name: str, input: Any, s: Any, dim: Any, norm: str | None) -> tuple[list[Any], list]:
    """Sizes and dimensions to transform, after PyTorch's checks."""
    if s is not None:
        s = [s] if isinstance(s, int) else list(s)
    if dim is not None:
        dim = [axis(d, input.ndim) for d in ([dim] if isinstance(dim, int) else dim)]
        if len(set(dim)) != len(dim):
            raise RuntimeError("FFT dims must be unique")
        if s is not None and len(s) != len(dim):
            raise RuntimeError("When given, dim and shape arguments must have the same length")
    elif s is not None:
        if len(s) > input.ndim:
            raise RuntimeError(
                f"Got shape with {len(s)} values but input tensor only has {input.ndim} dimensions."
            )
        dim = list(range(input.ndim - len(s), input.ndim))
    else:
        dim = list(range(input.ndim))
    if not dim and name != "fftn":
        raise RuntimeError(f"{name} must transform at least one axis")
    sizes = [input.shape[d] for d in dim]
    if s is not None:
        sizes = [own if n == -1 else n for own, n in zip(sizes, s, strict=True)]
    if name == "ihfftn" and kind(input.dtype) == COMPLEX:
        raise RuntimeError(
            f"Only supports floating-point dtypes, but found: {scalar_name(input.dtype)}"
        )
    if name == "rfftn" and kind(input.dtype) == COMPLEX:
        raise RuntimeError(
            f"rfftn expects a real-valued input tensor, but got {scalar_name(input.dtype)}"
        )
    whole = list(sizes)
    if name in ("irfftn", "hfftn") and (s is None or s[-1] == -1):
        whole[-1] = 2 * (sizes[-1] - 1)
    for n in (*sizes, *whole):
        if n < 1:
            raise RuntimeError(f"Invalid number of data points ({n}) specified")
    if norm not in _SWAPPED:
        raise RuntimeError(f'Invalid normalization mode: "{norm}"')
    return whole, dim


def _one(name: str, node: str) -> None:
    """A row for the transform along one dimension."""
    transform = getattr(jnp.fft, name)
    saves = "input" if name in _REAL else None

    @row(name, promote="spectral", bind="fft", node=node, saves=saves)
    def line(input, n=None, dim=-1, norm=None):
        return transform(input, n, _line(name, input, n, dim, norm), norm)

    line.__doc__ = f"`{name}` along one dimension, cut or filled with zeros to `n` entries."


def _many(name: str, node: str) -> None:
    """Rows for the transform along several dimensions, and along the last two."""
    of = {"hfftn": "irfftn", "ihfftn": "rfftn"}.get(name, name)
    transform = getattr(jnp.fft, of)
    saves = "input" if name in _REAL else None

    def transformed(input, s, dim, norm):
        s, dim = _plane("fftn" if name == "ifftn" else name, input, s, dim, norm)
        if not dim:
            return input.astype(jnp.result_type(input.dtype, jnp.complex64))
        if name == of:
            return transform(input, s, dim, norm)
        # Of a signal with conjugate values at opposite places, or to one.
        if name == "hfftn":
            return transform(jnp.conj(input), s, dim, _SWAPPED[norm])
        return jnp.conj(transform(input, s, dim, _SWAPPED[norm]))

    @row(name, promote="spectral", bind="fft", node=node, saves=saves)
    def many(input, s=None, dim=None, norm=None):
        return transformed(input, s, dim, norm)

    @row(f"{name[:-1]}2", promote="spectral", bind="fft", node=node, saves=saves)
    def two(input, s=None, dim=(-2, -1), norm=None):
        return transformed(input, s, dim, norm)

    many.__doc__ = f"`{name}` along `dim`, by default all, cut or filled with zeros to sizes `s`."
    two.__doc__ = f"`{name}` along two dimensions, by default the last."


for _name, _node in (
    ("fft", "FftC2C"), ("ifft", "FftC2C"), ("rfft", "FftR2C"), ("irfft", "FftC2R"),
    ("hfft", "FftC2R"), ("ihfft", "Conj"),
):  # fmt: skip
    _one(_name, _node)

for _name, _node in (
    ("fftn", "FftC2C"), ("ifftn", "FftC2C"), ("rfftn", "FftR2C"), ("irfftn", "FftC2R"),
    ("hfftn", "FftC2R"), ("ihfftn", "FftC2C"),
):  # fmt: skip
    _many(_name, _node)


def _shifted(input, dim, places):
    dim = range(input.ndim) if dim is None else [dim] if isinstance(dim, int) else dim
    dim = [axis(d, input.ndim) for d in dim]
    return jnp.roll(input, [places(input.shape[d]) for d in dim], dim)


@row("fftshift", bind="fft", node="Roll")
def fftshift(input, dim=None):
    """The zero frequency into the middle."""
    return _shifted(input, dim, lambda n: n // 2)


@row("ifftshift", bind="fft", node="Roll")
def ifftshift(input, dim=None):
    """The zero frequency from the middle to the front: what `fftshift` did, undone."""
    return _shifted(input, dim, lambda n: (n + 1) // 2)
