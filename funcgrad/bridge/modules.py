"""A module as a pure function of its parameters, and back."""

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from typing import Any

import jax
import numpy as np

from ..tape import modes
from ..tape.creation import as_tensor
from ..tape.keeping import default_generators, unchanged
from ..tape.random.keyed import keyed
from ..torch.func.calling import functional_call
from .crossing import run_on_tensors


def pure(module: Any, *, buffers: bool = False, key: bool = False) -> Any:
    """A module as a pure function of its parameters, for `jax.jit`, `jax.grad` and optax.

    Args:
        module: what the function computes. Its mode, training or not, is the one that it has when
            the function is called (under `jax.jit`: traced).
        buffers: the function also takes the buffers, and gives them as the call leaves them:
            running statistics move. Else they are the module's, and stay as they are.
        key: the function also takes a key of `jax.random`, which dropout and its like draw from.
            (What is told its probabilities by a tensor needs their values, so it cannot be traced.)
            Else each call draws the same numbers, those of the default generator.

    Returns:
        `(apply, params)`, with `buffers` `(apply, params, buffers)`: dicts of arrays by name.
        `apply(params, *inputs, **options)`, which takes the buffers and then the key behind the
        parameters where they are asked for, takes arrays and gives arrays in the structure of the
        module's result; with `buffers` it gives `(result, buffers)`.

    Example:
        >>> import jax, jax.numpy as jnp, funcgrad.torch as torch
        >>> from funcgrad import bridge
        >>> apply, params = bridge.pure(torch.nn.Linear(2, 1))
        >>> loss = lambda params, x: apply(params, x).sum()
        >>> jax.jit(jax.grad(loss))(params, jnp.ones((3, 2)))["weight"]
        Array([[3., 3.]], dtype=float32)

        With running statistics, and a key for dropout:

        >>> net = torch.nn.Sequential(torch.nn.BatchNorm1d(2), torch.nn.Dropout())
        >>> apply, params, state = bridge.pure(net, buffers=True, key=True)
        >>> result, state = apply(params, state, jax.random.key(0), jnp.ones((3, 2)))
        >>> int(state["0.num_batches_tracked"])
        1
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
        rest = list(inputs)
        held = rest.pop(0) if buffers else {}
        drawn = rest.pop(0) if key else None
        numbers, impl = (
            (None, None) if drawn is None else (_data(drawn), jax.random.key_impl(drawn))
        )

        def call(named: Any, data: Any, positional: list[Any], by_name: dict[str, Any]) -> Any:
            draws: Any = nullcontext()
            if data is not None:
                draws = keyed(jax.random.wrap_key_data(data._read(), impl=impl))
            with draws:
                result = functional_call(module, named, tuple(positional), by_name)
            return (result, named[1]) if buffers else result

        return run_on_tensors(call, sealed, (dict(params), dict(held)), numbers, rest, options)

    params = {name: parameter._read() for name, parameter in module.named_parameters()}
    if not buffers:
        return apply, params
    return apply, params, {name: buffer._read() for name, buffer in module.named_buffers()}


def _data(key: Any) -> Any:
    """The numbers of a key: a tensor cannot hold the key itself."""
    typed = jax.dtypes.issubdtype(key.dtype, jax.dtypes.prng_key)
    return jax.random.key_data(key) if typed else key


def load(module: Any, params: dict[str, Any], buffers: dict[str, Any] | None = None) -> None:
    """Write the parameters that `pure` gave, trained say, back into the module.

    Args:
        module: the module.
        params: all its parameters, by name.
        buffers: all its buffers, by name; they stay as they are unless given.

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
    _write("parameters", dict(module.named_parameters()), params)
    if buffers is not None:
        _write("buffers", dict(module.named_buffers()), buffers)


def _write(what: str, own: dict[str, Any], given: dict[str, Any]) -> None:
    if own.keys() != given.keys():
        raise KeyError(
            f"the module's {what} are {sorted(own)}, but got {sorted(given)}; give all of them"
        )
    with modes.no_grad():
        for name, tensor in own.items():
            tensor.copy_(as_tensor(np.asarray(given[name])))
