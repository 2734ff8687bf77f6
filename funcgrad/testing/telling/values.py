"""One value in one line: an array with its type, shortened; a tree as a line a leaf."""

from __future__ import annotations

import re
import reprlib
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

WIDTH = 100
_PADDING = re.compile(r" +(?=[,\]])|(?<=\[) +")
_shorter = reprlib.Repr()
_shorter.maxstring = _shorter.maxother = WIDTH


def lines(name: str, value: Any, most: int, width: int = WIDTH) -> list[str]:
    """A line for each leaf, `name['w']: float32[3] [1., 2., 3.]`, at most so many."""
    return _listed(list(leaves(name, value)), most, width)


def arguments(names: Sequence[str], given: Sequence[Any], most: int) -> list[str]:
    """The same of the arguments of a call, by their names, or as args[0], args[1], …"""
    called = [*names, *(f"args[{number}]" for number in range(len(names), len(given)))]
    pairs = zip(called, given, strict=False)
    return _listed([leaf for name, value in pairs for leaf in leaves(name, value)], most)


def _listed(every: list[tuple[str, Any]], most: int, width: int = WIDTH) -> list[str]:
    shown = every if len(every) <= most else every[: most - 1]
    told = [cut(f"{path}: {words(leaf)}", width) for path, leaf in shown]
    if len(shown) < len(every):
        told.append(f"… and {len(every) - len(shown)} more")
    return told


def leaves(path: str, value: Any) -> Iterator[tuple[str, Any]]:
    """The leaves of dicts, lists and tuples, each with the expression that reaches it.

    JAX's own flattening would also enter classes that somebody registered; it would load JAX where
    a report is only read.
    """
    if isinstance(value, dict) and value:
        for key, inner in value.items():
            yield from leaves(f"{path}[{key!r}]", inner)
    elif isinstance(value, list | tuple) and value:
        fields = getattr(value, "_fields", None)  # of a NamedTuple
        for index, inner in enumerate(value):
            yield from leaves(f"{path}.{fields[index]}" if fields else f"{path}[{index}]", inner)
    else:
        yield path, value


def words(value: Any) -> str:
    """One leaf: `float32[3] [1., 2., 3.]`, `2.5`, or what its `repr` says."""
    if isinstance(value, float | complex) and not isinstance(value, np.generic):
        return number(value)
    if isinstance(value, str):
        return " ".join(value.split())
    if not (hasattr(value, "dtype") and hasattr(value, "shape")):
        return " ".join(_shorter.repr(value).split())
    kind = f"{_name(value.dtype)}[{','.join(map(str, value.shape))}]"
    array = plain(value)
    if array is None:
        return kind if _name(value.dtype) == "float0" else f"{kind} {_shorter.repr(value)}"
    text = np.array2string(
        array, separator=", ", threshold=16, edgeitems=3, max_line_width=10**6, floatmode="maxprec"
    )
    # NumPy aligns columns, of which one line has none.
    return f"{kind} {_PADDING.sub('', ' '.join(text.split()))}"


def number(value: Any) -> str:
    """A number with as many digits as tell float32 values apart."""
    return f"{value:.9g}"


def plain(value: Any) -> np.ndarray[Any, Any] | None:
    """The array in a type that NumPy can print and list, or None: a random key, `float0`."""
    if not isinstance(getattr(value, "dtype", None), np.dtype):
        return None
    array = np.asarray(value)
    if array.dtype.kind != "V":
        return array
    # bfloat16 and the 8-bit floats are no numbers to NumPy, and float32 holds every one of them.
    return None if array.dtype.names else array.astype(np.float32)


def cut(text: str, width: int = WIDTH) -> str:
    """The text, with "…" where it would be longer than that."""
    return text if len(text) <= width else text[: width - 1] + "…"


def _name(dtype: Any) -> str:
    if getattr(dtype, "names", None) == ("float0",):
        return "float0"
    return str(getattr(dtype, "name", dtype))
