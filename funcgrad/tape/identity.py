"""New matrices by the places of their elements: the identity, and the indices of triangles."""

from typing import Any

import numpy as np

from ..ops.names import scalar_name
from . import dtypes
from .factory import asked, deliver
from .tensor import Tensor


def eye(n: int, m: int | None = None, **options: Any) -> Tensor:
    """The identity matrix, n by m.

    Args:
        n: how many rows.
        m: how many columns; n unless given.
        options: `dtype`, `out`, `device`, `requires_grad`; `layout` and `pin_memory` have no
            effect.
    """
    made = asked("eye", options, dtypes.default.dtype)
    for name, value in (("n", n), ("m", n if m is None else m)):
        if not hasattr(value, "__index__"):
            raise TypeError(f"eye(): argument '{name}' must be int, not {type(value).__name__}")
        if value < 0:
            raise RuntimeError(f"{name} must be greater or equal to 0, got {value}")
    return deliver(made, np.eye(n, m, dtype=made.dtype.numpy))


def _triangle(name: str, found: Any, text: str) -> Any:
    def indices(
        row: int,
        col: int,
        offset: int = 0,
        **options: Any,
    ) -> Tensor:
        for key, value in (("row", row), ("col", col)):
            if value < 0:
                raise RuntimeError(f"{key} must be non-negative, got{value}")
        made = asked(name, options, dtypes.int64, lacks=("out",))
        if made.dtype not in (dtypes.int32, dtypes.int64):
            raise NotImplementedError(
                f"\"{name}\" not implemented for '{scalar_name(made.dtype.numpy)}'; use int32 or "
                "int64"
            )
        return deliver(made, np.stack(found(row, offset, col)).astype(made.dtype.numpy))

    indices.__name__ = indices.__qualname__ = name
    indices.__doc__ = text
    return indices


tril_indices = _triangle(
    "tril_indices", np.tril_indices, "Rows and columns of the elements on and below a diagonal."
)
triu_indices = _triangle(
    "triu_indices", np.triu_indices, "Rows and columns of the elements on and above a diagonal."
)
