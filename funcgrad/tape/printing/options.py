"""How tensors are printed: the settings of `torch.set_printoptions`."""

import math
from dataclasses import dataclass


@dataclass
class Options:
    """The settings.

    Attributes:
        precision: digits behind the point.
        threshold: a tensor of more elements is summarised.
        edgeitems: how many elements a summary shows at either end of an axis.
        linewidth: where lines end; a summary of a matrix may exceed it.
        sci_mode: scientific notation always or never; None decides by the values.
    """

    precision: int = 4
    threshold: float = 1000
    edgeitems: int = 3
    linewidth: int = 80
    sci_mode: bool | None = None


_PROFILES = {
    "default": {"precision": 4, "threshold": 1000, "edgeitems": 3, "linewidth": 80},
    "short": {"precision": 2, "threshold": 1000, "edgeitems": 2, "linewidth": 80},
    "full": {"precision": 4, "threshold": math.inf, "edgeitems": 3, "linewidth": 80},
}

options = Options()


def set_printoptions(precision: int | None = None, threshold: float | None = None,
                     edgeitems: int | None = None, linewidth: int | None = None,
                     profile: str | None = None, sci_mode: bool | None = None) -> None:  # fmt: skip
    """Set how tensors are printed.

    What is not given stays as it is, but for `sci_mode`, which goes back to None: so PyTorch has
    it, as it has an unknown profile change nothing.

    Args:
        precision: digits behind the point.
        threshold: a tensor of more elements is summarised.
        edgeitems: how many elements a summary shows at either end of an axis.
        linewidth: where lines end; a summary of a matrix may exceed it.
        profile: `"default"`, `"short"` or `"full"`: the values that the others replace.
        sci_mode: scientific notation always or never; None decides by the values.

    Example:
        >>> import funcgrad.torch as torch
        >>> torch.set_printoptions(precision=2)
        >>> torch.tensor([1.12345])
        tensor([1.12])
        >>> torch.set_printoptions(profile="default")
        >>> torch.tensor([1.12345])
        tensor([1.1235])
    """
    given = {"precision": precision, "threshold": threshold, "edgeitems": edgeitems,
             "linewidth": linewidth}  # fmt: skip
    chosen = _PROFILES.get(profile or "", {})
    for name, value in given.items():
        if value is not None or name in chosen:
            setattr(options, name, chosen[name] if value is None else value)
    options.sci_mode = sci_mode
