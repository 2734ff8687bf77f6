"""Which entries pass, and where we differ from PyTorch and why that is no fault."""

from pathlib import Path

_FOLDER = Path(__file__).parent


def names(list_: str) -> list[str]:
    """The names of a list: of entries that pass, `passing`, or that pass in full, `full`."""
    return (_FOLDER / f"{list_}.txt").read_text().split()


#: The names of entries that pass in brief, and in full. The lists can only grow.
PASSING, FULL = names("passing"), names("full")

#: What may be free in results: all values, or the signs of vectors, which PyTorch's own tests take
#: out before they compare.
VALUES, SIGNS = "values", "signs"
_FREE = {
    **dict.fromkeys(("empty", "empty_like", "new_empty", "empty_permuted"), VALUES),
    **dict.fromkeys(("empty_strided", "new_empty_strided"), VALUES),
    **dict.fromkeys(("linalg.eigh", "linalg.eig"), SIGNS),
}


def free(name: str) -> str | None:
    """What is free in the results of an entry."""
    return _FREE.get(name)


_TIES = "which of several equal entries is meant is left open, and PyTorch's choice is no rule"
_BYTES = "PyTorch subtracts bytes, and wraps, before they become floating"
_SIXTH = "PyTorch rounds a constant of the derivative, 1/6, to single precision"
_ROUNDED = "PyTorch rounds to half precision between its steps, and we do once"
_OVERFLOW = "PyTorch's powers of the matrix overflow in half precision, and ours are single"
_HALF = "PyTorch has no complex numbers of half precision on the CPU"

_TURN = "a complex logarithm is free by a whole turn of its angle"
_SINGULAR = "at a singular matrix the gradient is infinite in some entries, and NaN in others"
_ZERO = "a component that is 0 but for rounding has either sign, and its size a slope by that"

_SORTED = dict.fromkeys(("kinks", "bfloat16", "bool", "float16", "uint8"), _TIES)

#: entry → paper → why it differs.
DIFFERS: dict[str, dict[str, str]] = {
    "kthvalue": {"kinks": _TIES, "int64": _TIES, "int32": _TIES, "uint8": _TIES},
    "view_as_complex": {"float16": _HALF},
    "complex": {"float16": _HALF},
    "nn.functional.margin_ranking_loss": {"uint8": _BYTES},
    "nn.functional.triplet_margin_loss": {"uint8": _BYTES},
    "nn.functional.pairwise_distance": {"uint8": _BYTES},
    "nn.functional.hardsigmoid": {"function": _SIXTH, "in place": _SIXTH, "kinks": _SIXTH},
    "nn.functional.multilabel_soft_margin_loss": {"bfloat16": _ROUNDED},
    "nn.functional.hinge_embedding_loss": {"bfloat16": _ROUNDED},
    "nn.functional.adaptive_avg_pool3d": {"bfloat16": _ROUNDED},
    "nn.functional.conv_transpose3d": {"bfloat16": _ROUNDED},
    "nn.functional.cosine_similarity": {"bfloat16": _ROUNDED},
    "nn.functional.soft_margin_loss": {"float16": _ROUNDED},
    "mode": {"kinks": _TIES},
    **{key: {"uint8": _BYTES} for key in ("trapz", "trapezoid", "cumulative_trapezoid")},
    "matrix_exp": {"bfloat16": _OVERFLOW, "float16": _OVERFLOW},
    "topk": {"kinks": _TIES, "int64": _TIES, "int32": _TIES, "uint8": _TIES},
    "sort": _SORTED,
    "argsort": _SORTED,
    "msort": {"kinks": _TIES},
    "logcumsumexp": {"complex128": _TURN, "complex64": _TURN},
    "logit": {"bfloat16": _ROUNDED},
    "linalg.slogdet": {"kinks": _SINGULAR},
    "logdet": {"kinks": _SINGULAR},
    "linalg.eigh": {"kinks": _ZERO},
    "addbmm": {"in place": "PyTorch's addbmm_ makes its tensor another shape"},
}


def add(list_: str, name: str) -> None:
    """Add a name to a list."""
    given = sorted({*names(list_), name})
    (_FOLDER / f"{list_}.txt").write_text("".join(f"{each}\n" for each in given))
