"""`gradcheck(check_forward_ad=True)` and `gradgradcheck(check_fwd_over_rev=True)` as PyTorch's."""

import pytest

import funcgrad.torch as ours

from ..tape.outcome import outcome
from .test_gradcheck import head, imaginary, matrices, real


def square(torch, jvp="right", backward=2.0):
    """Squares, with a derivative of either mode that may be wrong."""

    class Square(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            ctx.save_for_backward(x)
            ctx.save_for_forward(x)
            return x**2

        @staticmethod
        def backward(ctx, gradient):
            return backward * ctx.saved_tensors[0].conj() * gradient

    def along(ctx, tangent):
        return {"right": 2, "wrong": 3}[jvp] * ctx.saved_tensors[0] * tangent

    if jvp:
        Square.jvp = staticmethod(along)
    return Square.apply


def product(torch, wrong=False, missing=1.0):
    """A product whose `jvp` gets None for a tangent that is not there; `missing` falsifies that."""

    class Product(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x, y):
            ctx.set_materialize_grads(False)
            ctx.save_for_backward(x, y)
            ctx.save_for_forward(x, y)
            return x * y

        @staticmethod
        def backward(ctx, gradient):
            if gradient is None:
                return None, None
            x, y = ctx.saved_tensors
            return gradient * y, gradient * x

        @staticmethod
        def jvp(ctx, along_x, along_y):
            x, y = ctx.saved_tensors
            if along_y is None:
                return along_x * y * missing
            if along_x is None:
                return x * along_y
            return along_x * y + x * along_y * (2 if wrong else 1)

    return Product.apply


def cube_with_a_wrong_tangent_of_its_gradient(torch):
    class Slope(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            ctx.save_for_backward(x)
            ctx.save_for_forward(x)
            return 3 * x**2

        @staticmethod
        def backward(ctx, gradient):
            return 6 * ctx.saved_tensors[0] * gradient

        @staticmethod
        def jvp(ctx, tangent):
            return 7 * ctx.saved_tensors[0] * tangent

    class Cube(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            ctx.save_for_backward(x)
            ctx.save_for_forward(x)
            return x**3

        @staticmethod
        def backward(ctx, gradient):
            return Slope.apply(ctx.saved_tensors[0]) * gradient

        @staticmethod
        def jvp(ctx, tangent):
            return 3 * ctx.saved_tensors[0] ** 2 * tangent

    return Cube.apply


def check(torch, *arguments, **options):
    return torch.autograd.gradcheck(*arguments, check_forward_ad=True, **options)


def check_twice(torch, *arguments, **options):
    torch.manual_seed(0)
    return torch.autograd.gradgradcheck(*arguments, check_fwd_over_rev=True, **options)


CASES = {
    "sine": lambda t, **k: check(t, t.sin, real(t), **k),
    "forwards alone": lambda t, **k: check(t, t.sin, real(t), check_backward_ad=False, **k),
    "several inputs": lambda t, **k: check(t, t.mul, (real(t), real(t).detach() + 1), **k),
    "several results": lambda t, **k: check(t, lambda x: (x.sin(), x.sum(1)), real(t), **k),
    "a result that is constant": lambda t, **k: check(
        t, lambda x: (x.exp(), t.ones(2, dtype=t.float64)), real(t), **k
    ),
    "no result that moves": lambda t, **k: check(
        t, lambda x: t.ones(2, dtype=t.float64), real(t), **k
    ),
    "a result that is cut off": lambda t, **k: check(t, lambda x: x.detach() * 2, real(t), **k),
    "a view": lambda t, **k: check(t, lambda x: x[1:].t(), real(t), **k),
    "an edit in place": lambda t, **k: check(t, lambda x: x.clone().mul_(x), real(t), **k),
    "complex numbers": lambda t, **k: check(t, t.sin, imaginary(t), **k),
    "complex to real": lambda t, **k: check(t, t.abs, imaginary(t), **k),
    "real to complex": lambda t, **k: check(t, lambda x: x * (1 + 2j), real(t), **k),
    "a right rule": lambda t, **k: check(t, square(t), real(t), **k),
    "a wrong rule": lambda t, **k: check(t, square(t, "wrong"), real(t), **k),
    "a wrong rule, no exception": lambda t, **k: check(
        t, square(t, "wrong"), real(t), raise_exception=False, **k
    ),
    "both rules wrong": lambda t, **k: check(t, square(t, "wrong", 5.0), real(t), **k),
    "a wrong backward that is not asked": lambda t, **k: check(
        t, square(t, "right", 5.0), real(t), check_backward_ad=False, **k
    ),
    "a wrong rule of complex numbers": lambda t, **k: check(
        t, square(t, "wrong"), imaginary(t), **k
    ),
    "no rule": lambda t, **k: check(t, square(t, None), real(t), **k),
    "no rule, no exception": lambda t, **k: check(
        t, square(t, None), real(t), raise_exception=False, **k
    ),
    "wrong in the second": lambda t, **k: check(t, product(t, wrong=True), (real(t), real(t)), **k),
    "missing tangents": lambda t, **k: check(t, product(t), (real(t), real(t)), **k),
    "missing tangents, wrong": lambda t, **k: check(
        t, product(t, missing=2.0), (real(t), real(t)), **k
    ),
    "missing tangents, not asked": lambda t, **k: check(
        t, product(t, missing=2.0), (real(t), real(t)), check_undefined_grad=False, **k
    ),
    "in batches": lambda t, **k: check(t, t.sin, real(t), check_batched_forward_grad=True, **k),
    "twice": lambda t, **k: check_twice(t, t.sin, real(t), **k),
    "twice, forwards alone": lambda t, **k: check_twice(
        t, t.sin, real(t), check_rev_over_rev=False, check_undefined_grad=False, **k
    ),
    "twice, an option too many": lambda t, **k: check_twice(
        t, t.sin, real(t), check_rev_over_rev=False, **k
    ),
    "twice, wrong": lambda t, **k: check_twice(
        t, cube_with_a_wrong_tangent_of_its_gradient(t), real(t), **k
    ),
    "twice, not asked": lambda t, **k: t.autograd.gradgradcheck(
        cube_with_a_wrong_tangent_of_its_gradient(t), real(t), **k
    ),
}


@pytest.mark.parametrize("fast_mode", [False, True])
@pytest.mark.parametrize("name", CASES)
def test_as_pytorch(name, fast_mode, oracle):
    found = [outcome(lambda t: CASES[name](t, fast_mode=fast_mode), t) for t in (ours, oracle)]
    mine, theirs = found
    if not isinstance(theirs, tuple):
        assert mine is theirs
        return
    assert mine[:2] == theirs[:2], found
    if "Mismatch in tangent values" in theirs[2]:  # PyTorch prints a tuple of pieces
        assert "Mismatch in tangent values for output with index: 0 when input: 1" in mine[2]
        return
    assert head(mine[2]) == head(theirs[2])
    if not fast_mode:  # PyTorch draws another direction
        assert matrices(mine[2]) == pytest.approx(matrices(theirs[2]), rel=1e-3, abs=1e-3)


def test_verdicts_of_both_kinds(oracle):
    raised = {n for n, c in CASES.items() if isinstance(outcome(c, oracle), tuple)}
    assert len(raised) >= 8
    assert len(set(CASES) - raised) >= 16
