"""Layouts, memory formats, names of types, and questions about tensors, as PyTorch's."""

import copy
import pickle
import warnings

import funcgrad.torch as ours

from .programs import agree, each, programs, raised, values

PROGRAMS, program = programs()


@program
def formats(torch):
    x = values(torch, 2, 3, 4, 5).requires_grad_()
    named = [torch.strided, torch.contiguous_format, torch.preserve_format, torch.channels_last]
    # PyTorch copies where the order in memory changes, and here nothing does: values only.
    copies = [
        x.contiguous(memory_format=torch.channels_last),
        torch.clone(x, memory_format=torch.preserve_format),
        x.clone(memory_format=torch.channels_last),
        x.to(memory_format=torch.channels_last),
        x.double(memory_format=torch.preserve_format),
        torch.zeros_like(x, memory_format=torch.preserve_format, layout=torch.strided),
        torch.empty(2, 3, 4, 5, memory_format=torch.channels_last).shape,
    ]
    turned = x.permute(0, 3, 1, 2)
    return (
        [t.detach() for t in copies[:-1]], copies[-1], x.contiguous() is x,
        turned.contiguous() is turned, x.layout is torch.strided,
        list(map(repr, named)), repr(torch.nn.Linear(1, 1).to(memory_format=torch.channels_last)),
        [t.is_contiguous(memory_format=f)
         for t in (x, turned, x[:, :1], torch.ones(3)) for f in named[1:]],
    )  # fmt: skip


@program
def questions(torch):
    x = values(torch, 2, 3)
    return (
        torch.numel(x), torch.is_signed(x), torch.is_signed(torch.ones(1, dtype=torch.uint8)),
        torch.get_device(x), x.is_cpu, torch.is_nonzero(torch.tensor([[2.0]])),
        torch.tensor(False).is_nonzero(), [torch.typename(t) for t in (x, x.long(), 3, [].append)],
        torch.broadcast_shapes(3, (2, 1), [1]), torch.broadcast_shapes(), x.to(None) is x,
        torch.atleast_1d(torch.tensor(1)), torch.atleast_2d(x[0], torch.tensor(2.0)),
        torch.atleast_3d([x, x[0], torch.tensor(1.0), x[None]]),
    )  # fmt: skip


@program
def ranges_with_the_end(torch):
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        ranges = [torch.range(0, 3), torch.range(1, 2.5, 0.5), torch.range(3, 0, -1),
                  torch.range(0, 5, 2), torch.range(0, 3, dtype=torch.int64)]  # fmt: skip
    return ranges, len(caught), str(caught[0].message), raised(
        torch, lambda: torch.range(3, 0), lambda: torch.range(0, 3, 0),
    )  # fmt: skip


@program
def triangles(torch):
    functions = (torch.tril_indices, torch.triu_indices)
    cases = [(3, 3), (2, 4, 1), (4, 2, -1), (0, 3), (3, 3, 5), (3, 3, -5)]
    return (
        [f(*case) for f in functions for case in cases],
        torch.tril_indices(2, 2, dtype=torch.int32),
        raised(torch, lambda: torch.triu_indices(-1, 3), lambda: torch.tril_indices(1, -3)),
        raised(torch, lambda: torch.tril_indices(1, 1, dtype=torch.float32))[0][0],
    )


@program
def errors(torch):
    x = torch.ones(2, 3)
    return raised(
        torch,
        lambda: x.contiguous(memory_format=3),
        lambda: x.clone(memory_format=3),
        lambda: x.contiguous(memory_format=torch.channels_last),
        lambda: x[None].to(memory_format=torch.channels_last),
        torch.memory_format,
        torch.layout,
        lambda: torch.full((2,), 1.0, layout=3),
        lambda: torch.numel(3),
        lambda: torch.is_nonzero(torch.ones(2)),
        lambda: torch.broadcast_shapes((-1,)),
    )


@each(PROGRAMS)
def test_as_in_pytorch(program, oracle):
    agree(program, oracle)


def test_formats_are_themselves_after_a_copy():
    for name in ("strided", "channels_last"):
        found = getattr(ours, name)
        assert copy.deepcopy(found) is found
        assert pickle.loads(pickle.dumps(found)) is found


def test_sparse_tensors_are_refused():
    ((error, text),) = raised(ours, lambda: ours.zeros(2, layout=ours.sparse_coo))
    assert error == "NotImplementedError"
    assert "use torch.strided" in text
