"""`x[index] = tensor` where the dtypes differ: what is cast, and what is refused."""

import itertools

import pytest

import funcgrad.torch as ours

NAMES = "bool int8 int64 float32 float64 complex64 bfloat16"
# Each gives the index for a tensor of three elements.
INDICES = {
    "mask": lambda t: t.tensor([False, True, True]),
    "mask of all": lambda t: t.tensor(True),
    "list": lambda t: [0, 1],
    "indices": lambda t: t.tensor([0]),
    "item": lambda t: 0,
    "slice": lambda t: slice(0, 2),
    "ellipsis": lambda t: ...,
    "None": lambda t: None,
    "True": lambda t: True,
    "False": lambda t: False,
}


def outcome(torch, index, name, source, shape, number):
    """The values, or the type of the error with what it says before our way out."""
    x = torch.tensor([1, 2, 3]).to(getattr(torch, name))
    try:
        x[index(torch)] = torch.full(shape, number).to(getattr(torch, source))
    except (RuntimeError, IndexError, ValueError) as error:
        return type(error).__name__, str(error).split("; ")[0].split(": ")[0]
    return repr(x.tolist())


@pytest.mark.filterwarnings("ignore:Casting complex")
@pytest.mark.parametrize("key", INDICES)
def test_a_tensor_of_another_dtype_is_assigned_as_in_pytorch(key, oracle):
    index = INDICES[key]
    for name, source in itertools.product(NAMES.split(), repeat=2):
        for shape, number in (((), 2), ((1,), 2), ((), 300), ((1,), 300)):
            found = [outcome(t, index, name, source, shape, number) for t in (oracle, ours)]
            assert found[1] == found[0], (name, source, shape, number)


def test_a_gradient_reaches_what_a_mask_was_filled_with(oracle):
    found = []
    for torch in (oracle, ours):
        x = torch.zeros(3, dtype=torch.float64)
        value = torch.tensor([2.0], requires_grad=True)
        y = x * 1
        y[torch.tensor([True, False, True])] = value
        try:
            y.sum().backward()
            found.append((y.tolist(), value.grad.tolist(), str(value.grad.dtype)))
        except RuntimeError as error:
            found.append(type(error).__name__)
    assert found[1] == found[0]
