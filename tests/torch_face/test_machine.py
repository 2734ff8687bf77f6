"""What scripts ask of the machine and of the engine: on a machine without a GPU, as PyTorch's."""

import operator
import warnings

import pytest

import funcgrad.torch as ours
from funcgrad.tape import devices
from funcgrad.torch.torch_version import TorchVersion

ASKED = {
    "cuda": [
        "is_available()", "is_initialized()", "device_count()", "empty_cache()",
        "memory_allocated()", "max_memory_allocated()", "memory_reserved()",
        "max_memory_reserved()", "is_bf16_supported()",
        "current_device()", "get_device_name()", "get_device_name(0)", "synchronize()", "init()",
        "get_device_capability()", "get_device_properties(0)",
    ],
    "accelerator": [
        "is_available()", "device_count()", "current_accelerator()", "current_device_index()",
        "synchronize()", "empty_cache()",
    ],
    "mps": ["is_available()", "device_count()"],
    "xpu": ["is_available()", "device_count()"],
    "version": ["cuda", "hip", "debug"],
    "backends": [
        "cudnn.is_available()", "cudnn.version()", "cudnn.enabled", "cudnn.benchmark",
        "cudnn.deterministic", "cudnn.allow_tf32", "cuda.is_built()", "mps.is_available()",
        "mps.is_built()", "cuda.matmul.allow_tf32",
    ],
    "ones(1)": ["cuda()", "to('cuda')", "to('cuda:1')", "is_cuda"],
    "nn": ["Linear(1, 1).cuda()", "Linear(1, 1, device='cuda')"],
}  # fmt: skip


def outcome(expression, torch):
    """The value; or the error's type, and its first words, which are PyTorch's."""
    try:
        return eval(f"torch.{expression}", {"torch": torch})  # noqa: S307 - the lines above
    except Exception as error:  # noqa: BLE001 - which it is, is compared
        return type(error), str(error).split(":")[0].rstrip(".")


@pytest.mark.parametrize("owner", ASKED)
def test_a_machine_without_a_gpu(owner, oracle):
    if oracle.cuda.is_available():
        pytest.skip("the oracle has a GPU here")
    for expression in (f"{owner}.{asked}" for asked in ASKED[owner]):
        assert outcome(expression, ours) == outcome(expression, oracle), expression


class Gpu:
    """Stands in for a GPU of JAX's: what `torch.cuda` reads of one."""

    device_kind, compute_capability = "Imaginary 9000", "9.0"

    def __init__(self, **stats):
        self.memory_stats = lambda: stats


def test_a_machine_with_two_gpus(monkeypatch):
    there = [Gpu(bytes_in_use=5, peak_bytes_in_use=7, bytes_limit=100), Gpu(bytes_limit=50)]
    monkeypatch.setattr(ours.cuda, "gpus", lambda: there)
    monkeypatch.setattr(devices, "resolve", lambda name: there[int(name.partition(":")[2] or 0)])
    assert (ours.cuda.is_available(), ours.cuda.device_count()) == (True, 2)
    assert ours.cuda.get_device_name(1) == "Imaginary 9000"
    assert ours.cuda.get_device_capability() == (9, 0)
    assert ours.cuda.get_device_properties("cuda:1").total_memory == 50
    assert (ours.cuda.memory_allocated(), ours.cuda.max_memory_allocated(0)) == (5, 7)
    assert ours.cuda.memory_allocated(ours.device("cuda", 1)) == 0
    assert ours.accelerator.current_accelerator() == ours.device("cuda")
    assert ours.accelerator.current_device_index() == 0


@pytest.mark.parametrize(
    "program",
    [
        lambda t: (t.set_num_threads(3), t.get_num_threads()),
        lambda t: t.set_num_threads(0),
        lambda t: (t.use_deterministic_algorithms(True), t.are_deterministic_algorithms_enabled()),
        lambda t: (
            t.use_deterministic_algorithms(True, warn_only=True),
            t.is_deterministic_algorithms_warn_only_enabled(),
        ),
        lambda t: (t.use_deterministic_algorithms(False), t.are_deterministic_algorithms_enabled()),
        lambda t: t.use_deterministic_algorithms(1),
        lambda t: (t.set_float32_matmul_precision("high"), t.get_float32_matmul_precision()),
        lambda t: (t.set_float32_matmul_precision("highest"), t.get_float32_matmul_precision()),
        lambda t: setattr(t.backends.cudnn, "benchmark", False),
    ],
)
def test_settings_are_kept(program, oracle):
    def run(torch):
        threads = torch.get_num_threads()
        try:
            return program(torch)
        except (TypeError, RuntimeError) as error:
            return type(error), str(error)
        finally:
            torch.set_num_threads(threads)

    assert run(ours) == run(oracle)


def test_a_precision_that_is_none_warns(oracle):
    texts = []
    for torch in (ours, oracle):
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            torch.set_float32_matmul_precision("lowest")
        texts.append(str(caught[0].message).split(" (")[0])
    assert texts[0] == texts[1]


VERSIONS = [
    "2.13.0+cpu", "2.2", "2.13", "2.13.0", "2.13.0a0", "2.13.1", "words", "2.13.0.dev2020", "v2.1",
    "1.10.0rc1", "2.13.0+cpu.1", "2.13.0b2", "2.13.0b10", (2, 13), (2, 13, 1), [2, 12],
]  # fmt: skip


@pytest.mark.parametrize("mine", [v for v in VERSIONS if isinstance(v, str) and v != "words"])
def test_versions_compare_as_pytorchs(mine, oracle):
    theirs = oracle.torch_version.TorchVersion(mine)
    for other in VERSIONS:
        for compare in (operator.lt, operator.le, operator.gt, operator.ge, operator.eq):
            assert compare(TorchVersion(mine), other) == compare(theirs, other), (compare, other)
        equal = operator.eq(TorchVersion(mine), other)
        assert operator.ne(TorchVersion(mine), other) is not equal


def test_the_version_is_that_of_the_oracle_and_names_us(oracle):
    release, _, builder = ours.__version__.partition("+")
    assert release == oracle.__version__.split("+")[0]
    assert builder.startswith("funcgrad.")
    assert ours.__version__ >= (2, 13)
    assert ours.__version__ in ours.__config__.show()
    assert ours.version.__version__ == ours.__version__
    with pytest.raises(TypeError):
        _ = ours.__version__ > 2


LEGACY = [
    lambda t: t.Tensor([1, 2]),
    lambda t: t.Tensor(2, 3).shape,
    lambda t: t.Tensor(t.Size((2, 3))).shape,
    lambda t: t.Tensor(size=(2,)).shape,
    lambda t: t.Tensor(data=[[1, 2], [3, 4]]),
    lambda t: t.Tensor(),
    lambda t: t.Tensor((2, 3)),
    lambda t: t.Tensor([[]]),
    lambda t: t.Tensor(range(3)),
    lambda t: t.Tensor(t.ones(2, requires_grad=True)).requires_grad,
    lambda t: t.Tensor(t.ones(2).double()),
    lambda t: t.FloatTensor([1, 2]),
    lambda t: t.FloatTensor([t.tensor(1.0), t.tensor(2.0)]),
    lambda t: t.LongTensor([1.7, -1.7]),
    lambda t: t.LongTensor(t.arange(3)),
    lambda t: t.BoolTensor([0, 2]),
    lambda t: t.HalfTensor(2, 1).dtype,
    lambda t: t.tensor([1]).type(t.FloatTensor),
    lambda t: t.tensor([1.5]).type("torch.LongTensor"),
    lambda t: [isinstance(t.ones(1), kind) for kind in (t.FloatTensor, t.LongTensor, t.Tensor)],
    lambda t: isinstance(t.nn.Parameter(t.ones(1)), t.FloatTensor),
    lambda t: (t.FloatTensor, t.FloatTensor.dtype, t.ByteTensor.is_cuda),
    lambda t: type(type("Mine", (t.Tensor,), {})([1, 2])).__name__,
]
LEGACY_ERRORS = {
    "a float is no size": lambda t: t.Tensor(2.5),
    "a truth is no size": lambda t: t.Tensor(True),
    "text": lambda t: t.Tensor("a"),
    "None": lambda t: t.Tensor(None),
    "a negative size": lambda t: t.Tensor(-1),
    "a generator": lambda t: t.FloatTensor(x for x in [1, 2]),
    "an option": lambda t: t.Tensor([1], requires_grad=True),
    "mixed sizes": lambda t: t.Tensor(2, 3.5),
    "another dtype": lambda t: t.LongTensor(t.ones(3)),
    "no type": lambda t: t.ones(1).type("foo"),
    "no type at all": lambda t: t.ones(1).type(3),
}


@pytest.mark.parametrize("number", range(len(LEGACY)))
def test_old_constructors_and_types(number, oracle):
    assert repr(LEGACY[number](ours)) == repr(LEGACY[number](oracle))


def first_word(caught):
    return str(caught.value).split()[0].rstrip(":")


@pytest.mark.parametrize("case", LEGACY_ERRORS)
def test_old_constructors_refuse(case, oracle):
    with pytest.raises(Exception) as theirs:  # noqa: PT011 - which it is, is compared
        LEGACY_ERRORS[case](oracle)
    with pytest.raises(theirs.type) as mine:
        LEGACY_ERRORS[case](ours)
    assert first_word(mine) == first_word(theirs)


def test_the_default_type_by_an_old_name(oracle):
    found = []
    for torch in (ours, oracle):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # retired, both say
            torch.set_default_tensor_type(torch.DoubleTensor)
            first = torch.tensor([1.5]).dtype
            torch.set_default_tensor_type("torch.FloatTensor")
            for wrong in (torch.LongTensor, 3):
                with pytest.raises(TypeError, match="only floating-point types"):
                    torch.set_default_tensor_type(wrong)
        found.append((str(first), str(torch.tensor([1.5]).dtype)))
    assert found[0] == found[1] == ("torch.float64", "torch.float32")
