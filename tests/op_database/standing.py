"""Which entries pass, and where we differ from PyTorch and why that is no fault."""

from pathlib import Path

_LIST = Path(__file__).with_name("passing.txt")

#: The names of entries that pass. The list can only grow.
PASSING = _LIST.read_text().split()

_TIES = "which of several equal entries is meant is left open, and PyTorch's choice is no rule"
_BYTES = "PyTorch subtracts bytes, and wraps, before they become floating"
_SIXTH = "PyTorch rounds a constant of the derivative, 1/6, to single precision"
_ROUNDED = "PyTorch rounds to half precision between its steps, and we do once"
_OVERFLOW = "PyTorch's powers of the matrix overflow in half precision, and ours are single"
_HALF = "PyTorch has no complex numbers of half precision on the CPU"

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
    "matrix_exp": {"bfloat16": _OVERFLOW, "float16": _OVERFLOW},
    "topk": {"kinks": _TIES, "int64": _TIES, "int32": _TIES, "uint8": _TIES},
    "sort": _SORTED,
    "argsort": _SORTED,
    "msort": {"kinks": _TIES},
    "addbmm": {"in place": "PyTorch's addbmm_ makes its tensor another shape"},
}


def write(names: set[str]) -> None:
    """Write the list."""
    _LIST.write_text("".join(f"{name}\n" for name in sorted(names)))
