"""`jax.scipy.signal` and the small modules beside it."""

from ..table import row
from ..values import M, S, V, f32, normal

LONG, LONG2 = normal("LONG", 12), normal("LONG2", 12)
KERNEL = normal("KERNEL", 2, 2)

row("jax.scipy.signal.convolve", V, f32(1, -2))
row("jax.scipy.signal.correlate", V, f32(1, -2))
row("jax.scipy.signal.fftconvolve", V, f32(1, -2))
row("jax.scipy.signal.fftconvolve", M, KERNEL, label="two axes", mode="same")
row("jax.scipy.signal.convolve2d", S, KERNEL)
row("jax.scipy.signal.convolve2d", S, KERNEL, label="same", mode="same")
row("jax.scipy.signal.correlate2d", S, KERNEL)
row("jax.scipy.signal.detrend", V)
row("jax.scipy.signal.detrend", V, label="constant", type="constant")
row("jax.scipy.signal.stft", LONG, nperseg=4)
row("jax.scipy.signal.istft", normal("re", 3, 4) + 1j * normal("im", 3, 4), nperseg=4)
row("jax.scipy.signal.welch", LONG, nperseg=4)
row("jax.scipy.signal.csd", LONG, LONG2, nperseg=4)

row("jax.scipy.integrate.trapezoid", V)
row("jax.scipy.ndimage.map_coordinates", S, [f32(0.3, 1.2), f32(1.6, 0.4)], order=1)
row("jax.scipy.interpolate.RegularGridInterpolator", S, f32(0.3, 1.4, 1.2, 0.6).reshape(2, 2),
    call=lambda f, values, points: f((f32(0, 1, 2), f32(0, 1, 2)), values)(points))  # fmt: skip
row("jax.scipy.cluster.vq.vq", S, S[:2] + 9,
    strategies=lambda gt: (gt.arrays((3, 3), hi=3), gt.arrays((2, 3), lo=6, hi=9)))  # fmt: skip
row("jax.scipy.cluster.vq.vq", S, S[:2], label="points that are codes",
    expected_failure={"finite": "NaN where the distance is 0: a root of squares"})  # fmt: skip
