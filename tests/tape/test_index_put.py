"""Edits of some places under names of their own, and methods that are functions as well."""

import math

import pytest

import funcgrad.torch as ours


def counted(torch, *shape):
    return torch.arange(1.0, 1 + math.prod(shape)).reshape(shape)


def gradients(torch, accumulate):
    x, values = counted(torch, 2, 3).requires_grad_(), counted(torch, 2).requires_grad_()
    places = (torch.tensor([0, 0]), torch.tensor([1, 1]))
    y = (x * 1).index_put_(places, values, accumulate=accumulate)
    (y * counted(torch, 2, 3)).sum().backward()
    return [y, x.grad, values.grad], y.grad_fn.name()


def put(torch, indices, values, **options):
    """The copy, and the tensor edited in place."""
    x = counted(torch, 2, 3)
    return x.index_put(indices, values, **options), torch.index_put_(x, indices, values, **options)


CASES = {
    "pairs": lambda t: put(t, (t.tensor([0, 1]), t.tensor([2, 0])), t.tensor([8.0, 9.0])),
    "rows": lambda t: put(t, [t.tensor([0, 1])], counted(t, 3), accumulate=True),
    "one twice": lambda t: put(t, (t.tensor([0, 0]),), counted(t, 2, 3), accumulate=True),
    "a row": lambda t: put(t, (t.tensor(1),), counted(t, 3)),
    "a mask": lambda t: put(t, (counted(t, 2, 3) > 2,), t.tensor(9.0)),
    "a mask, of whole numbers": lambda t: put(t, (counted(t, 2, 3) > 2,), t.tensor([9])),
    "a mask of rows": lambda t: put(t, (t.tensor([True, False]),), counted(t, 3)),
    "another dtype": lambda t: put(t, (t.tensor([0]),), t.tensor([9])),
    "no tuple": lambda t: put(t, t.tensor([0]), t.tensor(9.0)),
    "None": lambda t: put(t, (None, t.tensor([0])), t.tensor(9.0)),
    "a number": lambda t: put(t, (t.tensor([0]),), 3),
    "out of range": lambda t: put(t, (t.tensor([5]),), t.tensor(1.0)),
    "too many": lambda t: put(t, (t.tensor([0]),) * 3, t.tensor(1.0)),
    "floating": lambda t: put(t, (t.tensor([0.0]),), t.tensor(1.0)),
    "apart": lambda t: put(t, (t.tensor([0, 1]), t.tensor([0, 1, 2])), t.tensor(1.0)),
    "too large": lambda t: put(t, (t.tensor([0, 1]),), counted(t, 3, 3)),
    "gradients": lambda t: gradients(t, False),
    "gradients of sums": lambda t: gradients(t, True),
    "the tensor itself": lambda t: [x := counted(t, 2), [+x is x, t.positive(x) is x]],
    "plus a bool": lambda t: +t.tensor([True]),
    "sizes": lambda t: [t.is_same_size(t.ones(2), t.ones(n)) for n in (2, 3)],
    "shrunk": lambda t: counted(t, 2).hardshrink(1.0),
    "prelu": lambda t: (-counted(t, 2)).prelu(t.tensor(0.5)),
    "detached": lambda t: t.detach(counted(t, 2).requires_grad_()).requires_grad,
    "relu_": lambda t: t.relu_(-counted(t, 2)),
    "clamp_": lambda t: t.clamp_(counted(t, 2), 1.5),
    "fill_": lambda t: t.fill_(counted(t, 2), 7),
    "where into": lambda t: t.where(counted(t, 2) > 1, counted(t, 2), t.zeros(2), out=t.empty(2)),
}  # fmt: skip
for shape in ((3, 3), (2, 3), (7, 3), (9, 2), (3, 3, 3), (2, 3, 3), (3,), (0, 3), (1, 3)):
    for wrap in (False, True):
        CASES[f"diagonal of {shape}{' wrapped' * wrap}"] = lambda t, shape=shape, wrap=wrap: (
            t.zeros(shape).fill_diagonal_(5, wrap=wrap)
        )


def outcome(torch, case):
    """What a case gives, in plain values, or the type of its error with the first words."""
    try:
        return plain(case(torch))
    except (RuntimeError, TypeError, IndexError) as error:
        return type(error).__name__, str(error).split("; ")[0].rstrip(".")


def plain(value):
    if isinstance(value, (tuple, list)):
        return [plain(item) for item in value]
    return value.tolist() if hasattr(value, "tolist") else value


@pytest.mark.parametrize("name", CASES)
def test_it_is_as_in_pytorch(name, oracle):
    assert outcome(ours, CASES[name]) == outcome(oracle, CASES[name])


def test_a_diagonal_of_a_view_is_edited(oracle):
    found = []
    for torch in (oracle, ours):
        base = counted(torch, 2, 2).requires_grad_() * 1
        base.t()[:1].fill_diagonal_(0)
        base.fill_diagonal_(2)
        found.append((base.tolist(), base.grad_fn.name(), base._version))
    assert found[1] == found[0]
