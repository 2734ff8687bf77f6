"""Every module starts from PyTorch's own numbers, and leaves the stream where PyTorch does."""

import warnings

import numpy as np
import pytest

import funcgrad.torch as torch

from .module_calls import CALLS
from .test_reprs import module_classes

SEEDS = (0, 2**40 + 3)


def start(torch, name, call, seed):
    """The buffers and parameters of a new module, and of the same one reset, and the next draw."""
    torch.manual_seed(seed)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of dropout where there is nothing between layers
        arguments, options = call(torch)
        module = getattr(torch.nn, name)(*arguments, **options)
    states = [module.state_dict()]
    if hasattr(module, "reset_parameters"):
        module.reset_parameters()
        states.append(module.state_dict())
    arrays = [
        {key: value.numpy().copy() for key, value in state.items() if hasattr(value, "numpy")}
        for state in states
    ]
    return arrays, torch.get_rng_state().numpy()


@pytest.mark.parametrize("name", sorted(module_classes(torch)))
@pytest.mark.parametrize("seed", SEEDS)
def test_initial_weights(name, seed, oracle):
    for call in CALLS[name]:
        (ours, stream), (theirs, reference) = (start(t, name, call, seed) for t in (torch, oracle))
        for mine, other in zip(ours, theirs, strict=True):
            assert list(mine) == list(other)
            for key, value in mine.items():
                assert value.dtype == other[key].dtype, key
                np.testing.assert_array_equal(value, other[key], err_msg=key)
        np.testing.assert_array_equal(stream, reference)
