"""One step of a recurrent network."""

import math
from collections.abc import Sequence
from typing import Any

from ...ops import OPS
from ...tape import bind
from ...tape.full import empty, zeros
from ...tape.parameter import Parameter
from ...tape.tensor import Tensor
from . import init
from .module import Module
from .recurrence import lstm_cell

_rnn = {name: bind.function(OPS[f"rnn_{name}_cell"]) for name in ("tanh", "relu")}
_gru = bind.function(OPS["gru_cell"])


class RNNCellBase(Module):
    """Weights of a cell with `num_chunks` gates, uniform in ±1/√hidden_size at the start."""

    weight_ih: Parameter
    weight_hh: Parameter
    bias_ih: Parameter | None
    bias_hh: Parameter | None

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        bias: bool,
        num_chunks: int,
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        super().__init__()
        self.input_size, self.hidden_size, self.bias = input_size, hidden_size, bias
        rows = num_chunks * hidden_size

        def made(*size: int) -> Parameter:
            return Parameter(empty(size, device=device, dtype=dtype))

        self.weight_ih, self.weight_hh = made(rows, input_size), made(rows, hidden_size)
        self.register_parameter("bias_ih", made(rows) if bias else None)
        self.register_parameter("bias_hh", made(rows) if bias else None)
        self.reset_parameters()

    def extra_repr(self) -> str:
        text = f"{self.input_size}, {self.hidden_size}"
        if self.bias is not True:
            text += f", bias={self.bias}"
        if getattr(self, "nonlinearity", "tanh") != "tanh":
            text += f", nonlinearity={self.nonlinearity}"
        return text

    def reset_parameters(self) -> None:
        """Draw new weights."""
        bound = 1 / math.sqrt(self.hidden_size) if self.hidden_size > 0 else 0
        for weight in self.parameters():
            init.uniform_(weight, -bound, bound)

    def _weights(self) -> tuple[Any, ...]:
        return self.weight_ih, self.weight_hh, self.bias_ih, self.bias_hh

    def _start(self, input: Tensor) -> Tensor:
        return zeros(input.size(0), self.hidden_size, dtype=input.dtype, device=input.device)

    def _checked(self, tensor: Tensor, what: str) -> Tensor:
        if tensor.ndim not in (1, 2):
            raise ValueError(
                f"{type(self).__name__}: Expected {what} to be 1D or 2D, got {tensor.ndim}D instead"
            )
        return tensor


class _OneState(RNNCellBase):
    """A cell whose state is a hidden state."""

    def _step(self, input: Tensor, hx: Tensor) -> Tensor:
        raise NotImplementedError

    def forward(self, input: Tensor, hx: Tensor | None = None) -> Tensor:
        batched = self._checked(input, "input").ndim == 2
        if hx is not None:
            self._checked(hx, "hidden")
        input = input if batched else input.unsqueeze(0)
        if hx is None:
            hx = self._start(input)
        elif not batched:
            hx = hx.unsqueeze(0)
        result = self._step(input, hx)
        return result if batched else result.squeeze(0)


class RNNCell(_OneState):
    """h' = tanh(W_ih x + b_ih + W_hh h + b_hh): (N, input_size) and (N, hidden_size) to the latter.

    Args:
        input_size: size of x.
        hidden_size: size of h.
        bias: whether there are biases.
        nonlinearity: `"tanh"` or `"relu"`.
        device: where the weights are made.
        dtype: of the weights.

    Called with x and h; without h it starts from zeros. Both may lack their N.
    """

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        bias: bool = True,
        nonlinearity: str = "tanh",
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        super().__init__(input_size, hidden_size, bias, 1, device, dtype)
        self.nonlinearity = nonlinearity

    def _step(self, input: Tensor, hx: Tensor) -> Tensor:
        if self.nonlinearity not in _rnn:
            raise RuntimeError(f"Unknown nonlinearity: {self.nonlinearity}")
        return _rnn[self.nonlinearity](input, hx, *self._weights())


class GRUCell(_OneState):
    """One step of a gated recurrent unit: (N, input_size) and (N, hidden_size) to the latter.

    r = σ(W_ir x + W_hr h), z = σ(W_iz x + W_hz h), n = tanh(W_in x + r·(W_hn h)),
    h' = (1 − z)·n + z·h, each product with a bias; the weights hold r, z and n one below the other.
    The arguments are those of `RNNCell`.
    """

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        bias: bool = True,
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        super().__init__(input_size, hidden_size, bias, 3, device, dtype)

    def _step(self, input: Tensor, hx: Tensor) -> Tensor:
        return _gru(input, hx, *self._weights())


class LSTMCell(RNNCellBase):
    """One step of a long short-term memory: x and (h, c) to (h', c').

    i, f, o = σ(W x + W h), g = tanh(W x + W h), each with weights and biases of its own;
    c' = f·c + i·g, h' = o·tanh c'. The weights hold i, f, g and o one below the other.
    The arguments are those of `RNNCell`.
    """

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        bias: bool = True,
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        super().__init__(input_size, hidden_size, bias, 4, device, dtype)

    def forward(self, input: Tensor, hx: Sequence[Tensor] | None = None) -> tuple[Tensor, Tensor]:
        batched = self._checked(input, "input").ndim == 2
        for i, state in enumerate(hx or ()):
            self._checked(state, f"hx[{i}]")
        input = input if batched else input.unsqueeze(0)
        if hx is None:
            hx = (self._start(input),) * 2
        elif not batched:
            hx = [state.unsqueeze(0) for state in hx]
        hidden, cell = lstm_cell(input, hx, *self._weights())
        return (hidden, cell) if batched else (hidden.squeeze(0), cell.squeeze(0))
