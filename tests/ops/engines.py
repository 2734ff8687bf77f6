"""The two engines behind one set of verbs, so that the examination is written once."""

from functools import partial
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from funcgrad.ops import OPS
from funcgrad.tape import autograd, bind, dtypes, modes
from funcgrad.tape.tensor import Tensor, wrap

from .table import Call, Case, Dtype, Operand, numpy_dtype


class Engine:
    """What both have in common: from described arguments to tensors."""

    def arguments(self, call: Call, arrays: list[Any]) -> tuple[list[Any], dict[str, Any]]:
        """The arguments of a call with its operands replaced by these tensors, in order."""
        queue = iter(arrays)

        def fill(value: Any) -> Any:
            if isinstance(value, Operand):
                return next(queue)
            if isinstance(value, Dtype):
                return self.dtype(value.name)
            return [fill(v) for v in value] if isinstance(value, list) else value

        return [fill(v) for v in call.args], {k: fill(v) for k, v in call.kwargs.items()}

    def dtype(self, name: str) -> Any:
        raise NotImplementedError


class Ours(Engine):
    """funcgrad."""

    Tensor = Tensor

    def dtype(self, name: str) -> Any:
        return dtypes.bool_ if name == "bool" else getattr(dtypes, name)

    def tensor(self, array: Any, grad: bool = False) -> Any:
        tensor = wrap(array if isinstance(array, jax.Array) else np.array(array))
        return tensor.requires_grad_() if grad else tensor

    def function(self, case: Case) -> Any:
        return bind.function(OPS[case.row])

    def inplace(self, case: Case) -> Any:
        return bind.inplace_function(OPS[case.row])

    def grad(self, outputs: Any, inputs: Any, cotangents: Any, create: bool = False) -> Any:
        return autograd.grad(
            outputs, inputs, cotangents, create_graph=create, retain_graph=True, allow_unused=True
        )

    def edit(self, tensor: Any) -> None:
        """Bump the version as an edit in place outside the graph does."""
        with modes.no_grad():
            bind.inplace_function(OPS["mul"])(tensor.detach(), True)

    def copy(self, tensor: Any) -> Any:
        return bind.function(OPS["clone"])(tensor)

    def values(self, tensor: Any) -> np.ndarray:
        return np.asarray(tensor._read())

    def dtype_name(self, tensor: Any) -> str:
        return tensor._read().dtype.name

    def like(self, tensor: Any, rng: np.random.Generator, grad: bool = False) -> Any:
        """A random tensor of the same shape and dtype, also of a traced one."""
        array = tensor._read()
        return self.tensor(_normal(rng, array.shape, array.dtype.name), grad)

    def program(self, function: Any, groups: list[list[np.ndarray]], compiled: bool) -> Any:
        """Run a function of lists of arrays, as one program if it can be traced.

        Returns:
            What the function returns, each array with the name of its dtype.
        """
        with jax.enable_x64(True):
            groups = [[jnp.asarray(a) for a in arrays] for arrays in groups]
            found = (jax.jit(function) if compiled else function)(*groups)
        return jax.tree.map(lambda a: (np.asarray(a), a.dtype.name), found)


class Theirs(Engine):
    """Real PyTorch, the oracle."""

    def __init__(self, torch: Any) -> None:
        self.torch, self.Tensor = torch, torch.Tensor

    def dtype(self, name: str) -> Any:
        return getattr(self.torch, name)

    def tensor(self, array: np.ndarray, grad: bool = False) -> Any:
        if array.dtype.name == "bfloat16":  # no way over for this NumPy dtype; float32 is exact
            tensor = self.torch.tensor(array.astype(np.float32)).bfloat16()
        else:
            tensor = self.torch.tensor(array)
        return tensor.requires_grad_() if grad else tensor

    def function(self, case: Case) -> Any:
        torch, row = self.torch, OPS[case.row]
        if case.oracle is not None:
            return case.oracle(torch) if callable(case.oracle) else self._at(case.oracle)
        name = row.name.split(".")[0]
        places = {"torch": torch, "functional": torch.nn.functional, "special": torch.special,
                  "linalg": torch.linalg, "fft": torch.fft, "method": torch.Tensor,
                  "inplace": torch.Tensor}  # fmt: skip
        for place, owner in places.items():
            if place in row.bind:
                return getattr(owner, name if place != "inplace" else f"{name}_")
        return getattr(torch, name)

    def inplace(self, case: Case) -> Any:
        """PyTorch's in-place form, a method or `inplace=True`; None where it has neither."""
        row = OPS[case.row]
        if "inplace" in row.bind:
            return getattr(self.torch.Tensor, row.name.split(".")[0] + "_")
        function = getattr(self.torch.nn.functional, row.name, None)
        if "inplace" in getattr(getattr(function, "__code__", None), "co_varnames", ()):
            return partial(function, inplace=True)
        return None

    def _at(self, path: str) -> Any:
        found = self.torch
        for name in path.split("."):
            found = getattr(found, name)
        return found

    def grad(self, outputs: Any, inputs: Any, cotangents: Any, create: bool = False) -> Any:
        return self.torch.autograd.grad(
            outputs, inputs, cotangents, create_graph=create, retain_graph=True, allow_unused=True
        )

    def like(self, tensor: Any, rng: np.random.Generator, grad: bool = False) -> Any:
        return self.tensor(_normal(rng, tuple(tensor.shape), self.dtype_name(tensor)), grad)

    def edit(self, tensor: Any) -> None:
        tensor.detach().mul_(True)

    def copy(self, tensor: Any) -> Any:
        return tensor.clone()

    def values(self, tensor: Any) -> np.ndarray:
        tensor = tensor.detach()
        if tensor.dtype == self.torch.bfloat16:
            return tensor.float().numpy(force=True)
        return tensor.numpy(force=True)

    def dtype_name(self, tensor: Any) -> str:
        return str(tensor.dtype).removeprefix("torch.")


def _normal(rng: np.random.Generator, shape: tuple[int, ...], dtype: str) -> np.ndarray:
    values = rng.normal(size=shape)
    if dtype.startswith("complex"):
        values = values + 1j * rng.normal(size=shape)
    return values.astype(numpy_dtype(dtype))
