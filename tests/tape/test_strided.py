"""`as_strided`: memory read by strides, of tensors and of views, edited and differentiated."""

import numpy as np
import pytest

import funcgrad.torch as ours

from .outcome import outcome


def numbers(torch, count, **options):
    return torch.arange(1.0, count + 1, dtype=torch.float64, **options)


def base_of(torch):
    x = numbers(torch, 12, requires_grad=True)
    return x, (x * 1).reshape(3, 4)


def read(choose, *where):
    """A view of a view: what it shows, where it lies, and the gradient of what it was asked of."""

    def program(torch):
        x, base = base_of(torch)
        asked = choose(base)
        view = asked.as_strided(*where)
        view.backward(numbers(torch, view.numel()).reshape(view.shape))
        return [view, view.stride(), view.storage_offset(), view.is_contiguous(),
                view._base is x or view._base.shape, x.grad]  # fmt: skip

    return program


def edited(choose, *where):
    """A view that is edited, then its base: all that shares the memory sees it."""

    def program(torch):
        x, base = base_of(torch)
        asked = choose(base)
        view = asked.as_strided(*where)
        view.mul_(torch.full(view.shape, 2.0, dtype=torch.float64))
        before = [view.clone(), asked.clone(), base.clone()]
        base.mul_(3)
        base.sum().backward()
        return [*before, view, asked, base, x.grad, base._version]

    return program


def scattered(torch):
    x, y = numbers(torch, 6, requires_grad=True), numbers(torch, 2, requires_grad=True)
    z = torch.as_strided_scatter(x * 1, y, (2,), (3,), 1)
    z.backward(numbers(torch, 6))
    return [z, y.grad]


WHOLE = {"all": lambda t: t, "a row": lambda t: t[1], "a column": lambda t: t[:, 1],
         "turned": lambda t: t.t(), "a corner": lambda t: t[1:, 2:]}  # fmt: skip
WHERE = {"a pair": ((2,), (3,)), "windows": ((3, 2), (1, 1)), "the first": ((2, 2), (1, 2), 0),
         "a number": ((), ()), "repeated": ((2, 2), (0, 1))}  # fmt: skip
PROGRAMS = {f"{where} of {of}": read(WHOLE[of], *WHERE[where]) for of in WHOLE for where in WHERE}
PROGRAMS |= {
    f"{where} of {of}, edited": edited(WHOLE[of], *WHERE[where])
    for of in WHOLE
    for where in ("a pair", "the first", "a number")
}
PROGRAMS |= {
    "copied": lambda t: t.as_strided_copy(numbers(t, 6), (2, 2), (1, 2)),
    "scattered": scattered,
    "nothing, from anywhere": lambda t: numbers(t, 6).as_strided((0, 2), (1, 1), 50),
    "whole numbers": lambda t: t.arange(6).as_strided((2, 2), (1, 3), 1),
    "complex": lambda t: t.tensor([1 + 2j, 3j, 4.0]).as_strided((2, 2), (1, 1)),
    "conjugates": lambda t: t.tensor([1 + 2j, 3j, 4.0]).conj().as_strided((2, 2), (1, 1)),
    "real parts": lambda t: t.tensor([1 + 2j, 3j, 4.0]).real.as_strided((2,), (2,)),
}
REFUSED = {
    "fewer strides": lambda t: numbers(t, 6).as_strided((2, 2), (1,)),
    "a negative stride": lambda t: numbers(t, 6).as_strided((2, 2), (-1, 1)),
    "a negative size": lambda t: numbers(t, 6).as_strided((-2, 2), (1, 1)),
    "too many": lambda t: numbers(t, 6).as_strided((2, 6), (1, 1)),
    "from too far": lambda t: numbers(t, 6).as_strided((2, 2), (1, 1), 5),
    "from before": lambda t: numbers(t, 6).as_strided((2, 2), (1, 1), -1),
    "no tuple": lambda t: t.as_strided(numbers(t, 6), 2, 1),
    "a float": lambda t: numbers(t, 6).as_strided((2.0,), (1,)),
    "an offset that is a float": lambda t: numbers(t, 6).as_strided((2,), (1,), 1.5),
    "no tensor": lambda t: t.as_strided(3, (1,), (1,)),
    "another size": lambda t: numbers(t, 6).as_strided_scatter(numbers(t, 3), (2,), (1,)),
    "a windowed leaf": lambda t: numbers(t, 6, requires_grad=True).as_strided((2,), (1,)).zero_(),
    "one element many times": lambda t: numbers(t, 6).as_strided((2,), (0,)).add_(1),
}


@pytest.mark.parametrize("name", PROGRAMS)
def test_it_is_as_in_pytorch(name, oracle):
    mine, theirs = outcome(PROGRAMS[name], ours), outcome(PROGRAMS[name], oracle)
    if name == "copied":  # PyTorch has a node of its own for a view that is copied
        mine["node"] = theirs["node"] = None
    np.testing.assert_equal(mine, theirs)


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_refused(name, oracle):
    mine, theirs = outcome(REFUSED[name], ours), outcome(REFUSED[name], oracle)
    assert mine[:2] == theirs[:2] and mine[0] == "error"
    assert theirs[2].split(",")[0].split(" (position")[0][:30] in mine[2] or "ints" in mine[2]


def test_what_is_no_plain_view_shows_no_more_than_itself():
    parts = ours.tensor([1 + 2j, 3j]).real
    with pytest.raises(NotImplementedError, match="_base"):
        parts.as_strided((3,), (1,))


def test_what_a_scatter_leaves_has_a_gradient(oracle):
    """PyTorch's own check of gradients finds that there what it replaces has it."""
    for torch, right in ((ours, True), (oracle, False)):
        x, y = (numbers(torch, n, requires_grad=True) for n in (4, 2))
        found = torch.autograd.gradcheck(
            lambda x, y: (x**2).as_strided_scatter(y, (2,), (3,)), (x, y), raise_exception=False
        )
        assert found is right
