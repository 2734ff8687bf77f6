"""Recurrent networks as functions: layers, each in one or two directions, one after the other."""

from collections.abc import Sequence
from typing import Any

from ...ops import OPS
from ...ops.packing import places
from ...tape import bind
from ...tape.creation import tensor
from ...tape.record import call
from ...tape.tensor import Tensor
from . import functional

_stack, _cat = bind.function(OPS["stack"]), bind.function(OPS["cat"])


def layers(
    mode: str,
    input: Tensor,
    states: Sequence[Tensor],
    params: Sequence[Tensor],
    has_biases: bool,
    num_layers: int,
    dropout: float,
    train: bool,
    bidirectional: bool,
    batch_sizes: Tensor | None = None,
) -> tuple[Tensor, list[Tensor]]:
    """Run a recurrent network.

    Args:
        mode: `"lstm"`, `"gru"`, `"rnn_tanh"` or `"rnn_relu"`.
        input: (T, N, I), or packed data (total, I) with `batch_sizes`.
        states: what each layer and direction starts with: hidden states (L·D, N, H), for an LSTM
            cells too.
        params: weights of each layer and direction: `weight_ih`, `weight_hh`, both biases where
            there are any, and for an LSTM with projections `weight_hr`.
        has_biases: whether there are biases.
        num_layers: how many layers.
        dropout: probability with which what one layer gives to the next is dropped.
        train: whether anything is dropped.
        bidirectional: whether each layer runs backwards too.
        batch_sizes: (T,), of packed data.

    Returns:
        The outputs of the last layer (T, N, D·H), or packed, and the last states.
    """
    row, directions = OPS[f"{mode}.layer"], 2 if bidirectional else 1
    pack = None
    if batch_sizes is not None:
        pack, batch_sizes = _Packing(batch_sizes, input.device), batch_sizes.to(input.device)
        input = pack.pad(input)
    size = len(params) // (num_layers * directions)
    last: list[list[Tensor]] = []
    for layer in range(num_layers):
        if layer and train and dropout:
            input = _dropped(input, dropout, pack)
        outputs = []
        for direction in range(directions):
            number = layer * directions + direction
            weights = list(params[number * size : (number + 1) * size])
            biases = weights[2:4] if has_biases else [None, None]
            operands = [input, *(s[number] for s in states), *weights[:2], *biases]
            if mode == "lstm":
                rest = weights[4 if has_biases else 2 :]
                operands.append(rest[0] if rest else None)
            output, *final = call(row, [*operands, batch_sizes], {"reverse": direction == 1})
            outputs.append(output)
            last.append(final)
        input = outputs[0] if directions == 1 else _cat(outputs, -1)
    output = input if pack is None else pack.pack(input)
    return output, [_stack(list(states)) for states in zip(*last, strict=True)]


class _Packing:
    """How packed data lies in a padded tensor."""

    def __init__(self, batch_sizes: Tensor, device: Any) -> None:
        sizes = batch_sizes.numpy()
        self.size = {"size": (len(sizes), int(sizes[0]))}
        self.places = tensor(places(sizes), device=device)

    def pad(self, data: Tensor) -> Tensor:
        """(total, *) to (T, N, *), with zeros."""
        return call(OPS["pad_packed_sequence"], [data, self.places, 0.0], self.size)

    def pack(self, padded: Tensor) -> Tensor:
        """(T, N, *) to (total, *)."""
        return call(OPS["pack_padded_sequence"], [padded, self.places], {})


def _dropped(input: Tensor, p: float, pack: _Packing | None) -> Tensor:
    """Dropout; of packed data no more numbers are drawn than there is data."""
    if pack is None:
        return functional.dropout(input, p)
    return pack.pad(functional.dropout(pack.pack(input), p))


def _function(mode: str, doc: str) -> Any:
    """PyTorch's function of a mode, whose arguments are those of `layers`, more or less."""

    def unpacked(
        input: Tensor, hx: Any, params: Sequence[Tensor], has_biases: bool, num_layers: int,
        dropout: float, train: bool, bidirectional: bool, batch_first: bool,
    ) -> tuple[Tensor, ...]:  # fmt: skip
        states = hx if mode == "lstm" else [hx]
        options = (has_biases, num_layers, dropout, train, bidirectional)
        input = input.transpose(0, 1) if batch_first else input
        output, last = layers(mode, input, states, params, *options)
        return output.transpose(0, 1) if batch_first else output, *last

    def packed(
        data: Tensor, batch_sizes: Tensor, hx: Any, params: Sequence[Tensor], has_biases: bool,
        num_layers: int, dropout: float, train: bool, bidirectional: bool,
    ) -> tuple[Tensor, ...]:  # fmt: skip
        states = hx if mode == "lstm" else [hx]
        options = (has_biases, num_layers, dropout, train, bidirectional)
        output, last = layers(mode, data, states, params, *options, batch_sizes)
        return output, *last

    def either(*args: Any, **kwargs: Any) -> tuple[Tensor, ...]:
        plain = isinstance(args[3], bool) if len(args) > 3 else "batch_sizes" not in kwargs
        return (unpacked if plain else packed)(*args, **kwargs)

    either.__name__ = either.__qualname__ = mode
    either.__doc__ = f"{doc}; `torch.nn` has it as a module.\n\n    See `layers` for the arguments."
    return either


rnn_tanh = _function("rnn_tanh", "An Elman network with tanh")
rnn_relu = _function("rnn_relu", "An Elman network with relu")
gru = _function("gru", "A network of gated recurrent units")
lstm = _function("lstm", "A network of long short-term memories")
_lstm_cell = bind.function(OPS["lstm_cell"])


def lstm_cell(
    input: Tensor,
    hx: Sequence[Tensor],
    w_ih: Tensor,
    w_hh: Tensor,
    b_ih: Tensor | None = None,
    b_hh: Tensor | None = None,
) -> tuple[Tensor, Tensor]:
    """One step of a long short-term memory.

    Args:
        input: (N, I).
        hx: the hidden state and the cell, (N, H) each.
        w_ih: (4H, I), for the input, forget, cell and output gates.
        w_hh: (4H, H).
        b_ih: (4H,).
        b_hh: (4H,).

    Returns:
        The next hidden state and cell.
    """
    return _lstm_cell(input, *hx, w_ih, w_hh, b_ih, b_hh)
