"""Recurrent cells, and layers of them: a cell run along time, one direction, as one operation.

A layer is one `lax.scan`, so it compiles once whatever the length, and its derivative is the scan
that JAX makes of it. What the input adds to the gates depends on no state: it is one product for
all times, before the scan.

Sources: Hochreiter and Schmidhuber, "Long short-term memory", 1997; Cho et al., "Learning phrase
representations using RNN encoder-decoder", 2014 (the gated recurrent unit).
"""

from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
from jax import lax

from .activations import relu
from .matmul import linear
from .promotion import scalar_name
from .row import row

Array = jax.Array
Step = Callable[[tuple[Array, ...], Array], tuple[Array, ...]]


def _elman(function: Callable[[Array], Array], w_hh: Array, b_hh: Array | None) -> Step:
    """From (state,) and what the input adds to the next state."""

    def step(carry: tuple[Array, ...], gates: Array) -> tuple[Array, ...]:
        return (function(gates + linear(carry[0], w_hh, b_hh)),)

    return step


def _gated(w_hh: Array, b_hh: Array | None) -> Step:
    """A gated recurrent unit; the gates are reset, update and new."""

    def step(carry: tuple[Array, ...], gates: Array) -> tuple[Array, ...]:
        (hidden,) = carry
        own = jnp.split(linear(hidden, w_hh, b_hh), 3, -1)
        given = jnp.split(gates, 3, -1)
        reset, update = (jax.nn.sigmoid(given[i] + own[i]) for i in (0, 1))
        new = jnp.tanh(given[2] + reset * own[2])
        return ((hidden - new) * update + new,)

    return step


def _lstm(w_hh: Array, b_hh: Array | None, w_hr: Array | None = None) -> Step:
    """From (hidden state, cell); the gates are input, forget, cell and output."""

    def step(carry: tuple[Array, ...], gates: Array) -> tuple[Array, ...]:
        hidden, cell = carry
        i, f, g, o = jnp.split(gates + linear(hidden, w_hh, b_hh), 4, -1)
        cell = jax.nn.sigmoid(f) * cell + jax.nn.sigmoid(i) * jnp.tanh(g)
        hidden = jax.nn.sigmoid(o) * jnp.tanh(cell)
        return hidden if w_hr is None else linear(hidden, w_hr), cell

    return step


# --- cells: one step -----------------------------------------------------------------------------


def _check(input: Array, states: tuple[Array, ...], w_ih: Array, w_hh: Array) -> None:
    if input.shape[1] != w_ih.shape[1]:
        raise RuntimeError(
            f"input has inconsistent input_size: got {input.shape[1]} expected {w_ih.shape[1]}"
        )
    for i, state in enumerate(states):
        if state.shape[0] != input.shape[0]:
            raise RuntimeError(
                f"Input batch size {input.shape[0]} doesn't match hidden{i} batch size "
                f"{state.shape[0]}"
            )
        if state.shape[1] != w_hh.shape[1]:
            raise RuntimeError(
                f"hidden{i} has inconsistent hidden_size: got {state.shape[1]}, expected "
                f"{w_hh.shape[1]}"
            )
    _one_dtype(input, *states, w_ih, w_hh)


def _one_dtype(*operands: Array) -> None:
    for operand in operands:
        if operand.dtype != operands[-1].dtype:
            raise RuntimeError(
                f"mat1 and mat2 must have the same dtype, but got {scalar_name(operand.dtype)} and "
                f"{scalar_name(operands[-1].dtype)}; convert one of them with .to(...)"
            )


_CELL = "input hx w_ih w_hh b_ih b_hh"


@row("rnn_tanh_cell", _CELL, bind="torch", node="Tanh", saves="input hx w_ih w_hh result")
def rnn_tanh_cell(input, hx, w_ih, w_hh, b_ih=None, b_hh=None):
    """`tanh(W_ih x + b_ih + W_hh h + b_hh)`."""
    _check(input, (hx,), w_ih, w_hh)
    return _elman(jnp.tanh, w_hh, b_hh)((hx,), linear(input, w_ih, b_ih))[0]


@row("rnn_relu_cell", _CELL, bind="torch", node="Relu", saves="input hx w_ih w_hh result")
def rnn_relu_cell(input, hx, w_ih, w_hh, b_ih=None, b_hh=None):
    """`relu(W_ih x + b_ih + W_hh h + b_hh)`."""
    _check(input, (hx,), w_ih, w_hh)
    return _elman(relu, w_hh, b_hh)((hx,), linear(input, w_ih, b_ih))[0]


@row("gru_cell", _CELL, bind="torch", node="Add", saves="input hx w_ih w_hh")
def gru_cell(input, hx, w_ih, w_hh, b_ih=None, b_hh=None):
    """One step of a gated recurrent unit: hidden state (N, H) to the next."""
    _check(input, (hx,), w_ih, w_hh)
    return _gated(w_hh, b_hh)((hx,), linear(input, w_ih, b_ih))[0]


# On the CPU PyTorch composes it; this is the name it has where it is one node.
@row("lstm_cell", "input h c w_ih w_hh b_ih b_hh", bind="", node="ThnnFusedLstmCell",
     saves="input h c w_ih w_hh")  # fmt: skip
def lstm_cell(input, h, c, w_ih, w_hh, b_ih=None, b_hh=None):
    """One step of a long short-term memory: hidden state and cell (N, H) to the next."""
    _check(input, (h, c), w_ih, w_hh)
    return _lstm(w_hh, b_hh)((h, c), linear(input, w_ih, b_ih))


# --- layers: a cell along time -------------------------------------------------------------------


def _layer(
    step: Step,
    states: tuple[Array, ...],
    input: Array,
    w_ih: Array,
    b_ih: Array | None,
    batch_sizes: Array | None,
    reverse: bool,
) -> tuple[Array, ...]:
    """The output at every time, and the last states.

    With `batch_sizes`, how many sequences are left at each time (the longer ones come first), a
    sequence that has ended keeps its state, and puts out zeros. That serves both directions:
    backwards it keeps the state it starts with until it begins.
    """
    if not input.shape[0]:
        raise RuntimeError("Expected sequence length to be larger than 0 in RNN")
    _one_dtype(*states, input, w_ih)
    alive = None
    if batch_sizes is not None:
        alive = (jnp.arange(input.shape[1]) < batch_sizes[:, None])[..., None]

    def one(carry: Any, now: Any) -> Any:
        gates, alive = now
        new = step(carry, gates)
        if alive is None:
            return new, new[0]
        kept = tuple(jnp.where(alive, n, old) for n, old in zip(new, carry, strict=True))
        return kept, jnp.where(alive, new[0], 0)

    last, output = lax.scan(one, states, (linear(input, w_ih, b_ih), alive), reverse=reverse)
    return output, *last


_LAYER = "input hx w_ih w_hh b_ih b_hh ~batch_sizes"
_SAVES = "input hx w_ih w_hh"


@row("rnn_tanh.layer", _LAYER, bind="", node="Stack", saves=_SAVES)
def rnn_tanh_layer(input, hx, w_ih, w_hh, b_ih=None, b_hh=None, batch_sizes=None, reverse=False):
    """`rnn_tanh_cell` along time: (T, N, I) and (N, H) to (T, N, H) and (N, H)."""
    return _layer(_elman(jnp.tanh, w_hh, b_hh), (hx,), input, w_ih, b_ih, batch_sizes, reverse)


@row("rnn_relu.layer", _LAYER, bind="", node="Stack", saves=_SAVES)
def rnn_relu_layer(input, hx, w_ih, w_hh, b_ih=None, b_hh=None, batch_sizes=None, reverse=False):
    """`rnn_relu_cell` along time: (T, N, I) and (N, H) to (T, N, H) and (N, H)."""
    return _layer(_elman(relu, w_hh, b_hh), (hx,), input, w_ih, b_ih, batch_sizes, reverse)


@row("gru.layer", _LAYER, bind="", node="Stack", saves=_SAVES)
def gru_layer(input, hx, w_ih, w_hh, b_ih=None, b_hh=None, batch_sizes=None, reverse=False):
    """`gru_cell` along time: (T, N, I) and (N, H) to (T, N, H) and (N, H)."""
    return _layer(_gated(w_hh, b_hh), (hx,), input, w_ih, b_ih, batch_sizes, reverse)


@row("lstm.layer", "input h c w_ih w_hh b_ih b_hh w_hr ~batch_sizes", bind="",
     node="MkldnnRnnLayer", saves="input h c w_ih w_hh w_hr")  # fmt: skip
def lstm_layer(input, h, c, w_ih, w_hh, b_ih=None, b_hh=None, w_hr=None, batch_sizes=None,
               reverse=False):  # fmt: skip
    """`lstm_cell` along time: (T, N, I) to (T, N, H), and the last hidden state and cell.

    With `w_hr` (P, H) the hidden state is projected to size P.
    """
    return _layer(_lstm(w_hh, b_hh, w_hr), (h, c), input, w_ih, b_ih, batch_sizes, reverse)
