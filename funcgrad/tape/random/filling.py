"""Draws in place: `uniform_`, `normal_`, `random_` and the others, methods of the tensor."""

from typing import Any

import numpy as np

from .. import dtypes
from ..tensor import Tensor
from .drawing import fill, lies, number, require


def uniform_(self: Tensor, *args: Any, generator: Any = None, **kwargs: Any) -> Tensor:
    """`uniform_(from=0, to=1)`: fill with uniform values in [from, to)."""
    if len(args) > 2:
        raise TypeError(
            f"uniform_() takes from 0 to 2 positional arguments but {len(args)} were given"
        )
    given = dict(zip(("from", "to"), args, strict=False))  # `from` is a word of Python's
    for name, value in kwargs.items():
        if name not in ("from", "to") or name in given:
            raise TypeError(f"uniform_() got an unexpected keyword argument '{name}'")
        given[name] = value
    start = number("uniform_", "from", given.get("from", 0))
    stop = number("uniform_", "to", given.get("to", 1))
    require("check_uniform_bounds", self.dtype.numpy, "fc")
    _check_bounds(start, stop, self.dtype.numpy)
    return fill(self, lambda stream, n, dtype, serial: stream.uniform(start, stop, n, dtype),
                "UniformBackward0", generator)  # fmt: skip


def _check_bounds(start: float, stop: float, dtype: np.dtype) -> None:
    limit = dtypes.finfo(dtypes.of(dtype)).max
    for name, bound in (("from", start), ("to", stop)):
        if not -limit <= bound <= limit:
            raise RuntimeError(f"{name} is out of bounds for {dtype}")
    if start > stop:
        raise RuntimeError(
            f"uniform_ expects to return a [from, to) range, but found from={start:g} > to={stop:g}"
        )
    if stop - start > limit:
        raise RuntimeError(
            f"uniform_ expects to-from <= std::numeric_limits<{dtype}>::max(), but found "
            f"to={stop:g} and from={start:g} which result in to-from to exceed the limit"
        )


def normal_(self: Tensor, mean: float = 0, std: float = 1, *, generator: Any = None) -> Tensor:
    """Fill with normal values."""
    mean, std = number("normal_", "mean", mean), number("normal_", "std", std)
    check_std(std)
    require("normal_kernel_cpu", self.dtype.numpy, "fc")
    return fill(self, lambda stream, n, dtype, serial: stream.normal(mean, std, n, dtype, serial),
                "NormalBackward0", generator)  # fmt: skip


def check_std(std: float) -> None:
    """Refuse a negative standard deviation."""
    if not std >= 0:
        raise RuntimeError(f"normal expects std >= 0.0, but found std {std:g}")


def log_normal_(self: Tensor, mean: float = 1, std: float = 2, *, generator: Any = None) -> Tensor:
    """Fill with exp(x) of normal values x."""
    mean, std = number("log_normal_", "mean", mean), number("log_normal_", "std", std)
    if not std > 0:
        raise RuntimeError(f"log_normal_ expects std > 0.0, but found std={std:g}")
    require("log_normal_cpu", self.dtype.numpy)
    return fill(self, lambda stream, n, dtype, serial: stream.log_normal(mean, std, n, dtype),
                "LogNormalBackward0", generator)  # fmt: skip


def exponential_(self: Tensor, lambd: float = 1, *, generator: Any = None) -> Tensor:
    """Fill with values of the density lambd · exp(-lambd · x)."""
    rate = number("exponential_", "lambd", lambd)
    if not rate > 0:
        raise RuntimeError(f"exponential_ expects lambda > 0.0, but found lambda={rate:g}")
    _require_floating("Exponential", self)
    return fill(self, lambda stream, n, dtype, serial: stream.exponential(rate, n, dtype),
                "ExponentialBackward0", generator)  # fmt: skip


def cauchy_(self: Tensor, median: float = 0, sigma: float = 1, *, generator: Any = None) -> Tensor:
    """Fill with values of the density 1/π · sigma / ((x - median)² + sigma²)."""
    median, sigma = number("cauchy_", "median", median), number("cauchy_", "sigma", sigma)
    if not sigma > 0:
        raise RuntimeError(f"cauchy_ expects sigma > 0.0, but found sigma={sigma:g}")
    _require_floating("Cauchy", self)
    return fill(self, lambda stream, n, dtype, serial: stream.cauchy(median, sigma, n, dtype),
                "CauchyBackward0", generator)  # fmt: skip


def _require_floating(distribution: str, tensor: Tensor) -> None:
    if not tensor.dtype.is_floating_point:
        raise RuntimeError(
            f"{distribution} distribution is a continuous probability distribution. dtype must be "
            f"a floating point but you specified {tensor.dtype}"
        )


def geometric_(self: Tensor, p: float, *, generator: Any = None) -> Tensor:
    """Fill with the number of trials of probability p up to the first success."""
    p = number("geometric_", "p", p)
    if not 0 < p < 1:
        raise RuntimeError(f"geometric_ expects p to be in (0, 1), but got p={p:g}")
    require("geometric_cpu", self.dtype.numpy, "fi")
    return fill(self, lambda stream, n, dtype, serial: stream.geometric(p, n, dtype),
                "GeometricBackward0", generator)  # fmt: skip


def random_(self: Tensor, *args: Any, generator: Any = None, **kwargs: Any) -> Tensor:
    """`random_()`, `random_(to)`, `random_(from, to)`: fill with integers in [from, to).

    Where `to` is missing or None, up to the largest integer that the dtype counts to.
    """
    names = ("to",) if len(args) + len(kwargs) == 1 else ("from", "to")
    given = {**dict(zip(names, args, strict=False)), **kwargs}
    whole = {name: value for name, value in given.items() if _is_integer(value)}
    if len(given) != len(args) + len(kwargs) or not (
        given.keys() <= set(names) and (whole == given or given.get("to", 0) is None)
    ):
        got = ", ".join(type(value).__name__ for value in (*args, *kwargs.values()))
        raise TypeError(
            f"random_() received an invalid combination of arguments - got ({got}), but expected "
            "integers: (), (to) or (from, to)"
        )
    if not given:
        require("random_kernel_cpu", self.dtype.numpy, "fib")
        return fill(self, lambda stream, n, dtype, serial: stream.random(n, dtype),
                    "RandomBackward2", generator)  # fmt: skip
    if self.dtype.is_complex:
        raise RuntimeError(
            "check_random_bounds handles only integral, floating-point and boolean types"
        )
    low, high = int(whole.get("from", 0)), int(whole["to"]) if "to" in whole else None
    return fill(self, lambda stream, n, dtype, serial: stream.randint(low, high, n, dtype),
                f"RandomBackward{2 - len(given)}", generator)  # fmt: skip


def _is_integer(value: Any) -> bool:
    return hasattr(value, "__index__") and not isinstance(value, (bool, float))


def bernoulli_(self: Tensor, p: Any = 0.5, *, generator: Any = None) -> Tensor:
    """Fill with 1 with probability p, else 0.

    Args:
        p: one probability, or a tensor of them that is broadcast.
        generator: the stream to draw from.
    """
    if isinstance(p, Tensor):
        require("bernoulli_tensor_cpu_self_", self.dtype.numpy, "fib")
        require("bernoulli_tensor_cpu_p_", p.dtype.numpy)
        each = np.asarray(p.expand(self.shape)._read()).transpose(lies(self)[0]).reshape(-1)
        return fill(self, lambda stream, n, dtype, serial: stream.bernoulli(each, n, dtype),
                    "BernoulliBackward1", generator, p)  # fmt: skip
    p = number("bernoulli_", "p", p)
    if not 0 <= p <= 1:
        raise RuntimeError(f"bernoulli_ expects p to be in [0, 1], but got p={p:g}")
    require("bernoulli_scalar_cpu_", self.dtype.numpy, "fib")
    return fill(self, lambda stream, n, dtype, serial: stream.bernoulli(p, n, dtype),
                "BernoulliBackward2", generator)  # fmt: skip


for _method in (uniform_, normal_, log_normal_, exponential_, cauchy_, geometric_, random_,
                bernoulli_):  # fmt: skip
    setattr(Tensor, _method.__name__, _method)
