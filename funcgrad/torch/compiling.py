"""`torch.compile`: PyTorch-style code as one XLA program.

Source: PyTorch, `torch.compile` (2.13), of which the arguments are.
"""

import functools
from collections.abc import Callable
from typing import Any

from ..tape.staging import Staged
from .nn.module import Module
from .optimized import OptimizedModule
from .programs import check, compiled


def compile(
    model: Callable[..., Any] | None = None,
    *,
    fullgraph: bool = False,
    dynamic: bool | None = None,
    backend: Any = None,
    mode: str | None = None,
    options: dict[str, Any] | None = None,
    name: str | None = None,
    disable: bool = False,
    recompile_limit: int | None = None,
) -> Any:
    """A function or module that does the same as one XLA program; also a decorator.

    At its first call the function is traced: all that it reads of tensors that are there already
    (parameters, buffers, `.grad`, the state of optimizers, tensors in closures and globals)
    becomes input of a program, and all that it changes of them becomes output. A call runs the
    program and puts the results where the function would have put them. Nothing need be listed.

    The function is traced again for other shapes, dtypes, `training` flags or grad modes, where
    `.grad` is None and was not, and where a global, a variable of a closure or an attribute that
    its code looks at has become another. Numbers among the arguments and in `param_groups` are
    operands: another learning rate compiles nothing, until Python itself must know the number
    (`if n > 3`, `range(n)`). Random numbers are drawn from the generator at each call, and are
    those of the function uncompiled; schedulers that it steps count and set rates at each call.
    Memory of a tensor that the function edits is written over if nobody else has it.

    Checks of values (indices out of range, class labels) are not made in a program.

    Args:
        model: function or `nn.Module`; None to decorate.
        fullgraph: raise for what cannot be traced (`item()`, `if loss > 0`, a list that grows);
            else it is said once in a warning, and the function runs as it is. Programs are always
            of the whole function.
        dynamic: accepted; a program has one shape, as XLA's do, and numbers are operands.
        backend, mode, options: accepted, without effect: the compiler is XLA.
        name: of the programs, in profiles; by default that of the function.
        disable: return the function as it is.
        recompile_limit: accepted; there is none, but a warning after eight programs that differ
            in what the function looked at.

    Raises:
        AssertionError: for a model that cannot be called.
        RuntimeError: for a mode or backend that PyTorch does not have; at a call, with
            `fullgraph`, for what cannot be traced: the line, the reason, the way out.

    Example:
        >>> import funcgrad.torch as torch
        >>> w = torch.tensor([1.0, 2.0], requires_grad=True)
        >>> optimizer = torch.optim.SGD([w], lr=0.1)
        >>> @torch.compile
        ... def step(x):
        ...     optimizer.zero_grad()
        ...     loss = ((w * x) ** 2).sum()
        ...     loss.backward()
        ...     optimizer.step()
        ...     return loss
        >>> step(torch.ones(2)).item()
        5.0
        >>> w
        tensor([0.8000, 1.6000], requires_grad=True)
    """
    check(mode, options, backend, dynamic)
    if model is None:
        return functools.partial(compile, fullgraph=fullgraph, name=name, disable=disable)
    if not callable(model):
        raise AssertionError(f"A callable function is expected, but {type(model)} is provided.")
    if disable:
        return model
    if isinstance(model, Module):
        return OptimizedModule(
            model, Staged(model.__call__, name or type(model).__name__, fullgraph)
        )
    return compiled(model, fullgraph=fullgraph, name=name)
