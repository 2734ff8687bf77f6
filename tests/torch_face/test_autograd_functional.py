"""`torch.autograd.functional` against PyTorch: values, structure, flags, and errors.

Compared are the containers (a tuple is no list), shapes, dtypes, values, and whether the results
require grad. Names in the graphs of results are left out: a derivative here is the transpose of a
program, not PyTorch's formula, and ends in other operations.
"""

import functools

import numpy as np
import pytest

import funcgrad.torch as ours

from ..tape.outcome import assert_same, outcome
from .programs import values

# --- what is differentiated ----------------------------------------------------------------------

FUNCTIONS = {}


def differentiated(*shapes, numbers=False, strict=True, dtypes=()):
    """Register a function with the shapes of its inputs, and whether it gives one number."""

    def register(function):
        FUNCTIONS[function.__name__] = (function, shapes, numbers, strict, dtypes)
        return function

    return register


@differentiated((2, 2))
def one_of_one(torch, x):
    return x.exp() * x[0]


@differentiated((2,), (2, 1))
def product_of_two(torch, x, y):
    return x * y * y


@differentiated((3,), (2, 3))
def two_of_two(torch, x, y):
    return (x * y).sin(), (y @ x) ** 2


@differentiated((3,), (2,), strict=False)
def some_independent(torch, x, y):
    return x * x, y.cos().sum(), torch.ones(2)


@differentiated((4,), strict=False)
def integers_among_the_outputs(torch, x):
    return x.argmax(), (x * x).cumsum(0), x > 0


@differentiated((2, 2))
def edits_in_place(torch, x):
    y = x * 2
    y[0] += x[1] ** 2
    y.t().mul_(x)
    return y


@differentiated((2, 2))
def views(torch, x):
    first, *_, last = x.unbind(1)
    return first * last, x.t()[1:].reshape(-1) ** 2


@differentiated((3,))
def one_in_a_tuple(torch, x):
    return (x * x,)


@differentiated((2,), (2,), dtypes=("float32", "float64"))
def two_dtypes(torch, x, y):
    return x * y * y, x.double() * x.double()


@differentiated((3,), numbers=True)
def number_of_one(torch, x):
    return (x**3).sum() + x.prod()


@differentiated((2, 2), (2,), numbers=True)
def number_of_two(torch, x, y):
    return ((x @ y) ** 2).sum() * y.exp().sum()


@differentiated((2,), (3,), numbers=True, strict=False)
def number_of_two_apart(torch, x, y):
    return (x**3).sum() + y.exp().sum()


@differentiated((3,), numbers=True, strict=False)
def number_that_is_linear(torch, x):
    return (x * 2).sum()


@differentiated((3,), numbers=True)
def number_with_one_axis(torch, x):
    return (x**3).sum(0, keepdim=True)


@differentiated((2, 2), numbers=True)
def number_after_edits(torch, x):
    y = x.clone()
    y[0] = x[1] ** 2
    y.mul_(x.t())
    return y.exp().sum()


@differentiated((), numbers=True)
def number_of_a_number(torch, x):
    return x.sin()


# Those that a product could get wrong in a way of its own.
SOME = ["product_of_two", "two_of_two", "some_independent", "integers_among_the_outputs",
        "edits_in_place", "one_in_a_tuple", "two_dtypes", "number_of_one"]  # fmt: skip
NUMBERS = [name for name, (_, _, numbers, _, _) in FUNCTIONS.items() if numbers]


# --- comparing -----------------------------------------------------------------------------------


def inputs_of(torch, name, requires_grad=False):
    function, shapes, _, _, dtypes = FUNCTIONS[name]
    dtypes = dtypes or ["float32"] * len(shapes)
    tensors = [
        values(torch, *shape, seed=i, dtype=dtype)
        for i, (shape, dtype) in enumerate(zip(shapes, dtypes, strict=True))
    ]
    for tensor in tensors:
        tensor.requires_grad_(requires_grad)
    return functools.partial(function, torch), opened(tensors)


def opened(tensors):
    return tuple(tensors) if len(tensors) != 1 else tensors[0]


def several(value):
    return value if isinstance(value, tuple) else (value,)


def like(torch, tensors, seed):
    """A tensor of the same shape and dtype for each of some, of the same structure."""
    made = tuple(
        values(torch, *t.shape, seed=seed + i, dtype=str(t.dtype).removeprefix("torch."))
        for i, t in enumerate(several(tensors))
    )
    return made if isinstance(tensors, tuple) else made[0]


def structure(torch, value):
    if isinstance(value, (tuple, list)):
        return [type(value).__name__, *(structure(torch, item) for item in value)]
    return type(value).__name__


def agree(program, oracle):
    """Run the program on both; values, structure and flags, or the whole error, are the same."""

    def with_structure(torch):
        result = program(torch)
        return result, structure(torch, result)

    mine, theirs = (without_names(outcome(with_structure, torch)) for torch in (ours, oracle))
    if isinstance(theirs, tuple):
        assert mine == theirs
    assert_same(mine, theirs)
    return theirs


def without_names(found):
    if isinstance(found, dict):
        return {key: value for key, value in found.items() if key != "node"}
    if isinstance(found, list):
        return [without_names(item) for item in found]
    return found


# --- values --------------------------------------------------------------------------------------


# The options that take another way to the same numbers, each with functions that could tell.
JACOBIANS = [("{}", name) for name in FUNCTIONS]
JACOBIANS += [
    (options, name)
    for options, names in {
        "vectorize": "one_of_one two_of_two some_independent integers_among_the_outputs "
        "edits_in_place two_dtypes",
        "create_graph": "product_of_two some_independent edits_in_place number_that_is_linear",
        "create_graph vectorize": "two_of_two",
        "forwards": "product_of_two some_independent integers_among_the_outputs edits_in_place "
        "one_in_a_tuple two_dtypes",
    }.items()
    for name in names.split()
]


def each_way(program):
    """What a program gives without an option and with it, which is its second argument."""
    return lambda torch: (program(torch, False), program(torch, True))


def options_of(text, strategy):
    """The words as arguments; "forwards" is a strategy, which needs `vectorize`."""
    options = {word: True for word in text.split() if word != "{}"}
    if options.pop("forwards", False):
        options |= {strategy: "forward-mode", "vectorize": True}
    return options


@pytest.mark.parametrize(("options", "name"), JACOBIANS)
def test_jacobian(options, name, oracle):
    # Of inputs that require grad the graph is left aside, but with `create_graph` or forwards.
    @each_way
    def program(torch, requires_grad):
        function, inputs = inputs_of(torch, name, requires_grad)
        given = options_of(options, "strategy")
        return torch.autograd.functional.jacobian(function, inputs, **given)

    assert agree(program, oracle)[0] != "error"


HESSIANS = [("{}", name) for name in NUMBERS]
HESSIANS += [("vectorize", "number_after_edits"), ("vectorize", "number_of_two_apart"),
             ("create_graph", "number_of_two"), ("create_graph", "number_that_is_linear"),
             ("forwards", "number_of_two_apart"),
             ("forwards", "number_that_is_linear")]  # fmt: skip


@pytest.mark.parametrize(("options", "name"), HESSIANS)
def test_hessian(options, name, oracle):
    def program(torch):
        function, inputs = inputs_of(torch, name)
        given = options_of(options, "outer_jacobian_strategy")
        return torch.autograd.functional.hessian(function, inputs, **given)

    assert agree(program, oracle)[0] != "error"


@pytest.mark.parametrize("name", SOME)
def test_vjp(name, oracle):
    @each_way
    def program(torch, create_graph):
        function, inputs = inputs_of(torch, name)
        v = like(torch, function(*several(inputs)), seed=7)
        v = tuple(t.float() for t in v) if isinstance(v, tuple) else v
        return torch.autograd.functional.vjp(function, inputs, v, create_graph=create_graph)

    agree(program, oracle)


@pytest.mark.parametrize("name", SOME)
def test_jvp(name, oracle):
    @each_way
    def program(torch, create_graph):
        function, inputs = inputs_of(torch, name)
        v = like(torch, inputs, seed=7)
        return torch.autograd.functional.jvp(function, inputs, v, create_graph=create_graph)

    theirs = agree(program, oracle)
    # PyTorch cannot transpose where there are integers among the outputs, and neither do we.
    assert (theirs[0] == "error") == (name == "integers_among_the_outputs")


@pytest.mark.parametrize("name", NUMBERS)
@pytest.mark.parametrize("product", ["vhp", "hvp"])
def test_products_with_the_hessian(name, product, oracle):
    @each_way
    def program(torch, create_graph):
        function, inputs = inputs_of(torch, name)
        v = like(torch, inputs, seed=7)
        compute = getattr(torch.autograd.functional, product)
        return compute(function, inputs, v, create_graph=create_graph)

    agree(program, oracle)


@pytest.mark.parametrize("name", SOME)
@pytest.mark.parametrize("product", ["jacobian", "jvp", "vjp"])
def test_strict(name, product, oracle):
    """Strict refuses what is independent, with PyTorch's words, and changes nothing else."""

    def program(torch):
        function, inputs = inputs_of(torch, name)
        arguments = ()
        if product != "jacobian":
            outputs = function(*several(inputs))
            arguments = (like(torch, inputs if product == "jvp" else outputs, seed=7),)
        return getattr(torch.autograd.functional, product)(
            function, inputs, *arguments, strict=True
        )

    theirs = agree(program, oracle)
    assert (theirs[0] == "error") == (name in INDEPENDENT[product])


_OUTPUTS = {"some_independent", "integers_among_the_outputs"}
INDEPENDENT = {"jacobian": _OUTPUTS | {"two_dtypes"}, "jvp": _OUTPUTS, "vjp": _OUTPUTS}


@pytest.mark.parametrize("name", NUMBERS)
@pytest.mark.parametrize("product", ["hessian", "vhp", "hvp"])
def test_strict_of_a_number(name, product, oracle):
    def program(torch):
        function, inputs = inputs_of(torch, name)
        arguments = () if product == "hessian" else (like(torch, inputs, seed=7),)
        return getattr(torch.autograd.functional, product)(
            function, inputs, *arguments, strict=True
        )

    theirs = agree(program, oracle)
    apart = name == "number_of_two_apart" and product == "hessian"
    assert (theirs[0] == "error") == (name == "number_that_is_linear" or apart)


COMPLEX = {
    "square": lambda torch, z: z * z * 1j,
    "to the reals": lambda torch, z: (z * z.conj()).real,
    "number": lambda torch, z: (z * z * z.conj()).imag.sum(),
}


@pytest.mark.parametrize("name", COMPLEX)
@pytest.mark.parametrize(
    "compute",
    [
        lambda f, function, z, v: f.jacobian(function, z),
        lambda f, function, z, v: f.jacobian(function, z, vectorize=True),
        lambda f, function, z, v: f.vjp(function, z, function(v)),
        lambda f, function, z, v: f.jvp(function, z, v),
        lambda f, function, z, v: f.vhp(function, z, v),
        lambda f, function, z, v: f.hvp(function, z, v),
        lambda f, function, z, v: f.hessian(function, z, vectorize=True),
    ],
    ids=["jacobian", "vectorized", "vjp", "jvp", "vhp", "hvp", "hessian"],
)
def test_complex_numbers(name, compute, oracle):
    def program(torch):
        z, v = torch.tensor([1 + 2j, 3 - 1j]), torch.tensor([0.5 + 1j, 2j])
        function = functools.partial(COMPLEX[name], torch)
        return compute(torch.autograd.functional, function, z, v)

    theirs, mine = outcome(program, oracle), outcome(program, ours)
    if isinstance(theirs, tuple):  # "… but got torch.complex64", to which ours adds the way out
        assert mine[:2] == theirs[:2]
        assert mine[2].startswith(theirs[2])
    else:
        agree(program, oracle)


# --- what goes through ---------------------------------------------------------------------------

PROGRAMS = []


def program(function):
    PROGRAMS.append(function)
    return function


@program
def the_gradient_of_a_jacobian(torch):
    x, y = (values(torch, 2, seed=s).requires_grad_() for s in (0, 1))
    by_x, by_y = torch.autograd.functional.jacobian(
        lambda x, y: (x * y).exp() * x, (x, y), create_graph=True
    )
    ((by_x * by_x).sum() + by_y.sum()).backward()
    return x.grad, y.grad


@program
def the_gradient_of_a_hessian_penalty(torch):
    w = values(torch, 2, 2).requires_grad_()
    x = values(torch, 2, seed=1)
    hessian = torch.autograd.functional.hessian(lambda x: (w @ x).exp().sum(), x, create_graph=True)
    (hessian**2).sum().backward()
    return w.grad


@program
def third_derivatives(torch):
    f = torch.autograd.functional
    x = values(torch, 2)
    return f.jacobian(lambda x: f.hessian(lambda x: (x**4).sum(), x, create_graph=True), x)


@program
def gradients_of_the_products(torch):
    f, found = torch.autograd.functional, []
    for compute in (f.jvp, f.vjp, f.vhp, f.hvp):
        x, v = (values(torch, 2, seed=s).requires_grad_() for s in (0, 1))
        one_number = compute in (f.vhp, f.hvp)
        _, product = compute(
            lambda x, one=one_number: (x**3).sum() if one else x.exp() * x.flip(0),
            x, v, create_graph=True,
        )  # fmt: skip
        found += torch.autograd.grad((product**2).sum(), (x, v))
    return found


@program
def nothing_is_left_in_grad_or_flags(torch):
    w, x = values(torch, 2).requires_grad_(), values(torch, 2, seed=1)
    found = torch.autograd.functional.jacobian(lambda x: w * x, x)
    torch.autograd.functional.hessian(lambda x: (w * x**2).sum(), x)
    return found, w.grad, x.grad, x.requires_grad


@program
def inside_no_grad(torch):
    f, x = torch.autograd.functional, values(torch, 2)
    with torch.no_grad():
        return (f.jacobian(torch.sin, x), f.jvp(torch.sin, x, x), f.hessian(lambda x: x.prod(), x),
                f.vjp(torch.sin, x, x, create_graph=True)[1].requires_grad)  # fmt: skip


@program
def a_function_of_the_user(torch):
    class Straight(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            return x.round()

        @staticmethod
        def backward(ctx, gradient):
            return gradient * 3

    f, x = torch.autograd.functional, values(torch, 3)
    return (f.jacobian(Straight.apply, x), f.jacobian(Straight.apply, x, vectorize=True),
            f.jvp(Straight.apply, x, x), f.vjp(Straight.apply, x, x))  # fmt: skip


@program
def a_module(torch):
    layer = torch.nn.Linear(3, 2)
    with torch.no_grad():
        layer.weight.copy_(values(torch, 2, 3))
        layer.bias.zero_()
    x = values(torch, 4, 3, seed=1)
    return torch.autograd.functional.jacobian(lambda x: layer(x).tanh(), x, vectorize=True)


@program
def no_direction_for_one_number(torch):
    f, x, y = torch.autograd.functional, torch.tensor(2.0), torch.tensor([3.0])
    return (f.jvp(torch.exp, x), f.jvp(lambda x: x.expand(2) ** 2, y),
            f.vjp(torch.sum, values(torch, 3)), f.vhp(torch.sin, x),
            f.hvp(lambda y: y.sin().sum(), y))  # fmt: skip


@program
def a_direction_of_another_dtype(torch):
    f, x = torch.autograd.functional, values(torch, 3)
    return (f.jvp(torch.sin, x, x.double()), f.vjp(torch.sin, x, x.double()),
            f.jvp(torch.sin, x, torch.tensor([1, 2, 3])))  # fmt: skip


@program
def inputs_without_entries(torch):
    f, x = torch.autograd.functional, torch.ones(0)
    found = f.jacobian(lambda x: x.sum() * 2 + torch.ones(2), x)
    return found, f.jacobian(lambda x: x.sum() * 2 + torch.ones(2), x, vectorize=True)


@pytest.mark.parametrize("program", PROGRAMS, ids=lambda p: p.__name__)
def test_same_as_pytorch(program, oracle):
    assert agree(program, oracle)[0] != "error"


# --- errors --------------------------------------------------------------------------------------

MISUSE = {
    "a list of inputs": lambda f, x, s: f.jacobian(lambda x: x, [x]),
    "a number as input": lambda f, x, s: f.vjp(lambda x: x, 1.0),
    "a number among the inputs": lambda f, x, s: f.hessian(lambda x, y: x.sum(), (x, 2)),
    "a list of outputs": lambda f, x, s: f.jvp(lambda x: [x], x, x),
    "a number as output": lambda f, x, s: f.jacobian(lambda x: 1.0, x),
    "a number among the outputs": lambda f, x, s: f.vjp(lambda x: (x, 1), x, x),
    "a number as v": lambda f, x, s: f.jvp(lambda x: x, x, 1.0),
    "a number among v": lambda f, x, s: f.vhp(lambda x: x.sum(), x, (1.0,)),
    "integers": lambda f, x, s: f.jacobian(lambda x: x, x.int()),
    "integers for a product": lambda f, x, s: f.jvp(lambda x: x, x.int(), x),
    "a vector for a hessian": lambda f, x, s: f.hessian(lambda x: x, x),
    "a tuple for a hessian": lambda f, x, s: f.hessian(lambda x: (x.sum(),), x),
    "a vector for vhp": lambda f, x, s: f.vhp(lambda x: x, x, x),
    "a tuple for hvp": lambda f, x, s: f.hvp(lambda x: (x.sum(), x), x, x),
    "no tensor for hvp": lambda f, x, s: f.hvp(lambda x: 1.0, x, x),
    "no v for vjp": lambda f, x, s: f.vjp(lambda x: x, x),
    "no v for several outputs": lambda f, x, s: f.vjp(lambda x: (x.sum(), x.sum()), x),
    "no v for jvp": lambda f, x, s: f.jvp(lambda x: x, x),
    "no v for several inputs": lambda f, x, s: f.hvp(lambda x, y: x * y, (s, s)),
    "no v for vhp": lambda f, x, s: f.vhp(lambda x: x.sum(), x),
    "v of another shape": lambda f, x, s: f.vjp(lambda x: x, x, x[:1]),
    "v of another shape, of several": lambda f, x, s: f.jvp(lambda x, y: x, (x, x), (x, s)),
    "too many v": lambda f, x, s: f.hvp(lambda x: x.sum(), x, (x, x)),
    "too few v": lambda f, x, s: f.jvp(lambda x, y: x * y, (x, x), (x,)),
    "strict and vectorized": lambda f, x, s: f.jacobian(
        lambda x: x, x, strict=True, vectorize=True
    ),
    "an unknown strategy": lambda f, x, s: f.jacobian(lambda x: x, x, strategy="sideways"),
    "an unknown outer strategy": lambda f, x, s: f.hessian(
        lambda x: x.sum(), x, outer_jacobian_strategy="sideways"
    ),
    "forwards and strict": lambda f, x, s: f.jacobian(
        lambda x: x, x, strict=True, strategy="forward-mode", vectorize=True
    ),
    "forwards with a graph": lambda f, x, s: f.jacobian(
        lambda x: x, x, create_graph=True, strategy="forward-mode", vectorize=True
    ),
    "a constant jacobian, strict, with a graph": lambda f, x, s: f.jacobian(
        lambda x: x * 2, x, strict=True, create_graph=True
    ),
    "a constant product, strict, with a graph": lambda f, x, s: f.vjp(
        lambda x: x * 2, x, x, strict=True, create_graph=True
    ),
    "a constant jvp, strict, with a graph": lambda f, x, s: f.jvp(
        lambda x: x * 2, x, x, strict=True, create_graph=True
    ),
    "an output without entries": lambda f, x, s: f.jacobian(lambda x: x[:0] * 2, x),
    "cut off by detach, strict": lambda f, x, s: f.vhp(
        lambda x: x.detach().sum(), x, x, strict=True
    ),
    "one number without graph, strict": lambda f, x, s: f.hessian(
        lambda x: x.detach().sum(), x, strict=True
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", MISUSE)
def test_errors(name, oracle):
    def program(torch):
        return MISUSE[name](torch.autograd.functional, values(torch, 2), torch.tensor([2.0]))

    assert agree(program, oracle)[0] == "error"


def test_forwards_needs_a_batch(oracle):
    """PyTorch's sentence lacks a blank, so the words are compared up to there."""
    for torch in (ours, oracle):
        with pytest.raises(NotImplementedError, match="forward-over-reverse Hessian is"):
            torch.autograd.functional.jacobian(torch.sin, torch.ones(2), strategy="forward-mode")


def test_a_batch_is_one_pass():
    """`vectorize` runs the backward pass once, not once for every row."""
    passes = []

    class Counted(ours.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            return x * 2

        @staticmethod
        def backward(ctx, gradient):
            passes.append(tuple(gradient.shape))
            return gradient * 2

    x = ours.ones(5)
    one_by_one = ours.autograd.functional.jacobian(Counted.apply, x)
    assert passes == [(5,)] * 5
    passes.clear()
    batch = ours.autograd.functional.jacobian(Counted.apply, x, vectorize=True)
    assert passes == [(5,)]
    np.testing.assert_array_equal(batch.tolist(), one_by_one.tolist())


def test_inference_mode_records_nothing(oracle):
    """Not even where recording is switched on inside of it: the Jacobian is zero, as PyTorch's."""

    def program(torch):
        x = torch.ones(2, requires_grad=True)
        with torch.inference_mode():
            found = torch.autograd.functional.jacobian(torch.exp, x)
            with torch.enable_grad():
                flags = (x * 2).requires_grad, (x * 2).is_inference()
            with torch.set_grad_enabled(True):
                return found, *flags, (x * 2).requires_grad

    agree(program, oracle)
