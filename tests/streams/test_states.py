"""Seeds and states: they mean what they mean to PyTorch, and go over to it and back."""

import numpy as np
import pytest

from funcgrad.streams import Generator

SEEDS = [0, 1, 42, 2**31, 2**32, 2**40 + 7, 2**64 - 1, -1, -(2**63)]
# Words to draw first: none, one, all of a round but one, all, and more.
POSITIONS = [0, 1, 623, 624, 625, 1248, 5000]


@pytest.mark.parametrize("seed", SEEDS)
def test_a_seed_starts_the_same_stream(seed, oracle):
    theirs, ours = oracle.Generator().manual_seed(seed), Generator(seed)
    assert ours.initial_seed() == theirs.initial_seed()
    assert np.array_equal(ours.get_state(), theirs.get_state().numpy())
    assert np.array_equal(ours.rand(3), oracle.rand(3, generator=theirs).numpy())


@pytest.mark.parametrize("seed", [2**64, -(2**63) - 1])
def test_a_seed_has_64_bits(seed, oracle):
    for make in (Generator, oracle.Generator().manual_seed):
        with pytest.raises(ValueError, match="Overflow when unpacking long"):
            make(seed)


@pytest.mark.parametrize("position", POSITIONS)
@pytest.mark.parametrize("normals", [0, 3])
def test_states_go_over_and_back(position, normals, oracle):
    ours = Generator(11)
    ours.draw32(position)
    ours.randn(normals)  # of an odd number one is left over, and part of the state
    state = ours.get_state()
    theirs = oracle.Generator()
    theirs.set_state(oracle.from_numpy(state))
    assert np.array_equal(theirs.get_state().numpy(), state)
    again = Generator().set_state(theirs.get_state().numpy())
    assert np.array_equal(again.get_state(), state)
    wanted = oracle.randn(5, generator=theirs).numpy()
    for stream in (ours, again):
        assert np.array_equal(stream.randn(5), wanted)
        assert np.array_equal(stream.get_state(), theirs.get_state().numpy())


def test_a_value_left_over_in_float32_is_kept():
    state = Generator(1).get_state()
    state[5048:5052], state[5052] = np.float32(1.5).reshape(1).view(np.uint8), 1
    assert np.array_equal(Generator().set_state(state).get_state(), state)


def test_clones_and_entropy():
    ours = Generator(3)
    ours.randn(3)
    clone = ours.clone_state()
    assert np.array_equal(clone.rand(5), ours.rand(5))
    clone.rand(1)
    assert not np.array_equal(clone.get_state(), ours.get_state())
    assert ours.seed() == ours.initial_seed() != clone.seed()


def broken(*, at, value):
    state = Generator(0).get_state()
    state[at] = value
    return state


@pytest.mark.parametrize(
    ("state", "error", "words"),
    [
        (
            np.zeros(3, np.uint8),
            RuntimeError,
            "state of size 5056 but found .* to be 3|State of size",
        ),
        (np.zeros(5056, np.uint8), RuntimeError, "Invalid mt19937 state"),
        (np.zeros(5056), TypeError, "ByteTensor"),
        (broken(at=8, value=0), RuntimeError, "Invalid mt19937 state"),
        (broken(at=12, value=0), RuntimeError, "Invalid mt19937 state"),
        (broken(at=9, value=9), RuntimeError, "Invalid mt19937 state"),
    ],
    ids=["short", "zeros", "floats", "none left", "not seeded", "too many left"],
)
def test_bytes_that_are_no_state(state, error, words, oracle):
    stream = Generator(5)
    before = stream.get_state()
    for setter in (stream.set_state, lambda s: oracle.Generator().set_state(oracle.from_numpy(s))):
        with pytest.raises(error, match=words):
            setter(state)
    assert np.array_equal(stream.get_state(), before)
