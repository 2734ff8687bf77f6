"""Which function computes the divergence of two distributions, by their types."""

import warnings
from collections.abc import Callable
from typing import Any

from ...tape.tensor import Tensor
from .distribution import Distribution

Divergence = Callable[[Any, Any], Tensor]
_registered: dict[tuple[type, type], Divergence] = {}
_found: dict[tuple[type, type], Divergence | None] = {}


def register_kl(type_p: type, type_q: type) -> Callable[[Divergence], Divergence]:
    """Decorator: the function computes KL(p ‖ q) for these types and their subclasses.

    Where several registered pairs fit, the closest one is taken; if there is none that is closest
    in both, `kl_divergence` warns.

    Raises:
        TypeError: one of the two is not a subclass of `Distribution`.
    """
    for name, kind in (("type_p", type_p), ("type_q", type_q)):
        if not (isinstance(kind, type) and issubclass(kind, Distribution)):
            raise TypeError(f"Expected {name} to be a Distribution subclass but got {kind}")

    def register(function: Divergence) -> Divergence:
        _registered[type_p, type_q] = function
        _found.clear()
        return function

    return register


def _closest(type_p: type, type_q: type) -> Divergence | None:
    ranks = {
        (p, q): (type_p.__mro__.index(p), type_q.__mro__.index(q))
        for p, q in _registered
        if issubclass(type_p, p) and issubclass(type_q, q)
    }
    if not ranks:
        return None
    by_p = min(ranks, key=lambda pair: ranks[pair])
    by_q = min(ranks, key=lambda pair: ranks[pair][::-1])
    if _registered[by_p] is not _registered[by_q]:
        warnings.warn(
            f"Ambiguous kl_divergence({type_p.__name__}, {type_q.__name__}). Please "
            f"register_kl({by_p[0].__name__}, {by_q[1].__name__})",
            RuntimeWarning,
            stacklevel=4,
        )
    return _registered[by_p]


def kl_divergence(p: Distribution, q: Distribution) -> Tensor:
    """KL(p ‖ q) = ∫ p(x) log(p(x) / q(x)) dx, of each pair of the batch.

    Args:
        p: a distribution.
        q: a distribution over the same values.

    Raises:
        NotImplementedError: no function is registered for the two types.

    Example:
        >>> import funcgrad.torch as torch
        >>> from funcgrad.torch.distributions import Normal, kl_divergence
        >>> kl_divergence(Normal(0.0, 1.0), Normal(1.0, 1.0))
        tensor(0.5000)
    """
    pair = type(p), type(q)
    if pair not in _found:
        _found[pair] = _closest(*pair)
    function = _found[pair]
    if function is None:
        raise NotImplementedError(
            f"No KL(p || q) is implemented for p type {pair[0].__name__} and q type "
            f"{pair[1].__name__}; teach it with register_kl"
        )
    return function(p, q)
