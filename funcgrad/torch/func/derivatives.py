"""`grad`, `grad_and_value` and `vjp`."""

import functools
from collections.abc import Callable
from typing import Any

from ...tape import autograd, forward, modes
from ...tape.full import zeros_like
from ...tape.staging import flatten
from ...tape.tensor import Tensor
from .levels import Level

Argnums = int | tuple[int, ...]


def grad(func: Callable[..., Any], argnums: Argnums = 0, has_aux: bool = False) -> Any:
    """The function that gives the gradient of a function with a scalar result.

    Args:
        func: takes tensors, or trees of them, and gives a tensor of one element and no axes.
        argnums: the number of the argument to differentiate by, or a tuple of numbers.
        has_aux: the function gives (result, something to hand on).

    Returns:
        A function that gives the gradient, in the structure of the argument; for a tuple of numbers
        a tuple; with `has_aux` (gradient, something).

    Raises:
        RuntimeError: the result is no scalar tensor, or an argument has a dtype of integers.

    Example:
        >>> import funcgrad.torch as torch
        >>> torch.func.grad(torch.func.grad(torch.sin))(torch.tensor(1.0))
        tensor(-0.8415)
    """

    @functools.wraps(func)
    def gradient(*args: Any, **kwargs: Any) -> Any:
        found, value = grad_and_value(func, argnums, has_aux)(*args, **kwargs)
        return (found, value[1]) if has_aux else found

    return gradient


def grad_and_value(func: Callable[..., Any], argnums: Argnums = 0, has_aux: bool = False) -> Any:
    """Like `grad`, and gives the function's result, too.

    Returns:
        A function that gives (gradient, result), with `has_aux` (gradient, (result, something)).

    Example:
        >>> import funcgrad.torch as torch
        >>> torch.func.grad_and_value(lambda x: (x ** 2).sum())(torch.tensor([1.0, 2.0]))
        (tensor([2., 4.]), tensor(5.))
    """

    @functools.wraps(func)
    def both(*args: Any, **kwargs: Any) -> Any:
        level = Level(chosen(args, argnums))
        with modes.enable_grad():
            output = func(*replaced(args, argnums, level.inside), **kwargs)
            result = output
            if has_aux:
                if not isinstance(output, tuple) or len(output) != 2:
                    raise RuntimeError(
                        "grad_and_value(f)(*args): output of function f should be a tuple: "
                        "(output, aux) if has_aux is True"
                    )
                result = output[0]
            if not isinstance(result, Tensor):
                raise RuntimeError(
                    "grad_and_value(f)(*args): Expected f(*args) to return a Tensor, got "
                    f"{type(result).__name__}; give auxiliary values by has_aux=True"
                )
            if result.ndim != 0:
                raise RuntimeError(
                    "grad_and_value(f)(*args): Expected f(*args) to return a scalar Tensor, got "
                    f"tensor with {result.ndim} dims. Maybe you wanted to use the vjp or jacrev "
                    "APIs instead?"
                )
            found = pulled(level, [result], None)
        return level.close((level.rebuild(iter(found)), output))

    return both


def vjp(func: Callable[..., Any], *primals: Any, has_aux: bool = False) -> Any:
    """The result of a function, and the function that takes gradients of it to the arguments.

    Args:
        func: takes the primals, gives a tensor or a tree of them.
        primals: tensors, or trees of them.
        has_aux: the function gives (result, something to hand on).

    Returns:
        (result, pullback), with `has_aux` (result, pullback, something). The pullback takes a tree
        like the result and gives a gradient for each primal: for one as it is, else a tuple.

    Raises:
        RuntimeError: a result that is no tensor; cotangents of another structure.

    Example:
        >>> import funcgrad.torch as torch
        >>> value, pullback = torch.func.vjp(torch.exp, torch.zeros(2))
        >>> pullback(torch.tensor([1.0, 3.0]))
        (tensor([1., 3.]),)
    """
    level = Level(primals)
    with modes.enable_grad():
        output = func(*level.inside)
    aux = None
    if has_aux:
        if not isinstance(output, tuple) or len(output) != 2:
            raise RuntimeError(
                "vjp(f, *primals): output of function f should be a tuple: (output, aux) if "
                "has_aux is True"
            )
        output, aux = output
    outputs: list[Any] = []
    structure, _ = flatten(output, outputs)
    for value in outputs:
        if not isinstance(value, Tensor):
            raise RuntimeError(
                "vjp(f, *primals): Expected f(*primals) to return only tensors, got unsupported "
                f"type {type(value).__name__}"
            )

    def pullback(cotangents: Any, retain_graph: bool = True, create_graph: bool = True) -> Any:
        given: list[Any] = []
        if flatten(cotangents, given)[0] != structure:
            raise RuntimeError(
                "Expected pytree structure of cotangents to be the same as pytree structure of "
                "outputs to the function"
            )
        with modes.enable_grad():
            found = pulled(level, outputs, given)
        inside = level.rebuild(iter(found))
        return level.close(inside)

    shown = level.close(output)
    return (shown, pullback, level.close(aux)) if has_aux else (shown, pullback)


def pulled(level: Level, outputs: list[Tensor], given: list[Tensor] | None) -> list[Tensor]:
    """The gradients of results by the arguments of a level, zeros where there is none."""
    pairs = [
        (output, None if given is None else given[i])
        for i, output in enumerate(outputs)
        if output.requires_grad
    ]
    found: Any = [None] * len(level.inputs)
    if pairs:
        ends = [output for output, _ in pairs]
        seeds = [gradient for _, gradient in pairs]
        found = autograd.grad(
            ends, level.inputs, seeds,
            retain_graph=True,
            create_graph=_goes_on(level, [*ends, *(seed for seed in seeds if seed is not None)]),
            allow_unused=True,
        )  # fmt: skip
    return [zeros_like(t) if g is None else g for g, t in zip(found, level.inputs, strict=True)]


def _goes_on(level: Level, tensors: list[Tensor]) -> bool:
    """Whether what is computed of these may be differentiated again, by something outside."""
    if forward.state.level is not None:
        return True
    return level.outer and any(t.requires_grad and level.reaches_outside(t) for t in tensors)


def chosen(args: tuple[Any, ...], argnums: Argnums) -> Any:
    """The arguments with these numbers.

    Raises:
        RuntimeError: there is no such argument, or it is named twice.
    """
    numbers = argnums if isinstance(argnums, tuple) else (argnums,)
    for number in numbers:
        if not -len(args) <= number < len(args):
            raise RuntimeError(f"Got argnum={number}, but only {len(args)} positional inputs")
    if not numbers or len({n % len(args) for n in numbers}) != len(numbers):
        raise RuntimeError(f"argnums elements must be unique and non-empty, got {argnums}")
    return tuple(args[n] for n in numbers) if isinstance(argnums, tuple) else args[argnums]


def replaced(args: tuple[Any, ...], argnums: Argnums, values: Any) -> list[Any]:
    """The arguments with others at these numbers."""
    result = list(args)
    several = isinstance(argnums, tuple)
    numbers = argnums if isinstance(argnums, tuple) else (argnums,)
    for number, value in zip(numbers, values if several else (values,), strict=True):
        result[number] = value
    return result
