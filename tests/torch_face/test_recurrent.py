"""Recurrent cells and networks, and packed sequences: as in PyTorch, from the seed on."""

import inspect

import pytest

import funcgrad.torch as ours

from .programs import agree, each, fill, programs, raised, values

PROGRAMS, program = programs()
KINDS = ("RNN", "GRU", "LSTM")


def plain(torch, found):
    """Values without their place in the graph, whose names PyTorch chooses by dtype and path."""
    if isinstance(found, torch.Tensor):
        return found.detach()
    return [plain(torch, part) for part in found]


def trained(torch, module, *inputs):
    """What a module gives, and the gradients of its weights and of its first input."""
    x, *rest = inputs
    x.requires_grad_()
    found = module(x, *rest)
    parts, queue = [], [found]
    while queue:
        part = queue.pop(0)
        if isinstance(part, torch.Tensor):
            parts.append(part)
        else:
            queue += list(part)
    sum((part * values(torch, *part.shape, seed=9)).sum() for part in parts).backward()
    return plain(torch, found), x.grad, [p.grad for p in module.parameters()]


def state(torch, kind, *shape):
    """What a network of this kind starts from."""
    hidden = values(torch, *shape, seed=3)
    return (hidden, values(torch, *shape, seed=4)) if "LSTM" in kind else hidden


@pytest.mark.parametrize("kind", KINDS)
def test_cells(kind, oracle):
    def run(torch):
        torch.manual_seed(1)
        cell = getattr(torch.nn, f"{kind}Cell")(3, 2)
        bare = getattr(torch.nn, f"{kind}Cell")(3, 2, bias=False)
        x = values(torch, 2, 3)
        return [
            list(cell.named_parameters()), repr(cell), repr(bare), bare.bias_ih, bare.weight_hh,
            plain(torch, cell(x)), plain(torch, cell(x[0])),
            plain(torch, cell(x[0], state(torch, kind, 2))),
            trained(torch, cell, x, state(torch, kind, 2, 2)), plain(torch, bare(x)),
        ]  # fmt: skip

    agree(run, oracle)


NETWORKS = [
    ("RNN", {"num_layers": 2, "bidirectional": True, "nonlinearity": "relu"}),
    ("GRU", {"num_layers": 2, "batch_first": True, "bias": False}),
    ("LSTM", {"bidirectional": True, "proj_size": 1, "batch_first": True}),
]


@pytest.mark.parametrize(("kind", "options"), NETWORKS)
def test_networks(kind, options, oracle):
    """Weights to the bit, names in order, values and gradients."""

    def run(torch):
        torch.manual_seed(2)
        net = getattr(torch.nn, kind)(3, 2, **options)
        names = [[name for name, p in net.named_parameters() for w in ws if p is w]
                 for ws in net.all_weights]  # fmt: skip
        weights = [p.detach().numpy().tobytes().hex() for p in net.parameters()]
        x = values(torch, 2, 2, 3)
        rows = net.num_layers * (2 if net.bidirectional else 1)
        hx = state(torch, kind, rows, 2, 2)
        if net.proj_size:
            hx = (values(torch, rows, 2, 1), hx[1])
        return [names, weights, repr(net), trained(torch, net, x, hx), plain(torch, net(x)),
                net.flatten_parameters(), [type(h).__name__ for h in net(x)]]  # fmt: skip

    agree(run, oracle)


@program
def one_sequence_without_a_batch(torch):
    found = []
    for kind in KINDS:
        net = getattr(torch.nn, kind)(3, 2, batch_first=kind == "GRU")
        fill(torch, net)
        x, hx = values(torch, 4, 3), state(torch, kind, 1, 2)
        found += [plain(torch, net(x)), plain(torch, net(x, hx))]
    return found


@program
def dropout_between_layers(torch):
    """Drawn from the stream as PyTorch draws it: time first, packed without the padding."""
    torch.manual_seed(3)
    net = torch.nn.RNN(3, 2, 3, dropout=0.4, batch_first=True)
    x = values(torch, 3, 2, 3)
    packed = torch.nn.utils.rnn.pack_padded_sequence(x, [2, 2, 1], batch_first=True)
    found = [plain(torch, net(x)), plain(torch, net(packed)[0].data), torch.rand(1)]
    return [*found, plain(torch, net.eval()(x))]


@program
def packed_sequences(torch):
    rnn = torch.nn.utils.rnn
    net = fill(torch, torch.nn.LSTM(3, 2, bidirectional=True))
    x = values(torch, 4, 3, 3).requires_grad_()
    packed = rnn.pack_padded_sequence(x, [2, 4, 1], enforce_sorted=False)
    output, last = net(packed, state(torch, "LSTM", 2, 3, 2))
    padded, lengths = rnn.pad_packed_sequence(output)
    padded.sum().backward()
    return [plain(torch, padded), lengths, plain(torch, last), x.grad,
            [p.grad for p in net.parameters()], plain(torch, net(packed)[1]),
            output.batch_sizes, output.sorted_indices, output.unsorted_indices]  # fmt: skip


@program
def packing(torch):
    rnn = torch.nn.utils.rnn
    x = values(torch, 3, 2, 2).requires_grad_()
    packed = rnn.pack_padded_sequence(x, torch.tensor([1, 3]), enforce_sorted=False)
    padded, lengths = rnn.pad_packed_sequence(packed, True, -1.0, 5)
    (padded * padded).sum().backward()
    numbers = rnn.pack_sequence([torch.tensor([1, 2, 3]), torch.tensor([4])])
    whole = packed.double()
    return [
        list(packed), padded, lengths, x.grad, repr(numbers), str(whole.data.dtype),
        rnn.unpack_sequence(numbers), numbers.to(torch.int64) is numbers, numbers.is_cuda,
        list(rnn.PackedSequence((numbers.data, numbers.batch_sizes))), list(numbers.cpu()),
        rnn.invert_permutation(torch.tensor([2, 0, 1])),
        rnn.pad_packed_sequence(rnn.pack_padded_sequence(x.detach()[..., 0], [3, 2]))[0],
    ]  # fmt: skip


@program
def padding(torch):
    rnn = torch.nn.utils.rnn
    a, b = values(torch, 2, 2), values(torch, 3, 2)
    whole = [torch.tensor([1, 2]), torch.tensor([3])]
    recorded = rnn.pad_sequence([a.requires_grad_(), b], True)
    (recorded * recorded).sum().backward()
    return [
        rnn.pad_sequence([b, a.detach()], padding_value=1.5), recorded.detach(), a.grad,
        rnn.pad_sequence(whole, True, 7, "left"), rnn.pad_sequence(iter(whole)),
        rnn.unpad_sequence(rnn.pad_sequence(whole, True), torch.tensor([2, 1]), True),
        rnn.pad_sequence([b.half(), b.half()[:1]]),
    ]  # fmt: skip


@program
def functions(torch):
    """`torch.lstm` and its like, of which the modules are made."""
    x, hx = values(torch, 2, 2, 3), values(torch, 1, 2, 2)
    packed = torch.nn.utils.rnn.pack_padded_sequence(x, [2, 1])
    data, sizes = packed.data, packed.batch_sizes
    relu = torch.nn.RNN(3, 2, nonlinearity="relu")
    found = []
    for name, net in {"rnn_relu": relu, "lstm": torch.nn.LSTM(3, 2)}.items():
        (flat,) = fill(torch, net).all_weights
        start, function = (hx, hx) if name == "lstm" else hx, getattr(torch, name)
        found += [function(x, start, flat, True, 1, 0.0, False, False, batch_first=True),
                  function(data, sizes, start, flat, True, 1, 0.0, False, False)]  # fmt: skip
    return plain(torch, [*found, torch.lstm_cell(x[0], (hx[0], hx[0]), *flat)])


@program
def edits_break_the_pass(torch):
    """An input, a state or a weight must not be edited before the backward pass."""
    found = []
    for kind in KINDS:
        net = getattr(torch.nn, kind)(3, 2)
        edited = [
            values(torch, 2, 2, 3),
            values(torch, 1, 2, 2),
            net.weight_ih_l0,
            net.weight_hh_l0,
        ]
        for i in range(len(edited)):
            x, h = (t.clone().requires_grad_() * 1 for t in edited[:2])
            output, _ = net(x, (h, values(torch, 1, 2, 2)) if kind == "LSTM" else h)
            [x, h, *edited[2:]][i].detach().mul_(1.0)
            found += [name for name, _ in raised(torch, output.sum().backward)]
    return found


@program
def errors(torch):
    nn, rnn, z = torch.nn, torch.nn.utils.rnn, torch.zeros
    x, gru, lstm = z(5, 2, 3), nn.GRU(3, 4), nn.LSTM(3, 4)
    return raised(
        torch,
        lambda: gru(x.double()), lambda: gru(x[..., :2]), lambda: gru(x[0, 0]),
        lambda: gru(x[:0]), lambda: lstm(x[0, 0]), lambda: gru(x, z(1, 3, 4)),
        lambda: gru(x, z(2, 4)), lambda: gru(x[0], z(1, 2, 4)),
        lambda: lstm(x, (z(2, 4), z(1, 2, 4))), lambda: lstm(x[0], (z(1, 2, 4), z(2, 4))),
        lambda: lstm(x, (z(1, 2, 3), z(1, 2, 4))), lambda: lstm(x, (z(1, 2, 4), z(1, 2, 3))),
        lambda: nn.GRU(3, 4, dropout=1.5), lambda: nn.GRU(3, 4, dropout=True),
        lambda: nn.GRU(3, 4, bias=1), lambda: nn.GRU(3, 4, batch_first=None),
        lambda: nn.GRU(3.0, 4), lambda: nn.GRU(0, 4), lambda: nn.GRU(3, "4"),
        lambda: nn.GRU(3, 0), lambda: nn.GRU(3, 4, 0), lambda: nn.GRU(3, 4, proj_size=2),
        lambda: nn.RNN(3, 4, proj_size=2), lambda: nn.RNN(3, 4, nonlinearity="selu"),
        lambda: nn.LSTM(3, 4, proj_size=-1), lambda: nn.LSTM(3, 4, proj_size=4),
        lambda: nn.RNNBase("ELMAN", 3, 4),
        lambda: nn.GRUCell(3, 4)(x), lambda: nn.GRUCell(3, 4)(x[0], x),
        lambda: nn.LSTMCell(3, 4)(x), lambda: nn.LSTMCell(3, 4)(x[0], (x, x)),
        lambda: nn.RNNCell(3, 4, nonlinearity="selu")(x[0]),
        lambda: nn.RNNCell(3, 4)(x[0], z(3, 4)),
        lambda: nn.LSTMCell(3, 4)(x[0], (z(2, 4), z(2, 5))),
        lambda: rnn.pack_padded_sequence(x, [5, 0]), lambda: rnn.pack_padded_sequence(x, [5, 3, 1]),
        lambda: rnn.pack_padded_sequence(x, torch.tensor([[5, 3]])),
        lambda: rnn.pad_packed_sequence(rnn.pack_padded_sequence(x, [4, 3]), total_length=3),
        lambda: rnn.pad_sequence(3), lambda: rnn.pad_sequence([]),
        lambda: rnn.pad_sequence([x], padding_side="top"),
        lambda: rnn.PackedSequence(x),
    )  # fmt: skip


@program
def other_errors(torch):
    """The kind of the error; ours says more, or another thing than PyTorch's."""
    rnn, x = torch.nn.utils.rnn, torch.zeros(5, 2, 3)
    packed = rnn.pack_padded_sequence(x, [4, 3])
    start = (torch.zeros(1, 2, 4), torch.zeros(1, 3, 4))
    calls = (lambda: torch.nn.RNN(3, 4)(x[0, 0]), lambda: rnn.pack_padded_sequence(x, [3, 5]),
             lambda: torch.nn.LSTM(3, 4)(packed, start), lambda: torch.nn.GRU(3, 4, spin=1),
             lambda: torch.nn.GRU(3, 4)(x, torch.zeros(1, 2, 4).double()),
             lambda: rnn.pad_sequence([x, x[:, :1]][::-1]))  # fmt: skip
    return [name for name, _ in raised(torch, *calls)]


@each(PROGRAMS)
def test_as_in_pytorch(program, oracle):
    agree(program, oracle)


def test_dropout_of_one_layer_warns(oracle):
    for torch in (ours, oracle):
        with pytest.warns(UserWarning, match="dropout option adds dropout after all but last"):
            torch.nn.LSTM(1, 1, dropout=0.5)


def test_an_lstm_learns_a_sine(oracle):
    """Two layers, five steps of Adam: PyTorch's losses, from the same seed."""

    def run(torch):
        torch.manual_seed(0)
        time = torch.linspace(0, 6, 13)
        wave = torch.sin(time).reshape(-1, 1, 1)
        net, read = torch.nn.LSTM(1, 8, num_layers=2), torch.nn.Linear(8, 1)
        optimizer = torch.optim.Adam([*net.parameters(), *read.parameters()], lr=0.01)
        losses = []
        for _ in range(5):
            optimizer.zero_grad()
            loss = torch.nn.functional.mse_loss(read(net(wave[:-1])[0]), wave[1:])
            loss.backward()
            optimizer.step()
            losses.append(loss.item())
        return losses

    mine, theirs = run(ours), run(oracle)
    assert mine == pytest.approx(theirs, rel=1e-5, abs=1e-7)
    assert mine[-1] < mine[0]


def test_a_layer_compiles_once_for_all_lengths(oracle):
    """The program depends on the longest sequence, and not on how long each of them is."""
    from funcgrad.tape.plans import plans

    rnn = ours.nn.utils.rnn
    net, x = ours.nn.GRU(3, 2), ours.zeros(4, 3, 3)
    net(rnn.pack_padded_sequence(x, [4, 4, 1]))
    before = [key for key in plans if key[0].name == "gru.layer"]
    net(rnn.pack_padded_sequence(x, [4, 2, 2]))
    assert [key for key in plans if key[0].name == "gru.layer"] == before


def test_signatures(oracle):
    """Names, order and defaults of the cells' arguments; those of networks are not told there."""
    for name in ("RNNCell", "GRUCell", "LSTMCell", "RNNBase"):
        mine, theirs = (inspect.signature(getattr(t.nn, name)).parameters for t in (ours, oracle))
        assert [(p.name, p.default) for p in mine.values()] == [
            (p.name, p.default) for p in theirs.values()
        ], name
