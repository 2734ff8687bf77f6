"""How closely two engines have to agree: one table by dtype; an exception carries its reason."""

import numpy as np

# (relative, absolute). Half types: one unit in the last place, since both round once.
BY_DTYPE = {
    "float64": (1e-12, 1e-13),
    "float32": (2e-6, 1e-6),
    "float16": (2**-10, 1e-6),
    "bfloat16": (2**-7, 1e-6),
    "complex64": (2e-6, 1e-6),
    "complex128": (1e-12, 1e-13),
}

# Names that a case may give as `tolerance`: (float64 pair, float32 pair, reason).
EXCEPTIONS: dict[str, tuple[tuple[float, float], tuple[float, float], str]] = {
    "linalg": ((1e-9, 1e-10), (2e-5, 1e-5),
               "two libraries' factorizations round differently, and the condition amplifies it"),
    "trigamma": ((1e-8, 1e-9), (2e-6, 1e-6),
                 "PyTorch's trigamma is a short series, good to 1e-9 at 1.5; XLA's is exact there"),
    "float32 constant": ((1e-7, 1e-8), (2e-6, 1e-6),
                         "PyTorch rounds a constant of the backward (1/6, 1/alpha) to float32"),
}  # fmt: skip


def tolerance(dtype: str, name: str | None = None) -> tuple[float, float]:
    """The relative and the absolute tolerance; exact for integers and bools."""
    if name is not None and dtype in ("float64", "float32"):
        return EXCEPTIONS[name][0 if dtype == "float64" else 1]
    return BY_DTYPE.get(dtype, (0.0, 0.0))


def assert_close(ours: np.ndarray, theirs: np.ndarray, dtype: str, name: str | None, what: str):
    """Assert that values agree; nan equals nan, and infinities must have the same sign."""
    relative, absolute = tolerance(dtype, name)
    if ours.dtype.name == "bfloat16":
        ours = ours.astype(np.float32)
    np.testing.assert_allclose(ours, theirs, relative, absolute, err_msg=what, strict=False)
