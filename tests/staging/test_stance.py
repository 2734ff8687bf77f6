"""`torch.compiler.set_stance` does what PyTorch's does: which calls compile, and which raise."""

import pytest
import torch as real

import funcgrad.torch as ours
from funcgrad.tape.staging import function
from funcgrad.tape.staging.stance import STANCES
from funcgrad.tape.staging.traced import Traced

# Importing PyTorch's compiler warns of what PyTorch itself uses.
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")


@pytest.fixture(params=[ours, real], ids=["ours", "PyTorch"])
def torch(request):
    yield request.param
    request.param.compiler.set_stance("default")
    request.param.compiler.reset()


@pytest.fixture
def compiled(torch, monkeypatch):
    """A compiled function, and a list to which each program that is made adds itself."""
    made = []

    def backend(graph, inputs):
        made.append(graph)
        return graph.forward

    def traced(*args):
        made.append(args)
        return Traced(*args)

    monkeypatch.setattr(function, "Traced", traced)
    return torch.compile(
        lambda x: x * 2, dynamic=False, backend=backend if torch is real else "inductor"
    ), made


def shapes(torch):
    return torch.ones(2), torch.ones(2, 3)


def test_what_is_there_runs_and_nothing_else_is_compiled(torch, compiled):
    double, made = compiled
    x, other = shapes(torch)
    double(x)
    assert len(made) == 1
    with torch.compiler.set_stance("eager_on_recompile"):
        assert double(x).tolist() == [2, 2] and double(other).tolist() == [[2] * 3] * 2
    assert len(made) == 1
    with torch.compiler.set_stance("fail_on_recompile"):
        assert double(x).tolist() == [2, 2]
        with pytest.raises(RuntimeError, match=r"recompile when torch.compile stance is 'fail_on_"):
            double(other)
    assert double(other).tolist() == [[2] * 3] * 2
    assert len(made) == 2


def test_a_first_call_is_a_recompile_too(torch, compiled):
    double, made = compiled
    with (
        torch.compiler.set_stance("fail_on_recompile"),
        pytest.raises(RuntimeError, match=r"Detected recompile"),
    ):
        double(torch.ones(2))
    assert not made


def test_all_is_eager_in_all_three_forms(torch, compiled):
    double, made = compiled
    x, other = shapes(torch)
    double(x)

    @torch.compiler.set_stance("force_eager")
    def inside(x):
        """What it says."""
        return double(x)

    assert inside.__doc__ == "What it says."
    assert inside(other).tolist() == [[2] * 3] * 2
    torch.compiler.set_stance("force_eager")
    double(other)
    with torch.compiler.set_stance("default"):
        double(torch.ones(4, 4))
    assert len(made) == 2
    double(other)
    assert len(made) == 2
    torch.compiler.set_stance("default")
    double(other)
    assert len(made) == 3


def test_the_first_call_as_it_is(torch, compiled):
    double, made = compiled
    x = torch.ones(2)
    with torch.compiler.set_stance("eager_then_compile"):
        double(x)
        assert not made
        double(x)
        double(x)
        assert len(made) == 1


def test_a_decorated_function_goes_back_to_what_was_there(torch, compiled):
    double, made = compiled

    @torch.compiler.set_stance("default")
    def inside(x):
        return double(x)

    with torch.compiler.set_stance("force_eager"):
        inside(torch.ones(2))
        assert len(made) == 1
        double(torch.ones(3, 3))
    assert len(made) == 1


def test_misuse(torch, compiled):
    double, _ = compiled
    with pytest.raises(RuntimeError, match=r"non-default stance cannot have force_backend set"):
        torch.compiler.set_stance("force_eager", force_backend="eager")
    torch.compiler.set_stance("nonsense")
    with pytest.raises(RuntimeError, match=r"invalid torch.compile stance"):
        double(torch.ones(2))


def test_it_is_not_for_the_inside_of_a_compiled_function():
    @ours.compile
    def switching(x):
        ours.compiler.set_stance("force_eager")
        return x

    with pytest.raises(RuntimeError, match=r"attempted to set_stance in a torch.compile region"):
        switching(ours.ones(2))


def test_the_names_are_pytorchs():
    assert all(f'"{stance}"' in real.compiler.set_stance.__doc__ for stance in STANCES)
