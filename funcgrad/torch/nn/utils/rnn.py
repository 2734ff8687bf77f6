"""Sequences of several lengths: padded to one length, or packed without padding.

A `PackedSequence` holds the elements of all sequences time by time, the longer sequences first.
It says how many sequences are left at each time (`batch_sizes`), and in which order they came.
"""

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple, Self

import jax
import numpy as np

from ....ops import OPS
from ....ops.packing import places
from ....tape import dtypes, modes
from ....tape.creation import make, tensor
from ....tape.record import call
from ....tape.sequences import arange
from ....tape.tensor import Tensor


class _Fields(NamedTuple):
    data: Tensor
    batch_sizes: Tensor
    sorted_indices: Tensor | None
    unsorted_indices: Tensor | None


class PackedSequence(_Fields):
    """Sequences without their padding; made by `pack_padded_sequence` and `pack_sequence`.

    Attributes:
        data: (total, *), the elements of all sequences at time 0, then those at time 1, and so on.
        batch_sizes: (T,), how many sequences have an element at each time.
        sorted_indices: (N,), which of the sequences given comes at each place; None if they came
            sorted.
        unsorted_indices: (N,), its inverse.
    """

    def __new__(
        cls,
        data: Any,
        batch_sizes: Tensor | None = None,
        sorted_indices: Tensor | None = None,
        unsorted_indices: Tensor | None = None,
    ) -> Self:
        if batch_sizes is None:
            if not (isinstance(data, (list, tuple)) and len(data) == 2):
                raise AssertionError("Expected data to be a list or tuple of length 2")
            data, batch_sizes = data
        elif batch_sizes.device.type != "cpu":
            raise ValueError(
                "batch_sizes should always be on CPU. Instances of PackedSequence should never be "
                "created manually; use pack_sequence or pack_padded_sequence."
            )
        if unsorted_indices is None:
            unsorted_indices = invert_permutation(sorted_indices)
        return super().__new__(cls, data, batch_sizes, sorted_indices, unsorted_indices)

    def to(self, *args: Any, **kwargs: Any) -> Self:
        """The same with its data cast or moved, as by `Tensor.to`; itself if nothing changes."""
        data = self.data.to(*args, **kwargs)
        if data is self.data:
            return self
        orders = [
            t if t is None else t.to(data.device)
            for t in (self.sorted_indices, self.unsorted_indices)
        ]
        return type(self)(data, self.batch_sizes, *orders)

    def cuda(self, device: Any = "cuda") -> Self:
        """The same on a GPU."""
        return self.to(device=device)

    def cpu(self) -> Self:
        """The same on the CPU."""
        return self.to(device="cpu")

    @property
    def is_cuda(self) -> bool:
        """Whether the data is on a GPU."""
        return self.data.is_cuda


def _cast(dtype: dtypes.DType) -> Any:
    def method(self: PackedSequence) -> PackedSequence:
        return self.to(dtype=dtype)

    method.__doc__ = f"The same with its data as {dtype}."
    return method


for _name, _dtype in {
    "double": dtypes.float64, "float": dtypes.float32, "half": dtypes.float16,
    "long": dtypes.int64, "int": dtypes.int32, "short": dtypes.int16, "char": dtypes.int8,
    "byte": dtypes.uint8,
}.items():  # fmt: skip
    setattr(PackedSequence, _name, _cast(_dtype))


def invert_permutation(permutation: Tensor | None) -> Tensor | None:
    """The inverse of a permutation (N,); None of None."""
    if permutation is None:
        return None
    return make(np.argsort(permutation.numpy()), None, permutation.device, False)


def pack_padded_sequence(
    input: Tensor,
    lengths: Tensor | Sequence[int],
    batch_first: bool = False,
    enforce_sorted: bool = True,
) -> PackedSequence:
    """Padded sequences without what pads them.

    Args:
        input: (T, N, *), or (N, T, *) if `batch_first`.
        lengths: (N,), of the sequences.
        batch_first: whether the batch comes before time.
        enforce_sorted: raise unless the longest comes first and so on; otherwise they are sorted,
            and `pad_packed_sequence` puts them back.
    """
    known = np.asarray(lengths.numpy() if isinstance(lengths, Tensor) else lengths).astype(np.int64)
    if known.ndim != 1:
        raise RuntimeError(
            f"'lengths' argument should be a 1D CPU int64 tensor, but got {known.ndim}D cpu Long "
            "tensor"
        )
    order = None
    if not enforce_sorted:
        indices = np.argsort(-known, kind="stable")
        known, order = known[indices], make(indices, None, input.device, False)
        input = input.index_select(0 if batch_first else 1, order)
    if batch_first:
        input = input.transpose(0, 1)
    time, batch = input.size(0), input.size(1)
    _check_lengths(known, time, batch)
    batch_sizes = (known > np.arange(known[0])[:, None]).sum(1)
    where = tensor(places(batch_sizes), device=input.device)
    data = call(OPS["pack_padded_sequence"], [input, where], {})
    return PackedSequence(data, tensor(batch_sizes), order, None)


def _check_lengths(lengths: np.ndarray, time: int, batch: int) -> None:
    if len(lengths) != batch:
        raise RuntimeError(
            f"Expected `len(lengths)` to be equal to batch_size, but got {len(lengths)} "
            f"(batch_size={batch})"
        )
    if (lengths[1:] > lengths[:-1]).any():
        raise RuntimeError(
            "`lengths` array must be sorted in decreasing order when `enforce_sorted` is True. You "
            "can pass `enforce_sorted=False` to pack_padded_sequence and/or pack_sequence."
        )
    if (lengths <= 0).any():
        raise RuntimeError(
            "Length of all samples has to be greater than 0, but found an element in 'lengths' "
            "that is <= 0"
        )
    if lengths[0] > time:  # PyTorch reads what lies behind the tensor in memory
        raise RuntimeError(f"lengths go up to {lengths[0]}, but the sequences are padded to {time}")


def pad_packed_sequence(
    sequence: PackedSequence,
    batch_first: bool = False,
    padding_value: float = 0.0,
    total_length: int | None = None,
) -> tuple[Tensor, Tensor]:
    """The inverse of `pack_padded_sequence`.

    Args:
        sequence: packed.
        batch_first: give (N, T, *) and not (T, N, *).
        padding_value: of what pads.
        total_length: T; the longest sequence's length unless given.

    Returns:
        The padded sequences in the order in which they were packed, and their lengths (N,).
    """
    batch_sizes = sequence.batch_sizes.numpy()
    time = longest = len(batch_sizes)
    if total_length is not None:
        if total_length < longest:
            raise ValueError(
                "Expected total_length to be at least the length of the longest sequence in input, "
                f"but got total_length={total_length} and max sequence length being {longest}"
            )
        time = total_length
    size = {"size": (time, int(batch_sizes[0]))}
    where = tensor(places(batch_sizes), device=sequence.data.device)
    padded = call(OPS["pad_packed_sequence"], [sequence.data, where, padding_value], size)
    if batch_first:
        padded = padded.transpose(0, 1)
    lengths = (batch_sizes[:, None] > np.arange(batch_sizes[0])).sum(0)
    back = sequence.unsorted_indices
    if back is not None:
        padded = padded.index_select(0 if batch_first else 1, back)
        lengths = lengths[back.numpy()]
    return padded, tensor(lengths)


def pad_sequence(
    sequences: Iterable[Tensor],
    batch_first: bool = False,
    padding_value: float = 0.0,
    padding_side: str = "right",
) -> Tensor:
    """Sequences (L, *) of several lengths as one tensor (T, N, *), T the longest length.

    Args:
        sequences: tensors that differ in their first size only.
        batch_first: give (N, T, *).
        padding_value: of what pads.
        padding_side: "right" pads after a sequence, "left" before it.
    """
    if not isinstance(sequences, Iterable):
        raise RuntimeError(
            "pad_sequence: Expected iterable for input sequences, but got arg of type: "
            f"{type(sequences)}"
        )
    given = list(sequences)
    if not given:
        raise RuntimeError("received an empty list of sequences")
    if padding_side not in ("left", "right"):
        raise RuntimeError(
            f"Expected padding_side to be one of left or right, but got {padding_side}."
        )
    rest = given[0].shape[1:]
    for sequence in given:
        if sequence.shape[1:] != rest:
            raise RuntimeError(
                f"output with shape {list(sequence.shape)} doesn't match the broadcast shape "
                f"{[sequence.shape[0], *rest]}: sequences may differ in their first size only"
            )
    recorded = modes.state.grad and any(sequence.requires_grad for sequence in given)
    if recorded or any(isinstance(sequence._read(), jax.core.Tracer) for sequence in given):
        statics = {"batch_first": batch_first, "padding_side": padding_side}
        return call(OPS["pad_sequence"], [given, padding_value], statics)
    # Data, not activations: each batch has other lengths, and would compile another program.
    arrays = [np.asarray(sequence._read()) for sequence in given]
    shape = (len(given), max(map(len, arrays)), *rest)
    padded = np.full(shape, np.asarray(padding_value).astype(arrays[0].dtype), arrays[0].dtype)
    for row, array in zip(padded, arrays, strict=True):
        row[slice(len(row) - len(array), None) if padding_side == "left" else slice(len(array))] = (
            array
        )
    padded = padded if batch_first else padded.swapaxes(0, 1)
    return make(np.ascontiguousarray(padded), None, given[0].device, False)


def unpad_sequence(
    padded_sequences: Tensor, lengths: Tensor, batch_first: bool = False
) -> list[Tensor]:
    """The inverse of `pad_sequence`: sequences of the given lengths (N,)."""
    if not batch_first:
        padded_sequences = padded_sequences.transpose(0, 1)
    numbers = arange(padded_sequences.shape[1], device=lengths.device)
    return [
        sequence[numbers < length]
        for sequence, length in zip(padded_sequences.unbind(0), lengths.unbind(0), strict=True)
    ]


def pack_sequence(sequences: Sequence[Tensor], enforce_sorted: bool = True) -> PackedSequence:
    """Sequences (L, *) of several lengths, packed.

    Args:
        sequences: tensors that differ in their first size only.
        enforce_sorted: raise unless the longest comes first and so on.

    Example:
        >>> import funcgrad.torch as torch
        >>> a, b = torch.tensor([1, 2, 3]), torch.tensor([4])
        >>> torch.nn.utils.rnn.pack_sequence([a, b]).data
        tensor([1, 4, 2, 3])
    """
    lengths = [sequence.size(0) for sequence in sequences]
    return pack_padded_sequence(pad_sequence(sequences), lengths, enforce_sorted=enforce_sorted)


def unpack_sequence(packed_sequences: PackedSequence) -> list[Tensor]:
    """The inverse of `pack_sequence`."""
    padded, lengths = pad_packed_sequence(packed_sequences, batch_first=True)
    return unpad_sequence(padded, lengths, batch_first=True)
