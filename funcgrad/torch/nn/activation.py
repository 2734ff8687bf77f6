"""Activations as modules: a table, and those that do more than apply a function."""

from functools import partial
from typing import Any

from ...tape.full import full
from ...tape.parameter import Parameter
from ...tape.tensor import Tensor
from . import functional
from .family import REQUIRED, Applied, applied
from .module import Module

_activation = partial(applied, __name__)

ReLU = _activation("ReLU", "relu", "max(0, x).", inplace=False)
LeakyReLU = _activation(
    "LeakyReLU", "leaky_relu", "x, or negative_slope·x below 0.", negative_slope=0.01, inplace=False
)
ELU = _activation("ELU", "elu", "x, or α(eˣ − 1) below 0.", alpha=1.0, inplace=False)
SELU = _activation("SELU", "selu", "ELU, scaled so that it normalises itself.", inplace=False)
CELU = _activation("CELU", "celu", "x, or α(exp(x/α) − 1) below 0.", alpha=1.0, inplace=False)
GELU = _activation("GELU", "gelu", "x·Φ(x).", approximate="none")
SiLU = _activation("SiLU", "silu", "x·σ(x).", inplace=False)
Mish = _activation("Mish", "mish", "x·tanh(softplus(x)).", inplace=False)
Softplus = _activation(
    "Softplus", "softplus", "log(1 + exp(βx))/β; x where βx > threshold.", beta=1.0, threshold=20.0
)
Softsign = _activation("Softsign", "softsign", "x / (1 + |x|).")
Tanh = _activation("Tanh", "tanh", "tanh x.")
Sigmoid = _activation("Sigmoid", "sigmoid", "σ(x) = 1 / (1 + e⁻ˣ).")
LogSigmoid = _activation("LogSigmoid", "logsigmoid", "log σ(x).")
Hardsigmoid = _activation(
    "Hardsigmoid", "hardsigmoid", "x/6 + ½ between 0 and 1.", inplace=False, _shown=()
)
Hardswish = _activation(
    "Hardswish", "hardswish", "x times hardsigmoid x.", inplace=False, _shown=()
)
Softmax = _activation("Softmax", "softmax", "exp x, divided by its sum along dim.", dim=None)
LogSoftmax = _activation("LogSoftmax", "log_softmax", "log softmax x along dim.", dim=None)
Softmin = _activation("Softmin", "softmin", "softmax of −x along dim.", dim=None)
Threshold = _activation(
    "Threshold", "threshold", "x where it exceeds threshold, else value.",
    threshold=REQUIRED, value=REQUIRED, inplace=False,
)  # fmt: skip
Tanhshrink = _activation("Tanhshrink", "tanhshrink", "x − tanh x.")
GLU = _activation("GLU", "glu", "a·σ(b), the halves of x along dim.", dim=-1)


class _Shrink(Applied):
    def extra_repr(self) -> str:
        return str(self.lambd)


Softshrink = _activation(
    "Softshrink", "softshrink", "x moved towards 0 by lambd, 0 within.", _Shrink, lambd=0.5
)
Hardshrink = _activation("Hardshrink", "hardshrink", "x, 0 where |x| ≤ lambd.", _Shrink, lambd=0.5)


class _Noisy(Applied):
    """Passes on whether the module is training."""

    def forward(self, input: Tensor) -> Tensor:
        return functional.rrelu(input, self.lower, self.upper, self.training, self.inplace)


RReLU = _activation(
    "RReLU", "rrelu", "x, or below 0 a part of it, which is drawn while training.", _Noisy,
    lower=1.0 / 8, upper=1.0 / 3, inplace=False,
)  # fmt: skip


class Hardtanh(Module):
    """x between min_val and max_val.

    `min_value` and `max_value` are older names of the two.
    """

    def __init__(
        self,
        min_val: float = -1.0,
        max_val: float = 1.0,
        inplace: bool = False,
        min_value: float | None = None,
        max_value: float | None = None,
    ) -> None:
        super().__init__()
        self.min_val = min_val if min_value is None else min_value
        self.max_val = max_val if max_value is None else max_value
        self.inplace = inplace
        if self.max_val <= self.min_val:
            raise AssertionError(
                f"max_val ({self.max_val}) must be greater than min_val ({self.min_val})"
            )

    def forward(self, input: Tensor) -> Tensor:
        return functional.hardtanh(input, self.min_val, self.max_val, inplace=self.inplace)

    def extra_repr(self) -> str:
        inplace = ", inplace=True" if self.inplace else ""
        return f"min_val={self.min_val}, max_val={self.max_val}{inplace}"


class ReLU6(Hardtanh):
    """x between 0 and 6."""

    def __init__(self, inplace: bool = False) -> None:
        super().__init__(0.0, 6.0, inplace)

    def extra_repr(self) -> str:
        return "inplace=True" if self.inplace else ""


class PReLU(Module):
    """x, or weight·x below 0; the weight is learnt: one, or one for each channel (axis 1)."""

    def __init__(
        self, num_parameters: int = 1, init: float = 0.25, device: Any = None, dtype: Any = None
    ) -> None:
        super().__init__()
        self.num_parameters, self.init = num_parameters, init
        self.weight = Parameter(full((num_parameters,), float(init), dtype=dtype, device=device))

    def reset_parameters(self) -> None:
        """Start again from `init`."""
        self.weight.data.fill_(self.init)

    def forward(self, input: Tensor) -> Tensor:
        return functional.prelu(input, self.weight)

    def extra_repr(self) -> str:
        return f"num_parameters={self.num_parameters}"


class Softmax2d(Module):
    """Softmax over the channels of (N, C, H, W), or (C, H, W)."""

    def forward(self, input: Tensor) -> Tensor:
        if input.ndim not in (3, 4):
            raise ValueError(f"Softmax2d: expected input to be 3D or 4D, got {input.ndim}D instead")
        return functional.softmax(input, -3)
