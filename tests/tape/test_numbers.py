"""Numbers that fill a tensor: what its dtype holds of them, and which ones PyTorch refuses."""

import pytest

import funcgrad.torch as ours

NAMES = "bool uint8 int8 int16 int32 int64 float16 bfloat16 float32 float64 complex64 complex128"
NUMBERS = (
    0, -1, 300, -200, 255, -255, -256, 127, -128, 70000, 2**40, 2**63 - 1, -(2**63), 2**63, 2**64,
    -(2**63) - 1, True, 1.5, -0.5, 255.5, 65519.0, 65520.0, 3.39e38, 3.4028235e38, 1e40,
    -1e40, float("nan"), float("inf"), -float("inf"), 2 + 0j, 1.5 + 0j, 1j, 1e40 + 0j, 1e40j,
    complex("nan"),
)  # fmt: skip


def put(x, index, number):
    x[index] = number
    return x


# Each takes the module, a tensor of two elements, and the number.
WAYS = {
    "fill": lambda t, x, v: t.fill(x, v),
    "fill_": lambda t, x, v: x.fill_(v),
    "full": lambda t, x, v: t.full((2,), v, dtype=x.dtype),
    "full_like": lambda t, x, v: t.full_like(x, v),
    "new_full": lambda t, x, v: x.new_full((2,), v),
    "masked_fill": lambda t, x, v: x.masked_fill(t.tensor([True, False]), v),
    "masked_fill_": lambda t, x, v: x.masked_fill_(t.tensor([True, False]), v),
    "index_fill": lambda t, x, v: t.index_fill(x, 0, t.tensor([0]), v),
    "index_fill_": lambda t, x, v: x.index_fill_(0, t.tensor([0]), v),
    "scatter": lambda t, x, v: t.scatter(x, 0, t.tensor([0]), v),
    "scatter by name": lambda t, x, v: x.scatter(0, t.tensor([0]), value=v),
    "scatter_": lambda t, x, v: x.scatter_(0, t.tensor([0]), v),
    "item": lambda t, x, v: put(x, 0, v),
    "index": lambda t, x, v: put(x, t.tensor([0]), v),
    "mask": lambda t, x, v: put(x, t.tensor([True, False]), v),
    "tensor": lambda t, x, v: t.tensor([v], dtype=x.dtype),
}
# A tensor of no dimensions counts by its value; only `fill_` and `x[0]` copy it, and wrap.
TENSORS = ("fill_", "full", "masked_fill", "index_fill", "scatter by name", "item")
# Python numbers of more than 64 bits as data: here they are always refused.
LARGE = (2**64, -(2**63) - 1)


def outcome(torch, way, name, number):
    """The values, or the type of the error with what it says before our way out."""
    try:
        return repr(WAYS[way](torch, torch.zeros(2).to(getattr(torch, name)), number).tolist())
    except (RuntimeError, TypeError, ValueError, OverflowError) as error:
        words = str(error).split("\n")[0].split("; ")[0]
        return type(error).__name__, words.split(": ")[0]


@pytest.mark.parametrize("name", NAMES.split())
def test_a_number_is_held_or_refused_as_in_pytorch(name, oracle):
    for way in WAYS:
        for number in NUMBERS:
            if way == "tensor" and number in LARGE:
                continue
            expected = outcome(oracle, way, name, number)
            assert outcome(ours, way, name, number) == expected, (way, number)


@pytest.mark.parametrize("name", ["float16", "float32", "complex64"])
def test_the_sign_of_a_zero_stays(name, oracle):
    for way in ("fill_", "full", "masked_fill", "index_fill", "scatter"):
        for number in (0.0, -0.0, 0.0):
            assert outcome(ours, way, name, number) == outcome(oracle, way, name, number)


@pytest.mark.filterwarnings("ignore:Casting complex values to real")
@pytest.mark.parametrize("name", NAMES.split())
def test_a_tensor_of_a_number_is_held_or_refused_as_in_pytorch(name, oracle):
    for way in TENSORS:
        for number in NUMBERS:
            if isinstance(number, int) and not -(2**63) <= number < 2**63:
                continue
            expected = outcome(oracle, way, name, oracle.tensor(number))
            assert outcome(ours, way, name, ours.tensor(number)) == expected, (way, number)


@pytest.mark.parametrize("name", [n for n in NAMES.split() if "int" in n])
def test_floating_numbers_beyond_an_integer_dtype_wrap_as_in_pytorch(name, oracle):
    numbers = [300.0, -1.5, 1e5, 3e9, -3e9, 1e19, float("nan"), float("inf"), -float("inf")]
    both = [torch.tensor(numbers).to(getattr(torch, name)).tolist() for torch in (oracle, ours)]
    assert both[1] == both[0]


def test_a_full_tensor_has_the_dtype_of_its_value(oracle):
    for value in (True, 2, 2.5, 2j):
        assert str(ours.full((1,), value).dtype) == str(oracle.full((1,), value).dtype)
    for torch in (oracle, ours):
        for value in (None, "2", [2.0]):
            with pytest.raises(TypeError, match=r"argument 'fill_value' .* must be Number, not"):
                torch.full((1,), value, dtype=torch.float32)


@pytest.mark.parametrize("requires_grad", [False, True])
def test_a_complex_number_is_true_unless_both_parts_are_zero(requires_grad, oracle):
    for torch in (oracle, ours):
        x = torch.tensor([0, 1j, 1, -1j, complex("nan")], requires_grad=requires_grad)
        expected = [False, True, True, True, True]
        assert x.bool().tolist() == x.to(torch.bool).tolist() == expected
        assert torch.zeros(5, dtype=torch.bool).copy_(x.detach()).tolist() == expected
