"""A JAX function on tensors, and a module as a function of arrays."""

import functools
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import jax
import numpy as np

from ..tape import modes
from ..tape.across import across
from ..tape.creation import as_tensor
from ..tape.keeping import default_generators, unchanged
from ..tape.lifting import lifted
from ..tape.tensor import Tensor
from ..torch.func.calling import functional_call


def from_jax(fn: Callable[..., Any]) -> Callable[..., Any]:
    """A function of JAX arrays as a function of tensors, recorded as one node.

    Its derivative is `jax.vjp`'s, of every order. While it runs, JAX's 64-bit types are on.

    Args:
        fn: a pure function of pytrees of arrays; what is no tensor is handed on as it is.

    Returns:
        A function that takes tensors for arrays, and gives the same pytree with tensors.

    Example:
        >>> import jax.numpy as jnp, funcgrad.torch as torch
        >>> from funcgrad import bridge
        >>> x = torch.tensor([0.0, 1.0], requires_grad=True)
        >>> bridge.from_jax(lambda a: jnp.sum(a ** 3))(x).backward()
        >>> x.grad
        tensor([0., 3.])
    """

    @functools.wraps(fn)
    def on_tensors(*args: Any, **kwargs: Any) -> Any:
        leaves, structure = jax.tree.flatten((args, kwargs))
        places = [i for i, leaf in enumerate(leaves) if isinstance(leaf, Tensor)]
        form: dict[str, Any] = {}

        def flat(*arrays: Any) -> tuple[Any, ...]:
            given = list(leaves)
            for place, array in zip(places, arrays, strict=True):
                given[place] = array
            positional, named = jax.tree.unflatten(structure, given)
            results, form["structure"] = jax.tree.flatten(fn(*positional, **named))
            return tuple(jax.numpy.asarray(result) for result in results)

        results = across(flat, [leaves[i] for i in places])
        return jax.tree.unflatten(form["structure"], results)

    return on_tensors


def pure(module: Any) -> tuple[Callable[..., Any], dict[str, jax.Array]]:
    """A module as a pure function of its parameters, for `jax.jit`, `jax.grad` and optax.

    Args:
        module: what the function computes: its mode (training or not) and its buffers are those
            that it has when the function is called, and stay so: running statistics do not move.
            Random numbers, of dropout say, are the same in each call.

    Returns:
        `(apply, params)`: `apply(params, *inputs, **options)` takes arrays and gives arrays in the
        structure of the module's result; `params` are the parameters by name.

    Example:
        >>> import jax, jax.numpy as jnp, funcgrad.torch as torch
        >>> from funcgrad import bridge
        >>> apply, params = bridge.pure(torch.nn.Linear(2, 1))
        >>> loss = lambda params, x: apply(params, x).sum()
        >>> jax.jit(jax.grad(loss))(params, jnp.ones((3, 2)))["weight"]
        Array([[3., 3.]], dtype=float32)
    """
    streams = [generator._stream for generator in default_generators()]
    start = [(stream, stream.get_state()) for stream in streams]

    @contextmanager
    def sealed() -> Iterator[None]:
        with unchanged([module]), modes.enable_grad():
            for stream, state in start:
                stream.set_state(state)
            yield

    def apply(params: Any, *inputs: Any, **options: Any) -> Any:
        leaves, structure = jax.tree.flatten((params, inputs, options))
        places = [i for i, leaf in enumerate(leaves) if hasattr(leaf, "dtype")]

        def on_tensors(tensors: list[Tensor], create: bool) -> Any:
            given = list(leaves)
            for place, tensor in zip(places, tensors, strict=True):
                given[place] = tensor
            named, positional, by_name = jax.tree.unflatten(structure, given)
            return functional_call(module, named, tuple(positional), by_name)

        on_arrays = lifted(on_tensors, [False] * len(places), sealed)
        return on_arrays(*(leaves[i] for i in places))

    return apply, {name: parameter._read() for name, parameter in module.named_parameters()}


def load(module: Any, params: dict[str, Any]) -> None:
    """Write the parameters that `pure` gave, trained say, back into the module.

    Raises:
        KeyError: a name that is no parameter of the module, or one that is missing.

    Example:
        >>> import jax, funcgrad.torch as torch
        >>> from funcgrad import bridge
        >>> line = torch.nn.Linear(2, 1)
        >>> apply, params = bridge.pure(line)
        >>> bridge.load(line, jax.tree.map(lambda p: 0 * p + 1, params))
        >>> line.bias
        Parameter containing:
        tensor([1.], requires_grad=True)
    """
    own = dict(module.named_parameters())
    if own.keys() != params.keys():
        raise KeyError(
            f"the module's parameters are {sorted(own)}, but got {sorted(params)}; give all of them"
        )
    with modes.no_grad():
        for name, parameter in own.items():
            parameter.copy_(as_tensor(np.asarray(params[name])))
