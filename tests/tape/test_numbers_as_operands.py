"""Python numbers beside tensors: where they wrap in a dtype that does not hold them, and where not.

Compared are values and dtypes, or the type of the error with its first words.
"""

import pytest

import funcgrad.torch as ours

NAMES = "bool uint8 int8 int32 int64 bfloat16 float32 complex64"
NUMBERS = (-1, 3, 300, 2**31 + 5, 2**40, True, 2.5, 1j)
LARGE = (-1e39, 1e300, float("inf"))  # not with complex numbers, where products of them are NaNs

# Each takes the module, a tensor, and the number.
WRAPPING = {
    "add": lambda t, x, v: x + v,
    "add_": lambda t, x, v: x.add_(v),
    "rsub": lambda t, x, v: v - x,
    "mul": lambda t, x, v: x * v,
    "floor_divide": lambda t, x, v: x // v,
    "remainder": lambda t, x, v: x % v,
    "fmod": lambda t, x, v: x.fmod(v),
    "eq": lambda t, x, v: x == v,
    "gt": lambda t, x, v: x > v,
    "le": lambda t, x, v: x <= v,
    "base": lambda t, x, v: v**x,
    "and": lambda t, x, v: x & v,
    "xor": lambda t, x, v: x ^ v,
}
HELD = {
    "clamp_min": lambda t, x, v: x.clamp_min(v),
    "clamp_max": lambda t, x, v: x.clamp_max(v),
    "clamp": lambda t, x, v: x.clamp(v, 2),
    "where": lambda t, x, v: t.where(x == 1, x, v),
    "pow": lambda t, x, v: x**v,
    "alpha": lambda t, x, v: t.add(x, x, alpha=v),
    "alpha_": lambda t, x, v: x.sub_(x.clone(), alpha=v),
    "value": lambda t, x, v: t.addcmul(x, x, x, value=v),
    "threshold": lambda t, x, v: t.nn.functional.threshold(x, v, 1),
}
# (way, dtype, number): what is not compared.
LEFT = {
    ("mul", "bool", LARGE): "XLA takes False * inf for 0",
    ("base", "complex64", NUMBERS): "where a power of complex numbers overflows it is a NaN here",
    ("pow", "complex64", NUMBERS): "",
    ("and", "bfloat16", (*NUMBERS, *LARGE)): "the words have another name of the dtype",
    ("xor", "bfloat16", (*NUMBERS, *LARGE)): "",
    ("pow", "bfloat16", LARGE[:2]): "infinite or 0, as with numbers that a half type holds",
    ("clamp_min", "bool", (True,)): "PyTorch has no kernel for it",
    ("clamp_max", "bool", (True,)): "PyTorch has no kernel for it",
    ("clamp", "bfloat16", (1j,)): "refused in other words, as the next two",
    ("clamp", "float32", (1j,)): "",
    ("where", "bfloat16", LARGE[:2]): "infinite, as with numbers that a half type holds",
    ("pow", "bool", (True,)): "PyTorch has a kernel for this number alone",
    ("alpha_", "bfloat16", (300,)): "PyTorch rounds the product as well",
}


def outcome(torch, way, name, number):
    """Values and dtype, or the type of the error and its words before our way out."""
    x = torch.tensor([1, 0, 100]).to(getattr(torch, name))
    try:
        result = way(torch, x, number)
    except (RuntimeError, TypeError, OverflowError, NotImplementedError) as error:
        words = str(error).split("\n")[0].split("; ")[0].split(": ")[0]
        return type(error).__name__, words
    return str(result.dtype), [repr(value) for value in result.tolist()]


@pytest.mark.parametrize("name", NAMES.split())
@pytest.mark.parametrize("key", [*WRAPPING, *HELD])
def test_a_number_beside_a_tensor_is_that_of_pytorch(key, name, oracle):
    way = {**WRAPPING, **HELD}[key]
    numbers = [*NUMBERS, *(LARGE if name != "complex64" else ())]
    for number in numbers:
        if any((key, name) == left[:2] and number in left[2] for left in LEFT):
            continue
        theirs, mine = (outcome(torch, way, name, number) for torch in (oracle, ours))
        assert mine == theirs, number


@pytest.mark.parametrize("number", [2**64, -(2**64)])
def test_a_number_of_more_than_64_bits_is_refused(number, oracle):
    for torch in (oracle, ours):
        for x in (torch.ones(2), torch.ones(2).long()):
            with pytest.raises(OverflowError):
                x + number
            with pytest.raises(OverflowError):
                x.clamp_max(number)


def test_a_power_of_integers_wraps(oracle):
    for dtype in ("uint8", "int16", "int64"):
        found = []
        for torch in (oracle, ours):
            base = torch.tensor([0, 1, 2, 3, -1, -3]).to(getattr(torch, dtype))
            found.append([(base**k).tolist() for k in (0, 1, 5, 63, 64, 100, 127)])
        assert found[1] == found[0]


def test_divisors_of_the_least_number(oracle):
    found = []
    for torch in (oracle, ours):  # of wider integers PyTorch divides by -1, and its process ends
        a = torch.tensor([-128, -128, -128, 0, 12, -12], dtype=torch.int8)
        b = torch.tensor([127, -1, 0, 0, 18, 18], dtype=torch.int8)
        found.append((torch.gcd(a, b).tolist(), torch.lcm(a, b).tolist()))
    assert found[1] == found[0]
