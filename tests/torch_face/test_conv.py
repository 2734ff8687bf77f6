"""Layers of image networks: printed form, initial weights, values and errors as PyTorch's."""

import numpy as np
import pytest

import funcgrad.torch as ours

from .programs import agree, each, programs, raised, values

# The layer, its arguments, and the shape of the input; None for the layer alone.
LAYERS = {
    "Conv1d": [((4, 6, 3), {"stride": 2, "padding": 1}, (2, 4, 7))],
    "Conv2d": [((4, 6, (3, 2)), {"dilation": [1, 2], "groups": 2}, (4, 5, 6)),
               ((4, 2, (2, 4)), {"padding": "same", "bias": False, "padding_mode": "reflect"},
                (2, 4, 5, 5)),
               ((2, 2, 3), {"padding": (1, 2), "padding_mode": "circular"}, None),
               ((2, 2, 3), {"padding": "valid", "padding_mode": "replicate"}, (2, 5, 5)),
               ((2, 0, 3), {}, None), ((3, 2, 3), {"dtype": "float64"}, None)],
    "Conv3d": [((2, 2, (2, 3, 1)), {}, None)],
    "ConvTranspose1d": [((4, 2, 3, 2), {}, None)],
    "ConvTranspose2d": [((4, 6, (3, 2), 2, 1, (1, 0), 2), {"dilation": 3}, (4, 2, 3))],
    "ConvTranspose3d": [((2, 4, 2), {"bias": False}, None)],
    "BatchNorm1d": [((4,), {}, None), ((4, 1e-3, None), {"bias": False}, None)],
    "BatchNorm2d": [((4,), {}, (2, 4, 3, 3)), ((4,), {"track_running_stats": False}, None)],
    "BatchNorm3d": [((2,), {"affine": False}, None)],
    "InstanceNorm1d": [((4,), {}, None)],
    "InstanceNorm2d": [((4,), {"affine": True}, (4, 3, 3))],
    "InstanceNorm3d": [((2,), {"track_running_stats": True}, None)],
    "GroupNorm": [((2, 4), {}, None), ((2, 4), {"affine": False}, None)],
}  # fmt: skip
# Layers without weights, whose functions sit the examination of the table; those of three axes
# come from the same lines as those of one and two, and are only printed.
PLAIN = {
    "MaxPool1d": [((3, 2, 1), {"ceil_mode": True})],
    "MaxPool2d": [((2, (1, 2)), {}), ((2,), {"return_indices": True})],
    "MaxPool3d": [((2,), {})],
    "AvgPool1d": [((2,), {"count_include_pad": False})],
    "AvgPool2d": [(((2, 3), 1), {"divisor_override": 5})],
    "AvgPool3d": [((2,), {"padding": 1})],
    "LPPool1d": [((2, 3), {})], "LPPool2d": [((2.0, 2), {"ceil_mode": True})],
    "LPPool3d": [((2, 2), {})],
    "AdaptiveAvgPool1d": [((2,), {})], "AdaptiveAvgPool2d": [(((None, 2),), {}), ((1,), {})],
    "AdaptiveAvgPool3d": [((1,), {})], "AdaptiveMaxPool1d": [((2, True), {})],
    "AdaptiveMaxPool2d": [(((1, 2),), {})], "AdaptiveMaxPool3d": [((1,), {})],
    "MaxUnpool2d": [((2,), {}), ((2, (3, 1), 1), {})],
    "ZeroPad1d": [((1,), {})], "ZeroPad2d": [(((1, 2, -1, 0),), {})], "ZeroPad3d": [((1,), {})],
    "ConstantPad1d": [(((1, 2), 3.5), {})], "ConstantPad2d": [((1, -1), {})],
    "ReflectionPad1d": [((2,), {})], "ReplicationPad2d": [((1,), {})],
    "CircularPad3d": [((1,), {})], "LocalResponseNorm": [((2,), {})],
    "PixelShuffle": [((2,), {})], "PixelUnshuffle": [((3,), {})], "ChannelShuffle": [((2,), {})],
    "Unfold": [((2, 1, (0, 1)), {"stride": 2})],
    "Upsample": [((None, 2), {}), (((2, 5),), {"mode": "bilinear"})],
    "UpsamplingBilinear2d": [((5,), {})], "UpsamplingNearest2d": [((None, (2, 1.5)), {})],
}  # fmt: skip
SPATIAL = {"1": (2, 3, 6), "2": (2, 3, 4, 5)}


def calls(table):
    """One test for each line."""
    flat = [(name, *line) for name, lines in table.items() for line in lines]
    return pytest.mark.parametrize("call", flat, ids=lambda call: f"{call[0]}-{call[1]}")


@calls(LAYERS)
def test_layer(call, oracle):
    name, args, options, shape = call

    def program(torch):
        torch.manual_seed(3)
        given = {k: getattr(torch, v) if k == "dtype" else v for k, v in options.items()}
        layer = getattr(torch.nn, name)(*args, **given)
        made = repr(layer), list(layer.state_dict()), [w.detach() for w in layer.parameters()]
        if shape is None:
            return made
        x = values(torch, *shape).requires_grad_()
        y = layer(x)
        (y * values(torch, *y.shape, seed=1)).sum().backward()
        return made, y.detach(), x.grad, [w.grad for w in layer.parameters()]

    agree(program, oracle)


@pytest.mark.parametrize("name", [name for name in LAYERS if name.startswith("Conv")])
def test_initial_weights_are_pytorch_s_to_the_bit(name, oracle):
    weights = []
    for torch in (oracle, ours):
        torch.manual_seed(8)
        layer = getattr(torch.nn, name)(4, 6, 3, groups=2)
        weights.append([w.detach().numpy() for w in layer.parameters()])
    for theirs, mine in zip(*weights, strict=True):
        np.testing.assert_array_equal(mine, theirs)


@calls(PLAIN)
def test_layer_without_weights(call, oracle):
    name, args, options = call

    def program(torch):
        layer = getattr(torch.nn, name)(*args, **options)
        if name.endswith("3d"):
            return repr(layer)
        x = values(torch, *SPATIAL.get(name[-2], (2, 4, 3, 3)))
        if not name.startswith("MaxUnpool"):
            return repr(layer), layer(x)
        found, indices = torch.nn.functional.max_pool2d(x, *args, return_indices=True)
        size = x.shape if args != (2,) else None
        return repr(layer), layer(found, indices, output_size=size)

    agree(program, oracle)


PROGRAMS, program = programs()


@program
def nodes(torch):
    """What PyTorch names differently without a batch, or because it is asked for an average."""
    x = values(torch, 2, 3, 6, 6).requires_grad_()
    functional = torch.nn.functional
    return [
        functional.conv2d(x, values(torch, 2, 3, 3, 3)),
        functional.max_pool2d(x[0], 2), functional.max_pool1d(x[0], 2),
        functional.avg_pool1d(x[0], 2), functional.pad(x, (1, 1)),
    ]  # fmt: skip


@program
def sizes_of_transposed(torch):
    layer = torch.nn.ConvTranspose2d(2, 3, 3, stride=2, padding=1)
    x = values(torch, 1, 2, 4, 4)
    return [
        tuple(layer(x).shape), tuple(layer(x, output_size=(8, 7)).shape),
        tuple(layer(x[0], output_size=(3, 7, 8)).shape),
        raised(torch, lambda: layer(x, output_size=(9, 7)), lambda: layer(x, output_size=(7,))),
    ]  # fmt: skip


@program
def unpooling_one_and_three(torch):
    functional = torch.nn.functional
    line, cube = values(torch, 2, 3, 6), values(torch, 1, 2, 4, 4, 4)
    return [
        torch.nn.MaxUnpool1d(2)(*functional.max_pool1d(line, 2, return_indices=True)),
        functional.max_unpool3d(*functional.max_pool3d(cube, 2, return_indices=True), 2),
        raised(torch, lambda: functional.max_unpool1d(line, line.long(), 2, output_size=(99,))),
    ]


@program
def refused(torch):
    nn, kinds = torch.nn, []
    for make in (
        lambda: nn.Conv2d(3, 4, 3, groups=2), lambda: nn.Conv2d(4, 3, 3, groups=2),
        lambda: nn.Conv2d(2, 2, 3, groups=0), lambda: nn.Conv2d(2, 2, 3, padding="full"),
        lambda: nn.Conv2d(2, 2, 3, 2, "same"), lambda: nn.Conv2d(2, 2, 3, padding_mode="mirror"),
        lambda: nn.ConvTranspose2d(2, 2, 3, padding_mode="reflect"),
        lambda: nn.CircularPad1d(1)(values(torch, 4)),
    ):  # fmt: skip
        ((kind, text),) = raised(torch, make)
        kinds.append((kind, text.split()[0].strip("'")))
    return kinds


@program
def resampling(torch):
    """Sizes from factors, areas, the columns of `Fold`, and what is refused."""
    functional, x = torch.nn.functional, values(torch, 1, 2, 4, 6)
    wrong = [
        {}, {"size": 3, "scale_factor": 2}, {"size": (3, 3, 3)}, {"scale_factor": (3, 3, 3)},
        {"size": 3, "align_corners": True}, {"size": 3, "antialias": True},
        {"size": 3, "recompute_scale_factor": True}, {"size": 3, "mode": "linear"},
        {"size": (2, None)}, {"size": 3, "mode": "cubic"},
    ]  # fmt: skip
    found = raised(torch, *(lambda o=o: functional.interpolate(x, **o) for o in wrong))
    return [
        functional.interpolate(x, scale_factor=1.7, mode="bilinear"),
        functional.interpolate(x, scale_factor=1.7, mode="bilinear", recompute_scale_factor=True),
        functional.interpolate(x, scale_factor=0.6, mode="area"),
        functional.upsample(x, 5, mode="bilinear"), functional.upsample_nearest(x, scale_factor=2),
        functional.upsample_bilinear(x, 3),
        repr(torch.nn.Fold((3, 3), 2)), torch.nn.Fold((3, 3), 2)(values(torch, 1, 8, 4)),
        [(kind, text.split()[:4]) for kind, text in found],
    ]  # fmt: skip


@program
def running_numbers(torch):
    """They follow training, are used outside it, and no pass takes their change for an edit."""
    found = []
    for layer, shape in (
        (torch.nn.BatchNorm2d(3), (2, 3, 4, 4)),
        (torch.nn.BatchNorm1d(3, momentum=None), (6, 3)),
        (torch.nn.InstanceNorm1d(3, momentum=0.3, track_running_stats=True), (2, 3, 5)),
    ):
        x = values(torch, *shape).requires_grad_()
        first, _ = layer.eval()(x), [layer.train()(x * n) for n in (1, 2)]
        last = layer.eval()(x)
        (first * last).sum().backward()
        found += [last, x.grad, list(layer.buffers())]
    found.append(torch.nn.functional.batch_norm(x, None, None, training=True, eps=0.1))
    return found


@program
def refused_norms(torch):
    nn, x = torch.nn, values(torch, 2, 3, 4)
    return raised(
        torch, lambda: nn.BatchNorm2d(3)(x), lambda: nn.BatchNorm1d(3)(x[:1, :, 0]),
        lambda: nn.InstanceNorm1d(3)(x[:, :, :1]), lambda: nn.GroupNorm(2, 3),
        lambda: nn.InstanceNorm1d(4, affine=True)(x), lambda: nn.InstanceNorm3d(3)(x),
        lambda: nn.functional.batch_norm(x, None, None, training=True, eps=0.0),
    )  # fmt: skip


@program
def small_network(torch):
    """Five steps of gradient descent from one seed."""
    torch.manual_seed(0)
    nn = torch.nn
    model = nn.Sequential(
        nn.Conv2d(1, 4, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(), nn.Linear(64, 3)
    )
    x, target = torch.randn(6, 1, 8, 8), torch.randint(0, 3, (6,))
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9)
    losses = []
    for _ in range(5):
        optimizer.zero_grad()
        loss = nn.functional.cross_entropy(model(x), target)
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    assert losses[-1] < losses[0] / 2
    return losses, list(model.state_dict())


@each(PROGRAMS)
def test_program(program, oracle):
    agree(program, oracle)
