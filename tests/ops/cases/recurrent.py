"""Cases of `funcgrad.ops.recurrent` and `funcgrad.ops.packing`."""

from ..table import call, case, given, real

FLOAT = "float32"
COMPOSED = {"name": "PyTorch composes it of many operations, and other ones for each dtype"}
VIEWED = COMPOSED | {"saves": "PyTorch takes views of the state, and an edit is an error of those"}


def weights(gates, bias=True):
    """Those of a cell from size 3 to size 2, with as many gates."""
    shapes = [(2 * gates, 3), (2 * gates, 2), *[(2 * gates,)] * (2 if bias else 0)]
    return [real(*shape) for shape in shapes]


def cell(torch):
    """Hidden state and cell come as one argument there."""
    return lambda x, h, c, *weights: torch.lstm_cell(x, (h, c), *weights)


def layer(name, states):
    """PyTorch's function of all layers, with one; a reversed one is it on the flipped input."""

    def of(torch):
        def run(input, *rest, batch_sizes=None, reverse=False):
            carry, flat = [h[None] for h in rest[:states]], list(rest[states:])
            options = (len(flat) > 3, 1, 0.0, False, False)
            hx = carry if states == 2 else carry[0]
            function = getattr(torch, name)
            if batch_sizes is None:
                x = input.flip(0) if reverse else input
                output, *last = function(x, hx, flat, *options, False)
                output = output.flip(0) if reverse else output
            else:
                # Of both directions, those wanted; here the sequences are packed and padded again.
                rnn = torch.nn.utils.rnn
                lengths = (batch_sizes[:, None] > torch.arange(len(rest[0]))).sum(0)
                data = rnn.pack_padded_sequence(input, lengths).data
                both = [torch.cat([h, h]) for h in carry]
                hx = both if states == 2 else both[0]
                packed, *last = function(data, batch_sizes, hx, flat * 2, *options[:-1], True)
                size = packed.shape[-1] // 2
                at = slice(size, None) if reverse else slice(size)
                packed = rnn.PackedSequence(packed[:, at].contiguous(), batch_sizes)
                output = rnn.pad_packed_sequence(packed)[0]
                last = [h[1:] if reverse else h[:1] for h in last]
            return output, *(h[0].clone() for h in last)

        return run

    return of


INPUT, STATE = real(3, 2, 3), real(2, 2)
LEFT = given([2, 2, 1], "int64", grad=False)

for name, gates in (("rnn_tanh", 1), ("rnn_relu", 1), ("gru", 3)):
    full, bare = weights(gates), weights(gates, bias=False)
    case(f"{name}_cell", call(real(2, 3), STATE, *full), dtypes=FLOAT,
         refused={"input has inconsistent input_size": call(real(2, 4), STATE, *full),
                  "doesn't match hidden0 batch size": call(real(2, 3), real(3, 2), *full),
                  "hidden0 has inconsistent hidden_size": call(real(2, 3), real(2, 3), *full),
                  "mat1 and mat2 must have the same dtype, but got Double and Float": call(
                      real(2, 3, dtype="float64"), STATE, *full)})  # fmt: skip
    case(f"{name}.layer", call(INPUT, STATE, *full),
         call(INPUT, STATE, *bare, batch_sizes=LEFT, reverse=name == "rnn_relu"),
         dtypes=FLOAT, oracle=layer(name, 1), differs=VIEWED)  # fmt: skip
FULL = weights(4)
case("lstm_cell", call(real(2, 3), STATE, STATE, *FULL),
     dtypes=FLOAT, oracle=cell, differs=COMPOSED,
     refused={"hidden1 has inconsistent hidden_size": call(
         real(2, 3), STATE, real(2, 3), *FULL)})  # fmt: skip
case("lstm.layer", call(INPUT, STATE, STATE, *FULL),
     call(INPUT, real(2, 1), STATE, real(8, 3), real(8, 1), real(8), real(8), real(1, 2),
          reverse=True),
     dtypes=FLOAT, oracle=layer("lstm", 2), differs=VIEWED,
     refused={"sequence length to be larger than 0": call(
         real(0, 2, 3), STATE, STATE, *FULL)})  # fmt: skip


def pack(torch):
    """The places are those of two sequences, of length 3 and 1."""
    rnn = torch.nn.utils.rnn
    return lambda input, places: rnn.pack_padded_sequence(input, [3, 1]).data


def pad(torch):
    rnn = torch.nn.utils.rnn

    def run(data, places, padding_value, size):
        packed = rnn.PackedSequence(data, torch.tensor([2, 1, 1]))
        return rnn.pad_packed_sequence(packed, False, padding_value, size[0])[0]

    return run


PLACES = given([0, 1, 2, 4], "int64", grad=False)
DTYPES = "float32 bfloat16 int64"
case("pack_padded_sequence", call(real(3, 2, 2), PLACES), dtypes=DTYPES, oracle=pack)
case("pad_packed_sequence", call(real(4, 2), PLACES, 0.5, (4, 2)), dtypes=DTYPES, oracle=pad)
case("pad_sequence", call([real(2, 2), real(3, 2)], padding_value=0.5),
     call([real(2), real(1)], padding_value=0.5, batch_first=True, padding_side="left"),
     dtypes=DTYPES, oracle="nn.utils.rnn.pad_sequence")  # fmt: skip
