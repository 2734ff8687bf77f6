"""`gradcheck` and `gradgradcheck` give PyTorch's verdicts, and errors of its types and words."""

import re
import warnings

import numpy as np
import pytest

import funcgrad.torch as ours

from .programs import each, programs

REAL = np.array([[0.3, -1.2, 0.7], [1.5, 0.4, -0.6]])
PROGRAMS, program = programs()


def real(torch, dtype="float64", requires_grad=True):
    return torch.tensor(REAL.astype(dtype), requires_grad=requires_grad)


def imaginary(torch):
    return torch.tensor(REAL + 1j * REAL[::-1], requires_grad=True)


def function(torch, forward, backward, twice=False):
    """A Function of one or two operands from plain functions: those of (x), (x, gradient)."""

    class Made(torch.autograd.Function):
        @staticmethod
        def forward(ctx, *operands):
            ctx.save_for_backward(*operands)
            return forward(*operands)

        @staticmethod
        def backward(ctx, *gradients):
            return backward(*ctx.saved_tensors, *gradients)

    return Made.apply


def check(torch, *arguments, **options):
    return torch.autograd.gradcheck(*arguments, **options)


def check_twice(torch, *arguments, **options):
    torch.manual_seed(0)  # the gradients of the results are drawn at random, the same on both
    return torch.autograd.gradgradcheck(*arguments, **options)


# --- right ones ----------------------------------------------------------------------------


@program
def sine(torch):
    return check(torch, torch.sin, real(torch)), check_twice(torch, torch.sin, real(torch))


@program
def sine_fast(torch):
    x = real(torch)
    return check(torch, torch.sin, x, fast_mode=True), check_twice(
        torch, torch.sin, x, fast_mode=True
    )


@program
def product_of_two(torch):
    x, y = real(torch), real(torch)
    return check(torch, torch.mul, (x, y)), check_twice(torch, torch.mul, [x, y])


@program
def only_one_of_two_requires_grad(torch):
    wrong_in_the_second = function(torch, lambda x, y: x * y, lambda x, y, g: (g * y, g * 7))
    return check(torch, wrong_in_the_second, (real(torch), real(torch, requires_grad=False)))


@program
def several_results(torch):
    return check(torch, lambda x: (x.exp(), x.sum(), x.argmax()), real(torch))


@program
def a_result_without_gradient(torch):
    return check(torch, lambda x: (x.detach() * 0, x * 2), real(torch))


@program
def an_input_that_is_no_tensor(torch):
    return check(torch, lambda x, n: x**n, (real(torch), 3))


@program
def a_module_whose_parameters_are_the_inputs(torch):
    layer = torch.nn.Linear(3, 2).double()
    x = real(torch, requires_grad=False)
    return check(torch, lambda *parameters: layer(x).tanh(), tuple(layer.parameters()))


@program
def a_view_edited_in_place(torch):
    def edited(x):
        y = x.clone()
        y[0].mul_(y[1] * 2)
        return y

    return check(torch, edited, real(torch)), check_twice(torch, edited, real(torch))


@program
def complex_to_complex(torch):
    z = imaginary(torch)
    return check(torch, lambda z: z * z.conj() + z**2, z), check_twice(torch, torch.exp, z)


@program
def complex_to_real_fast(torch):
    return check(torch, lambda z: z.abs(), imaginary(torch), fast_mode=True)


@program
def an_empty_input(torch):
    x = torch.zeros(0, 3, dtype=torch.float64, requires_grad=True)
    return check(torch, lambda x: x * 2, x)


@program
def a_loose_tolerance(torch):
    slightly_wrong = function(torch, lambda x: x * 2, lambda x, g: g * 2.01)
    return check(torch, slightly_wrong, real(torch), rtol=0.1)


@program
def single_precision_with_its_own_step(torch):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return check(torch, torch.sin, real(torch, "float32"), eps=1e-2, atol=1e-2, rtol=1e-2)


@program
def a_right_function(torch):
    cube = function(torch, lambda x: x**3, lambda x, g: g * 3 * x**2)
    return check(torch, cube, real(torch)), check_twice(torch, cube, real(torch))


@program
def two_results_one_undefined(torch):
    def backward(x, g, h):
        return g * x.cos() + h * 2

    both = function(torch, lambda x: (x.sin(), x * 2), backward)
    return check(torch, both, real(torch), check_batched_grad=True)


@program
def in_batches(torch):
    return check(torch, lambda x: torch.softmax(x, 1), real(torch), check_batched_grad=True)


@program
def chosen_gradients_of_results(torch):
    x, g = real(torch), real(torch) + 1
    return check_twice(torch, lambda x: x**2, (x,), (g.detach().requires_grad_(),))


# --- wrong ones ----------------------------------------------------------------------------


@program
def a_wrong_factor(torch):
    return check(torch, function(torch, lambda x: x * 2, lambda x, g: g * 3), real(torch))


@program
def a_wrong_factor_fast(torch):
    wrong = function(torch, lambda x: x * 2, lambda x, g: g * 3)
    return check(torch, wrong, real(torch), fast_mode=True)


@program
def a_wrong_factor_without_an_exception(torch):
    wrong = function(torch, lambda x: x * 2, lambda x, g: g * 3)
    return (
        check(torch, wrong, real(torch), raise_exception=False),
        check_twice(torch, wrong, real(torch), raise_exception=False),
    )


@program
def wrong_in_the_second_input(torch):
    wrong = function(torch, lambda x, y: x * y, lambda x, y, g: (g * y, g * y))
    return check(torch, wrong, (real(torch), real(torch) + 1))


@program
def wrong_in_the_second_result(torch):
    wrong = function(torch, lambda x: (x * 2, x * 3), lambda x, g, h: g * 2 + h)
    return check(torch, wrong, real(torch))


@program
def a_missing_gradient(torch):
    return check(torch, function(torch, lambda x: x * 2, lambda x, g: None), real(torch))


@program
def a_detached_branch(torch):
    return check(torch, lambda x: x * x.detach(), real(torch))


@program
def everything_detached(torch):
    return check(torch, lambda x: x.detach() * 2, real(torch))


@program
def a_missing_conjugate(torch):
    wrong = function(torch, lambda z: z * 1j, lambda z, g: g * 1j)
    return check(torch, wrong, imaginary(torch))


@program
def a_missing_conjugate_fast(torch):
    wrong = function(torch, lambda z: z * 1j, lambda z, g: g * 1j)
    return check(torch, wrong, imaginary(torch), fast_mode=True)


@program
def not_multiplied_by_the_gradient(torch):
    constant = function(torch, lambda x: x * 2, lambda x, g: torch.full_like(x, 2.0))
    return check(torch, constant, real(torch).detach()[:1, :1].requires_grad_())


@program
def not_linear_in_the_gradient(torch):
    return check(torch, function(torch, lambda x: x * 2, lambda x, g: g * g * 2), real(torch))


@program
def not_reentrant(torch):
    calls = []

    def backward(x, g):
        calls.append(g)
        return g * 2 + len(calls) * 1e-9

    return check(torch, function(torch, lambda x: x * 2, backward), real(torch))


@program
def not_reentrant_within_a_tolerance(torch):
    calls = []

    def backward(x, g):
        calls.append(g)
        return g * (2 + len(calls) * 1e-9)

    wobbly = function(torch, lambda x: x * 2, backward)
    return check(torch, wobbly, real(torch), nondet_tol=1e-6)


def undefined(torch, backward):
    class Raw(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            ctx.set_materialize_grads(False)
            return x * 2

        @staticmethod
        def backward(ctx, g):
            return backward(g)

    return Raw.apply


@program
def an_undefined_gradient_that_is_refused(torch):
    def backward(g):
        if g is None:
            raise RuntimeError("no gradient")
        return g * 2

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return check(torch, undefined(torch, backward), real(torch))


@program
def an_undefined_gradient_that_nobody_asks_for(torch):
    def backward(g):
        if g is None:
            raise RuntimeError("no gradient")
        return g * 2

    return check(torch, undefined(torch, backward), real(torch), check_undefined_grad=False)


@program
def an_undefined_gradient_that_becomes_ones(torch):
    def backward(g):
        return torch.ones(2, 3, dtype=torch.float64) if g is None else g * 2

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return check(torch, undefined(torch, backward), real(torch))


@program
def a_gradient_of_another_shape(torch):
    wrong = function(torch, lambda x: x * 2, lambda x, g: g[:, :2])
    return check(torch, wrong, real(torch))


@program
def right_first_and_wrong_second(torch):
    wrong = function(torch, lambda x: x**3, lambda x, g: g * 3 * x.detach() ** 2)
    return check(torch, wrong, real(torch)), check_twice(torch, wrong, real(torch))


@program
def right_first_and_wrong_second_fast(torch):
    wrong = function(torch, lambda x: x**3, lambda x, g: g * 3 * x.detach() ** 2)
    return check_twice(torch, wrong, real(torch), fast_mode=True)


@program
def another_shape_at_another_value(torch):
    def jumps(x):
        return x[x > 0.3] * 2

    return check(torch, jumps, real(torch))


@program
def no_input_requires_grad(torch):
    return check(torch, torch.sin, real(torch, requires_grad=False))


@program
def entries_that_share_memory(torch):
    x = torch.ones(3, dtype=torch.float64).expand(2, 3)
    return check(torch, torch.sin, x.requires_grad_())


@program
def nothing_to_check(torch):
    return check(torch, torch.sin, real(torch), check_backward_ad=False)


@program
def batches_of_forward_mode_only(torch):
    return check(torch, torch.sin, real(torch), check_batched_forward_grad=True)


@program
def undefined_without_reverse(torch):
    return check_twice(torch, torch.sin, real(torch), check_rev_over_rev=False)


@program
def in_single_precision(torch):
    return check(torch, torch.sin, real(torch, "float32"))


def outcome(program, torch):
    """The verdict, or the error's type and words with no number's last digits."""
    try:
        return program(torch)
    except Exception as error:  # noqa: BLE001 - whatever it is, it is compared
        return type(error).__name__, type(error).__mro__[1].__name__, str(error)


def head(text):
    """The words up to the first number that depends on rounding, and what follows NOTEs of use."""
    text = re.sub(r"\s+", " ", text)
    return re.split(r"numerical:|nondeterminism was|undefined output grads|or zero\.", text)[0]


@each(PROGRAMS)
def test_as_pytorch(program, oracle):
    theirs, mine = outcome(program, oracle), outcome(program, ours)
    if isinstance(theirs, tuple) and isinstance(theirs[-1], str):
        assert mine[:2] == theirs[:2], (mine, theirs)
        assert head(mine[2]) == head(theirs[2])
        np.testing.assert_allclose(matrices(mine[2]), matrices(theirs[2]), rtol=1e-3, atol=1e-3)
    else:
        assert mine == theirs


def matrices(text):
    """The numbers of both Jacobians, in order."""
    found = re.search(r"numerical:(.*?analytical:tensor\(.*?\))", text, re.DOTALL)
    if found is None:
        return []
    numbers = re.sub(r"torch\.\w+", "", found.group(1))
    return [float(n) for n in re.findall(r"-?\d+\.(?:\d+(?:e[-+]\d+)?)?", numbers)]


def test_both_sides_are_there(oracle):
    """There are enough programs that pass and enough that fail, so that neither is idle."""
    verdicts = [
        outcome(program, oracle) for program in PROGRAMS if program is not in_single_precision
    ]
    failed = [v for v in verdicts if isinstance(v, tuple) and isinstance(v[-1], str)]
    assert len(verdicts) - len(failed) >= 20 and len(failed) >= 20


def once(torch, count=1, first=True):
    """The sum of squares with a backward pass that is marked; without the first gradient if so."""

    class Once(torch.autograd.Function):
        @staticmethod
        def forward(ctx, *operands):
            ctx.save_for_backward(*operands)
            return sum((x**2 for x in operands), operands[0] * 0)

        @staticmethod
        @torch.autograd.function.once_differentiable
        def backward(ctx, g):
            found = [g * 2 * x for x in ctx.saved_tensors]
            return tuple(found if first else [None, *found[1:]])

    return Once.apply


@pytest.mark.parametrize("fast_mode", [False, True])
@pytest.mark.parametrize(("count", "first"), [(1, True), (2, True), (2, False)])
def test_a_second_derivative_that_is_marked_as_missing(count, first, fast_mode, oracle):
    def refused(torch):
        inputs = tuple(real(torch) for _ in range(count))
        with pytest.raises(RuntimeError) as error:
            check_twice(torch, once(torch, count, first), inputs, fast_mode=fast_mode)
        return str(error.value)

    assert refused(ours).splitlines()[0] == refused(oracle).splitlines()[0]


def test_what_a_marked_backward_pass_leaves(oracle):
    """`grad` finds no way through it, `backward` says why."""

    def seen(torch):
        def message(call):
            with pytest.raises(RuntimeError) as error:
                call()
            return str(error.value)

        x, y = real(torch), real(torch)
        g = torch.ones_like(x).requires_grad_()
        out = once(torch, 2)(x, y)
        first, second = torch.autograd.grad(out, (x, y), g, create_graph=True)
        node = second.grad_fn
        (with_other_ways,) = torch.autograd.grad((second * g).sum(), g, retain_graph=True)
        (constant,) = torch.autograd.grad(out.sum(), x, create_graph=True, retain_graph=True)
        return [
            first.requires_grad,
            first.is_leaf,
            node is first.grad_fn,
            node.name(),
            second.output_nr,
            len(node.next_functions),
            torch.autograd.grad(second.sum(), g, allow_unused=True, retain_graph=True),
            message(lambda: torch.autograd.grad(second.sum(), g, retain_graph=True)),
            message(lambda: second.sum().backward(retain_graph=True)),
            with_other_ways.tolist(),
            constant.requires_grad,
        ]

    assert seen(ours) == seen(oracle)


def test_the_warning_about_precision(oracle):
    def warned(torch):
        with warnings.catch_warnings(record=True) as found:
            warnings.simplefilter("always")
            check(torch, torch.sin, real(torch, "float32"), raise_exception=False)
        return [(w.category, str(w.message)) for w in found]

    assert warned(ours) == warned(oracle) != []


def test_results_without_a_gradient_may_stand_anywhere():
    """PyTorch's own check stumbles over these."""
    assert check(ours, lambda x: (x > 0, x.argmax(), x * 2), real(ours))
    wrong = function(ours, lambda x: x * 2, lambda x, g: g * 3)
    with pytest.raises(RuntimeError, match="mismatch for output 0 with respect to input 0"):
        check(ours, lambda x: (x > 0, x.argmax(), wrong(x)), real(ours))


def test_nothing_to_differentiate_twice_does_not_pass():
    with pytest.raises(ValueError, match="at least one result to require gradient"):
        check_twice(ours, lambda x: x.detach(), real(ours))


def test_inputs_are_as_before():
    x = real(ours)
    before, version = x.detach().clone(), x._version
    check(ours, ours.sin, x)
    assert ours.equal(x, before) and x._version == version and x.grad is None


def test_a_backward_that_reads_values_is_told_that_it_cannot_run_in_batches():
    def backward(x, g):
        return g * 2 if g.sum().item() > -100 else g

    reads = function(ours, lambda x: x * 2, backward)
    with pytest.raises(RuntimeError, match="While computing batched gradients, got"):
        check(ours, reads, real(ours), check_batched_grad=True)


def test_the_module_form(oracle):
    from funcgrad.torch.autograd.gradcheck import GradcheckError, gradcheck, gradgradcheck

    assert gradcheck is ours.autograd.gradcheck
    assert gradgradcheck is ours.autograd.gradgradcheck
    assert GradcheckError.__mro__[1] is RuntimeError
