"""Normalisation of channels that keeps running numbers, as modules."""

import warnings
from typing import Any

from ...tape import dtypes
from ...tape.creation import tensor
from ...tape.full import empty
from ...tape.tensor import Tensor
from . import functional
from .scaled import Scaled


class _Normalization(Scaled):
    """Weight and bias of the channels, and their running mean and variance."""

    axes: tuple[int, ...]

    def __init__(
        self,
        num_features: int,
        eps: float = 1e-5,
        momentum: float | None = 0.1,
        affine: bool = True,
        track_running_stats: bool = True,
        device: Any = None,
        dtype: Any = None,
        *,
        bias: bool = True,
    ) -> None:
        super().__init__()
        self.num_features, self.eps, self.momentum = num_features, eps, momentum
        self.affine, self.track_running_stats = affine, track_running_stats
        self.make_parameters(num_features, affine, bias, device, dtype)

        def made() -> Tensor:
            return empty(num_features, device=device, dtype=dtype)

        kept = track_running_stats
        count = tensor(0, dtype=dtypes.int64, device=device) if kept else None
        self.register_buffer("running_mean", made() if kept else None)
        self.register_buffer("running_var", made() if kept else None)
        self.register_buffer("num_batches_tracked", count)
        self.reset_parameters()

    def reset_running_stats(self) -> None:
        """Mean zero, variance one, no batch seen."""
        if self.track_running_stats:
            self.running_mean.zero_()
            self.running_var.fill_(1)
            self.num_batches_tracked.zero_()

    def reset_parameters(self) -> None:
        """Weight one, bias zero, and the running numbers as at first."""
        self.reset_running_stats()
        super().reset_parameters()

    def _check_input_dim(self, input: Tensor) -> None:
        if input.ndim not in self.axes:
            expected = " or ".join(f"{n}D" for n in self.axes)
            raise ValueError(f"expected {expected} input (got {input.ndim}D input)")

    def extra_repr(self) -> str:
        return (f"{self.num_features}, eps={self.eps}, momentum={self.momentum}, "
                f"affine={self.affine}, bias={self.bias is not None}, "
                f"track_running_stats={self.track_running_stats}")  # fmt: skip


class _BatchNorm(_Normalization):
    def forward(self, input: Tensor) -> Tensor:
        self._check_input_dim(input)
        momentum = self.momentum
        if self.training and self.num_batches_tracked is not None:
            self.num_batches_tracked.add_(1)
            if momentum is None:
                momentum = 1.0 / float(self.num_batches_tracked)
        follows = not self.training or self.track_running_stats
        mean, var = (self.running_mean, self.running_var) if follows else (None, None)
        own = self.training or (self.running_mean is None and self.running_var is None)
        return functional.batch_norm(
            input, mean, var, self.weight, self.bias, own, momentum or 0.0, self.eps
        )


class BatchNorm1d(_BatchNorm):
    """Every channel of (N, C) or (N, C, L) with mean 0 and variance 1 over the batch.

    Args:
        num_features: how many channels there are.
        eps: keeps the root from zero.
        momentum: how far the running numbers move towards those of a batch; None takes the mean
            over all batches.
        affine: whether there is a weight (and a bias).
        track_running_stats: whether there are running numbers.
        device: where the weights are made.
        dtype: of the weights.
        bias: whether there is a bias.

    Example:
        >>> import funcgrad.torch as torch
        >>> norm = torch.nn.BatchNorm1d(1)
        >>> norm(torch.tensor([[1.0], [3.0]])).detach(), norm.running_mean
        (tensor([[-1.0000],
                [ 1.0000]]), tensor([0.2000]))
    """

    axes = (2, 3)


class BatchNorm2d(_BatchNorm):
    """Every channel of (N, C, H, W); arguments as of `BatchNorm1d`."""

    axes = (4,)


class BatchNorm3d(_BatchNorm):
    """Every channel of (N, C, D, H, W); arguments as of `BatchNorm1d`."""

    axes = (5,)


class _InstanceNorm(_Normalization):
    def __init__(
        self,
        num_features: int,
        eps: float = 1e-5,
        momentum: float = 0.1,
        affine: bool = False,
        track_running_stats: bool = False,
        device: Any = None,
        dtype: Any = None,
        *,
        bias: bool = True,
    ) -> None:
        super().__init__(
            num_features, eps, momentum, affine, track_running_stats, device, dtype, bias=bias
        )

    def _apply_to(self, input: Tensor) -> Tensor:
        own = self.training or not self.track_running_stats
        return functional.instance_norm(
            input, self.running_mean, self.running_var, self.weight, self.bias, own,
            self.momentum or 0.0, self.eps,
        )  # fmt: skip

    def forward(self, input: Tensor) -> Tensor:
        self._check_input_dim(input)
        alone = input.ndim == self.axes[0]
        at = 0 if alone else 1
        if input.shape[at] != self.num_features:
            if self.affine:
                raise ValueError(
                    f"expected input's size at dim={at} to match num_features "
                    f"({self.num_features}), but got: {input.shape[at]}."
                )
            warnings.warn(
                f"input's size at dim={at} does not match num_features. You can silence this "
                "warning by not passing in num_features, which is not used because affine=False",
                stacklevel=2,
            )
        return self._apply_to(input.unsqueeze(0)).squeeze(0) if alone else self._apply_to(input)


class InstanceNorm1d(_InstanceNorm):
    """Every channel of every example, (N, C, L) or (C, L), with mean 0 and variance 1.

    Arguments as of `BatchNorm1d`; without weight, bias and running numbers unless asked for.
    """

    axes = (2, 3)


class InstanceNorm2d(_InstanceNorm):
    """The same of (N, C, H, W) or (C, H, W)."""

    axes = (3, 4)


class InstanceNorm3d(_InstanceNorm):
    """The same of (N, C, D, H, W) or (C, D, H, W)."""

    axes = (4, 5)
