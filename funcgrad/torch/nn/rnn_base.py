"""What recurrent networks have in common: weights, checks, and how they run."""

import math
import warnings
from collections.abc import Iterator
from numbers import Number
from typing import Any

from ...tape.full import empty, zeros
from ...tape.parameter import Parameter
from ...tape.tensor import Tensor
from . import init
from .module import Module
from .recurrence import layers
from .utils.rnn import PackedSequence

_GATES = {"RNN_TANH": 1, "RNN_RELU": 1, "GRU": 3, "LSTM": 4}


def _check_dropout(dropout: Any, num_layers: int) -> None:
    if isinstance(dropout, bool) or not isinstance(dropout, Number) or not 0 <= dropout <= 1:
        raise ValueError(
            "dropout should be a number in range [0, 1] representing the probability of an "
            "element being zeroed"
        )
    if dropout > 0 and num_layers == 1:
        warnings.warn(
            "dropout option adds dropout after all but last recurrent layer, so non-zero dropout "
            f"expects num_layers greater than 1, but got dropout={dropout} and num_layers=1",
            stacklevel=4,
        )


class RNNBase(Module):
    """Layers of a recurrent network, in one direction or two.

    Args:
        mode: `"RNN_TANH"`, `"RNN_RELU"`, `"GRU"` or `"LSTM"`.
        input_size: I, size of an element of the input.
        hidden_size: H, size of the hidden state.
        num_layers: L, how many layers, each reading what the one before puts out.
        bias: whether there are biases.
        batch_first: take and give (N, T, *), and not (T, N, *).
        dropout: while training, the probability with which what one layer gives to the next is
            dropped.
        bidirectional: run each layer backwards too, and put the outputs side by side (D is 2).
        proj_size: P, size to which an LSTM projects its hidden state; 0 for none.
        device: where the weights are made.
        dtype: of the weights.

    It is called with (T, N, I), or (T, I) for one sequence, or a `PackedSequence`, and with what
    to start from: (L·D, N, H), zeros if it is not given; an LSTM takes a pair of them. It returns
    the output (T, N, D·H) of the last layer, and the last states.

    The weights of layer k are `weight_ih_lk`, `weight_hh_lk`, `bias_ih_lk`, `bias_hh_lk` (and
    `weight_hr_lk`), those of the second direction end in `_reverse`; all of them start uniform in
    ±1/√hidden_size.
    """

    def __init__(
        self,
        mode: str,
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
        super().__init__()
        _check_dropout(dropout, num_layers)
        for name, value, kind in (("bias", bias, bool), ("batch_first", batch_first, bool),
                                  ("input_size", input_size, int),
                                  ("hidden_size", hidden_size, int)):  # fmt: skip
            if not isinstance(value, kind):
                raise TypeError(
                    f"{name} should be of type {kind.__name__}, got: {type(value).__name__}"
                )
            if kind is int and value <= 0:
                raise ValueError(f"{name} must be greater than zero")
        if num_layers <= 0:
            raise ValueError("num_layers must be greater than zero")
        if proj_size < 0:
            raise ValueError(
                "proj_size should be a positive integer or zero to disable projections"
            )
        if proj_size >= hidden_size:
            raise ValueError("proj_size has to be smaller than hidden_size")
        if mode not in _GATES:
            raise ValueError(f"Unrecognized RNN mode: {mode}")
        self.mode, self.input_size, self.hidden_size = mode, input_size, hidden_size
        self.num_layers, self.bias, self.batch_first = num_layers, bias, batch_first
        self.dropout, self.bidirectional = float(dropout), bidirectional
        self.proj_size = proj_size
        self._all_weights: list[list[str]] = []
        for shapes, suffix in self._shapes():
            names = [name + suffix for name in shapes]
            for name, shape in zip(names, shapes.values(), strict=True):
                setattr(self, name, Parameter(empty(shape, device=device, dtype=dtype)))
            self._all_weights.append(names)
        self.reset_parameters()

    @property
    def _directions(self) -> int:
        return 2 if self.bidirectional else 1

    def _shapes(self) -> Iterator[tuple[dict[str, tuple[int, ...]], str]]:
        """Shapes of the weights of each layer and direction, and how their names end."""
        rows, hidden = _GATES[self.mode] * self.hidden_size, self.proj_size or self.hidden_size
        for layer in range(self.num_layers):
            columns = hidden * self._directions if layer else self.input_size
            shapes: dict[str, tuple[int, ...]] = {
                "weight_ih": (rows, columns), "weight_hh": (rows, hidden)
            }  # fmt: skip
            if self.bias:
                shapes.update(bias_ih=(rows,), bias_hh=(rows,))
            if self.proj_size:
                shapes["weight_hr"] = (self.proj_size, self.hidden_size)
            for direction in range(self._directions):
                yield shapes, f"_l{layer}" + "_reverse" * direction

    @property
    def all_weights(self) -> list[list[Parameter]]:
        """The weights of each layer and direction."""
        return [[getattr(self, name) for name in names] for names in self._all_weights]

    @property
    def _flat_weights(self) -> list[Parameter]:
        return [weight for weights in self.all_weights for weight in weights]

    def flatten_parameters(self) -> None:
        """Nothing: an array has no place in memory that could be arranged."""

    def reset_parameters(self) -> None:
        """Draw new weights."""
        bound = 1 / math.sqrt(self.hidden_size) if self.hidden_size > 0 else 0
        for weight in self.parameters():
            init.uniform_(weight, -bound, bound)

    def extra_repr(self) -> str:
        text = f"{self.input_size}, {self.hidden_size}"
        defaults = {"proj_size": 0, "num_layers": 1, "bias": True, "batch_first": False,
                    "dropout": 0, "bidirectional": False}  # fmt: skip
        for name, default in defaults.items():
            if getattr(self, name) != default:
                text += f", {name}={getattr(self, name)}"
        return text

    # --- checks --------------------------------------------------------------------------------

    def check_input(self, input: Tensor, batch_sizes: Tensor | None) -> None:
        """Raise unless dtype, dimensions and size of the input are right."""
        dtype = self._flat_weights[0].dtype
        if input.dtype is not dtype:
            raise ValueError(
                f"RNN input dtype ({input.dtype}) does not match weight dtype ({dtype}). Convert "
                f"input: input.to({dtype}), or convert model: model.to({input.dtype})"
            )
        expected = 3 if batch_sizes is None else 2
        if input.ndim != expected:
            raise RuntimeError(f"input must have {expected} dimensions, got {input.ndim}")
        if input.size(-1) != self.input_size:
            raise RuntimeError(
                f"input.size(-1) must be equal to input_size. Expected {self.input_size}, got "
                f"{input.size(-1)}"
            )

    def get_expected_hidden_size(
        self, input: Tensor, batch_sizes: Tensor | None
    ) -> tuple[int, int, int]:
        """The shape that a hidden state must have."""
        size = self.proj_size or self.hidden_size
        return self.num_layers * self._directions, self._batch(input, batch_sizes), size

    def _batch(self, input: Tensor, batch_sizes: Tensor | None) -> int:
        if batch_sizes is not None:
            return int(batch_sizes[0])
        return input.size(0 if self.batch_first else 1)

    def check_hidden_size(
        self,
        hx: Tensor,
        expected_hidden_size: tuple[int, int, int],
        msg: str = "Expected hidden size {}, got {}",
    ) -> None:
        """Raise unless a state has this shape."""
        if hx.size() != expected_hidden_size:
            raise RuntimeError(msg.format(expected_hidden_size, list(hx.size())))

    def check_forward_args(self, input: Tensor, hidden: Any, batch_sizes: Tensor | None) -> None:
        """Raise unless the input and what to start from fit each other and the weights."""
        self.check_input(input, batch_sizes)
        self.check_hidden_size(hidden, self.get_expected_hidden_size(input, batch_sizes))

    def permute_hidden(self, hx: Any, permutation: Tensor | None) -> Any:
        """States with their batch in another order."""
        return hx if permutation is None else hx.index_select(1, permutation)

    # --- the run -------------------------------------------------------------------------------

    def _states(self, hx: Any) -> list[Tensor]:
        """The states as a list: the hidden state, for an LSTM the cell too."""
        return [hx]

    def _hidden(self, states: list[Tensor]) -> Any:
        """The inverse of `_states`."""
        return states[0]

    def _zeros(self, input: Tensor, batch_sizes: Tensor | None) -> Any:
        """States to start from where none are given."""
        shape = self.get_expected_hidden_size(input, batch_sizes)
        return zeros(shape, dtype=input.dtype, device=input.device)

    def _check_dims(self, hx: Any, dims: int) -> None:
        """Raise unless states have a batch where the input has one, and none where it has none."""
        if hx.ndim != dims:
            kind = "batched" if dims == 3 else "unbatched"
            raise RuntimeError(
                f"For {kind} {dims}-D input, hx should also be {dims}-D but got {hx.ndim}-D tensor"
            )

    def forward(self, input: Any, hx: Any = None) -> tuple[Any, Any]:
        packed = input if isinstance(input, PackedSequence) else None
        fields: tuple[Any, ...] = (input, None, None, None) if packed is None else packed
        data, batch_sizes, order, back = fields
        batched = packed is not None or data.ndim == 3
        if packed is None:
            if data.ndim not in (2, 3):
                raise ValueError(
                    f"{type(self).__name__}: Expected input to be 2D or 3D, got {data.ndim}D "
                    "instead"
                )
            if hx is not None:
                self._check_dims(hx, data.ndim)
        time_first = packed is not None or not self.batch_first
        if not batched:
            data = data.unsqueeze(1 if time_first else 0)
            hx = hx if hx is None else self._hidden([s.unsqueeze(1) for s in self._states(hx)])
        hx = self._zeros(data, batch_sizes) if hx is None else self.permute_hidden(hx, order)
        self.check_forward_args(data, hx, batch_sizes)
        output, states = layers(
            self.mode.lower(), data if time_first else data.transpose(0, 1), self._states(hx),
            self._flat_weights, self.bias, self.num_layers, self.dropout, self.training,
            self.bidirectional, batch_sizes,
        )  # fmt: skip
        if packed is not None:
            result = PackedSequence(output, batch_sizes, order, back)
            return result, self.permute_hidden(self._hidden(states), back)
        if not batched:
            return output.squeeze(1), self._hidden([s.squeeze(1) for s in states])
        return output if time_first else output.transpose(0, 1), self._hidden(states)
