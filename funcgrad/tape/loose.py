"""Functions that take loose tensors, `meshgrid(x, y)`, and older forms under names of their own."""

from collections.abc import Callable
from typing import Any

from ..ops import OPS
from ..ops.promotion import broadcast_shapes
from . import record, views
from .bind import function
from .tensor import Tensor


def _loose(name: str) -> Callable[..., Any]:
    """A row over a sequence, called with tensors one by one or with one list of them."""
    row = OPS[name]

    def loose(*tensors: Any, **statics: Any) -> Any:
        one = len(tensors) == 1 and isinstance(tensors[0], (list, tuple))
        given = tensors[0] if one else tensors
        unknown = statics.keys() - set(row.parameters)
        if unknown:
            raise TypeError(f"{name}() got an unexpected keyword argument '{min(unknown)}'")
        own = {k: v for k, v in row.defaults.items() if k not in row.operands}
        return record.call(row, [list(given)], {**own, **statics})

    loose.__name__ = loose.__qualname__ = name
    loose.__doc__ = row.function.__doc__
    return loose


meshgrid, block_diag = _loose("meshgrid"), _loose("block_diag")
cartesian_prod, chain_matmul = _loose("cartesian_prod"), _loose("chain_matmul")
cholesky, svd = function(OPS["torch.cholesky"]), function(OPS["torch.svd"])
_nanmedian_all, _nanmedian_dim = function(OPS["nanmedian.all"]), function(OPS["nanmedian.dim"])


def nanmedian(input: Tensor, *args: Any, **kwargs: Any) -> Any:
    """`median` that passes over NaN."""
    along = _nanmedian_dim if args or kwargs else _nanmedian_all
    return along(input, *args, **kwargs)


def broadcast_tensors(*tensors: Tensor) -> tuple[Tensor, ...]:
    """The tensors in the shape that they broadcast to: views of those that have another."""
    shape = broadcast_shapes([tuple(tensor.shape) for tensor in tensors])
    return tuple(
        tensor
        if tuple(tensor.shape) == tuple(shape)
        else views.call(OPS["expand"], [tensor], {"size": shape})
        for tensor in tensors
    )


def one_hot(tensor: Tensor, num_classes: int = -1) -> Tensor:
    """A new last axis with a one at each class; -1 takes the largest class there is, plus one."""
    if num_classes == -1:
        num_classes = int(tensor.max().item()) + 1 if tensor.numel() else 0
        if num_classes == 0:
            raise RuntimeError("Can not infer total number of classes from empty tensor.")
    elif num_classes < 1:
        raise RuntimeError("num_classes should be positive")
    return record.call(OPS["one_hot"], [tensor], {"num_classes": num_classes})


lu_solve = function(OPS["torch.lu_solve"])
Tensor.nanmedian, Tensor.cholesky, Tensor.svd = nanmedian, cholesky, svd
Tensor.lu_solve = lu_solve


# A program over thousands of operands takes minutes to compile, one over these few is shared.
_MANY = 128


def _in_chunks(name: str) -> Callable[..., Tensor]:
    """`stack` or `cat`, over many tensors in chunks of one size that are joined by `cat`."""
    plain, join = function(OPS[name]), function(OPS["cat"])

    def joined(tensors: Any, dim: int = 0, **options: Any) -> Tensor:
        if isinstance(tensors, Tensor):
            return plain(tensors, dim, **options)  # which is refused
        items = list(tensors)
        if len(items) <= _MANY or options:
            return plain(items, dim, **options)
        parts = [plain(items[i : i + _MANY], dim) for i in range(0, len(items), _MANY)]
        while len(parts) > 1:
            parts = [join(parts[i : i + _MANY], dim) for i in range(0, len(parts), _MANY)]
        return parts[0]

    joined.__name__ = joined.__qualname__ = name
    joined.__doc__ = plain.__doc__
    return joined


stack, cat = _in_chunks("stack"), _in_chunks("cat")
concat = concatenate = cat


def polygamma(n: int, input: Tensor, *, out: Any = None) -> Tensor:
    """The n-th derivative of digamma at each element."""
    if isinstance(n, bool) or not isinstance(n, int):
        raise TypeError(
            f"polygamma(): argument 'n' (position 1) must be int, not {type(n).__name__}"
        )
    return _polygamma(input, n, out=out)


_polygamma = function(OPS["polygamma"])
