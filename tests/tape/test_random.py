"""The default generator gives PyTorch's numbers."""

import numpy as np
import pytest

import funcgrad.torch as ours

SIZES = [0, 1, 2, 15, 16, 17, 31, 33, 100]


@pytest.mark.parametrize("seed", [0, 1, 42, 2**31, 2**40 + 7])
def test_uniforms_and_integers_are_equal(seed, oracle):
    for torch in (ours, oracle):
        torch.manual_seed(seed)
    for n in SIZES:
        for name in ("rand", "randperm"):
            a, b = getattr(ours, name)(n), getattr(oracle, name)(n)
            np.testing.assert_array_equal(a.numpy(), b.numpy(), err_msg=f"{name} {n}")
        a, b = ours.randint(0, 1000, (n,)), oracle.randint(0, 1000, (n,))
        np.testing.assert_array_equal(a.numpy(), b.numpy())
        a, b = ours.rand(n, dtype=ours.float64), oracle.rand(n, dtype=oracle.float64)
        np.testing.assert_array_equal(a.numpy(), b.numpy())


@pytest.mark.parametrize("seed", [0, 1, 42])
def test_normals_are_equal_to_a_few_units_in_the_last_place(seed, oracle):
    for torch in (ours, oracle):
        torch.manual_seed(seed)
    for n in SIZES:
        # PyTorch's vector log, sin and cos differ from NumPy's by a unit or two.
        np.testing.assert_allclose(ours.randn(n).numpy(), oracle.randn(n).numpy(), 1e-5, 1e-6)
    np.testing.assert_array_equal(ours.rand(3).numpy(), oracle.rand(3).numpy())


def test_a_generator_is_a_stream_of_its_own(oracle):
    streams = []
    for torch in (ours, oracle):
        torch.manual_seed(0)
        generator = torch.Generator().manual_seed(7)
        first = torch.rand(3, generator=generator)
        streams.append((first.tolist(), torch.rand(2).tolist(), generator.initial_seed()))
    assert streams[0] == streams[1]
