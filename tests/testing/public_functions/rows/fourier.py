"""`jax.numpy.fft` and the cosine transforms of `jax.scipy.fft`."""

from ..table import row
from ..values import Z_MATRIX, M, T, V, Z

for name in "fft ifft rfft ihfft fftshift ifftshift".split():
    row(f"jax.numpy.fft.{name}", V)
for name in "fft ifft irfft hfft".split():
    row(f"jax.numpy.fft.{name}", Z, label="complex")
for name in "fft2 ifft2 fftn ifftn rfft2 rfftn".split():
    row(f"jax.numpy.fft.{name}", M)
for name in "fft2 ifft2 fftn ifftn irfft2 irfftn".split():
    row(f"jax.numpy.fft.{name}", Z_MATRIX, label="complex")
row("jax.numpy.fft.fft", V, label="padded", n=6)
row("jax.numpy.fft.fft", M, label="orthonormal", axis=0, norm="ortho")
row("jax.numpy.fft.rfft", V, label="cropped", n=3)
row("jax.numpy.fft.irfft", Z, label="odd", n=5)
row("jax.numpy.fft.rfftn", T, label="three axes")

for name in "dct idct".split():
    row(f"jax.scipy.fft.{name}", V)
    row(f"jax.scipy.fft.{name}n", M)
row("jax.scipy.fft.dct", V, label="orthonormal", norm="ortho")
