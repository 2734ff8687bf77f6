"""Every layer and loss: printed form and values, gradients of the weights, equal to PyTorch's."""

import pytest

import funcgrad.torch as ours

from .programs import agree, fill, raised, values

# name: arguments, then the inputs: a shape, or a function of torch that makes them.
PLAIN = (3, 4)
ACTIVATIONS = {
    "ReLU": [{}, {"inplace": True}],
    "ReLU6": [{}, {"inplace": True}],
    "LeakyReLU": [{}, {"negative_slope": 0.2, "inplace": True}],
    "ELU": [{}, {"alpha": 0.5}],
    "SELU": [{}, {"inplace": True}],
    "CELU": [{"alpha": 0.5}],
    "GELU": [{}, {"approximate": "tanh"}],
    "SiLU": [{}, {"inplace": True}],
    "Mish": [{}],
    "Softplus": [{}, {"beta": 2.0, "threshold": 1.0}],
    "Softsign": [{}],
    "Tanh": [{}],
    "Sigmoid": [{}],
    "LogSigmoid": [{}],
    "Hardtanh": [{}, {"min_val": -0.5, "max_val": 0.3, "inplace": True}],
    "Hardsigmoid": [{}, {"inplace": True}],
    "Hardswish": [{}],
    "Softmax": [{"dim": 1}, {}],
    "LogSoftmax": [{"dim": 0}],
    "Softmin": [{"dim": -1}],
    "PReLU": [{}, {"num_parameters": 4}],
    "Threshold": [{"threshold": 0.1, "value": 20.0}],
    "Tanhshrink": [{}],
    "Softshrink": [{}, {"lambd": 0.2}],
    "Hardshrink": [{}],
    "GLU": [{}, {"dim": 1}],
    "Identity": [{}],
    "Flatten": [{"start_dim": 0}],
    "Unflatten": [{"dim": 1, "unflattened_size": (2, 2)}],
    "Dropout": [{"p": 0.0}],
    "Linear": [{"in_features": 4, "out_features": 2}],
    "LayerNorm": [{"normalized_shape": 4}, {"normalized_shape": (3, 4), "bias": False},
                  {"normalized_shape": 4, "elementwise_affine": False}],
    "RMSNorm": [{"normalized_shape": 4}, {"normalized_shape": (3, 4), "eps": 0.1,
                                          "elementwise_affine": False}],
}  # fmt: skip


@pytest.mark.parametrize(
    ("name", "options"), [(name, o) for name, several in ACTIVATIONS.items() for o in several]
)
def test_layer(name, options, oracle):
    def program(torch):
        layer = fill(torch, getattr(torch.nn, name)(**options), seed=5)
        x = values(torch, *PLAIN)
        if not (layer.state_dict() or options.get("inplace")):
            # Gradients of the functions are examined with the table of operations.
            return repr(layer), layer(x), x
        x.requires_grad_()
        y = layer(x * 1.0)  # a copy, which may be edited in place
        (y * values(torch, *y.shape, seed=1)).sum().backward()
        return repr(layer), y.detach(), x.grad, [p.grad for p in layer.parameters()]

    agree(program, oracle)


def reals(torch, n=2, dtype="float32"):
    return [values(torch, *PLAIN, seed=i, dtype=dtype) for i in range(n)]


def probabilities(torch):
    a, b = reals(torch)
    return [a.sigmoid(), b.sigmoid()]


def signs(torch, n=1):
    return [*reals(torch, n), torch.tensor([1.0, -1.0, 1.0])]


def classes(torch):
    return [values(torch, *PLAIN), torch.tensor([0, 3, 1])]


def log_classes(torch):
    scores, target = classes(torch)
    return [scores.log_softmax(1), target]


def signed(torch):
    return [values(torch, *PLAIN), values(torch, *PLAIN, seed=1).sign()]


def ranked(torch):
    return [values(torch, 3), values(torch, 3, seed=1), torch.tensor([1.0, -1.0, 1.0])]


def weights(torch):
    return torch.tensor([0.5, 1.0, 2.0, 0.1])


LOSSES = {
    "MSELoss": (reals, [{}, {"reduction": "sum"}, {"reduction": "none"}]),
    "L1Loss": (reals, [{}, {"reduction": "none"}]),
    "SmoothL1Loss": (reals, [{}, {"beta": 0.5, "reduction": "sum"}]),
    "HuberLoss": (reals, [{}, {"delta": 0.5}]),
    "BCELoss": (probabilities, [{}, {"weight": weights}]),
    "BCEWithLogitsLoss": (probabilities, [{}, {"pos_weight": weights, "reduction": "none"}]),
    "CrossEntropyLoss": (classes, [{}, {"weight": weights}, {"ignore_index": 3},
                                   {"label_smoothing": 0.1, "reduction": "sum"}]),
    "NLLLoss": (log_classes, [{}, {"weight": weights, "reduction": "none"}]),
    "KLDivLoss": (probabilities, [{}, {"reduction": "batchmean", "log_target": True}]),
    "GaussianNLLLoss": (lambda torch: [*reals(torch), probabilities(torch)[0] + 0.1],
                        [{}, {"full": True, "reduction": "sum"}]),
    "PoissonNLLLoss": (probabilities, [{}, {"log_input": False, "full": True}]),
    "HingeEmbeddingLoss": (signed, [{}, {"margin": 0.3}]),
    "MarginRankingLoss": (ranked, [{}, {"margin": 0.3, "reduction": "none"}]),
    "CosineEmbeddingLoss": (lambda torch: signs(torch, 2), [{}, {"margin": 0.2}]),
    "CosineSimilarity": (reals, [{}, {"dim": 0}]),
    "PairwiseDistance": (reals, [{}, {"p": 1.0, "keepdim": True}]),
    "SoftMarginLoss": (signed, [{}]),
    "MultiMarginLoss": (classes, [{}, {"p": 2, "weight": weights, "reduction": "none"}]),
    "MultiLabelMarginLoss": (lambda torch: [values(torch, 3), torch.tensor([2, -1, 0])], [{}]),
    "MultiLabelSoftMarginLoss": (probabilities, [{}, {"weight": weights, "reduction": "sum"}]),
    "TripletMarginLoss": (lambda torch: reals(torch, 3), [{}, {"swap": True, "margin": 2.0}]),
}  # fmt: skip


@pytest.mark.parametrize(
    ("name", "options"), [(name, o) for name, (_, several) in LOSSES.items() for o in several]
)
def test_loss(name, options, oracle):
    make = LOSSES[name][0]

    def program(torch):
        made = {k: v(torch) if callable(v) else v for k, v in options.items()}
        loss = getattr(torch.nn, name)(**made)
        return repr(loss), loss(*make(torch)), list(loss.state_dict())

    agree(program, oracle)


def test_embedding(oracle):
    def program(torch):
        table = torch.nn.Embedding(5, 3, padding_idx=1)
        zero = table.weight[1].detach()
        fill(torch, table)
        numbers = torch.tensor([[0, 1], [4, 0]])
        found = table(numbers)
        (found * found).sum().backward()
        given = torch.nn.Embedding.from_pretrained(values(torch, 4, 2))
        return (zero, found.detach(), table.weight.grad, repr(table), repr(given),
                given.weight.requires_grad, given(numbers[:, 1]))  # fmt: skip

    agree(program, oracle)


def test_embedding_bag(oracle):
    def run(torch):
        torch.manual_seed(1)
        bag = torch.nn.EmbeddingBag(5, 3, mode="sum", padding_idx=-4)
        bits = bag.weight.detach().numpy().tobytes().hex()
        numbers, starts = torch.tensor([0, 1, 4, 0]), torch.tensor([0, 3])
        found = bag(numbers, starts, values(torch, 4))
        (found * found).sum().backward()
        given = torch.nn.EmbeddingBag.from_pretrained(values(torch, 4, 2), norm_type=1.0)
        return (bits, found.detach(), bag.weight.grad, repr(bag), repr(given),
                given.weight.requires_grad, given(torch.tensor([[0, 1], [3, 3]])))  # fmt: skip

    agree(run, oracle)


def test_softmax_of_channels(oracle):
    def run(torch):
        layer, x = torch.nn.Softmax2d(), values(torch, 2, 3, 1, 2)
        return layer(x), layer(x[0]), repr(layer), raised(torch, lambda: layer(x[0, 0]))

    agree(run, oracle)


def test_bilinear(oracle):
    def program(torch):
        layer = fill(torch, torch.nn.Bilinear(2, 3, 4))
        a, b = values(torch, 5, 2).requires_grad_(), values(torch, 5, 3, seed=1)
        layer(a, b).sum().backward()
        return repr(layer), layer(a, b).detach(), a.grad, layer.weight.grad

    agree(program, oracle)


def test_dropout(oracle):
    """The same values are dropped as in PyTorch, under the same seed."""

    def program(torch):
        torch.manual_seed(3)
        x = values(torch, 8, 6, 4)
        nn = torch.nn
        layers = [nn.Dropout(0.3), nn.Dropout1d(0.5), nn.Dropout(1.0), nn.AlphaDropout(0.2)]
        results = [layer(x) for layer in layers]
        leaf = values(torch, 5).requires_grad_()
        nn.functional.dropout(leaf, 0.5).sum().backward()
        still = [layer.eval()(x) is x for layer in layers]
        edited = nn.functional.dropout(x, 0.5, inplace=True)
        return results, leaf.grad, still, edited is x, x, [repr(layer) for layer in layers]

    agree(program, oracle)


def test_errors(oracle):
    def program(torch):
        nn = torch.nn
        return [
            *raised(
                torch,
                lambda: nn.Dropout(1.5),
                lambda: nn.functional.dropout(torch.ones(1), -1.0),
                lambda: nn.Unflatten(1, "no"),
                lambda: nn.Unflatten(1, (2, 1.5)),
                lambda: nn.Hardtanh(1.0, 0.0),
                lambda: nn.Embedding(3, 2, padding_idx=3),
                lambda: nn.Bilinear(0, 1, 1),
            ),
            *(kind for kind, _ in raised(torch, nn.Threshold, lambda: nn.ReLU(nothing=1))),
        ]

    agree(program, oracle)


def test_legacy_reduction_warns(oracle):
    for torch in (ours, oracle):
        with pytest.warns(UserWarning, match="please use reduction='sum' instead"):
            assert torch.nn.MSELoss(size_average=False).reduction == "sum"


def test_an_implicit_dimension_warns(oracle):
    for torch in (ours, oracle):
        with pytest.warns(UserWarning, match="Implicit dimension choice for softmax"):
            torch.nn.Softmax()(torch.ones(2, 3))


def test_signatures(oracle):
    """Names, order and defaults of the constructors' arguments."""
    import inspect

    for name in [
        *ACTIVATIONS,
        *LOSSES,
        "Dropout2d",
        "Bilinear",
        "Embedding",
        "EmbeddingBag",
        "AlphaDropout",
    ]:
        mine = inspect.signature(getattr(ours.nn, name)).parameters
        theirs = inspect.signature(getattr(oracle.nn, name)).parameters
        if "args" in theirs:
            continue
        assert [(p.name, p.default, p.kind) for p in mine.values()] == [
            (p.name, p.default, p.kind) for p in theirs.values()
        ], name
