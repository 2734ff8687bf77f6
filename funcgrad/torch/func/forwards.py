"""Forward mode: `jvp`, `linearize`, and the Jacobian by columns, `jacfwd`."""

import functools
from collections.abc import Callable, Sequence
from typing import Any

import jax

from ...tape import modes
from ...tape.across import across
from ...tape.forward_level import enter, leave
from ...tape.full import zeros, zeros_like
from ...tape.nodes import x64
from ...tape.staging import flatten
from ...tape.tensor import Tensor, wrap
from ..autograd.forward_ad import make_dual, unpack_dual
from .batching import vmap
from .derivatives import Argnums, chosen, replaced

_WHERE = "jvp(f, primals, tangents)"


def jvp(
    func: Callable[..., Any],
    primals: Any,
    tangents: Any,
    *,
    strict: bool = False,
    has_aux: bool = False,
) -> Any:
    """The result of a function, and how it moves along tangents of its arguments.

    Every operation carries its tangent along, by `jax.jvp` of its function; a `Function` by its own
    `jvp`. Nests with itself and with the other transforms.

    Args:
        func: takes the primals, gives a tensor or a tree of them.
        primals: a tuple of floating tensors, or of trees of them.
        tangents: like the primals, with their shapes and dtypes.
        strict: a result that does not depend on the primals is an error; else its tangent is zeros.
        has_aux: the function gives (result, something to hand on).

    Returns:
        (result, tangent of the result), with `has_aux` (result, tangent, something).

    Raises:
        RuntimeError: tangents that do not fit; a result that is no tensor; see also `strict`.
        ValueError: tensors of integers.

    Example:
        >>> import funcgrad.torch as torch
        >>> x = torch.tensor([1.0, 2.0])
        >>> torch.func.jvp(lambda x: x ** 3, (x,), (torch.tensor([1.0, 10.0]),))
        (tensor([1., 8.]), tensor([  3., 120.]))
    """
    if not isinstance(primals, tuple):
        raise RuntimeError(
            f"{_WHERE}: Expected primals to be a tuple. E.g. it should be valid to call "
            "f(*primals)."
        )
    given: list[Any] = []
    moving: list[Any] = []
    structure, rebuild = flatten(primals, given)
    if flatten(tangents, moving)[0] != structure:
        raise RuntimeError(
            f"{_WHERE}: Expected primals and tangents to have the same python structure. For "
            "example, if primals is a tuple of 3 tensors, tangents also must be."
        )
    for name, leaves in (("primals", given), ("tangents", moving)):
        if not leaves:
            raise RuntimeError(f"{_WHERE}: Expected {name} to contain at least one Tensor.")
        for leaf in leaves:
            if not isinstance(leaf, Tensor):
                raise RuntimeError(
                    f"{_WHERE}: Expected {name} to only contain Tensors, got {type(leaf)}"
                )
    level = enter(nested=True)
    try:
        duals = [make_dual(p, t) for p, t in zip(given, moving, strict=True)]
        output, aux = func(*rebuild(iter(duals))), None
        if has_aux:
            if not isinstance(output, tuple) or len(output) != 2:
                raise RuntimeError(
                    f"{_WHERE}: output of function f should be a tuple: (output, aux) if has_aux "
                    "is True"
                )
            output, aux = output
        outputs: list[Any] = []
        _, rebuild = flatten(output, outputs)
        pairs = [_unpacked(value, strict) for value in outputs]
    finally:
        leave(level)
    found = tuple(rebuild(iter(part)) for part in zip(*pairs, strict=True))
    return (*found, aux) if has_aux else found


def _unpacked(value: Any, strict: bool) -> tuple[Tensor, Tensor]:
    if not isinstance(value, Tensor):
        raise RuntimeError(
            f"{_WHERE}: expected f(*primals) to return only tensors, got unsupported type "
            f"{type(value)}"
        )
    primal, tangent = unpack_dual(value)
    if tangent is None:
        if strict:
            raise RuntimeError(
                "jvp(f, primals, tangents, strict=True): The output of f is independent of the "
                "inputs. This is not allowed with strict=True."
            )
        tangent = zeros_like(primal)
    return primal, tangent


def linearize(func: Callable[..., Any], *primals: Any) -> tuple[Any, Callable[..., Any]]:
    """The result of a function, and the linear function that takes tangents through it.

    Where several tangents go through one point this computes what depends on the point once, by
    `jax.linearize`; the linear function is one compiled program.

    Args:
        func: takes the primals, gives a tensor or a tree of them.
        primals: tensors, or trees of them.

    Returns:
        (result, function): the function takes tangents, one argument for each primal, and gives
        what `jvp` gives as the tangent of the result. It can be differentiated by the tangents.

    Raises:
        RuntimeError: tangents of another structure, shape or dtype than the primals.

    Example:
        >>> import funcgrad.torch as torch
        >>> value, pushed = torch.func.linearize(torch.sin, torch.zeros(2))
        >>> pushed(torch.tensor([1.0, 3.0]))
        tensor([1., 3.])
    """
    given: list[Any] = []
    structure, rebuild = flatten(primals, given)
    output, form = func(*primals), {}

    def push(*arrays: Any) -> list[Any]:
        with modes.no_grad():
            moved = jvp(func, primals, rebuild(iter([wrap(array) for array in arrays])))[1]
        leaves: list[Any] = []
        form["rebuild"] = flatten(moved, leaves)[1]
        return [leaf._read() for leaf in leaves]

    with x64(True):
        _, linear = jax.linearize(push, *(jax.numpy.zeros_like(t._read()) for t in given))
        compiled = jax.jit(linear)

    def pushed(*tangents: Any) -> Any:
        moving: list[Any] = []
        if flatten(tangents, moving)[0] != structure:
            raise RuntimeError(
                f"Expected the tangents to have the same argspec as the primals: {len(primals)} "
                f"arguments, in the same trees, but got {len(tangents)} arguments"
            )
        for i, (tangent, primal) in enumerate(zip(moving, given, strict=True)):
            for what in ("shape", "device", "dtype"):
                found, wanted = getattr(tangent, what), getattr(primal, what)
                if found != wanted:
                    raise RuntimeError(
                        f"tangent:{i} with {what} {found} in flattened pytree doesn't match the "
                        f"{what} {wanted} of the corresponding primal."
                    )
        return form["rebuild"](iter(across(lambda *arrays: tuple(compiled(*arrays)), moving)))

    return output, pushed


def jacfwd(
    func: Callable[..., Any],
    argnums: Argnums = 0,
    has_aux: bool = False,
    *,
    randomness: str = "error",
) -> Any:
    """The function that gives the Jacobian, by one `jvp` along all entries of the argument.

    To be preferred to `jacrev` where the result has more entries than the argument.

    Args:
        func: takes tensors, gives a tensor or a tree of them.
        argnums: the number of the argument to differentiate by, or a tuple of numbers.
        has_aux: the function gives (result, a tree of tensors to hand on).
        randomness: what `vmap` is told.

    Returns:
        A function that gives, in the structure of the result, and in it in that of the argument,
        tensors of shape (*result, *argument); with `has_aux` (that, something).

    Raises:
        RuntimeError: a result that is no tensor.
        ValueError: an argument of integers.

    Example:
        >>> import funcgrad.torch as torch
        >>> torch.func.jacfwd(torch.sin)(torch.zeros(2))
        tensor([[1., 0.],
                [0., 1.]])
    """

    @functools.wraps(func)
    def jacobian(*args: Any, **kwargs: Any) -> Any:
        by = chosen(args, argnums)
        operands: list[Any] = []
        _, rebuild = flatten(by, operands)

        def of_chosen(*values: Any) -> Any:
            given = values if isinstance(argnums, tuple) else values[0]
            return func(*replaced(args, argnums, given), **kwargs)

        def push(*tangents: Tensor) -> Any:
            moving = rebuild(iter(tangents))
            several = isinstance(argnums, tuple)
            pair = (by, moving) if several else ((by,), (moving,))
            found = jvp(of_chosen, *pair, has_aux=has_aux)
            return found[1:] if has_aux else found[1]

        columns = vmap(push, randomness=randomness)(*_directions(operands))
        columns, aux = columns if has_aux else (columns, None)
        leaves: list[Any] = []
        _, rebuild_output = flatten(columns, leaves)
        found = rebuild_output(iter([rebuild(iter(_split(c, operands))) for c in leaves]))
        return (found, _first(aux)) if has_aux else found

    return jacobian


def _directions(operands: Sequence[Tensor]) -> list[Tensor]:
    """For each operand its part of all directions, along a new first axis."""
    count, start, parts = sum(t.numel() for t in operands), 0, []
    for operand in operands:
        size = operand.numel()
        block = zeros(count, size, dtype=operand.dtype, device=operand.device)
        block[start : start + size].diagonal().fill_(1)
        parts.append(block.reshape(count, *operand.shape))
        start += size
    return parts


def _split(columns: Tensor, operands: Sequence[Tensor]) -> list[Tensor]:
    """The Jacobians of one result, by each operand."""
    last = columns.movedim(0, -1)
    parts = last.split([operand.numel() for operand in operands], -1)
    return [
        part.reshape(*last.shape[:-1], *operand.shape)
        for part, operand in zip(parts, operands, strict=True)
    ]


def _first(tree: Any) -> Any:
    leaves: list[Any] = []
    _, rebuild = flatten(tree, leaves)
    return rebuild(iter([leaf[0] for leaf in leaves]))
