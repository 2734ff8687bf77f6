"""Recurrent networks: `RNN`, `GRU` and `LSTM`."""

from typing import Any

from ...tape.full import zeros
from ...tape.tensor import Tensor
from .rnn_base import RNNBase

_MODES = {"tanh": "RNN_TANH", "relu": "RNN_RELU"}


def _no_projection(options: dict[str, Any]) -> None:
    """What is said of arguments that only an LSTM takes, and of those that none takes."""
    if "proj_size" in options:
        raise ValueError("proj_size argument is only supported for LSTM, not RNN or GRU")
    if options:
        raise TypeError(f"__init__() got an unexpected keyword argument '{min(options)}'")


class RNN(RNNBase):
    """Layers of Elman cells: h_t = tanh(W_ih x_t + b_ih + W_hh h_(t−1) + b_hh).

    Args:
        nonlinearity: `"tanh"` or `"relu"`.

    Everything else is told by `RNNBase`.
    """

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        num_layers: int = 1,
        nonlinearity: str = "tanh",
        bias: bool = True,
        batch_first: bool = False,
        dropout: float = 0.0,
        bidirectional: bool = False,
        device: Any = None,
        dtype: Any = None,
        **options: Any,
    ) -> None:
        _no_projection(options)
        if nonlinearity not in _MODES:
            raise ValueError(
                f"Unknown nonlinearity '{nonlinearity}'. Select from 'tanh' or 'relu'."
            )
        super().__init__(
            _MODES[nonlinearity], input_size, hidden_size, num_layers, bias, batch_first, dropout,
            bidirectional, device=device, dtype=dtype,
        )  # fmt: skip
        self.nonlinearity = nonlinearity


class GRU(RNNBase):
    """Layers of gated recurrent units (`GRUCell`); everything else is told by `RNNBase`.

    Source: Cho et al., "Learning phrase representations using RNN encoder-decoder", 2014.
    """

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        num_layers: int = 1,
        bias: bool = True,
        batch_first: bool = False,
        dropout: float = 0.0,
        bidirectional: bool = False,
        device: Any = None,
        dtype: Any = None,
        **options: Any,
    ) -> None:
        _no_projection(options)
        super().__init__("GRU", input_size, hidden_size, num_layers, bias, batch_first, dropout,
                         bidirectional, device=device, dtype=dtype)  # fmt: skip


class LSTM(RNNBase):
    """Layers of long short-term memories (`LSTMCell`); everything else is told by `RNNBase`.

    It starts from, and returns at the end, a pair: hidden states (L·D, N, H), or P in place of H
    where they are projected, and cells (L·D, N, H).

    Example:
        >>> import funcgrad.torch as torch
        >>> output, (hidden, cell) = torch.nn.LSTM(3, 4)(torch.zeros(5, 2, 3))
        >>> output.shape, hidden.shape, cell.shape
        (torch.Size([5, 2, 4]), torch.Size([1, 2, 4]), torch.Size([1, 2, 4]))

    Source: Hochreiter and Schmidhuber, "Long short-term memory", 1997.
    """

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        num_layers: int = 1,
        bias: bool = True,
        batch_first: bool = False,
        dropout: float = 0.0,
        bidirectional: bool = False,
        proj_size: int = 0,
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        super().__init__("LSTM", input_size, hidden_size, num_layers, bias, batch_first, dropout,
                         bidirectional, proj_size, device, dtype)  # fmt: skip

    def get_expected_cell_size(
        self, input: Tensor, batch_sizes: Tensor | None
    ) -> tuple[int, int, int]:
        """The shape that a cell must have."""
        return (*self.get_expected_hidden_size(input, batch_sizes)[:2], self.hidden_size)

    def check_forward_args(self, input: Tensor, hidden: Any, batch_sizes: Tensor | None) -> None:
        """Raise unless the input and what to start from fit each other and the weights."""
        self.check_input(input, batch_sizes)
        sizes = (
            self.get_expected_hidden_size(input, batch_sizes),
            self.get_expected_cell_size(input, batch_sizes),
        )
        for i, (state, size) in enumerate(zip(hidden, sizes, strict=True)):
            self.check_hidden_size(state, size, f"Expected hidden[{i}] size {{}}, got {{}}")

    def permute_hidden(self, hx: Any, permutation: Tensor | None) -> Any:
        """States with their batch in another order."""
        return tuple(super(LSTM, self).permute_hidden(state, permutation) for state in hx)

    def _states(self, hx: Any) -> list[Tensor]:
        return list(hx)

    def _hidden(self, states: list[Tensor]) -> Any:
        return tuple(states)

    def _zeros(self, input: Tensor, batch_sizes: Tensor | None) -> Any:
        cell = self.get_expected_cell_size(input, batch_sizes)
        return super()._zeros(input, batch_sizes), zeros(cell, dtype=input.dtype,
                                                         device=input.device)  # fmt: skip

    def _check_dims(self, hx: Any, dims: int) -> None:
        hidden, cell = hx
        if hidden.ndim != dims or cell.ndim != dims:
            kind = "batched" if dims == 3 else "unbatched"
            raise RuntimeError(
                f"For {kind} {dims}-D input, hx and cx should also be {dims}-D but got "
                f"({hidden.ndim}-D, {cell.ndim}-D) tensors"
            )
