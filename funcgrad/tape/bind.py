"""From rows to callables: functions, methods, in-place twins and Python operators.

The table says where a name appears; here the names are made. Arguments are sorted into operands
and static ones by position and keyword, with PyTorch's spellings (`dim` or `axis`).
"""

from collections import namedtuple
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from ..ops import OPS, Row
from ..ops.kernel import BROADCASTING
from ..ops.names import scalar_name
from . import forward, inplace, modes, record, views
from .dtypes import DType
from .live import pinned
from .outs import put
from .plans import Statics, can_cast
from .tensor import Tensor

_SPELLINGS = {"axis": "dim", "keepdims": "keepdim", "self": "input", "x": "input", "x2": "other"}
_OPERANDS = (Tensor, int, float, complex, bool)


_MISSING: Any = object()


def parse(row: Row, name: str, args: tuple, kwargs: dict[str, Any]) -> tuple[list, dict[str, Any]]:
    """Sort arguments into operands and statics; PyTorch's TypeError where they do not fit."""
    parameters = row.parameters
    if row.variadic is not None:
        args = _gather(row, args)
    if len(args) > len(parameters):
        raise TypeError(
            f"{name}() takes {len(parameters)} positional arguments but {len(args)} were given"
        )
    given = _by_name(row, name, len(args), kwargs) if kwargs else {}
    operands, statics = [], {}
    for i, key in enumerate(parameters):
        if i < len(args):
            value = args[i]
        else:
            value = given.get(key, _MISSING) if given else _MISSING
            if value is _MISSING:
                value = row.defaults.get(key, _MISSING)
                if value is _MISSING:
                    raise TypeError(f'{name}() missing 1 required positional arguments: "{key}"')
        if key not in row.operands:
            statics[key] = _static(value)
        elif isinstance(value, Tensor) and not (row.sequence and key == row.operands[0]):
            operands.append(value)
        else:
            operands.append(_operand(row, name, key, i, value))
    return operands, statics


def _by_name(row: Row, name: str, count: int, kwargs: dict[str, Any]) -> dict[str, Any]:
    """Arguments given by name, by PyTorch's name; the first `count` have been given without."""
    parameters, values = row.parameters, {}
    for spelled, value in kwargs.items():
        key = spelled if spelled in parameters else _SPELLINGS.get(spelled, spelled)
        if key not in parameters:
            raise TypeError(
                f"{name}() got an unexpected keyword argument '{key}'; it takes "
                f"{', '.join(parameters)}"
            )
        if key in values or key in parameters[:count]:
            raise TypeError(f"{name}() got multiple values for argument '{key}'")
        values[key] = value
    return values


def _gather(row: Row, args: tuple) -> tuple:
    """Loose integers as one tuple: `x.permute(0, 2, 1)`."""
    assert row.variadic is not None
    at = row.parameters.index(row.variadic)
    rest = args[at:]
    if rest and not isinstance(rest[0], (tuple, list)) and rest[0] is not None:
        loose = tuple(v for v in rest if not isinstance(v, bool))
        return (*args[:at], loose, *rest[len(loose) :])
    return args


def _operand(row: Row, name: str, key: str, position: int, value: Any) -> Any:
    if value is None or isinstance(value, _OPERANDS):
        if value is None and key not in row.defaults:
            raise TypeError(
                f"{name}(): argument '{key}' (position {position + 1}) must be Tensor, not NoneType"
            )
        first = key == row.operands[0]
        if first and row.sequence:
            raise TypeError(
                f"{name}(): argument '{key}' (position 1) must be tuple of Tensors, not "
                f"{type(value).__name__}; give [x, y], or x.unbind()"
            )
        if first and len(row.operands) == 1 and not isinstance(value, Tensor):
            raise TypeError(
                f"{name}(): argument '{key}' (position 1) must be Tensor, not "
                f"{type(value).__name__}; make one with torch.tensor(...)"
            )
        return value
    if row.sequence and key == row.operands[0]:
        items = list(value)
        for i, item in enumerate(items):
            if not isinstance(item, Tensor):
                raise TypeError(
                    f"{name}(): expected Tensor as element {i} in argument {position}, but got "
                    f"{type(item).__name__}"
                )
        return items
    if hasattr(value, "item") and getattr(value, "ndim", None) == 0:
        return value.item()  # a NumPy scalar takes part as the Python number it holds
    raise TypeError(
        f"{name}(): argument '{key}' (position {position + 1}) must be Tensor, not "
        f"{type(value).__name__}; make one with torch.tensor(...)"
    )


def _static(value: Any) -> Any:
    if isinstance(value, Tensor):
        return value.item()
    if isinstance(value, (list, tuple)):
        return tuple(map(_static, value))
    return value.numpy if isinstance(value, DType) else pinned(value)


def face_name(row: Row) -> str:
    """What a user calls the row: `max` for `max.dim`, `svd` for `torch.svd`."""
    first, _, second = row.name.partition(".")
    return second if first in ("torch", "linalg") else first


def function(row: Row, place: str = "torch") -> Callable[..., Any]:
    """The row as a function of tensors, as it is found in a place."""
    route = views.call if row.view else record.call
    name = face_name(row)
    alone = len(row.operands) == 1 and "dim" not in row.parameters
    usual = _usual(row)
    apart = row.promote in BROADCASTING or row.name == "cat" or alone

    def bound(*args: Any, out: Any = None, **kwargs: Any) -> Any:
        if usual is not None and out is None and not kwargs and len(args) == usual.tensors:
            for value in args:
                if not isinstance(value, Tensor):
                    break
            else:
                return route(row, [*args, *usual.rest], usual.statics)
        operands, statics = parse(row, name, args, kwargs)
        result = route(row, operands, statics)
        if row.fields is not None:
            result = named(row, place)(*result)
        if out is None:
            return result
        if apart and isinstance(result, Tensor) and out.shape == result.shape:
            flat = [*operands[0], *operands[1:]] if row.sequence else operands
            inplace.check_apart(out, flat, wholly=row.sequence)
        return store(result, out, operands)

    return _dress(bound, row, name)


class _Usual(NamedTuple):
    """A call with nothing but tensors, in the order of the parameters.

    Attributes:
        tensors: how many.
        rest: operands that are left out.
        statics: static arguments, which are left out.
    """

    tensors: int
    rest: tuple[Any, ...]
    statics: Statics


def _usual(row: Row) -> _Usual | None:
    """What such a call leaves out, unless it must not leave out anything else."""
    given = [key for key in row.parameters if key not in row.defaults]
    rest = [key for key in row.operands if key in row.defaults]
    statics = [key for key in row.parameters if key not in row.operands]
    takes = list(row.parameters[: len(given)]) == given == list(row.operands[: len(given)])
    if row.fields or row.sequence or not takes or not set(statics) <= set(row.defaults):
        return None
    return _Usual(
        len(given),
        tuple(row.defaults[key] for key in rest),
        Statics(**{key: _static(row.defaults[key]) for key in statics}),
    )


def store(result: Any, out: Any, operands: Sequence[Any]) -> Any:
    """Write a result into `out=`, which must not take part in a recorded computation."""
    if isinstance(result, tuple):
        return type(result)(*(store(r, o, operands) for r, o in zip(result, out, strict=True)))
    level = forward.state.level
    if level is not None and any(each.tangent(result) is not None for each in level.levels()):
        raise NotImplementedError(
            "Trying to use forward AD with a function that does not support it because it is an "
            "out= function; assign its result, or copy it with copy_()"
        )
    tracked = [out, *(t for t in operands if isinstance(t, Tensor))]
    if modes.state.grad and any(t.requires_grad for t in tracked):
        raise RuntimeError(
            "functions with out=... arguments don't support automatic differentiation, but one of "
            "the arguments requires grad."
        )
    given, wanted = result._read().dtype, out._read().dtype
    if not can_cast(given, wanted):
        raise RuntimeError(
            f"result type {scalar_name(given)} can't be cast to the desired output type "
            f"{scalar_name(wanted)}"
        )
    inplace.check(out, False)
    put(out, result.to(out.dtype)._read().reshape(result.shape), warn=True)
    return out


def inplace_function(row: Row) -> Callable[..., Any]:
    """`op_`: the row with its result put where the first operand was."""
    name, usual = face_name(row) + "_", _usual(row)

    def bound(*args: Any, **kwargs: Any) -> Tensor:
        if usual is not None and not kwargs and len(args) == usual.tensors:
            for value in args:
                if not isinstance(value, Tensor):
                    break
            else:
                return inplace.call(row, [*args, *usual.rest], usual.statics)
        operands, statics = parse(row, name, args, kwargs)
        return inplace.call(row, operands, statics)

    return _dress(bound, row, name)


def _dress(bound: Any, row: Row, name: str) -> Any:
    bound.__name__ = bound.__qualname__ = name
    bound.__doc__ = row.function.__doc__
    bound.__signature__ = row.signature
    return bound


_named: dict[str, type] = {}


def named(row: Row, place: str = "torch") -> type:
    """The named tuple that PyTorch returns for rows with several results."""
    name = f"linalg_{face_name(row)}" if place == "linalg" else face_name(row)
    if name not in _named:
        made = namedtuple(name, row.fields or ())
        made.__module__ = "torch.return_types"
        made.__repr__ = _named_repr
        _named[name] = made
    return _named[name]


def _named_repr(value: Any) -> str:
    fields = ",\n".join(f"{key}={item!r}" for key, item in value._asdict().items())
    return f"torch.return_types.{type(value).__name__}(\n{fields})"


def operators(row: Row) -> dict[str, Callable[..., Any]]:
    """Python operators: plain, reflected (`__r…__`) and augmented (`__i…__`)."""
    found: dict[str, Callable[..., Any]] = {}
    for dunder in row.dunder:
        unary = len(row.operands) == 1
        reflected = dunder.startswith("__r") and dunder != "__rshift__"
        augmented = dunder.startswith("__i") and dunder != "__invert__"
        found[dunder] = _operator(row, dunder, unary, reflected, augmented)
    return found


def _operator(row: Row, dunder: str, unary: bool, reflected: bool, augmented: bool) -> Any:
    statics = {k: v for k, v in row.defaults.items() if k not in row.operands}
    rest = [row.defaults[k] for k in row.operands[2:]]

    route = inplace.call if augmented else record.call

    def alone(self: Tensor) -> Any:
        return route(row, (self,), statics)

    def pair(self: Tensor, other: Any) -> Any:
        if not isinstance(other, _OPERANDS):
            if getattr(other, "ndim", None) != 0 or not hasattr(other, "item"):
                return NotImplemented
            other = other.item()
        return route(row, (other, self, *rest) if reflected else (self, other, *rest), statics)

    operator = alone if unary else pair

    operator.__name__ = operator.__qualname__ = dunder
    return operator


def names(place: str) -> dict[str, Callable[..., Any]]:
    """Every name of the table that is bound in a place: `torch`, `functional`, `linalg` …"""
    found = {}
    for row in OPS.values():
        if place in row.bind and "." not in row.name:
            made = function(row, place)
            found.update(dict.fromkeys((row.name, *row.alias), made))
    return found


def install() -> None:
    """Give the tensor its methods, in-place methods and operators."""
    for row in OPS.values():
        if "." in row.name:
            continue
        if "method" in row.bind:
            made = function(row)
            for name in (row.name, *row.alias):
                setattr(Tensor, name, made)
        if "inplace" in row.bind:
            made = inplace_function(row)
            for name in (row.name, *row.alias):
                setattr(Tensor, f"{name}_", made)
        for name, operator in operators(row).items():
            setattr(Tensor, name, operator)


install()
