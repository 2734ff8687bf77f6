"""Exponential families."""

from typing import Any

from ...tape.autograd import grad
from ...tape.tensor import Tensor
from .distribution import Distribution


class ExponentialFamily(Distribution):
    """Densities exp(⟨t(x), θ⟩ − F(θ) + k(x)).

    A subclass gives θ as `_natural_params`, F as `_log_normalizer` and the mean of k as
    `_mean_carrier_measure`; from these come its entropy and its divergences.

    Source: Nielsen and Nock, "Entropies and cross-entropies of exponential families", 2010.
    """

    @property
    def _natural_params(self) -> tuple[Tensor, ...]:
        raise NotImplementedError

    def _log_normalizer(self, *natural_params: Tensor) -> Tensor:
        raise NotImplementedError

    @property
    def _mean_carrier_measure(self) -> Any:
        raise NotImplementedError

    def _normalizer_and_slopes(self) -> tuple[Tensor, list[Tensor], Any]:
        """F, θ and ∂F/∂θ, the means of t(x)."""
        natural = [theta.detach().requires_grad_() for theta in self._natural_params]
        normalizer = self._log_normalizer(*natural)
        return normalizer, natural, grad(normalizer.sum(), natural, create_graph=True)

    def entropy(self) -> Tensor:
        normalizer, natural, slopes = self._normalizer_and_slopes()
        result = normalizer - self._mean_carrier_measure
        for theta, slope in zip(natural, slopes, strict=True):
            result = result - (theta * slope).reshape((*self._batch_shape, -1)).sum(-1)
        return result
