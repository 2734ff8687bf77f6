"""Constructor calls of every class in `torch.nn`: usual ones, and ones of odd kinds."""


def call(*args, **kwargs):
    """Arguments; functions among them make theirs from the torch at hand."""

    def made(value, torch):
        return value(torch) if callable(value) else value

    return lambda torch: (
        [made(value, torch) for value in args],
        {name: made(value, torch) for name, value in kwargs.items()},
    )


def ones(torch):
    return torch.ones(2)


def decoder(torch):
    return torch.nn.TransformerDecoderLayer(4, 2, 3)


def encoder(torch):
    return torch.nn.TransformerEncoderLayer(4, 2, 3)


INPLACE = [call(), call(True)]
POOL = [call(2), call(3, 2, 1), call((2,), stride=1, ceil_mode=True)]
PAD = [call(1), call(0)]
REDUCED = [call(), call(reduction="sum")]
NORM = [call(3), call(3, eps=1, momentum=None, affine=False), call(3, bias=False),
        call(3, track_running_stats=False),
        call(3, momentum=1, affine=True, track_running_stats=True)]  # fmt: skip
LAZY_NORM = [call(), call(momentum=None)]
CONV = [call(2, 4, 3), call(2, 4, 1, stride=2, dilation=2, groups=2, bias=False),
        call(2, 2, 3, padding=1, padding_mode="circular")]  # fmt: skip
TRANSPOSED = [call(2, 4, 3), call(2, 4, 3, 2, 1, output_padding=1, dilation=2, bias=False)]
LAZY_CONV = [call(4, 3), call(4, 3, 2, 1, bias=False)]
ADAPTIVE = [call(2), call(None)]
RECURRENT = [call(2, 3), call(2, 3, 2, bias=False, batch_first=True, dropout=0.5),
             call(2, 3, bidirectional=True), call(input_size=2, hidden_size=3)]  # fmt: skip
TRANSFORMER = [call(4, 2, 3), call(4, 2, 3, 0, "gelu", batch_first=True, norm_first=True)]

# Names that share their calls, and the calls.
_TABLE = {
    "Module ModuleDict ModuleList ParameterDict ParameterList Sequential Container": [call()],
    "Tanh Tanhshrink Sigmoid LogSigmoid Softsign Softmax2d": [call()],
    "ReLU ReLU6 SELU SiLU Mish Hardsigmoid Hardswish": INPLACE,
    "ELU CELU": [*INPLACE, call(2), call(0.5, inplace=True)],
    "LeakyReLU": [call(), call(1), call(0.2, True)],
    "RReLU": [call(), call(0, 1, inplace=True)],
    "GELU": [call(), call("tanh")],
    "GLU": [call(), call(1)],
    "Hardshrink Softshrink": [call(), call(1)],
    "Hardtanh": [call(), call(-2, 2.5, True)],
    "Softplus": [call(), call(2, 1)],
    "Threshold": [call(1, 20), call(0.1, 20.0, True)],
    "PReLU": [call(), call(3, 0.5)],
    "Softmax LogSoftmax Softmin": [call(), call(-1)],
    "Dropout Dropout1d Dropout2d Dropout3d AlphaDropout FeatureAlphaDropout":
        [call(), call(0), call(0.25, True)],
    "Identity": [call(), call(3, option=2)],
    "Flatten": [call(), call(0, 2)],
    "Unflatten": [call(1, (2, 3)), call(-1, [2, 3]), call(0, lambda torch: torch.Size([2]))],
    "Linear": [call(2, 3), call(2, 3, bias=False), call(2, 1, dtype=lambda torch: torch.float64)],
    "LazyLinear": [call(3), call(3, bias=False)],
    "Bilinear": [call(2, 3, 1), call(2, 3, 1, bias=False)],
    "Embedding": [call(4, 2), call(4, 2, 1), call(4, 2, -1, 1.0, 1, True),
                  call(4, 2, norm_type=3.0), call(4, 2, sparse=True)],
    "EmbeddingBag": [call(4, 2), call(4, 2, 1.0, 1.0, True, "max"), call(4, 2, padding_idx=1)],
    "LayerNorm": [call(3), call([2, 3], 1e-6), call(lambda torch: torch.Size((2, 3)), bias=False),
                  call(3, elementwise_affine=False)],
    "RMSNorm": [call(3), call((2, 3), 1e-6, False)],
    "GroupNorm": [call(2, 4), call(2, 4, 1, affine=False), call(2, 4, bias=False)],
    "BatchNorm1d BatchNorm2d BatchNorm3d SyncBatchNorm": NORM,
    "InstanceNorm1d InstanceNorm2d InstanceNorm3d": NORM,
    "LazyBatchNorm1d LazyBatchNorm2d LazyBatchNorm3d": LAZY_NORM,
    "LazyInstanceNorm1d LazyInstanceNorm2d LazyInstanceNorm3d": LAZY_NORM,
    "LocalResponseNorm": [call(2), call(2, 1, 0.5, 2)],
    "CrossMapLRN2d": [call(2), call(2, 1, 0.5, 2)],
    "Conv1d Conv2d Conv3d": [*CONV, call(2, 4, 3, padding="same"), call(2, 4, 3, padding="valid")],
    "ConvTranspose1d ConvTranspose2d ConvTranspose3d": TRANSPOSED,
    "LazyConv1d LazyConv2d LazyConv3d": LAZY_CONV,
    "LazyConvTranspose1d LazyConvTranspose2d LazyConvTranspose3d": LAZY_CONV,
    "AvgPool1d AvgPool2d AvgPool3d": [*POOL, call(2, count_include_pad=False)],
    "MaxPool1d MaxPool2d MaxPool3d": [*POOL, call(2, dilation=3, return_indices=True)],
    "MaxUnpool1d": [call(2), call((2,), (1,), padding=(1,))],
    "MaxUnpool2d MaxUnpool3d": [call(2), call(3, 2, 1)],
    "LPPool1d LPPool2d LPPool3d": [call(2, 3), call(1.5, 2, 1, True)],
    "FractionalMaxPool2d FractionalMaxPool3d": [call(2, 3), call(2, output_ratio=0.5)],
    "AdaptiveAvgPool1d AdaptiveAvgPool2d AdaptiveAvgPool3d": [*ADAPTIVE, call((2,))],
    "AdaptiveMaxPool1d AdaptiveMaxPool2d AdaptiveMaxPool3d": [*ADAPTIVE, call(2, True)],
    "ZeroPad1d CircularPad1d ReflectionPad1d ReplicationPad1d": [*PAD, call((1, 2))],
    "ZeroPad2d CircularPad2d ReflectionPad2d ReplicationPad2d": [*PAD, call((1, 2, 0, 1))],
    "ZeroPad3d CircularPad3d ReflectionPad3d ReplicationPad3d": [*PAD, call([1, 2, 0, 1, 1, 0])],
    "ConstantPad1d ConstantPad2d ConstantPad3d": [call(1, 0.5), call(2, 3)],
    "PixelShuffle PixelUnshuffle ChannelShuffle": [call(2)],
    "Upsample": [call(2), call((2, 3), mode="bilinear", align_corners=True), call(scale_factor=2),
                 call(scale_factor=(1.5, 2))],
    "UpsamplingBilinear2d UpsamplingNearest2d": [call(2), call(scale_factor=2)],
    "Fold": [call(4, 2), call((4, 5), (2, 2), 1, 0, (1, 2))],
    "Unfold": [call(2), call((2, 3), 1, 0, (1, 2))],
    "RNN": [*RECURRENT, call(2, 3, nonlinearity="relu")],
    "LSTM": [*RECURRENT, call(2, 3, proj_size=2)],
    "GRU": RECURRENT,
    "RNNBase": [call("GRU", 2, 3), call("RNN_TANH", 2, 3, 2, False, True)],
    "RNNCellBase": [call(2, 3, True, 4), call(2, 3, False, 1)],
    "RNNCell": [call(2, 3), call(2, 3, False), call(2, 3, nonlinearity="relu")],
    "LSTMCell GRUCell": [call(2, 3), call(2, 3, bias=False)],
    "MultiheadAttention": [call(4, 2), call(4, 2, 0.5, False, kdim=3, vdim=2, batch_first=True)],
    "Transformer": [call(4, 2, 1, 2, 3), call(4, 2, 2, 2, 3, batch_first=True)],
    "TransformerEncoderLayer TransformerDecoderLayer": TRANSFORMER,
    "TransformerEncoder": [call(encoder, 2, enable_nested_tensor=False)],
    "TransformerDecoder": [call(decoder, 2, lambda torch: torch.nn.LayerNorm(4))],
    "L1Loss MSELoss SoftMarginLoss MultiLabelMarginLoss MultiLabelSoftMarginLoss": REDUCED,
    "NLLLoss BCELoss BCEWithLogitsLoss": [*REDUCED, call(ones)],
    "NLLLoss2d": [],  # warns that it is NLLLoss now
    "CrossEntropyLoss": [*REDUCED, call(ones, label_smoothing=0.1)],
    "LinearCrossEntropyLoss": [call(2, 3), call(2, 3, bias=True)],
    "KLDivLoss": [*REDUCED, call(log_target=True)],
    "SmoothL1Loss": [*REDUCED, call(beta=2)],
    "HuberLoss": [*REDUCED, call("sum", 2)],
    "HingeEmbeddingLoss CosineEmbeddingLoss MarginRankingLoss": [*REDUCED, call(0.5)],
    "TripletMarginLoss": [*REDUCED, call(2, 1, swap=True)],
    "TripletMarginWithDistanceLoss": [*REDUCED, call(margin=2, swap=True)],
    "MultiMarginLoss": [*REDUCED, call(2, 0.5)],
    "PoissonNLLLoss": [*REDUCED, call(False, True)],
    "GaussianNLLLoss": [*REDUCED, call(full=True, eps=1)],
    "CTCLoss": [call(), call(1, "sum", True)],
    "CosineSimilarity": [call(), call(-1, 1)],
    "PairwiseDistance": [call(), call(1, 1, True)],
    "AdaptiveLogSoftmaxWithLoss": [call(4, 6, [2]), call(4, 6, [2, 4], 2, True)],
    "DataParallel": [call(lambda torch: torch.nn.ReLU())],
}  # fmt: skip

CALLS = {name: calls for names, calls in _TABLE.items() for name in names.split()}
