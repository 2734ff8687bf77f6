"""Modules that are a function of `torch.nn.functional` with its options fixed: made from a table.

A line of the table names the class, the function and the options with their defaults; from it come
the constructor's signature, the attributes, the printed form and `forward`.
"""

import inspect
import warnings
from typing import Any

from . import functional
from .module import Module

_LEGACY = ("size_average", "reduce")


class Applied(Module):
    """Applies `function` to its inputs and the options."""

    function: str
    options: inspect.Signature
    buffers_: tuple[str, ...] = ()
    shown: tuple[str, ...] = ()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__()
        try:
            given = self.options.bind(*args, **kwargs)
        except TypeError as error:
            raise TypeError(f"{type(self).__name__}.__init__(): {error}") from None
        given.apply_defaults()
        values = given.arguments
        if "reduce" in values:
            legacy = {name: values.pop(name) for name in _LEGACY}
            values["reduction"] = reduction(**legacy) or values["reduction"]
        for name, value in values.items():
            if name in self.buffers_:
                self.register_buffer(name, value)
            else:
                setattr(self, name, value)

    def forward(self, *inputs: Any, **named: Any) -> Any:
        options = {k: getattr(self, k) for k in self.options.parameters if k not in _LEGACY}
        return getattr(functional, self.function)(*inputs, **named, **options)

    def extra_repr(self) -> str:
        parts = [
            f"{name}={getattr(self, name)!r}"
            for name in self.shown
            if name != "inplace" or self.inplace
        ]
        return ", ".join(parts)


def reduction(size_average: bool | None, reduce: bool | None) -> str | None:
    """The reduction that two retired arguments meant, with PyTorch's warning; None for neither."""
    if size_average is None and reduce is None:
        return None
    found = "none" if reduce is False else "sum" if size_average is False else "mean"
    warnings.warn(
        f"size_average and reduce args will be deprecated, please use reduction='{found}' instead.",
        stacklevel=4,
    )
    return found


# An option that has no default.
REQUIRED = inspect.Parameter.empty


def applied(
    module: str, name: str, function: str, doc: str, base: type = Applied, /, **options: Any
) -> type[Applied]:
    """Make a class of the family.

    Args:
        module: where the class is found by name, for pickling.
        name: of the class.
        function: of `torch.nn.functional`.
        doc: its docstring.
        base: a class that does more.
        options: the constructor's parameters with their defaults; `_shown` says which are printed
            (all of them unless given).
    """
    shown = options.pop("_shown", tuple(options))
    keyword_only = options.pop("_keyword_only", False)
    kind = inspect.Parameter.KEYWORD_ONLY if keyword_only else None
    parameters = [
        inspect.Parameter(key, kind or inspect.Parameter.POSITIONAL_OR_KEYWORD, default=default)
        for key, default in options.items()
    ]
    signature = inspect.Signature(parameters)
    return type(
        name,
        (base,),
        {
            "__module__": module,
            "__qualname__": name,
            "__doc__": doc,
            "__signature__": signature,
            "function": function,
            "options": signature,
            "shown": shown,
            "buffers_": tuple(k for k in options if k in ("weight", "pos_weight")),
        },
    )
