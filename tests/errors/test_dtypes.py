"""What PyTorch computes for no bools, integers or complex numbers, ours does not either."""

import re
from functools import partial

import pytest

import funcgrad.torch as ours

NAMES = "bool uint8 int32 int64 float32 complex64"
VALUES = {"bool": [True, False, True], "complex64": [0.5 + 1j, 0.25, 0.5]}

# Arguments beside the tensors.
ARGUMENTS = {
    "cumsum": (0,), "cumprod": (0,), "cummax": (0,), "cummin": (0,), "logcumsumexp": (0,),
    "topk": (1,), "kthvalue": (1,), "mode": (0,), "mvlgamma": (1,), "clamp": (0, 1),
    "clamp_min": (0,), "clamp_max": (1,), "quantile": (0.5,), "nanquantile": (0.5,),
    "float_power": (2,), "cross": (0,),
    "lerp": (0.5,), "threshold": (0, 1), "softmax": (0,), "log_softmax": (0,),
}  # fmt: skip
ALONE = (
    "abs absolute argmax argmin max min amax amin aminmax median nanmedian mode sort argsort msort "
    "topk kthvalue cumsum cumprod cummax cummin logcumsumexp unique unique_consecutive quantile "
    "nanquantile sign ceil floor trunc round frac erf erfc erfinv lgamma digamma logit mvlgamma i0 "
    "clamp clamp_min clamp_max relu neg signbit deg2rad mean nanmean nansum std var norm cov "
    "corrcoef float_power bitwise_not"
).split()
PAIRED = (
    "maximum minimum max min fmax fmin atan2 arctan2 copysign hypot nextafter heaviside gcd lcm "
    "logaddexp logaddexp2 xlogy ldexp igamma igammac fmod remainder floor_divide lt le gt ge sub "
    "bitwise_and bitwise_left_shift lerp isin searchsorted bucketize dist cross dot vdot inner"
).split()
ALONG = "argmax argmin max min amax amin aminmax median nanmedian sort argsort mean".split()
LAYERS = (
    "relu relu6 hardtanh leaky_relu elu selu celu gelu silu mish softplus softsign hardsigmoid "
    "hardswish hardshrink softshrink tanhshrink logsigmoid threshold softmax log_softmax"
).split()
LOSSES = "mse_loss l1_loss smooth_l1_loss huber_loss".split()

# Where our message has other words; the type is equal here too.
WORDS_DIFFER = {
    "mvlgamma_": "PyTorch names the two dtypes the wrong way round",
    "ldexp_": "PyTorch names itself where it names a dtype elsewhere",
    "masked_scatter half": "PyTorch has no space before the dtype",
    "masked_scatter double": "PyTorch has no space before the dtype",
    "masked_scatter complex": "PyTorch has no space before the dtype",
}


def tensor(torch, name):
    values = VALUES.get(name, [3, 1, 2])
    return torch.tensor(values, dtype=getattr(torch, name))


def forms(torch, x, word, *rest):
    """The function, the method and the edit in place of a name, those of them that there are."""
    for at, form in ((torch, word), (x.clone(), word), (x.clone(), f"{word}_")):
        if (found := getattr(at, form, None)) is not None:
            yield form, partial(found, x, *rest) if at is torch else partial(found, *rest)


def programs(torch, name):
    """Every function in every form, as pairs of what it is called and a call of it."""
    x, f = tensor(torch, name), torch.nn.functional
    for word in ALONE:
        yield from forms(torch, x, word, *ARGUMENTS.get(word, ()))
    for word in PAIRED:
        yield from forms(torch, x, word, x, *ARGUMENTS.get(word, ()))
    for word in ALONG:
        yield f"{word} along", partial(getattr(x, word), dim=0)
    for word in LAYERS:
        yield word, partial(getattr(f, word), x, *ARGUMENTS.get(word, ()))
    for word in LOSSES:
        yield word, partial(getattr(f, word), x, x)
    line, index = x.reshape(3, 1), torch.tensor([0, 1, 2])
    yield "lerp_ by a tensor", partial(x.clone().lerp_, x, x)
    yield "round to decimals", partial(x.round, decimals=1)
    yield "cumsum_ into another", partial(x.clone().cumsum_, 0, dtype=torch.float64)
    yield "renorm", partial(line.renorm, 2, 0, 1.0)
    yield "places reduced", partial(x.scatter_reduce, 0, index, x, "amax")
    yield "lines reduced", partial(x.index_reduce, 0, index, x, "prod")
    yield "trapezoid", partial(torch.trapezoid, x)
    yield "gradient", partial(torch.gradient, x)
    yield "cdist", partial(torch.cdist, line, line)
    yield "trace", line.trace
    yield "mm", partial(line.mm, x.reshape(1, 3))


def mixed(torch):
    """Functions of two dtypes that promote nothing."""
    half, single, double = (torch.ones(3, dtype=d) for d in (torch.float16, None, torch.float64))
    index, z = torch.tensor([0, 1, 2]), tensor(torch, "complex64")
    for name, x, y in (("half", half, single), ("double", single, double), ("complex", single, z)):
        calls = [*forms(torch, x, "lerp", y, 0.5), *forms(torch, x, "heaviside", y)]
        calls += [*forms(torch, x, "dot", y), *forms(torch, x, "vdot", y)]
        for word in ("scatter", "scatter_add", "index_add", "index_copy"):
            calls += forms(torch, x, word, 0, index, y)
        calls += forms(torch, x, "cross", y, 0)
        calls += [("masked_scatter", partial(x.masked_scatter, x > 0, y))]
        calls += [
            (word, partial(getattr(torch, word), x, y)) for word in ("cartesian_prod", "complex")
        ]
        yield from ((f"{word} {name}", call) for word, call in calls)


def raised(program):
    """The error, or None."""
    try:
        program()
    except Exception as error:  # noqa: BLE001 - whatever it is, it is compared
        return error
    return None


def plain(text):
    return " ".join(re.findall(r"\w+", text.lower()))


def refused(theirs, mine):
    """What PyTorch refuses, asked of ours; each is called as in the other module."""
    count = 0
    for (name, their_program), (same, my_program) in zip(theirs, mine, strict=True):
        assert name == same
        error = raised(their_program)
        if error is None:
            continue
        count += 1
        found = raised(my_program)
        assert type(found) is type(error), f"{name}: {found!r}, where PyTorch raises {error!r}"
        words = re.split(r"; |\. |\n", str(error).strip())[0]
        if name not in WORDS_DIFFER:
            assert plain(words) in plain(str(found)), f"{name}: {found}, and PyTorch: {error}"
    return count


@pytest.mark.filterwarnings("ignore:index_reduce")
@pytest.mark.parametrize("name", NAMES.split())
def test_a_dtype_that_pytorch_refuses_is_refused(name, oracle):
    least = {"bool": 170, "complex64": 220, "float32": 15}.get(name, 80)
    assert refused(programs(oracle, name), programs(ours, name)) >= least


def test_two_dtypes_that_pytorch_refuses_are_refused(oracle):
    assert refused(mixed(oracle), mixed(ours)) >= 80
