"""Distributions: PyTorch's numbers, its samples under its seeds, its errors."""

import jax
import numpy as np
import pytest

import funcgrad.torch as ours

from .programs import agree, each, programs, raised

PROGRAMS, program = programs()

# Parameters are tensors of shape (2,) that require grad, but for what says otherwise.
LOC, SCALE, PROBS = [-0.5, 1.25], [0.75, 2.0], [0.25, 0.8]
WEIGHTS = [[1.0, 2.0, 3.0], [0.5, 0.25, 0.25]]
FAMILIES = {
    "Normal": {"loc": LOC, "scale": SCALE},
    "LogNormal": {"loc": LOC, "scale": SCALE},
    "HalfNormal": {"scale": SCALE},
    "Laplace": {"loc": LOC, "scale": SCALE},
    "Cauchy": {"loc": LOC, "scale": SCALE},
    "HalfCauchy": {"scale": SCALE},
    "Gumbel": {"loc": LOC, "scale": SCALE},
    "Uniform": {"low": LOC, "high": [0.25, 3.0]},
    "Exponential": {"rate": SCALE},
    "Bernoulli": {"probs": PROBS},
    "Geometric": {"probs": PROBS},
    "Categorical": {"probs": WEIGHTS},
    "OneHotCategorical": {"logits": WEIGHTS},
    "OneHotCategoricalStraightThrough": {"probs": WEIGHTS},
    "Poisson": {"rate": SCALE},
}
# Below 16 values PyTorch draws normals one by one, from there on in blocks.
SHAPES = [(), (10,)]
DESCRIPTIONS = "mean mode variance stddev entropy perplexity enumerate_support".split()


def made(torch, name, dtype="float32", factor=1.0):
    parameters = {
        key: torch.tensor(
            np.multiply(value, factor).tolist(), dtype=getattr(torch, dtype), requires_grad=True
        )
        for key, value in FAMILIES[name].items()
    }
    return getattr(torch.distributions, name)(**parameters), parameters


def described(torch, thing, name):
    """A property or what a method returns; the type of the error if there is none."""
    try:
        value = getattr(thing, name)
        return value() if callable(value) else value
    except NotImplementedError:
        return "not implemented"


def drawn(torch, name, method, dtype):
    """Samples of both sizes, and what the stream gives next."""
    distribution, _ = made(torch, name, dtype)
    torch.manual_seed(7)
    if method == "rsample" and not distribution.has_rsample:
        return [described(torch, distribution, "rsample")]
    samples = [getattr(distribution, method)(shape) for shape in SHAPES]
    return [*samples, torch.rand(3)]


def numbers(tensor):
    return np.asarray(tensor.detach().tolist())


@pytest.mark.parametrize("name", FAMILIES)
def test_family(name, oracle):
    """What a distribution says of itself; densities and their gradients, at PyTorch's samples."""
    value = numbers(drawn(oracle, name, "sample", "float32")[1]).astype("float32")

    def program(torch):
        distribution, parameters = made(torch, name)
        results = [described(torch, distribution, key) for key in DESCRIPTIONS]
        results += [repr(distribution), repr(distribution.support)[:12]]
        results += [distribution.batch_shape, distribution.event_shape]
        results += [distribution.has_rsample, distribution.has_enumerate_support]
        given = torch.tensor(value)
        density = distribution.log_prob(given)
        density.sum().backward()
        results += [density, *(parameter.grad for parameter in parameters.values())]
        for key in ("cdf", "icdf"):
            try:
                at = given if key == "cdf" else torch.full((10, 2), 0.3)
                results.append(getattr(distribution, key)(at))
            except NotImplementedError:
                results.append("not implemented")
        wide = distribution.expand((10, 2))
        results += [repr(wide), wide.batch_shape, wide.event_shape, wide.mean]
        return results

    agree(program, oracle)


# Where the samples are not draws alone but are computed from them, by functions that err by an ulp
# on either side, or by XLA's division, which multiplies by the inverse of what it broadcasts.
ROUNDED = {"LogNormal", "Laplace", "Gumbel", "Geometric", "Exponential"}
DOUBLE = ("Normal", "Bernoulli", "Categorical", "Cauchy")


@pytest.mark.parametrize(
    ("name", "dtype"), [*((n, "float32") for n in FAMILIES), *((n, "float64") for n in DOUBLE)]
)
def test_samples(name, dtype, oracle):
    """The same bits as PyTorch's, and the stream at the same place afterwards."""
    for method in ("sample", "rsample"):
        mine, theirs = (drawn(torch, name, method, dtype) for torch in (ours, oracle))
        for got, expected in zip(mine, theirs, strict=True):
            if isinstance(expected, str):
                assert got == expected
                continue
            assert str(got.dtype) == str(expected.dtype)
            assert got.requires_grad == expected.requires_grad
            exact = name not in ROUNDED or expected is theirs[-1]
            eps = 0 if exact else np.finfo(dtype).eps
            np.testing.assert_allclose(numbers(got), numbers(expected), rtol=4 * eps, atol=2 * eps)


@program
def gradients_through_samples(torch):
    results = []
    for name in ("Normal", "Laplace", "Uniform", "LogNormal", "OneHotCategoricalStraightThrough"):
        distribution, parameters = made(torch, name)
        torch.manual_seed(1)
        (distribution.rsample((10,)) ** 2).sum().backward()
        results += [parameter.grad for parameter in parameters.values()]
    return results


@program
def numbers_as_parameters(torch):
    d = torch.distributions
    made = [
        d.Normal(0, 1.5), d.Uniform(-1, 2.0), d.Bernoulli(0.3), d.Bernoulli(logits=0.3),
        d.Exponential(2), d.Gumbel(0.0, 1.0), d.Poisson(3), d.Geometric(0.5),
        d.Normal(torch.zeros(3, 1), torch.ones(2)), d.LogNormal(0.0, 1.0), d.HalfNormal(2.0),
        d.Categorical(torch.ones(3)), d.Categorical(logits=torch.zeros(2, 3)),
        d.Normal(0.0, torch.tensor([1.0, 2.0], dtype=torch.float64)),
    ]  # fmt: skip
    return [(repr(x), x.batch_shape, x.event_shape, x.mean) for x in made]


@program
def events(torch):
    d = torch.distributions
    normal = d.Normal(torch.zeros(3, 2), torch.ones(3, 2))
    results = []
    for n in (0, 1, 2):
        whole = d.Independent(normal, n)
        torch.manual_seed(n)
        results += [whole, whole.batch_shape, whole.event_shape, repr(whole.support)]
        results += [whole.log_prob(torch.ones(3, 2)), whole.entropy(), whole.rsample((2,))]
        wider = whole.expand((2, *whole.batch_shape))
        results += [repr(wider), wider.log_prob(torch.ones(3, 2)), whole.has_rsample]
    return results


@program
def multivariate(torch):
    """One matrix of three, shared by a batch; each of the others comes from it."""
    d, results = torch.distributions, []
    whole = torch.tensor([[2.0, 0.5, 0.1], [0.5, 1.0, 0.3], [0.1, 0.3, 1.5]])
    for name in ("covariance_matrix", "precision_matrix", "scale_tril"):
        matrix = (whole.tril() if name == "scale_tril" else whole).requires_grad_()
        normal = d.MultivariateNormal(torch.ones(4, 3), **{name: matrix})
        torch.manual_seed(0)
        sample = normal.rsample((2,))
        (normal.log_prob(torch.zeros(3)).sum() + (sample * sample).sum()).backward()
        results += [repr(normal), sample, matrix.grad, normal.entropy(), normal.variance]
        results += [normal.covariance_matrix, normal.precision_matrix, normal.scale_tril]
        wide = normal.expand((2, 4))
        other = d.MultivariateNormal(torch.zeros(3), torch.eye(3))
        results += [wide.batch_shape, wide.mean, d.kl_divergence(normal, other)]
    refused = raised(
        torch,
        lambda: d.MultivariateNormal(torch.zeros(3)),
        lambda: d.MultivariateNormal(torch.tensor(0.0), torch.eye(1)),
        lambda: d.MultivariateNormal(torch.zeros(2), torch.ones(2)),
        lambda: d.MultivariateNormal(torch.zeros(2), -torch.eye(2)),
        lambda: normal.log_prob(torch.zeros(2)),
    )
    return results, refused


@program
def transformed(torch):
    d = torch.distributions
    t = d.transforms
    chain = [t.AffineTransform(0.5, torch.tensor([2.0, -1.0])), t.TanhTransform()]
    squashed = d.TransformedDistribution(d.Normal(torch.zeros(2), torch.ones(2)), chain)
    logistic = d.TransformedDistribution(
        d.Uniform(0.0, 1.0), [t.SigmoidTransform().inv, t.AffineTransform(1.0, 2.0)]
    )
    torch.manual_seed(2)
    at = torch.tensor([0.25, -0.5])
    results = [squashed.rsample((3,)), squashed.log_prob(at), squashed.cdf(at), logistic.sample()]
    results += [logistic.log_prob(torch.tensor(0.7)), logistic.icdf(torch.tensor(0.3))]
    results += [repr(squashed.support), squashed.batch_shape, repr(t.ComposeTransform(chain))]
    wide = d.TransformedDistribution(d.Normal(0.0, 1.0), [t.AffineTransform(torch.zeros(3), 2.0)])
    results += [wide.batch_shape, wide.expand((2, 3)).batch_shape]
    event = d.TransformedDistribution(
        d.Normal(torch.zeros(2), torch.ones(2)), [t.AffineTransform(1.0, 2.0, event_dim=1)]
    )
    return [*results, event.event_shape, event.log_prob(at)]


@program
def maps(torch):
    t = torch.distributions.transforms
    x = torch.tensor([[0.3, -1.2], [0.7, 0.1]])
    found = []
    for one in (
        t.ExpTransform(), t.SigmoidTransform(), t.TanhTransform(), t.SoftplusTransform(),
        t.AffineTransform(1.0, -2.0), t.IndependentTransform(t.ExpTransform(), 1),
        t.ComposeTransform([t.ExpTransform(), t.PowerTransform(torch.tensor(2.0))]),
        t.ExpTransform().inv.inv, t.identity_transform,
    ):  # fmt: skip
        y = one(x)
        found += [repr(one), y, one.inv(y), one.log_abs_det_jacobian(x, y), one.bijective]
        found += [one.inv.inv is one, repr(one.domain), repr(one.codomain), one.sign]
    cached = t.TanhTransform(cache_size=1)
    y = cached(x)
    found += [cached.inv(y) is x, t.ExpTransform() == t.ExpTransform()]
    found += [t.AffineTransform(0, 1) == t.AffineTransform(0, 2), t.SoftmaxTransform()(x)]
    return found


@program
def registered_transforms(torch):
    d = torch.distributions
    c, x = d.constraints, torch.tensor([-1.0, 0.5])
    regions = [
        c.real, c.positive, c.nonnegative, c.unit_interval, c.interval(-1.0, 3.0), c.simplex,
        c.greater_than(2.0), c.less_than(2.0), c.half_open_interval(0.0, 2.0), c.real_vector,
    ]  # fmt: skip
    return [d.transform_to(region)(x) for region in regions], raised(
        torch, lambda: d.biject_to(c.boolean)
    )


@program
def regions(torch):
    c = torch.distributions.constraints
    x = torch.tensor([[-1.0, 0.0, 1.0, 2.5], [0.25, 0.25, 0.5, 0.0]])
    each = [
        c.boolean, c.one_hot, c.nonnegative_integer, c.positive_integer, c.integer_interval(0, 2),
        c.real, c.positive, c.nonnegative, c.greater_than(1.0), c.greater_than_eq(1.0),
        c.less_than(1.0), c.unit_interval, c.interval(-1, 1), c.half_open_interval(-1, 1),
        c.simplex, c.multinomial(1), c.real_vector, c.independent(c.positive, 1),
        c.stack([c.positive, c.boolean, c.real, c.real], -1),
        c.cat([c.positive, c.real], 1, [1, 3]),
    ]  # fmt: skip
    square = torch.tensor([[2.0, 0.0], [0.5, 1.0]])
    matrices = [
        c.square, c.lower_triangular, c.lower_cholesky, c.symmetric, c.positive_definite,
        c.positive_semidefinite,
    ]  # fmt: skip
    results = [(repr(r), r.check(x), r.is_discrete, r.event_dim) for r in each]
    pair = square @ square.T
    results += [(repr(r), r.check(square), r.check(pair), r.event_dim) for r in matrices]
    return results, c.is_dependent(c.dependent), raised(torch, lambda: c.dependent.check(x))


PAIRS = [
    *((name, name) for name in FAMILIES if name != "HalfCauchy"),
    ("Normal", "Laplace"), ("Normal", "Gumbel"), ("Normal", "Uniform"), ("Uniform", "Normal"),
    ("Uniform", "Exponential"), ("Uniform", "Gumbel"), ("Exponential", "Normal"),
    ("Exponential", "Gumbel"), ("Laplace", "Normal"), ("Gumbel", "Normal"),
    ("Bernoulli", "Poisson"), ("Poisson", "Bernoulli"),
]  # fmt: skip


@program
def divergences(torch):
    found = []
    for first, second in PAIRS:
        p, parameters = made(torch, first)
        # By 1.25 the second probability becomes 1, and one uniform no longer covers the other.
        q, _ = made(torch, second, factor=1.25 if first == second else 1.0)
        divergence = torch.distributions.kl_divergence(p, q)
        found.append(divergence.detach())
        if first in ("Normal", "Bernoulli", "Categorical") and first == second:
            divergence.sum().backward()
            found += [parameter.grad for parameter in parameters.values()]
    d, sure = torch.distributions, torch.tensor([0.0, 1.0, 0.5])
    for p, q in ((sure, sure), (sure, torch.ones(3) / 2), (torch.ones(3) / 2, sure)):
        found.append(d.kl_divergence(d.Bernoulli(p), d.Bernoulli(q)))
        found.append(d.kl_divergence(d.Categorical(p), d.Categorical(q)))
    refused = raised(torch, lambda: d.kl_divergence(d.Normal(0.0, 1.0), d.Bernoulli(0.5)))
    return found, refused[0][0]


@program
def errors(torch):
    d, one = torch.distributions, torch.ones(2)
    normal, choice = d.Normal(torch.zeros(2), one), d.Categorical(torch.ones(3))
    return raised(
        torch,
        lambda: d.Normal(0.0, -1.0),
        lambda: d.Normal(torch.tensor([0.0, float("nan")]), one),
        lambda: d.Uniform(1.0, 0.0),
        lambda: d.Bernoulli(torch.tensor([0.5, 1.5])),
        d.Bernoulli,
        lambda: d.Bernoulli(0.5, 0.5),
        d.Categorical,
        lambda: d.Categorical(torch.tensor(1.0)),
        lambda: d.Categorical(torch.tensor([-1.0, 2.0])),
        lambda: d.Geometric(0.0),
        lambda: normal.log_prob(1.0),
        lambda: normal.log_prob(torch.ones(3)),
        lambda: choice.log_prob(torch.tensor(3)),
        lambda: choice.log_prob(torch.tensor([0.5])),
        lambda: d.Exponential(1.0).log_prob(torch.tensor(-1.0)),
        lambda: d.OneHotCategorical(torch.ones(3)).log_prob(torch.ones(2)),
        lambda: d.Independent(normal, 2),
        lambda: d.Normal("a", 1.0),
        lambda: d.TransformedDistribution(normal, 3),
        choice.rsample,
        lambda: d.Normal(0.0, -1.0, validate_args=False),
    )


@each(PROGRAMS)
def test_as_in_pytorch(program, oracle):
    agree(program, oracle)


def test_a_subclass_is_expanded_by_its_own_rule(oracle):
    def program(torch):
        class Shifted(torch.distributions.Normal):
            def __init__(self, loc):
                super().__init__(loc, 1.0)

        class Plain(torch.distributions.Normal):
            pass

        return [
            type(Plain(0.0, 1.0).expand((2,))).__name__,
            raised(torch, lambda: Shifted(0.0).expand((2,))),
        ]

    agree(program, oracle)


def test_registered_divergences():
    d = ours.distributions

    class Mine(d.Normal):
        pass

    assert d.kl_divergence(Mine(0.0, 1.0), d.Normal(0.0, 1.0)).item() == 0
    d.register_kl(Mine, d.Normal)(lambda p, q: "mine")
    d.register_kl(d.Normal, Mine)(lambda p, q: "theirs")
    assert d.kl_divergence(Mine(0.0, 1.0), d.Normal(0.0, 1.0)) == "mine"
    with pytest.warns(RuntimeWarning, match=r"Ambiguous kl_divergence\(Mine, Mine\)"):
        d.kl_divergence(Mine(0.0, 1.0), Mine(0.0, 1.0))
    with pytest.raises(NotImplementedError, match="No KL"):
        d.kl_divergence(d.Cauchy(0.0, 1.0), d.Bernoulli(0.5))
    with pytest.raises(TypeError, match="Distribution subclass"):
        d.register_kl(int, d.Normal)


def test_checks_can_be_switched_off():
    base = ours.distributions.Distribution
    assert base._validate_args is True
    base.set_default_validate_args(False)
    try:
        assert ours.distributions.Normal(0.0, -1.0).scale.item() == -1
    finally:
        base.set_default_validate_args(True)


def test_a_density_is_traced():
    """Under `jax.jit` no value is known, so none is checked."""

    def density(loc, value):
        normal = ours.distributions.Normal(ours.tensor(loc), 1.0)
        return normal.log_prob(ours.tensor(value)).sum().jax()

    at = np.float32([0.5, -1.0])
    assert jax.jit(density)(at, at) == density(at, at)


def test_the_old_name_of_sample_warns(oracle):
    for torch in (ours, oracle):
        with pytest.warns(FutureWarning, match="sample_n"):
            assert torch.distributions.Normal(0.0, 1.0).sample_n(3).shape == (3,)
