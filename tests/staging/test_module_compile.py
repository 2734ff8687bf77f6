"""`nn.Module.compile` does what PyTorch's does."""

import copy
import pickle

import pytest
import torch as real

import funcgrad.torch as ours

# Importing PyTorch's compiler warns of what PyTorch itself uses.
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")


@pytest.fixture(params=[ours, real], ids=["ours", "PyTorch"])
def torch(request):
    yield request.param
    request.param.compiler.reset()


@pytest.fixture
def model(torch):
    class Model(torch.nn.Module):  # PyTorch skips a module whose code is its own
        def __init__(self):
            super().__init__()
            self.first, self.second = torch.nn.Linear(3, 4), torch.nn.Linear(4, 1)

        def forward(self, x):
            return self.second(self.first(x).relu())

    torch.manual_seed(0)
    return Model()


def options(torch):
    return {"backend": "eager", "fullgraph": True}


def test_its_calls_are_compiled_and_all_else_is_as_it_was(torch, model):
    x = torch.ones(2, 3)
    expected, names = model(x), list(model.state_dict())

    class Watching(torch.nn.Module):
        def forward(self, x):
            assert torch.compiler.is_compiling() == compiling
            return self.inner(x)

    watching, compiling = Watching(), False
    watching.inner = model
    watching(x)
    assert watching.compile(**options(torch)) is None
    compiling = True
    assert type(watching) is Watching and watching._compiled_call_impl is not None
    assert torch.allclose(watching(x), expected)
    assert [name.removeprefix("inner.") for name in watching.state_dict()] == names
    watching(x).sum().backward()
    assert all(p.grad is not None for p in watching.parameters())


def test_hooks_are_part_of_it(torch, model):
    model.register_forward_hook(lambda module, given, result: result * 0 + 5)
    model.compile(**options(torch))
    with torch.no_grad():  # PyTorch warns of itself
        assert model(torch.ones(2, 3)).tolist() == [[5], [5]]


def test_training_moves_what_is_called(torch, model):
    model.compile(**options(torch))
    x, optimizer = torch.ones(2, 3), torch.optim.SGD(model.parameters(), lr=0.1)
    losses = []
    for _ in range(3):
        optimizer.zero_grad()
        loss = model(x).square().sum()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    assert losses[0] > losses[1] > losses[2]
    model.requires_grad_(False)
    for parameter in model.parameters():
        parameter.zero_()
    assert model(x).tolist() == [[0], [0]]


def test_a_copy_is_a_module_of_its_own(torch, model):
    x = torch.ones(2, 3)
    model.compile(**options(torch))
    before = model(x)
    twin = copy.deepcopy(model)
    assert twin._compiled_call_impl is None
    with torch.no_grad():
        for parameter in twin.parameters():
            parameter.fill_(1)
    assert twin(x).tolist() == [[17], [17]]
    assert model._compiled_call_impl is not None
    assert torch.allclose(model(x), before) and not torch.allclose(before, twin(x))


def test_what_was_pickled_is_not_compiled(torch):
    layer = torch.nn.Linear(2, 1)
    layer.compile(**options(torch))
    twin = pickle.loads(pickle.dumps(layer))
    assert twin._compiled_call_impl is None
    assert torch.equal(twin.weight, layer.weight)


def test_misuse(torch, model):
    with pytest.raises(TypeError, match="positional argument"):
        model.compile(1)
    with pytest.raises(RuntimeError, match="Unrecognized mode=x"):
        model.compile(mode="x")
    model.compile(disable=True)
    assert model(torch.ones(2, 3)).shape == (2, 1)


def test_the_stance_holds_for_it(torch, model):
    model.compile(**options(torch))
    with (
        torch.compiler.set_stance("fail_on_recompile"),
        pytest.raises(RuntimeError, match="Detected recompile"),
    ):
        model(torch.ones(2, 3))
    torch.compiler.set_stance("default")
    assert model(torch.ones(2, 3)).shape == (2, 1)
