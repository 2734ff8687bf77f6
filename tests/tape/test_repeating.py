"""`repeat_interleave`, by a number, by counts, and of counts alone."""

import numpy as np
import pytest

import funcgrad.torch as ours

from .outcome import outcome


def table(torch):
    x = torch.arange(6.0, requires_grad=True)
    return x, (x * 1).reshape(2, 3)


def repeated(*given, **options):
    """What is repeated, and the gradient; lists become tensors of counts."""

    def program(torch):
        x, m = table(torch)
        arguments = [torch.tensor(g) if isinstance(g, list) else g for g in given]
        y = m.repeat_interleave(*arguments, **options)
        y.backward(torch.arange(1.0, y.numel() + 1).reshape(y.shape))
        return [y, x.grad]

    return program


def counted(counts, **options):
    return lambda torch: torch.repeat_interleave(torch.tensor(counts), **options)


PROGRAMS = {
    "a number": repeated(2),
    "a number along an axis": repeated(2, 1),
    "never": repeated(0),
    "one count": repeated([2]),
    "one count without an axis": lambda t: table(t)[1].repeat_interleave(t.tensor(2), 0),
    "counts": repeated([1, 0, 2], 1),
    "counts along the last axis": repeated([1, 0, 2], dim=-1),
    "counts of all": repeated([1, 0, 2, 0, 1, 1]),
    "a size": repeated([1, 2], 0, output_size=3),
    "a size of a number": repeated(2, 0, output_size=4),
    "int32": lambda t: table(t)[1].repeat_interleave(t.tensor([1, 2], dtype=t.int32), 0),
    "of a number": lambda t: t.tensor(3.0).repeat_interleave(t.tensor([2])),
    "of truths": lambda t: t.tensor([True, False]).repeat_interleave(t.tensor([2, 1])),
    "of nothing": lambda t: t.zeros(0, 2).repeat_interleave(t.zeros(0, dtype=t.int64), 0),
    "by name": lambda t: t.repeat_interleave(table(t)[1], repeats=t.tensor([1, 2]), dim=0),
    "counts alone": counted([1, 2, 0]),
    "counts alone, of a size": counted([1, 2, 0], output_size=3),
}
REFUSED = {
    "too many counts": repeated([1, 0, 2], 0),
    "a negative count": repeated([1, -1], 0),
    "a negative number": repeated(-1),
    "floating counts": repeated([1.0, 1.0], 0),
    "counts of two axes": repeated([[1, 1]], 0),
    "another size": repeated([1, 2], 0, output_size=4),
    "another size of a number": repeated(2, 0, output_size=5),
    "no such axis": repeated([1, 2], 5),
    "no axis at all": lambda t: t.tensor(3.0).repeat_interleave(t.tensor([2]), 0),
    "a float": repeated(2.0),
    "floating counts alone": counted([1.0, 2.0]),
    "a table of counts alone": counted([[1, 2]]),
    "a negative count alone": counted([1, -2]),
}


@pytest.mark.parametrize("name", PROGRAMS)
def test_it_is_as_in_pytorch(name, oracle):
    np.testing.assert_equal(outcome(PROGRAMS[name], ours), outcome(PROGRAMS[name], oracle))


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_refused(name, oracle):
    mine, theirs = outcome(REFUSED[name], ours), outcome(REFUSED[name], oracle)
    assert mine[:2] == theirs[:2] and mine[0] == "error"
    assert mine[2].startswith(theirs[2].split(" - got")[0].split(", but expected")[0])
