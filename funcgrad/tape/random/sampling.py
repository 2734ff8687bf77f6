"""Draws with a parameter for each value: `normal`, `bernoulli`, `multinomial`, `poisson` …"""

from typing import Any

import numpy as np

from ...ops.arithmetic import NOT_DIFFERENTIABLE
from .. import dtypes
from ..creation import make
from ..outs import put
from ..tensor import Tensor
from . import drawing, factories
from .drawing import give_node, number, require
from .filling import bernoulli_, check_std
from .generator import stream_of


def normal(mean: Any, std: Any = 1.0, size: Any = None, **options: Any) -> Tensor:
    """Normal values.

    Args:
        mean: a number, or a tensor with a mean for each value.
        std: a number, or a tensor with a standard deviation for each value.
        size: the shape, where both are numbers.
        options: `generator` and `out`; with a size also those of `rand`.
    """
    tensors = [value for value in (mean, std) if isinstance(value, Tensor)]
    if not tensors and size is not None and isinstance(size, (tuple, list)):
        mean, std = number("normal", "mean", mean), number("normal", "std", std)
        return factories.normals(mean, std, size, options)
    if size is not None or not tensors or options.keys() - {"generator", "out"}:
        got = ", ".join(type(value).__name__ for value in (mean, std, size) if value is not None)
        raise TypeError(
            f"normal() received an invalid combination of arguments - got ({got}"
            f"{''.join(f', {name}=' for name in options)}), but expected a tensor as mean or std, "
            "or two numbers and a tuple as size"
        )
    if not isinstance(std, Tensor):
        std = number("normal", "std", std)
        check_std(std)
    elif std.dtype.is_complex:
        raise RuntimeError("normal expects standard deviation to be non-complex")
    elif std.numel() and np.asarray(std._read()).min() < 0:
        raise RuntimeError("normal expects all elements of std >= 0.0")
    if not isinstance(mean, Tensor):
        mean = number("normal", "mean", mean)
    return _normal(mean, std, tensors, **options)


def _normal(
    mean: Any, std: Any, tensors: list[Tensor], generator: Any = None, out: Any = None
) -> Tensor:
    dtype = (out if out is not None else tensors[0]).dtype.numpy
    require("normal_kernel_cpu", dtype, "fc")
    shape = np.broadcast_shapes(*(tensor.shape for tensor in tensors))
    stream = stream_of(generator, tensors[0].device)
    scale = 1.0 if isinstance(std, Tensor) else std
    values = stream.normal(0.0, scale, shape, dtype)
    if isinstance(std, Tensor):
        values = _combined(np.multiply, values, std)
    values = _combined(np.add, values, mean)
    if out is not None:
        return _put(out, "normal", values)
    made = make(values, None, tensors[0].device, False)
    overload = 3 if len(tensors) == 2 else 2 if isinstance(std, Tensor) else 1
    return give_node(made, f"NormalBackward{overload}", tensors)


def _combined(operation: Any, values: np.ndarray, other: Any) -> np.ndarray:
    """An operation in place on values, in the dtype that both are promoted to."""
    if not isinstance(other, Tensor):
        return operation(values, values.dtype.type(other))
    array = np.asarray(other._read())
    if array.ndim == 0:
        array = array.astype(values.dtype)
    return operation(values, array).astype(values.dtype)


def _put(out: Tensor, name: str, values: np.ndarray) -> Tensor:
    factories.refuse_gradient(name, out)
    put(out, make(values.astype(out.dtype.numpy), None, out.device, False)._read(), warn=False)
    return out


def bernoulli(input: Tensor, p: Any = None, *, generator: Any = None, out: Any = None) -> Tensor:
    """1 with probability p, else 0.

    Args:
        input: the probabilities; if p is given, only its shape and dtype count.
        p: one probability for all values.
        generator: the stream to draw from.
        out: where the result goes.
    """
    target = make(np.zeros(input.shape, input.dtype.numpy), None, input.device, False)
    if p is not None:
        return give_node(bernoulli_(target, p, generator=generator), NOT_DIFFERENTIABLE, [input],
                         "aten::bernoulli")  # fmt: skip
    drawn = bernoulli_(target, input.detach(), generator=generator)
    if out is not None:
        return _put(out, "bernoulli", np.asarray(drawn._read()).astype(out.dtype.numpy))
    return give_node(drawn, "BernoulliBackward0", [input])


def bernoulli_mask(shape: tuple[int, ...], p: float, generator: Any = None) -> Tensor:
    """1.0 with probability p, else 0.0, in the default dtype."""
    values = stream_of(generator).bernoulli(p, shape, dtypes.default.dtype.numpy)
    return make(values, None, None, False)


def poisson(input: Tensor, generator: Any = None) -> Tensor:
    """Counts of events, one for each rate."""
    require("poisson_cpu", input.dtype.numpy)
    rates = np.asarray(input._read())
    made = make(stream_of(generator, input.device).poisson(rates), None, input.device, False)
    return give_node(made, "PoissonBackward0", [input])


def binomial(count: Tensor, prob: Tensor, generator: Any = None) -> Tensor:
    """Counts of successes in `count` trials of probability `prob`."""
    if count.dtype is not prob.dtype:
        raise RuntimeError(f"Found dtype {prob.dtype} but expected {count.dtype}")
    if count.dtype not in (dtypes.float32, dtypes.float64):
        raise drawing.not_implemented("binomial_cpu", count.dtype.numpy)
    pair = np.broadcast_arrays(np.asarray(count._read()), np.asarray(prob._read()))
    drawn = stream_of(generator, count.device).binomial(*pair)
    made = make(drawn, None, count.device, False)
    return give_node(made, NOT_DIFFERENTIABLE, [count, prob], "aten::binomial")


def multinomial(
    input: Tensor,
    num_samples: int,
    replacement: bool = False,
    *,
    generator: Any = None,
    out: Any = None,
) -> Tensor:
    """Indices drawn with probabilities in proportion to weights.

    Args:
        input: the weights, one row or several; they need not sum to one.
        num_samples: how many indices to draw from each row.
        replacement: whether an index may come again.
        generator: the stream to draw from.
        out: where the result goes.
    """
    if isinstance(num_samples, (bool, float)) or not hasattr(num_samples, "__index__"):
        raise TypeError(
            "multinomial(): argument 'num_samples' (position 2) must be int, not "
            f"{type(num_samples).__name__}"
        )
    weights = np.asarray(input._read())
    _check_weights(input, weights, int(num_samples), replacement, out)
    axes, _ = drawing.lies(input)
    if axes == (1, 0):  # in the same order in memory
        weights = np.asfortranarray(weights)
    drawn = stream_of(generator, input.device).multinomial(weights, int(num_samples), replacement)
    return (
        make(drawn, None, input.device, False) if out is None else _put(out, "multinomial", drawn)
    )


def _check_weights(
    input: Tensor, weights: np.ndarray, samples: int, replacement: bool, out: Any
) -> None:
    if weights.ndim not in (1, 2):
        raise RuntimeError("prob_dist must be 1 or 2 dim")
    if not input.dtype.is_floating_point:
        raise RuntimeError(
            f"multinomial only supports floating-point dtypes for input, got: {input.dtype}"
        )
    if out is not None and out.dtype is not dtypes.int64:
        raise RuntimeError(f"multinomial expects Long tensor out, got: {out.dtype}")
    if samples <= 0:
        raise RuntimeError("cannot sample n_sample <= 0 samples")
    if not replacement and samples > weights.shape[-1]:
        raise RuntimeError(
            "cannot sample n_sample > prob_dist.size(-1) samples without replacement"
        )
    if weights.shape[-1] > 2**24:
        raise RuntimeError("number of categories cannot exceed 2^24")
    if not ((weights >= 0) & (weights < np.inf)).all():
        raise RuntimeError("probability tensor contains either `inf`, `nan` or element < 0")
    if (weights.sum(axis=-1, dtype=np.float64) == 0).any():
        raise RuntimeError("invalid multinomial distribution (sum of probabilities <= 0)")


Tensor.bernoulli, Tensor.multinomial = bernoulli, multinomial
