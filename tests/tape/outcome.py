"""What a program gives on one engine, in a form that two engines can be compared by."""

import warnings
from typing import Any

import numpy as np


def outcome(program: Any, torch: Any) -> Any:
    """The results of `program(torch)`, or the type and text of the error it raised."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return facts(program(torch), torch)
        except Exception as error:  # noqa: BLE001 - whatever it is, it is compared
            return "error", type(error).__name__.lstrip("_"), str(error)


def facts(value: Any, torch: Any) -> Any:
    """A value as plain Python: of a tensor its values, dtype, flags and the name of its node."""
    if isinstance(value, torch.Tensor):
        node = value.grad_fn
        return {
            "values": np.asarray(value.detach().tolist()),
            "shape": tuple(value.shape),
            "dtype": str(value.dtype),
            "requires_grad": value.requires_grad,
            "is_leaf": value.is_leaf,
            "node": None if node is None else plain_name(node.name()),
        }
    if isinstance(value, (list, tuple)):
        return [facts(item, torch) for item in value]
    if isinstance(value, dict):
        return {key: facts(item, torch) for key, item in value.items()}
    if isinstance(value, np.ndarray):
        return {"values": value, "dtype": str(value.dtype)}
    if value is None or isinstance(value, (str, bool, int, float, complex)):
        return value
    return str(value)


def plain_name(name: str) -> str:
    """PyTorch spells some nodes with their C++ namespace."""
    return name.rsplit("::", 1)[-1]


def assert_same(ours: Any, theirs: Any, place: str = "result") -> None:
    """Equal in everything; values within a float32 tolerance."""
    if isinstance(theirs, dict):
        assert isinstance(ours, dict), f"{place}: {ours} is not {theirs}"
        assert ours.keys() == theirs.keys(), place
        for key in theirs:
            assert_same(ours[key], theirs[key], f"{place}.{key}")
    elif isinstance(theirs, (list, tuple)):
        assert isinstance(ours, (list, tuple)), f"{place}: {ours} is not {theirs}"
        assert len(ours) == len(theirs), f"{place}: {ours} is not {theirs}"
        for i, (a, b) in enumerate(zip(ours, theirs, strict=True)):
            assert_same(a, b, f"{place}[{i}]")
    elif isinstance(theirs, (np.ndarray, float)):
        np.testing.assert_allclose(ours, theirs, rtol=1e-5, atol=1e-6, err_msg=place)
    else:
        assert ours == theirs, f"{place}: {ours!r} is not {theirs!r}"
