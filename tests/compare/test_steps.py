"""The two sources beside each other: nothing lost, and alike steps on one line."""

import pytest

from funcgrad.compare.gallery import choose
from funcgrad.compare.steps import line_up

JAX = """\
RATE = 0.1


def f(x):
    # step
    return x**2


def mine(x):
    return x


@jax.jit
def jax_style(x):
    # start
    a = mine(x)
    # only here
    text = '''
    # end
    '''
    # end
    b = f(a)
    return {"b": b}"""
PYTORCH = """\
RATE = 0.1


def f(x):
    # step
    return x**2


def pytorch_style(torch, x):
    # start
    a = x  # end
    # end
    b = f(a)

    # the results
    return {"b": b}


OTHER = 1"""


def test_what_both_use_above_the_steps_and_what_one_uses_below():
    pairs = line_up(JAX, PYTORCH)
    shared = "RATE = 0.1\n\ndef f(x):\n    # step\n    return x**2"
    assert pairs[0] == (shared, shared)
    assert pairs[1] == ("@jax.jit\ndef jax_style(x):", "def pytorch_style(torch, x):")
    assert [[part.split("\n")[0] for part in pair] for pair in pairs[2:4]] == [
        ["    # start"] * 2,
        ["    # end"] * 2,
    ]
    assert "only here" in pairs[2][0]
    assert pairs[4] == (
        '    return {"b": b}\n\ndef mine(x):\n    return x',
        '    # the results\n    return {"b": b}\n\nOTHER = 1',
    )
    assert len(pairs) == 5


def test_steps_in_another_order_are_not_forced_together():
    left = "def jax_style(x):\n    # a\n    x = 1\n    # b\n    return x"
    right = "def pytorch_style(torch, x):\n    # b\n    x = 1\n    # a\n    return x"
    pairs = line_up(left, right)
    assert len(pairs) == 2
    assert "\n".join(pair[0] for pair in pairs) == left
    assert "\n".join(pair[1] for pair in pairs) == right


def test_the_ends_are_not_lined_up_over_a_large_hole():
    left = "def jax_style(x):\n    y = x\n    return y"
    for lines, steps in ((10, 2), (30, 1)):
        right = "def pytorch_style(torch, x):\n" + "    y = x\n" * lines + "    return y"
        assert len(line_up(left, right)) == steps


def test_a_style_may_be_an_assignment():
    jax = "def slope(x):\n    return 2 * x\n\n\njax_style = jax.jit(slope)"
    pytorch = "def pytorch_style(torch, x):\n    y = 2 * x\n    return y"
    (pair,) = line_up(jax, pytorch)
    assert pair == ("jax_style = jax.jit(slope)\n\ndef slope(x):\n    return 2 * x", pytorch)


def test_a_function_of_one_statement_is_one_step():
    pair = ("def jax_style(x):\n    return x", "def pytorch_style(torch, x):\n    return x")
    assert line_up(*pair) == [pair]


@pytest.mark.parametrize("example", choose([]), ids=lambda example: example.id)
def test_no_line_of_the_gallery_is_lost(example):
    pairs = line_up(example.jax_code, example.pytorch_code)
    for side, text in enumerate((example.jax_code, example.pytorch_code)):
        shown = [line for pair in pairs for line in pair[side].splitlines() if line]
        assert sorted(shown) == sorted(line for line in text.splitlines() if line)
