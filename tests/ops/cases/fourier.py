"""Cases of `funcgrad.ops.fourier`."""

from ..table import call, case, real

NAMED = {"name": "PyTorch names a transform by the way it takes: of a real signal, of one axis"}
REAL = {**NAMED, "saves": "PyTorch saves a real signal, but not a complex one"}
MODE = {"Invalid normalization mode": call(real(4), norm="long"),
        "Invalid number of data points": call(real(2, 0))}  # fmt: skip
ONE = {**MODE, "Dimension out of range": call(real(4), dim=1)}
TWICE = {"FFT dims must be unique": call(real(2, 2), dim=(0, 0)),
         "must have the same length": call(real(2, 2), (2, 2), (0,)),
         "Got shape with 2 values": call(real(2), (2, 2)), **MODE}  # fmt: skip
BOTH = "float32 float64 int64 bool bfloat16 complex64"

for name, differs in (("fft", REAL), ("ifft", REAL), ("rfft", {}), ("irfft", {}), ("hfft", {}),
                      ("ihfft", {})):  # fmt: skip
    case(name, call(real(2, 5)), call(real(2, 4), 6, 1, "ortho"), call(real(4, 2), 3, 0, "forward"),
         dtypes=BOTH, refused=ONE, differs=differs)  # fmt: skip

for name, differs in (("fftn", {}), ("ifftn", {}), ("rfftn", {}), ("irfftn", {}), ("hfftn", {}),
                      ("ihfftn", NAMED)):  # fmt: skip
    case(name, call(real(2, 3, 4)), call(real(3, 4), (4, 3), norm="ortho"),
         call(real(3, 4), (2,), (0,), "forward"), dtypes=BOTH, refused=TWICE,
         differs=differs)  # fmt: skip
    case(f"{name[:-1]}2", call(real(3, 4)), call(real(2, 3, 4), (2, 5), (0, 2), "forward"),
         dtypes=BOTH, differs=differs,
         refused={"Dimension out of range": call(real(3))})  # fmt: skip

case("fftshift", call(real(4, 5)), call(real(5), 0), call(real(2, 3, 4), (0, 2)),
     dtypes="float32 int64 complex64")  # fmt: skip
case("ifftshift", call(real(4, 5)), call(real(5), 0), dtypes="float32 int64")
