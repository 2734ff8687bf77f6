"""Bugs in signals and numbers: an odd length, PyTorch's pairing, a threshold, a dtype."""

from __future__ import annotations

import jax
import jax.numpy as jnp

from .blind_kit import Plant, WrongAt, apart, gradient, ruled, values


def _power(x):
    spectrum = jnp.fft.rfft(x)
    return jnp.real(spectrum) ** 2 + jnp.imag(spectrum) ** 2


def _spectrum(fault):
    def backward(x, ct):
        spectrum, n = jnp.fft.rfft(x), x.size
        alone = jnp.arange(spectrum.size) == 0
        if fault or n % 2 == 0:
            alone = alone | (jnp.arange(spectrum.size) == spectrum.size - 1)
        weights = jnp.where(alone, 1.0, 0.5).astype(x.dtype)
        return (2 * n * jnp.fft.irfft(ct * weights * spectrum, n),)

    return ruled(_power, lambda x: (_power(x), x), backward)


def _spectrum_strategies(gt, dtype):
    return (gt.arrays((gt.dims("n", 1, 9),), dtype),)


def _transform_plain(z):
    return jnp.fft.fft(z)


def _transform(fault):
    def backward(_, ct):
        # PyTorch's cotangents are conjugates of JAX's, and so is the transpose of its transform.
        return (ct.size * jnp.fft.ifft(ct) if fault else jnp.fft.fft(ct),)

    return ruled(_transform_plain, lambda z: (jnp.fft.fft(z), None), backward)


def _srgb(x, border=0.0031308):
    dark = x <= border
    return jnp.where(dark, 12.92 * x, 1.055 * jnp.where(dark, 1, x) ** (1 / 2.4) - 0.055)


def _srgb_slope(x, border):
    dark = x <= border
    return jnp.where(dark, 12.92, 1.055 / 2.4 * jnp.where(dark, 1, x) ** (1 / 2.4 - 1))


def _display(fault):
    border = 0.04045 if fault else 0.0031308  # the border of this map, or of its inverse

    @jax.custom_jvp
    def encode(x):
        return _srgb(x)

    @encode.defjvp
    def _(primals, tangents):
        return encode(*primals), _srgb_slope(primals[0], border) * tangents[0]

    return encode


def _wave_plain(x):
    return x * jnp.sin(x)


def _wave(fault):
    def backward(x, ct):
        step = 1e-6
        differences = (_wave_plain(x + step) - _wave_plain(x - step)) / (2 * step)
        return (ct * (differences if fault else jnp.sin(x) + x * jnp.cos(x)),)

    return ruled(_wave_plain, lambda x: (_wave_plain(x), x), backward)


def _wave_in_float32(fn):
    point = (values(5).astype("float32"),)
    # Rounding alone stays far below a thousandth here; the differences are off by per cents.
    return apart(gradient(fn, point), gradient(_wave_plain, point), tolerance=1e-3)


def _bounded(fault):
    def backward(y, ct):
        slope = 1 - y**2
        if fault:
            half = (1024 * jnp.asarray(ct)).astype(jnp.float16) * slope.astype(jnp.float16)
            return (half.astype(ct.dtype) / 1024,)
        return (ct * slope,)

    def forward(x):
        y = jnp.tanh(x)
        return y, y

    return ruled(jnp.tanh, forward, backward)


def _matrix_plain(x, w):
    return jnp.matmul(x, w, precision="highest")


def _matrix(fault):
    def forward(x, w):
        kept = x.astype(jnp.bfloat16).astype(x.dtype) if fault else x
        return _matrix_plain(x, w), (kept, w)

    def backward(kept, ct):
        x, w = kept
        return _matrix_plain(ct, w.T), _matrix_plain(x.T, ct)

    return ruled(_matrix_plain, forward, backward)


PLANTS = [
    Plant(
        "spectrum_of_odd_length",
        "the last frequency counts once, as Nyquist's does; an odd length has none",
        _spectrum,
        _power,
        lambda draw: (draw.normal(8),),
        WrongAt(_power, values(7)),
        _spectrum_strategies,
    ),
    Plant(
        "transform_paired_as_in_pytorch",
        "the conjugate transpose of a complex map, where JAX takes the transpose",
        _transform,
        _transform_plain,
        lambda draw: (draw.complex(6),),
        WrongAt(_transform_plain, values(6) + 1j * values(6, seed=2)),
    ),
    Plant(
        "srgb_by_the_inverse_border",
        "between 0.0031 and 0.0405 the slope is that of the dark branch",
        _display,
        _srgb,
        lambda draw: (draw.uniform(0, 1, 20),),
        WrongAt(_srgb, [0.001, 0.02, 0.5]),
        lambda gt, dtype: (gt.arrays((20,), dtype, 0.0, 1.0),),
    ),
    Plant(
        "wave_by_differences",
        "the slope is taken by differences with a step of 1e-6, which is noise in float32",
        _wave,
        _wave_plain,
        lambda draw: (draw.normal(6),),
        _wave_in_float32,
        dtypes=("float32",),
    ),
    Plant(
        "bounded_in_half_precision",
        "the cotangent, scaled by 1024, goes through float16: beyond 64 it is infinite",
        _bounded,
        jnp.tanh,
        lambda draw: (draw.normal(8),),
        WrongAt(jnp.tanh, values(8), scale=1e3),
    ),
    Plant(
        "matrix_keeps_half_its_input",
        "the input is kept in bfloat16 for the backward: the weights' gradient is off by 0.3 %",
        _matrix,
        _matrix_plain,
        lambda draw: (draw.normal(6, 4), draw.normal(4, 3)),
        WrongAt(_matrix_plain, values(6, 4), values(4, 3, seed=2)),
    ),
]
