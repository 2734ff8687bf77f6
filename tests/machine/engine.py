"""One engine, PyTorch or ours, with the names of a program: runs a line, tells what is there."""

import copy
import warnings
from functools import lru_cache
from typing import Any

import numpy as np
import torch
import torch.utils.checkpoint

from .prelude import PRELUDE
from .steps import lies_plainly


class Engine:
    """Runs lines of a program on `torch` or on what stands for it."""

    def __init__(self, torch: Any) -> None:
        self.torch = torch
        self.log: list[Any] = []
        self.error: Exception | None = None
        self.names: dict[str, Any] = {
            "torch": torch,
            "copy": copy,
            "checkpoint": torch.utils.checkpoint.checkpoint,
            "weights": self._weights,
            "note": self._note,
            "hooks": [],
            "modes": [],
        }
        exec(_compiled(PRELUDE), self.names)
        self._given = set(self.names)
        self._first_versions: dict[int, tuple[Any, int]] = {}

    def run(self, line: str) -> str | None:
        """Run a line; the name of the error's type, if it raises one."""
        self.error = None
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                exec(_compiled(line), self.names)
        except Exception as error:  # noqa: BLE001 - whatever it is, it is compared
            self.error = error
            return type(error).__name__.lstrip("_")
        return None

    @property
    def tensors(self) -> dict[str, Any]:
        """The tensors that the program has made, by name, in order."""
        return {
            name: value
            for name, value in self.names.items()
            if name not in self._given and isinstance(value, self.torch.Tensor)
        }

    def facts(self) -> dict[str, dict[str, Any]]:
        """All that can be seen of the tensors, and what the hooks have noted."""
        tensors = self.tensors
        names = {id(tensor): name for name, tensor in reversed(tensors.items())}
        found = {name: self._facts(tensor, names) for name, tensor in tensors.items()}
        found["log"] = {f"{place}": entry for place, entry in enumerate(self.log)}
        return found

    def close(self) -> None:
        """Leave the modes that the program has entered."""
        while self.names["modes"]:
            self.run("modes.pop().__exit__(None, None, None)")

    def _facts(self, tensor: Any, names: dict[int, str]) -> dict[str, Any]:
        try:
            node = tensor.grad_fn
        except RuntimeError as refused:  # of a view that may not follow its base
            return {"refused": str(refused)[:60], "requires_grad": tensor.requires_grad}
        grad = tensor.grad if tensor.is_leaf or tensor.retains_grad else None
        inference = tensor.is_inference()
        return {
            "values": self._array(tensor),
            "dtype": str(tensor.dtype),
            "shape": tuple(tensor.shape),
            **_place(tensor),
            "requires_grad": tensor.requires_grad,
            "is_leaf": tensor.is_leaf,
            "version": None if inference else self._edits(tensor),
            "node": None if node is None else node.name().rsplit("::", 1)[-1],
            "output_nr": tensor.output_nr,
            "base": None if tensor._base is None else names.get(id(tensor._base)),
            "name": names[id(tensor)],
            "inference": inference,
            "retains_grad": tensor.retains_grad,
            "grad": None if grad is None else self._array(grad),
            "grad name": None if grad is None else names.get(id(grad), "?"),
            "grad dtype": None if grad is None else str(grad.dtype),
            "grad requires_grad": None if grad is None else grad.requires_grad,
        }

    def _edits(self, tensor: Any) -> int:
        """How often a tensor was edited; PyTorch's results have been, before they are seen."""
        base = tensor if tensor._base is None else tensor._base
        first = self._first_versions.setdefault(id(base), (base, tensor._version))
        return tensor._version - first[1]

    def _array(self, tensor: Any) -> np.ndarray:
        plain = tensor.detach()
        if plain.dtype is self.torch.bfloat16:
            plain = plain.to(self.torch.float16)  # with the same digits, if not as many sizes
        if isinstance(plain, torch.Tensor):  # may be marked as what it stands for
            plain = plain.resolve_conj().resolve_neg()
        return np.array(plain.numpy(force=True))

    def _weights(self, tensor: Any) -> Any:
        """A cotangent whose entries differ."""
        count = tensor.numel()
        weights = self.torch.arange(1, count + 1, dtype=self.torch.float64).reshape(tensor.shape)
        return weights.to(tensor.dtype)

    def _note(self, name: str, *gradients: Any) -> None:
        noted = [None if g is None else self._array(g) for g in gradients]
        self.log.append((name, noted))


def _place(tensor: Any) -> dict[str, Any]:
    """Steps and offset in memory; an axis of one element has no step."""
    if not lies_plainly(tensor) or not tensor.numel() or tensor.is_inference():
        return {}
    if (tensor if tensor._base is None else tensor._base).storage_offset():
        return {}  # it was a view of something, and does not say of what
    pairs = zip(tensor.stride(), tensor.shape, strict=True)
    steps = [step if size > 1 else None for step, size in pairs]
    return {
        "stride": steps,
        **({} if tensor._base is None else {"offset": tensor.storage_offset()}),
    }


@lru_cache(maxsize=20_000)
def _compiled(line: str) -> Any:
    return compile(line, "<program>", "exec")
