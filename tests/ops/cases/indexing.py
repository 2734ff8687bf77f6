"""Cases of `funcgrad.ops.indexing`."""

from ..table import call, case, given, index, real

DTYPES = "float32 bfloat16 int64 complex64"
ALL = ("slice", None, None, None)


def integers(*values, dtype="int64"):
    """An index operand with these values."""
    return given(list(values) if len(values) != 1 else values[0], dtype, grad=False)


def key(spec, arrays):
    """What a spec says, as PyTorch writes it in brackets."""
    queue = iter(arrays)
    names = {"array": lambda _: next(queue), "newaxis": lambda _: None,
             "int": lambda slot: slot[1], "slice": lambda slot: slice(*slot[1:])}  # fmt: skip
    return tuple(names[s if isinstance(s, str) else s[0]](s) for s in spec)


def get(_):
    """`x[key]`."""
    return lambda tensors, spec: tensors[0][key(spec, tensors[1:])]


def put(_):
    """`x[key] = value` on a copy, or `index_put` where the key is arrays only."""

    def index_put(tensors, spec, accumulate=False):
        x, *arrays, value = tensors
        if set(spec) == {"array"}:
            return x.index_put(key(spec, arrays), value, accumulate)
        x = x.clone()
        x[key(spec, arrays)] = value
        return x

    return index_put


def one_hot(torch):
    """`num_classes` is required in the row."""
    return torch.nn.functional.one_hot


ROWS, COLUMNS = integers(0, 1, -1), integers(2, 0, 1)
BAD = integers(0, 5)

case("index", call([real(3, 4), ROWS], ("array",)),
     call([real(3, 4), ROWS, COLUMNS], ("array", "array")),
     call([real(3, 4), integers([0, 1], [2, -1])], (ALL, "array")),
     call([real(2, 3, 4), integers(0, 1), integers(3, 2)], ("array", ALL, "array")),
     call([real(2, 3, 4), integers(0, 1)], (("int", 0), ALL, "array")),
     call([real(2, 3, 4), integers(0, 1), integers(3, 2)], ("array", ("int", 1), "array")),
     call([real(2, 3), integers(0, 1), integers(0, 2)], ("array", "newaxis", "array")),
     call([real(2, 3), integers(0, 1, dtype="int32")], (("slice", 0, 1, None), "array")),
     dtypes=DTYPES, oracle=get,
     refused={"index 5 is out of bounds for dimension 0 with size 3": call([real(3, 4), BAD],
                                                                          ("array",)),
              "must be long, int, byte or bool": call([real(3), real(2)], ("array",)),
              "could not be broadcast together": call([real(3, 4), integers(0, 1), ROWS],
                                                      ("array", "array")),
              "too many indices": call([real(3), ROWS, ROWS], ("array", "array"))})  # fmt: skip
case("index_put", call([real(3, 4), integers(0, 2), real(2, 4)], ("array",)),
     call([real(3, 4), integers(0, 2), integers(1, 1), real(2)], ("array", "array"), True),
     call([real(3, 4), integers(0, 0), integers(1, 1), real(2)], ("array", "array"), True),
     call([real(3, 4), integers(0, 0), integers(1, 1), real(2)], ("array", "array")),
     call([real(3, 4), integers(0, 2), real()], ("array",)), dtypes=DTYPES, oracle=put,
     refused={"cannot be broadcast": call([real(3, 4), integers(0, 2), real(3)], ("array",)),
              "dtypes match": call([real(3), ROWS, real(3, dtype="float64")], ("array",)),
              "index 5 is out of bounds": call([real(3), BAD, real(2)], ("array",))})  # fmt: skip
case("index_select", call(real(3, 4), 1, integers(0, 2, 2)), call(real(3), 0, integers(1)),
     call(real(), 0, integers([0])), dtypes=DTYPES,
     refused={"index out of range in self": call(real(3, 4), 0, BAD),
              "Index is supposed to be a vector": call(real(3, 4), 0, index(2, 2, below=2)),
              "Expected dtype int32 or int64": call(real(3), 0, real(1))})  # fmt: skip
case("gather", call(real(3, 4), 1, index(3, 2)), call(real(3, 4), 0, index(2, 3, below=3)),
     call(real(), 0, integers(0, 0)), call(real(3), 0, given([], "uint8", grad=False)),
     dtypes=DTYPES,
     refused={"index 5 is out of bounds for dimension 0": call(real(3), 0, BAD),
              "index -1 is out of bounds": call(real(3), 0, integers(0, -1)),
              "must have the same number of dimensions": call(real(3, 4), 0, BAD),
              "to be no larger than self": call(real(2, 1), 0, index(1, 2, below=2)),
              "Expected dtype int32/int64": call(real(3), 0, real(1))})  # fmt: skip
case("take_along_dim", call(real(3, 4), index(3, 2), 1), call(real(3, 4), index(1, 4, below=3), 0),
     call(real(3, 4), integers(0, 11)), dtypes=DTYPES,
     refused={"dtype of indices should be Long": call(real(3), real(1), 0)})  # fmt: skip
case("take", call(real(3, 4), integers([0, 11], [-12, 0])), dtypes=DTYPES,
     refused={"tried to access index 5 on a tensor of 3": call(real(3), BAD),
              "Expected a long tensor": call(real(3), real(1))})  # fmt: skip
case("embedding", call(index(2, 3), real(4, 5)), call(index(2, 3), real(4, 5), padding_idx=1),
     call(index(2, 3), real(4, 5), padding_idx=-1), dtypes=DTYPES,
     refused={"index out of range in self": call(BAD, real(4, 2)),
              "one of the following scalar types: Long, Int": call(real(2), real(4, 2)),
              "Padding_idx must be within": call(index(2), real(4, 2), padding_idx=4)})  # fmt: skip
case("one_hot", call(index(2, 3), 5), dtypes="int64", main="int64", oracle=one_hot,
     refused={"must be smaller than num_classes": call(integers(0, 3), 3),
              "must be non-negative": call(integers(0, -2), 3),
              "only applicable to index tensor": call(real(2), 3)})  # fmt: skip
