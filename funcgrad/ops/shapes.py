"""Views: other readings of the same memory. Each is a pure function of its base.

`select.at` and `slice.at` read the same elements as `select` and `slice`, but their position is
traced: a loop over the rows of a tensor compiles one program, not one for each row.
"""

import jax.numpy as jnp
import numpy as np
from jax import lax

from .dims import dim as axis
from .extents import extent, infer
from .promotion import COMPLEX, FLOAT64, kind, scalar_name
from .row import row


@row("view", bind="method", variadic="size", view=True)
def view(input, size):
    return input.reshape(infer(size, input.size))


@row("unflatten", bind="torch method", node="View", view=True)
def unflatten(input, dim, sizes):
    dim = axis(dim, input.ndim)
    here = extent(input.shape, dim)
    try:
        sizes = infer(sizes, here)
    except RuntimeError:
        raise RuntimeError(
            f"unflatten: Provided sizes {list(sizes)} don't multiply up to the size of dim {dim} "
            f"({here}) in the input tensor"
        ) from None
    return input.reshape(*input.shape[:dim], *sizes, *input.shape[dim + 1 :])


@row("permute", variadic="dims", view=True)
def permute(input, dims):
    if len(dims) != input.ndim:
        raise RuntimeError(
            "permute(sparse_coo): number of dimensions in the tensor input does not match the "
            f"length of the desired ordering of dimensions i.e. input.dim() = {input.ndim} is not "
            f"equal to len(dims) = {len(dims)}"
        )
    order = [axis(i, input.ndim) for i in dims]
    if len(set(order)) != len(order):
        raise RuntimeError("permute(): duplicate dims are not allowed.")
    return lax.transpose(input, order)


@row("transpose", alias="swapaxes swapdims", view=True)
def transpose(input, dim0, dim1):
    i, j = axis(dim0, input.ndim), axis(dim1, input.ndim)
    return jnp.swapaxes(input, i, j) if input.ndim else input


@row("t", node="T", view=True)
def t(input):
    if input.ndim > 2:
        raise RuntimeError(f"t() expects a tensor with <= 2 dimensions, but self is {input.ndim}D")
    return input.T


@row("movedim", alias="moveaxis", node="Permute", view=True)
def movedim(input, source, destination):
    source = (source,) if isinstance(source, int) else source
    destination = (destination,) if isinstance(destination, int) else destination
    if len(source) != len(destination):
        raise RuntimeError(
            f"movedim: Invalid source or destination dims: source ({list(source)} dims) should "
            f"contain the same number of dims as destination ({list(destination)} dims)"
        )
    places = []
    for name, ds in (("source", source), ("destination", destination)):
        found = [axis(i, input.ndim) for i in ds]
        if len(set(found)) != len(found):
            raise RuntimeError(f"movedim: repeated dim in `{name}` ({list(ds)})")
        places.append(found)
    return jnp.moveaxis(input, *places) if input.ndim else input


def _squeeze_overload(dim=None):
    return 0 if dim is None else 1 if isinstance(dim, int) else 2


@row("squeeze", overload=_squeeze_overload, view=True)
def squeeze(input, dim=None):
    ds = range(input.ndim) if dim is None else (dim,) if isinstance(dim, int) else dim
    ds = [axis(i, input.ndim) for i in ds]
    return lax.squeeze(input, [i for i in ds if extent(input.shape, i) == 1] if input.ndim else ())


@row("unsqueeze", view=True)
def unsqueeze(input, dim):
    return lax.expand_dims(input, [axis(dim, input.ndim + 1)])


def _expand(input, size):
    shape, lead = list(size), len(size) - input.ndim
    if lead < 0:
        raise RuntimeError(
            f"expand(torch.{scalar_name(input.dtype)}Tensor{{{list(input.shape)}}}, "
            f"size={list(size)}): the number of sizes provided ({len(size)}) must be greater or "
            f"equal to the number of dimensions in the tensor ({input.ndim})"
        )
    for i, n in enumerate(size):
        here = input.shape[i - lead] if i >= lead else None
        if n == -1 and here is None:
            raise RuntimeError(
                "The expanded size of the tensor (-1) isn't allowed in a leading, non-existing "
                f"dimension {i}"
            )
        if n == -1:
            shape[i] = here
        elif here not in (None, 1, n):
            raise RuntimeError(
                f"The expanded size of the tensor ({n}) must match the existing size ({here}) at "
                f"non-singleton dimension {i}.  Target sizes: {list(size)}.  Tensor sizes: "
                f"{list(input.shape)}"
            )
    return lax.broadcast_in_dim(input, shape, range(lead, len(size)))


@row("expand", bind="method", variadic="size", view=True)
def expand(input, size):
    return _expand(input, size)


@row("broadcast_to", node="Expand", view=True)
def broadcast_to(input, size):
    return _expand(input, size)


@row("narrow", node="Slice", view=True)
def narrow(input, dim, start, length):
    if not input.ndim:
        raise RuntimeError("narrow() cannot be applied to a 0-dim tensor.")
    if length < 0:
        raise RuntimeError("narrow(): length must be non-negative.")
    dim = axis(dim, input.ndim)
    n = input.shape[dim]
    if not -n <= start <= n:
        raise IndexError(
            f"start out of range (expected to be in range of [{-n}, {n}], but got {start})"
        )
    start = start + n if start < 0 else start
    if start + length > n:
        raise RuntimeError(f"start ({start}) + length ({length}) exceeds dimension size ({n}).")
    return lax.slice_in_dim(input, start, start + length, axis=dim)


@row("select", view=True)
def select(input, dim, index):
    if not input.ndim:
        raise IndexError("select() cannot be applied to a 0-dim tensor.")
    dim = axis(dim, input.ndim)
    n = input.shape[dim]
    if not -n <= index < n:
        raise IndexError(
            f"select(): index {index} out of range for tensor of size {list(input.shape)} at "
            f"dimension {dim}"
        )
    return lax.index_in_dim(input, index % n, dim, keepdims=False)


@row("slice", bind="", view=True)
def slice_(input, dim=0, start=None, end=None, step=1):
    """Elements `start:end:step` along a dimension, with Python's rules for what lies outside."""
    if not input.ndim:
        raise IndexError("slice() cannot be applied to a 0-dim tensor.")
    if step < 1:
        raise ValueError("step must be greater than zero")
    dim = axis(dim, input.ndim)
    start, end, step = slice(start, end, step).indices(input.shape[dim])
    return lax.slice_in_dim(input, start, max(start, end), step, dim)


def _starts(input, dim, start):
    zero = jnp.zeros((), start.dtype)
    return [start if i == dim else zero for i in range(input.ndim)]


@row("select.at", "input index", bind="", view=True, saves=())
def select_at(input, dim, index):
    """`select` at a traced index, an integer array without dimensions, from 0 and in range."""
    sizes = [1 if i == dim else n for i, n in enumerate(input.shape)]
    starts = _starts(input, dim, index)
    found = lax.dynamic_slice(input, starts, sizes, allow_negative_indices=False)
    return lax.squeeze(found, [dim])


@row("slice.at", "input start", bind="", view=True, saves=())
def slice_at(input, dim, start, length, step=1):
    """`length` elements from a traced start, an integer array without dimensions, in range."""
    span = (length - 1) * step + 1 if length else 0
    sizes = [span if i == dim else n for i, n in enumerate(input.shape)]
    starts = _starts(input, dim, start)
    found = lax.dynamic_slice(input, starts, sizes, allow_negative_indices=False)
    return found if step == 1 else lax.slice_in_dim(found, 0, span, step, dim)


@row("diagonal", view=True)
def diagonal(input, offset=0, dim1=0, dim2=1):
    i, j = axis(dim1, input.ndim), axis(dim2, input.ndim)
    if i == j:
        raise RuntimeError(f"diagonal dimensions cannot be identical {dim1}, {dim2}")
    # JAX's own chooses by the platform, and the transpose of that choice reads the matrix.
    above, left = max(-offset, 0), max(offset, 0)
    places = np.arange(max(0, min(input.shape[i] - above, input.shape[j] - left)))
    return jnp.moveaxis(input, (i, j), (-2, -1))[..., places + above, places + left]


@row("unfold", bind="method", view=True)
def unfold(input, dimension, size, step):
    dim = axis(dimension, input.ndim)
    n = extent(input.shape, dim)
    if size > n:
        raise RuntimeError(f"maximum size for tensor at dimension {dim} is {n} but size is {size}")
    if step < 1:
        raise RuntimeError(f"step is {step} but must be > 0")
    if not input.ndim:
        return input.reshape(1)[:size]
    starts = jnp.arange(0, n - size + 1, step)
    windows = jnp.take(input, starts[:, None] + jnp.arange(size), dim, mode="clip")
    return jnp.moveaxis(windows, dim + 1, -1)


@row("view_as_real", bind="torch", view=True)
def view_as_real(input):
    if kind(input.dtype) != COMPLEX:
        raise RuntimeError("view_as_real is only supported for complex tensors")
    return jnp.stack([input.real, input.imag], -1)


@row("view_as_complex", bind="torch", view=True)
def view_as_complex(input):
    if kind(input.dtype) == COMPLEX or not jnp.issubdtype(input.dtype, jnp.floating):
        raise RuntimeError(
            "view_as_complex is only supported for half, float and double tensors, but got a "
            f"tensor of scalar type: {input.dtype}"
        )
    if not input.ndim:
        raise RuntimeError("Input tensor must have one or more dimensions")
    if input.shape[-1] != 2:
        raise RuntimeError("Tensor must have a last dimension of size 2")
    parts = input if input.dtype == FLOAT64 else input.astype(jnp.float32)
    return lax.complex(parts[..., 0], parts[..., 1])
