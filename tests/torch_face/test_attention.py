"""Attention and transformers: as in PyTorch, from the seed on."""

import inspect
import operator
import pickle
import warnings

import numpy as np
import pytest

import funcgrad.torch as ours

from .programs import agree, each, fill, programs, raised, values

PROGRAMS, program = programs()
EMBED, HEADS = 4, 2
FUTURE = [[False, True, True], [False, False, True], [False, False, False]]
PADDED = [[False, False, False], [False, False, True]]
pytestmark = pytest.mark.filterwarnings("ignore:enable_nested_tensor is True")


def weights(module):
    """Names and bits of all weights."""
    return [(name, p.detach().numpy().tobytes().hex()) for name, p in module.named_parameters()]


def trained(torch, module, x, result):
    """A result, and the gradients of the weights and of an input."""
    (result * values(torch, *result.shape, seed=9)).sum().backward()
    return result.detach(), x.grad, [p.grad for p in module.parameters()]


@pytest.mark.parametrize("options", [
    {"batch_first": True},
    {"bias": False, "add_bias_kv": True, "add_zero_attn": True},
    {"kdim": 3, "vdim": 2, "batch_first": True},
])  # fmt: skip
def test_multihead_attention(options, oracle):
    def run(torch):
        torch.manual_seed(0)
        module = torch.nn.MultiheadAttention(EMBED, HEADS, **options)
        x = values(torch, 2, 3, EMBED).requires_grad_()
        k = values(torch, 2, 3, options.get("kdim", EMBED), seed=1)
        v = values(torch, 2, 3, options.get("vdim", EMBED), seed=2)
        output, found = module(x, k, v)
        return [weights(module), repr(module), list(module.state_dict()), found.detach(),
                trained(torch, module, x, output)]  # fmt: skip

    agree(run, oracle)


def attended(torch, *inputs, seed=None, training=False, **options):
    """Outputs and weights, of the same small module."""
    module = fill(torch, torch.nn.MultiheadAttention(EMBED, HEADS, dropout=0.5))
    module.train(training)
    if seed is not None:
        torch.manual_seed(seed)
    with torch.no_grad():
        return list(module(*inputs, **options))


@program
def masks(torch):
    x = values(torch, 3, 2, EMBED)
    future, padded = torch.tensor(FUTURE), torch.tensor(PADDED)
    added = values(torch, 2 * HEADS, 3, 3)
    return [
        attended(torch, x, x, x, attn_mask=future),
        attended(torch, x, x, x, attn_mask=future, is_causal=True),
        attended(torch, x, x, x, attn_mask=future, is_causal=True, need_weights=False),
        attended(torch, x, x, x, key_padding_mask=padded, need_weights=False),
        attended(torch, x, x, x, key_padding_mask=padded, attn_mask=future),
        attended(torch, x, x, x, attn_mask=added, average_attn_weights=False),
    ]  # fmt: skip


@program
def one_sequence_without_a_batch(torch):
    x = values(torch, 3, EMBED)
    padded = torch.tensor(PADDED[1])
    return [attended(torch, x, x, x, key_padding_mask=padded),
            attended(torch, x, x, x, attn_mask=torch.tensor([FUTURE] * HEADS))]  # fmt: skip


@program
def dropped_weights(torch):
    """Drawn from the stream, and the stream left where PyTorch leaves it."""
    x = values(torch, 3, 2, EMBED)
    q = values(torch, 2, 3, EMBED)
    options = {"seed": 5, "training": True}
    found = [attended(torch, x, x, x, **options), torch.rand(1),
             attended(torch, x, x, x, need_weights=False, **options), torch.rand(1)]  # fmt: skip
    attention = torch.nn.functional.scaled_dot_product_attention
    return [*found, attention(q, q, q, dropout_p=0.4), attention(q, q, q, dropout_p=1.0),
            torch.rand(1)]  # fmt: skip


@program
def edits_break_the_pass(torch):
    found = []
    for i in range(3):
        operands = [values(torch, 1, 1, 2, 2, seed=n).requires_grad_() * 1 for n in range(3)]
        result = torch.nn.functional.scaled_dot_product_attention(*operands)
        operands[i].detach().mul_(1.0)
        found += [name for name, _ in raised(torch, result.sum().backward)]
    return found


@program
def errors(torch):
    nn, x, z = torch.nn, torch.zeros(3, 2, EMBED), torch.zeros
    module = nn.MultiheadAttention(EMBED, HEADS)
    decoder = nn.Transformer(EMBED, HEADS, 1, 1, 4)
    return raised(
        torch,
        lambda: nn.MultiheadAttention(0, 1), lambda: nn.MultiheadAttention(4, 3),
        lambda: module(x[None], x, x), lambda: module(x, x[0], x), lambda: module(x[0], x[0], x),
        lambda: module(x, x, x[:2]), lambda: module(x[..., :2], x, x),
        lambda: module(x, x, x, key_padding_mask=z(3)),
        lambda: module(x, x, x, key_padding_mask=z(3, 3)),
        lambda: module(x, x, x, key_padding_mask=z(2, 2)),
        lambda: module(x, x, x, attn_mask=z(3)), lambda: module(x, x, x, attn_mask=z(3, 2)),
        lambda: module(x, x, x, attn_mask=z(2, 3, 3)), lambda: module(x, x, x, is_causal=True),
        lambda: module(x[:, 0], x[:, 0], x[:, 0], attn_mask=z(3, 3, 3)),
        lambda: module(x, x, x, attn_mask=z(3, 3).long()),
        lambda: nn.functional.scaled_dot_product_attention(x, x, x, dropout_p=1.5),
        lambda: nn.TransformerEncoderLayer(EMBED, HEADS, activation="selu"),
        lambda: decoder(x, x[:, :1]), lambda: decoder(x, x[..., :2]),
    )  # fmt: skip


@program
def transformer(torch):
    """All of it, with masks of every kind."""
    torch.manual_seed(1)
    module = torch.nn.Transformer(EMBED, HEADS, 1, 1, 3, dropout=0.0, batch_first=True)
    source, target = values(torch, 2, 3, EMBED).requires_grad_(), values(torch, 2, 3, EMBED, seed=1)
    mask = module.generate_square_subsequent_mask(3)
    result = module(source, target, tgt_mask=mask, src_key_padding_mask=torch.tensor(PADDED),
                    memory_key_padding_mask=torch.tensor(PADDED))  # fmt: skip
    return [weights(module), repr(module), mask, trained(torch, module, source, result)]


@pytest.mark.parametrize("options", [
    {"norm_first": True, "activation": "gelu", "bias": False},
    {"batch_first": True, "layer_norm_eps": 1e-3},
])  # fmt: skip
def test_layers(options, oracle):
    """Both kinds, training: the same values are dropped, in the same order."""

    def run(torch):
        torch.manual_seed(2)
        encode = torch.nn.TransformerEncoderLayer(EMBED, HEADS, 3, 0.3, **options)
        decode = torch.nn.TransformerDecoderLayer(EMBED, HEADS, 3, 0.3, **options)
        x = values(torch, 3, 2, EMBED).requires_grad_()
        result = decode(x, encode(x))
        return [weights(encode), weights(decode), repr(decode), torch.rand(1),
                trained(torch, decode, x, result)]  # fmt: skip

    agree(run, oracle)


@program
def stacks(torch):
    """Training and not, with and without gradients; PyTorch has a path of its own for each."""
    nn = torch.nn
    torch.manual_seed(3)
    encoder = nn.TransformerEncoder(
        nn.TransformerEncoderLayer(EMBED, HEADS, 3, 0.2, batch_first=True), 2,
        nn.LayerNorm(EMBED),
    )  # fmt: skip
    decoder = nn.TransformerDecoder(
        nn.TransformerDecoderLayer(EMBED, HEADS, 3, 0.0, nn.functional.gelu, batch_first=True), 1
    )
    fill(torch, encoder.layers)
    x, padded = values(torch, 2, 3, EMBED), torch.tensor(PADDED)
    causal = nn.Transformer.generate_square_subsequent_mask(3)
    with torch.no_grad():
        found = [encoder(x), torch.rand(1), decoder(x, x, causal), decoder(x, x)]
    encoder.eval()
    found.append(encoder(x, src_key_padding_mask=padded).detach())
    with torch.no_grad():
        found += [
            encoder(x), encoder(x, causal), encoder(x, src_key_padding_mask=padded),
            encoder(x, src_key_padding_mask=padded.flip(1)), encoder(x, causal, is_causal=True),
            encoder.layers[0](x, src_key_padding_mask=padded),
        ]  # fmt: skip
    return [*found, encoder.use_nested_tensor, repr(encoder)]


@each(PROGRAMS)
def test_as_in_pytorch(program, oracle):
    agree(program, oracle)


@pytest.mark.parametrize("options", [{}, {"norm_first": True}, {"bias": False},
                                     {"activation": "gelu"}])  # fmt: skip
def test_an_encoder_that_cannot_leave_padding_out_says_why(options, oracle):
    found = []
    for torch in (ours, oracle):
        layer = torch.nn.TransformerEncoderLayer(
            EMBED, HEADS, 3, batch_first=bool(options), **options
        )
        with warnings.catch_warnings(record=True) as seen:
            warnings.simplefilter("always")
            torch.nn.TransformerEncoder(layer, 1)
        found.append([str(warning.message) for warning in seen])
    assert found[0] == found[1]


def test_mismatched_masks_warn(oracle):
    x = np.zeros((3, 2, EMBED), np.float32)
    for torch in (ours, oracle):
        module, t = torch.nn.MultiheadAttention(EMBED, HEADS), torch.tensor(x)
        with pytest.warns(UserWarning, match="Support for mismatched key_padding_mask and attn"):
            module(t, t, t, key_padding_mask=torch.tensor(PADDED), attn_mask=torch.zeros(3, 3))


def test_an_encoder_layer_learns_to_reverse(oracle):
    """Five steps of Adam: PyTorch's losses, from the same seed."""

    def run(torch):
        torch.manual_seed(0)
        layer = torch.nn.TransformerEncoderLayer(EMBED, HEADS, 3, dropout=0.0)
        x = torch.rand(3, 2, EMBED)
        optimizer = torch.optim.Adam(layer.parameters(), lr=0.01)
        losses = []
        for _ in range(5):
            optimizer.zero_grad()
            loss = torch.nn.functional.mse_loss(layer(x), x.flip(0))
            loss.backward()
            optimizer.step()
            losses.append(loss.item())
        return losses

    mine, theirs = run(ours), run(oracle)
    assert mine == pytest.approx(theirs, rel=1e-5, abs=1e-7)
    assert mine[-1] < mine[0]


def test_layers_are_pickled_by_name():
    layer = ours.nn.TransformerEncoderLayer(EMBED, HEADS, 3)
    again = pickle.loads(pickle.dumps(layer))
    assert repr(again) == repr(layer)
    assert again.activation is ours.nn.functional.relu


def test_signatures(oracle):
    """Names, order and defaults of the arguments."""
    names = ["MultiheadAttention", "Transformer", "functional.multi_head_attention_forward",
             *(f"Transformer{kind}{part}" for kind in ("Encoder", "Decoder")
               for part in ("", "Layer"))]  # fmt: skip
    for name in names:
        found = []
        for torch in (ours, oracle):
            target = operator.attrgetter(name)(torch.nn)
            forward = getattr(target, "forward", target)
            found.append([
                (p.name, getattr(p.default, "__name__", p.default))
                for f in (target, forward) for p in inspect.signature(f).parameters.values()
            ])  # fmt: skip
        assert found[0] == found[1], name
