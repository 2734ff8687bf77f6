"""`torch.fft`: the rows of the table that are bound here, and the frequencies they stand for."""

from ..tape.bind import names as _names
from ..tape.fourier import fftfreq as fftfreq
from ..tape.fourier import rfftfreq as rfftfreq

globals().update(_names("fft"))
