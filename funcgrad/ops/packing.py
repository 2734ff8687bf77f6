"""Padded sequences packed: what is there, time by time, without what pads."""

from typing import Any

import jax.numpy as jnp
import numpy as np

from .row import row


def _filled_in_place(**_: Any) -> str:
    """The name of what PyTorch makes by writing the sequences into the padding."""
    return "CopySlices"


def places(batch_sizes: np.ndarray) -> np.ndarray:
    """Where packed elements are in a padded (T, N, *), numbered along time and batch."""
    time = np.repeat(np.arange(len(batch_sizes)), batch_sizes)
    return time * batch_sizes[0] + np.concatenate([np.arange(n) for n in batch_sizes])


@row("pack_padded_sequence", "input ~places", bind="", node="PackPaddedSequence",
     saves=())  # fmt: skip
def pack_padded_sequence(input, places):
    """The elements of a (T, N, *) at `places`, numbered along time and batch: (total, *)."""
    return input.reshape(-1, *input.shape[2:])[places]


@row("pad_packed_sequence", "data ~places ~padding_value", bind="", overload=_filled_in_place,
     saves=())  # fmt: skip
def pad_packed_sequence(data, places, padding_value, size):
    """(T, N, *) with the packed data at `places`, and the padding elsewhere; size is (T, N)."""
    time, batch = size
    blank = jnp.full((time * batch, *data.shape[1:]), padding_value.astype(data.dtype))
    return blank.at[places].set(data, unique_indices=True).reshape(time, batch, *data.shape[1:])


@row("pad_sequence", "*sequences ~padding_value", bind="", overload=_filled_in_place)
def pad_sequence(sequences, padding_value, batch_first=False, padding_side="right"):
    """Sequences (L, *) of several lengths as one tensor, (T, N, *) or (N, T, *)."""
    longest = max(sequence.shape[0] for sequence in sequences)
    padded = []
    for sequence in sequences:
        missing = longest - len(sequence)
        widths = (0, missing) if padding_side == "right" else (missing, 0)
        rest = ((0, 0),) * (sequence.ndim - 1)
        value = padding_value.astype(sequence.dtype)
        padded.append(jnp.pad(sequence, (widths, *rest), constant_values=value))
    return jnp.stack(padded, 0 if batch_first else 1)
