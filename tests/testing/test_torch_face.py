"""Functions of tensors and modules as functions of arrays: the tape's derivatives, nothing changed.

Values, gradients and second derivatives are those of real PyTorch, eager, jitted and vectorised.
"""

import functools

import jax
import jax.numpy as jnp
import numpy as np
import pytest

import funcgrad.torch as ours
from funcgrad.tape.keeping import become, unchanged
from funcgrad.tape.translation import translate
from funcgrad.testing import GradientError, check_gradients

CASES = {}


def case(function):
    CASES[function.__name__] = function
    return function


def numbers(*shape, seed=0):
    return np.random.default_rng(seed).normal(size=shape)


def values(torch, *shape, seed=0, requires_grad=False):
    return torch.tensor(numbers(*shape, seed=seed), requires_grad=requires_grad)


def filled(torch, module):
    """The module in float64 with the same numbers on both; running variances stay positive."""
    module.double()
    for i, (name, tensor) in enumerate(module.state_dict().items()):
        if tensor.dtype == torch.float64:
            array = numbers(*tensor.shape, seed=100 + i) * 0.5
            tensor.copy_(torch.tensor(np.abs(array) + 0.5 if "var" in name else array))
    return module


def cube(torch, factor=3.0):
    class Cube(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            ctx.save_for_backward(x)
            return x**3

        @staticmethod
        def backward(ctx, gradient):
            (x,) = ctx.saved_tensors
            return gradient * factor * x**2

    return Cube.apply


@case
def perceptron(torch):
    layers = [torch.nn.Linear(3, 4), torch.nn.Tanh(), torch.nn.Linear(4, 2)]
    return filled(torch, torch.nn.Sequential(*layers)), (values(torch, 5, 3),)


@case
def convolution(torch):
    return filled(torch, torch.nn.Conv2d(2, 3, 2)), (values(torch, 1, 2, 4, 4),)


@case
def layer_norm(torch):
    return filled(torch, torch.nn.LayerNorm(4)), (values(torch, 3, 4),)


@case
def batch_norm_in_training(torch):
    return filled(torch, torch.nn.BatchNorm1d(3)), (values(torch, 5, 3),)


@case
def batch_norm_in_evaluation(torch):
    return filled(torch, torch.nn.BatchNorm1d(3)).eval(), (values(torch, 5, 3),)


@case
def tied_weights(torch):
    first = torch.nn.Linear(3, 3)
    second = torch.nn.Linear(3, 3)
    second.weight = first.weight
    return filled(torch, torch.nn.Sequential(first, torch.nn.Tanh(), second)), (
        values(torch, 2, 3),
    )


@case
def a_right_rule(torch):
    return cube(torch), (values(torch, 4),)


@case
def a_wrong_rule(torch):
    return cube(torch, 4.0), (values(torch, 4),)


@case
def edits_in_place(torch):
    def edited(x, y):
        x = x.clone()
        x[1:] *= y[:-1]
        x[0].mul_(2).add_(y.sum())
        return x

    return edited, (values(torch, 4), values(torch, 4, seed=1))


@case
def views(torch):
    def seen(x):
        z = (x * 2).view(2, 6).t()
        z[0, 0] = 5.0
        return z.reshape(3, 4)[1:, ::2].exp()

    return seen, (values(torch, 12),)


@case
def several_results(torch):
    def several(x, y):
        return {"product": x @ y, "rest": (x.sin(), y.argmax(), "text")}

    return several, (values(torch, 2, 3), values(torch, 3, 2, seed=1))


@case
def an_index(torch):
    def chosen(table, index, axis):
        return torch.gather(table.exp(), axis, index).sum(axis)

    return chosen, (values(torch, 3, 4), torch.tensor([[0, 2], [1, 1], [3, 0]]), 1)


@case
def only_what_requires_grad(torch):
    return (
        lambda pair: pair["x"] ** 2 * pair["y"].exp(),
        ({"x": values(torch, 3, requires_grad=True), "y": values(torch, 3, seed=1)},),
    )


@case
def a_hook(torch):
    def hooked(x):
        y = x.sin()
        y.register_hook(lambda gradient: gradient * x * 3)
        return y * y

    return hooked, (values(torch, 4),)


@case
def a_gradient_inside(torch):
    def penalty(x):
        (slope,) = torch.autograd.grad((x**3).sum(), x, create_graph=True)
        return (slope**2).sum()

    return penalty, (values(torch, 4, requires_grad=True),)


def operands(torch, function, arguments):
    """The tensors that PyTorch differentiates by, in the order of our entries."""
    tensors = [t for t in jax.tree.leaves(arguments) if isinstance(t, torch.Tensor)]
    floating = [t for t in tensors if t.is_floating_point()]
    chosen = [t for t in floating if t.requires_grad] or floating
    if isinstance(function, torch.nn.Module):
        named = dict(function.named_parameters())
        chosen += [named[name] for name in sorted(named)]
    return [t.requires_grad_() for t in chosen]


def by_pytorch(torch, function, arguments):
    """Results, gradients for fixed cotangents, and the gradients of a sum of those."""
    by = operands(torch, function, arguments)
    results = jax.tree.leaves(function(*arguments))
    results = [r for r in results if isinstance(r, torch.Tensor) and r.requires_grad]
    total = sum((r * values(torch, *r.shape, seed=7 + i)).sum() for i, r in enumerate(results))
    options = {"allow_unused": True, "materialize_grads": True}
    first = torch.autograd.grad(total, by, create_graph=True, **options)
    weighed = sum((g * values(torch, *g.shape, seed=17 + i)).sum() for i, g in enumerate(first))
    second = torch.autograd.grad(weighed, by, **options)
    return [[t.detach().numpy() for t in several] for several in (results, first, second)]


def by_jax(function, arguments, transform=lambda f: f):
    translated = translate(function, arguments)
    leaves, tree = jax.tree.flatten(translated.arguments)
    chosen = [i for i, follow in enumerate(_follows(function, arguments, leaves)) if follow]

    def results(*by):
        everything = list(leaves)
        for i, array in zip(chosen, by, strict=True):
            everything[i] = array
        found = jax.tree.leaves(translated.function(*jax.tree.unflatten(tree, everything)))
        return [r for r in found if jnp.issubdtype(r.dtype, jnp.floating)]

    def total(*by):
        return sum((r * numbers(*r.shape, seed=7 + i)).sum() for i, r in enumerate(results(*by)))

    places = tuple(range(len(chosen)))

    def weighed(*by):
        first = jax.grad(total, places)(*by)
        return sum((g * numbers(*g.shape, seed=17 + i)).sum() for i, g in enumerate(first))

    by = [leaves[i] for i in chosen]
    with jax.enable_x64(True):
        found = [results, jax.grad(total, places), jax.grad(weighed, places)]
        return [transform(f)(*by) for f in found]


def _follows(function, arguments, leaves):
    """Which entries are differentiated, found in another way than the translation does it."""
    tensors = [t for t in jax.tree.leaves(arguments) if isinstance(t, ours.Tensor)]
    chosen = any(t.requires_grad for t in tensors)
    follows = [t.is_floating_point() and (t.requires_grad or not chosen) for t in tensors]
    return follows + [True] * (len(leaves) - len(tensors))


EAGER = ["perceptron", "a_right_rule", "edits_in_place", "several_results", "a_hook"]


@pytest.mark.parametrize(
    ("name", "transform"),
    [*((name, jax.jit) for name in CASES), *((name, lambda f: f) for name in EAGER)],
    ids=[*CASES, *(f"{name}, eager" for name in EAGER)],
)
def test_every_order_is_pytorchs(name, transform, oracle):
    theirs = by_pytorch(oracle, *CASES[name](oracle))
    mine = by_jax(*CASES[name](ours), transform)
    for wanted, found in zip(theirs, mine, strict=True):
        for a, b in zip(wanted, found, strict=True):
            np.testing.assert_allclose(b, a, rtol=1e-9, atol=1e-9)


def test_a_wrong_rule_shows_in_every_order():
    translated = translate(cube(ours, 4.0), (values(ours, 3),))
    (x,) = translated.arguments
    with jax.enable_x64(True):
        slope = jax.grad(lambda x: translated.function(x).sum())
        np.testing.assert_allclose(slope(x), 4 * x**2)  # 3 would be right
        curve = jax.grad(lambda x: slope(x).sum())
        np.testing.assert_allclose(curve(x), 8 * x)
        third = jax.grad(lambda x: curve(x).sum())
        np.testing.assert_allclose(third(x), [8.0] * 3)


@pytest.mark.parametrize("name", CASES)
def test_what_is_vectorised_is_what_is_looped(name):
    translated = translate(*CASES[name](ours))
    argnum = translated.argnums[0]

    def total(x):
        arguments = list(translated.arguments)
        arguments[argnum] = x
        results = jax.tree.leaves(translated.function(*arguments))
        return sum((r**2).sum() for r in results if r.dtype.kind == "f")

    x = translated.arguments[argnum]
    batch = jax.tree.map(lambda a: np.stack([a, a * 0.5, a + 0.25]), x)
    with jax.enable_x64(True):
        slope = jax.jit(jax.grad(total))
        found = jax.jit(jax.vmap(jax.grad(total)))(batch)
        for i in range(3):
            one = slope(jax.tree.map(lambda a, i=i: a[i], batch))
            for a, b in zip(jax.tree.leaves(found), jax.tree.leaves(one), strict=True):
                np.testing.assert_allclose(a[i], b, rtol=1e-9, atol=1e-9)


def once():
    class Once(ours.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            ctx.save_for_backward(x)
            return x**3

        @staticmethod
        @ours.autograd.function.once_differentiable
        def backward(ctx, gradient):
            (x,) = ctx.saved_tensors
            return gradient * 3 * x**2

    return Once.apply


def test_a_second_derivative_that_is_marked_as_missing_is_no_silent_zero():
    translated = translate(lambda x: once()(x).sin().sum(), (ours.tensor([1.0, 2.0]),))
    (x,) = translated.arguments
    slope = jax.grad(translated.function)
    np.testing.assert_allclose(slope(x), 3 * x**2 * np.cos(x**3), rtol=1e-5)
    with pytest.raises(NotImplementedError, match="not implemented by a function whose backward"):
        jax.grad(lambda x: slope(x).sum())(x)


# --- nothing is changed ------------------------------------------------------------------------


def noisy():
    layers = [ours.nn.Linear(3, 4), ours.nn.BatchNorm1d(4), ours.nn.Dropout(0.5)]
    return ours.nn.Sequential(*layers)


def state(module):
    """All that may change, and which objects hold it."""
    tensors = [*module.state_dict().values(), ours.get_rng_state()]
    held = [*module.parameters(), *module.buffers()]
    return (
        [t.tolist() for t in tensors],
        [(id(t), id(t._cell), t._version, t.requires_grad, t.grad, t.grad_fn) for t in held],
        [m.training for m in module.modules()],
    )


class Holder:
    def __init__(self, module):
        self.modules = [module]

    def __call__(self, x):
        return self.modules[0](x)


WAYS = {
    "the module itself": lambda m: m,
    "in a closure": lambda m: lambda x: m(x).sum(),
    "a bound method": lambda m: m.forward,
    "in a default": lambda m: lambda x, m=m: m(x),
    "in an object": Holder,
    "in the owner of a method": lambda m: Holder(m).__call__,
    "in a partial": lambda m: functools.partial(lambda m, x: m(x), m),
}


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("transform", [lambda f: f, jax.jit], ids=["eager", "jitted"])
def test_the_module_is_as_before(way, transform):
    module = noisy()
    translated = translate(WAYS[way](module), (ours.randn(6, 3),))
    before = state(module)

    def total(x):
        return (translated.function(x, *translated.arguments[1:]) ** 2).sum()

    x = translated.arguments[0]
    first = transform(jax.value_and_grad(total))(x)
    assert state(module) == before
    second = transform(jax.value_and_grad(total))(x)
    for a, b in zip(first, second, strict=True):  # the same numbers are dropped
        np.testing.assert_array_equal(a, b)
    ours.rand(1)  # whatever others draw
    np.testing.assert_array_equal(transform(total)(x), first[0])


def test_a_failing_function_leaves_the_module_as_before():
    module = noisy()

    def failing(x):
        module(x).sum().backward()
        module.eval()
        raise ZeroDivisionError

    translated = translate(failing, (ours.randn(6, 3),))
    before = state(module)
    with pytest.raises(ZeroDivisionError):
        jax.jit(translated.function)(*translated.arguments)
    assert state(module) == before


def test_a_backward_inside_leaves_no_gradient_behind():
    weight = ours.tensor([1.0, 2.0], requires_grad=True)

    def norm_of_gradient(x):
        (x * weight).sum().backward()
        return (weight.grad**2).sum()

    translated = translate(norm_of_gradient, (ours.tensor([3.0, 4.0]),))
    assert jax.jit(translated.function)(*translated.arguments) == 25.0
    assert weight.grad is None


def test_a_result_that_is_the_module_s_own():
    line = ours.nn.Linear(2, 1)
    translated = translate(lambda x: (line.weight, x), (ours.ones(2),))
    weight, _ = jax.jit(translated.function)(*translated.arguments)
    np.testing.assert_array_equal(weight, np.asarray(line.weight.tolist(), np.float32))
    own = translate(line, (ours.ones(2),))
    assert own.function(*own.arguments).shape == (1,)


def test_the_mode_of_the_caller_does_not_matter():
    translated = translate(cube(ours), (ours.tensor([2.0]),))
    with ours.no_grad():
        assert jax.grad(lambda x: translated.function(x).sum())(*translated.arguments) == 12.0
    with ours.inference_mode():
        assert jax.grad(lambda x: translated.function(x).sum())(*translated.arguments) == 12.0
        assert ours.is_inference_mode_enabled()


def test_a_tensor_becomes_another_for_a_while():
    line = ours.nn.Linear(2, 1, bias=False)
    double = ours.nn.Sequential(line, ours.nn.Identity(), ours.nn.Linear(1, 1, bias=False))
    double[2].weight = line.weight  # not of its shape, but nothing asks
    weight = line.weight.detach().clone().requires_grad_()
    other = weight * 2
    with unchanged([double]):
        become(line.weight, other)
        assert line.weight is double[2].weight
        line(ours.ones(2)).sum().backward()
    assert weight.grad.tolist() == [[2.0, 2.0]]
    assert line.weight.grad is None and line.weight.is_leaf and line.weight.requires_grad


# --- the rules ---------------------------------------------------------------------------------


def test_undefined_gradients_stay_undefined():
    arrived = []

    class Two(ours.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            ctx.set_materialize_grads(False)
            return x * 2, x * 3

        @staticmethod
        def backward(ctx, a, b):
            arrived.append((a is None, b is None))
            return (0 if a is None else a * 2) + (0 if b is None else b * 3)

    translated = translate(Two.apply, (ours.tensor(1.0),))
    assert jax.grad(lambda x: translated.function(x)[1])(*translated.arguments) == 3.0
    assert arrived == [(True, False)]


def test_complex_gradients_are_conjugates():
    z = ours.tensor([1.0 + 2.0j, -0.5j])
    translated = translate(lambda z: z**2 * (3 + 1j), (z,))
    _, pullback = jax.vjp(translated.function, *translated.arguments)
    _, plain = jax.vjp(lambda z: z**2 * (3 + 1j), *translated.arguments)
    cotangent = jnp.array([1.0 - 1.0j, 2.0j], jnp.complex64)
    np.testing.assert_allclose(pullback(cotangent)[0], plain(cotangent)[0], rtol=1e-6)


def test_an_index_keeps_its_64_bits():
    def chosen(table, index):
        assert str(index.dtype) == "torch.int64"
        return ours.gather(table, 0, index)

    translated = translate(chosen, (ours.tensor([1.0, 2.0]), ours.tensor([1, 1])))
    assert translated.argnums == (0,)
    gradient = jax.jit(jax.grad(lambda t, i: translated.function(t, i).sum()))
    np.testing.assert_array_equal(gradient(*translated.arguments), [0.0, 2.0])


def test_names_and_argnums():
    line = ours.nn.Linear(2, 2)
    line.bias.requires_grad_(False)
    x, n = ours.ones(2), ours.tensor([1])
    found = translate(lambda *a: a[0], (x, {"a": n, "b": [x, 3]}, line, "mean"))
    assert found.names == ("input[0]", {"a": "input[1]['a']", "b": ["input[1]['b'][0]", None]},
                           {"weight": "input[2].weight"}, None)  # fmt: skip
    assert found.argnums == (0, 1, 2)
    asked = translate(lambda x, y: x * y, (x, ours.ones(2, requires_grad=True)))
    assert asked.argnums == (1,)
    assert translate(line, (n,)).argnums == (1,)
    assert translate(line, (x,)).function.__name__ == "Linear"
    assert translate(cube(ours), (x,)).function.__name__ == "Cube.apply"


def test_arrays_and_what_stands_for_arrays_become_tensors():
    line = ours.nn.Linear(2, 2)
    for x in (np.ones(2, np.float32), jnp.ones(2), jax.ShapeDtypeStruct((2,), np.float32)):
        found = translate(line, (x,))
        assert found.arguments[0] is x and found.argnums == (0, 1)
    assert found.function(np.ones(2, np.float32), found.arguments[1]).shape == (2,)
    hypothesis = pytest.importorskip("hypothesis")
    strategy = hypothesis.strategies.just(np.ones(2, np.float32))
    assert translate(line, (strategy,)).arguments[0] is strategy


def test_another_structure_is_refused():
    found = translate(ours.nn.Linear(2, 1), (ours.ones(2),))
    with pytest.raises(TypeError, match="takes arguments of the structure"):
        found.function(found.arguments[0])


def test_the_protocol_is_on_tensors_and_modules():
    for value in (ours.ones(1), ours.nn.Parameter(ours.ones(1)), ours.nn.Linear(1, 1)):
        assert type(value).__gradient_function__ is translate


# --- the whole way -----------------------------------------------------------------------------


def test_a_module_and_a_right_rule_pass_the_check():
    layers = [ours.nn.Linear(2, 3), ours.nn.BatchNorm1d(3), ours.nn.Tanh(), ours.nn.Dropout(0.5)]
    module = ours.nn.Sequential(*layers)
    before = state(module)
    for function, x in ((module, ours.randn(4, 2)), (cube(ours), ours.randn(3))):
        report = check_gradients(function, x, profile="fast", seed=0)
        assert report.ok and report.properties["value"].verdict == "pass"
        assert report.properties["second"].verdict == "pass"
    before[0][-1] = ours.get_rng_state().tolist()  # `randn` has drawn since
    assert state(module) == before


def test_a_wrong_rule_fails_the_check():
    with pytest.raises(GradientError) as error:
        check_gradients(cube(ours, 3.003), ours.randn(3), profile="fast", seed=0)
    assert error.value.counterexample.property == "value"
    assert error.value.report.function == "Cube.apply"


def test_a_rule_for_one_derivative_has_no_second():
    report = check_gradients(once(), ours.randn(3), profile="fast", seed=0)
    assert report.properties["value"].verdict == "pass"
    assert report.properties["second"].verdict == "unavailable"
