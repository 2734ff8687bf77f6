"""Normalisation within one example."""

from typing import Any

from ...tape.full import empty
from ...tape.parameter import Parameter
from ...tape.tensor import Tensor
from . import functional, init
from .family import REQUIRED, Applied, applied
from .module import Module
from .scaled import Scaled


class LayerNorm(Scaled):
    """(x − mean) / √(var + eps) · weight + bias, mean and variance over the last axes.

    Args:
        normalized_shape: the sizes of those axes.
        eps: keeps the root from zero.
        elementwise_affine: whether there is a weight (and a bias).
        bias: whether there is a bias.
        device: where the weights are made.
        dtype: of the weights.
    """

    def __init__(
        self,
        normalized_shape: Any,
        eps: float = 1e-5,
        elementwise_affine: bool = True,
        bias: bool = True,
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        super().__init__()
        if isinstance(normalized_shape, int):
            normalized_shape = (normalized_shape,)
        self.normalized_shape = tuple(normalized_shape)
        self.eps, self.elementwise_affine = eps, elementwise_affine
        self.make_parameters(self.normalized_shape, elementwise_affine, bias, device, dtype)
        self.reset_parameters()

    def forward(self, input: Tensor) -> Tensor:
        return functional.layer_norm(input, self.normalized_shape, self.weight, self.bias, self.eps)

    def extra_repr(self) -> str:
        return (f"{self.normalized_shape}, eps={self.eps}, "
                f"elementwise_affine={self.elementwise_affine}, "
                f"bias={self.bias is not None}")  # fmt: skip


class RMSNorm(Module):
    """x / √(mean of x² + eps) · weight, the mean over the last axes.

    Args:
        normalized_shape: the sizes of those axes.
        eps: keeps the root from zero; that of the dtype unless given.
        elementwise_affine: whether there is a weight.
        device: where the weight is made.
        dtype: of the weight.

    Source: Zhang and Sennrich, "Root mean square layer normalization", 2019.
    """

    def __init__(
        self,
        normalized_shape: Any,
        eps: float | None = None,
        elementwise_affine: bool = True,
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        super().__init__()
        if isinstance(normalized_shape, int):
            normalized_shape = (normalized_shape,)
        self.normalized_shape = tuple(normalized_shape)
        self.eps, self.elementwise_affine = eps, elementwise_affine
        weight = empty(self.normalized_shape, device=device, dtype=dtype)
        self.register_parameter("weight", Parameter(weight) if elementwise_affine else None)
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Weight one."""
        if self.weight is not None:
            init.ones_(self.weight)

    def forward(self, x: Tensor) -> Tensor:
        return functional.rms_norm(x, self.normalized_shape, self.weight, self.eps)

    def extra_repr(self) -> str:
        return (f"{self.normalized_shape}, eps={self.eps}, "
                f"elementwise_affine={self.elementwise_affine}")  # fmt: skip


class GroupNorm(Scaled):
    """Every group of channels of (N, C, *) with mean 0 and variance 1, then weight and bias.

    Args:
        num_groups: into how many groups the channels are split.
        num_channels: C.
        eps: keeps the root from zero.
        affine: whether there is a weight (and a bias), one number for each channel.
        device: where the weights are made.
        dtype: of the weights.
        bias: whether there is a bias.

    Source: Wu and He, "Group normalization", 2018.
    """

    def __init__(
        self,
        num_groups: int,
        num_channels: int,
        eps: float = 1e-5,
        affine: bool = True,
        device: Any = None,
        dtype: Any = None,
        *,
        bias: bool = True,
    ) -> None:
        super().__init__()
        if num_channels % num_groups:
            raise ValueError(
                f"num_channels ({num_channels}) must be divisible by num_groups ({num_groups})"
            )
        self.num_groups, self.num_channels = num_groups, num_channels
        self.eps, self.affine = eps, affine
        self.make_parameters(num_channels, affine, bias, device, dtype)
        self.reset_parameters()

    def forward(self, input: Tensor) -> Tensor:
        return functional.group_norm(input, self.num_groups, self.weight, self.bias, self.eps)

    def extra_repr(self) -> str:
        return (f"{self.num_groups}, {self.num_channels}, eps={self.eps}, "
                f"affine={self.affine}, bias={self.bias is not None}")  # fmt: skip


class _Neighbours(Applied):
    def extra_repr(self) -> str:
        return f"{self.size}, alpha={self.alpha}, beta={self.beta}, k={self.k}"


LocalResponseNorm = applied(
    __name__, "LocalResponseNorm", "local_response_norm",
    "Divides by a power of the mean square of neighbouring channels.", _Neighbours,
    size=REQUIRED, alpha=1e-4, beta=0.75, k=1.0,
)  # fmt: skip
