"""The multivariate normal distribution."""

import math
from typing import Any

from ...ops import OPS
from ...ops.promotion import broadcast_shapes
from ...tape.bind import function
from ...tape.identity import eye
from ...tape.tensor import Size, Tensor
from . import constraints
from .distribution import Distribution
from .divergence import register_kl
from .utils import as_size, lazy_property, standard_normal

_cholesky, _solve = function(OPS["cholesky"]), function(OPS["solve_triangular"])


class MultivariateNormal(Distribution):
    """Vectors of D normal values that depend on each other.

    One of the three matrices is given, (*, D, D).

    Args:
        loc: the means, (*, D).
        covariance_matrix: the covariances.
        precision_matrix: their inverse.
        scale_tril: a lower triangular L with a positive diagonal, of which L Lᵀ is the covariance.
        validate_args: whether parameters and values are checked.

    Example:
        >>> import funcgrad.torch as torch
        >>> normal = torch.distributions.MultivariateNormal(torch.zeros(2), torch.eye(2))
        >>> normal.log_prob(torch.zeros(2))
        tensor(-1.8379)
    """

    arg_constraints = {  # noqa: RUF012
        "loc": constraints.real_vector,
        "covariance_matrix": constraints.positive_definite,
        "precision_matrix": constraints.positive_definite,
        "scale_tril": constraints.lower_cholesky,
    }
    support = constraints.real_vector
    has_rsample = True

    def __init__(
        self,
        loc: Tensor,
        covariance_matrix: Tensor | None = None,
        precision_matrix: Tensor | None = None,
        scale_tril: Tensor | None = None,
        validate_args: bool | None = None,
    ) -> None:
        if loc.ndim < 1:
            raise ValueError("loc must be at least one-dimensional.")
        given = {
            name: matrix
            for name, matrix in (
                ("scale_tril", scale_tril),
                ("covariance_matrix", covariance_matrix),
                ("precision_matrix", precision_matrix),
            )
            if matrix is not None
        }
        if len(given) != 1:
            raise ValueError(
                "Exactly one of covariance_matrix or precision_matrix or scale_tril may be "
                "specified."
            )
        ((name, matrix),) = given.items()
        if matrix.ndim < 2:
            raise ValueError(
                f"{name} must be at least two-dimensional, with optional leading batch dimensions"
            )
        batch = broadcast_shapes([tuple(matrix.shape[:-2]), tuple(loc.shape[:-1])])
        event = loc.shape[-1:]
        setattr(self, name, matrix.expand((*batch, *matrix.shape[-2:])))
        self.loc = loc.expand((*batch, *event))
        super().__init__(batch, event, validate_args=validate_args)
        # Before it is expanded: a matrix that all share is factored, and solved for, once.
        self._factor = {
            "scale_tril": lambda: matrix,
            "covariance_matrix": lambda: _cholesky(matrix),
            "precision_matrix": lambda: _factor_of_inverse(matrix),
        }[name]()

    def expand(self, batch_shape: Any, _instance: Any = None) -> "MultivariateNormal":
        new = self._get_checked_instance(MultivariateNormal, _instance)
        batch, event = as_size(batch_shape), self._event_shape
        new.loc, new._factor = self.loc.expand(batch + event), self._factor
        for name in ("scale_tril", "covariance_matrix", "precision_matrix"):
            if name in self.__dict__:
                setattr(new, name, getattr(self, name).expand(batch + event + event))
        return self._finish(new, batch, event)

    def _matrices(self) -> Size:
        return self._batch_shape + self._event_shape + self._event_shape

    @lazy_property
    def scale_tril(self) -> Tensor:
        return self._factor.expand(self._matrices())

    @lazy_property
    def covariance_matrix(self) -> Tensor:
        return (self._factor @ self._factor.mT).expand(self._matrices())

    @lazy_property
    def precision_matrix(self) -> Tensor:
        inverse = _inverse(self._factor)
        return (inverse.mT @ inverse).expand(self._matrices())

    @property
    def mean(self) -> Tensor:
        return self.loc

    @property
    def mode(self) -> Tensor:
        return self.loc

    @property
    def variance(self) -> Tensor:
        return self._factor.pow(2).sum(-1).expand(self._batch_shape + self._event_shape)

    def rsample(self, sample_shape: Any = ()) -> Tensor:
        noise = standard_normal(self._extended_shape(sample_shape), self.loc)
        return self.loc + (self._factor @ noise.unsqueeze(-1)).squeeze(-1)

    def _log_determinant(self) -> Tensor:
        """Half that of the covariance."""
        return self._factor.diagonal(0, -2, -1).log().sum(-1)

    def _distance(self, value: Tensor) -> Tensor:
        """(x − loc)ᵀ Σ⁻¹ (x − loc)."""
        away = (value - self.loc).unsqueeze(-1)
        return _solve(self._factor, away, upper=False).squeeze(-1).pow(2).sum(-1)

    def log_prob(self, value: Tensor) -> Tensor:
        self._checked(value)
        distance = self._distance(value)
        constant = self._event_shape[0] * math.log(2 * math.pi)
        return -0.5 * (constant + distance) - self._log_determinant()

    def entropy(self) -> Tensor:
        constant = 0.5 * self._event_shape[0] * (1.0 + math.log(2 * math.pi))
        return (constant + self._log_determinant()).expand(self._batch_shape)


@register_kl(MultivariateNormal, MultivariateNormal)
def _divergence(p: Any, q: Any) -> Tensor:
    if p.event_shape != q.event_shape:
        raise ValueError(
            "KL-divergence between two Multivariate Normals with different event shapes cannot be "
            "computed"
        )
    spread = _solve(q._factor, p._factor, upper=False).pow(2).sum((-2, -1))
    distance = q._distance(p.loc)
    logs = q._log_determinant() - p._log_determinant()
    return logs + 0.5 * (spread + distance - p.event_shape[0])


def _inverse(factor: Tensor) -> Tensor:
    identity = eye(factor.shape[-1], dtype=factor.dtype, device=factor.device)
    return _solve(factor, identity.expand(factor.shape), upper=False)


def _factor_of_inverse(matrix: Tensor) -> Tensor:
    """L of the inverse: turned by half a circle, the factor of the turned matrix is its inverse."""
    turned = _cholesky(matrix.flip((-2, -1)))
    return _inverse(turned.flip((-2, -1)).mT)
