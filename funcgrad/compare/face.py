"""The engines on `funcgrad.torch`: eager, a compiled step, and a step in a scan.

`step_style` has the loops of a training in one place: it gives its step to a function `scan`, which
it gets from the engine. For one engine that is a Python loop over the compiled step, for the other
it is `bridge.scan`. Like `engines`, this module imports neither JAX nor PyTorch.
"""

import os
import sys
from collections.abc import Callable
from importlib import import_module
from importlib.metadata import version
from typing import Any

from funcgrad.compare.errors import SpoiltWorkerError
from funcgrad.compare.messages import Hello

FACE, ORACLE = "funcgrad.torch", "torch"
STEP = "step_style"  # an example may do without it

Loop = Callable[[], Any]


class FaceStyle:
    """`pytorch_style`, the lines that PyTorch runs, on `funcgrad.torch`, eagerly."""

    name = label = FACE
    style = "pytorch_style"
    by_precision = False
    compiles = False
    settings: tuple[str, ...] = ("eager",)

    def __init__(self, setup):
        # The first call compiles, as that of the JAX style does, whatever was compared before.
        os.environ.setdefault("FUNCGRAD_COMPILE_CACHE", "off")
        self._torch = import_module(FACE)
        if setup.device != "cpu":
            self._torch.set_default_device(setup.device)
        self.hello = Hello(
            versions={"jax": version("jax")},
            device=str(self._torch.zeros(1).device),
            settings=self.settings,
        )

    def bind(self, module, inputs, static):
        def call():
            results = module.pytorch_style(self._torch, **inputs, **static)
            for value in results.values():
                self._wait(value)
            return results

        return call

    def warning(self, module):
        return ""

    def _wait(self, value: Any) -> None:
        """Wait for a tensor's value, or those of a list: XLA runs ahead of the caller."""
        if isinstance(value, self._torch.Tensor):
            value.detach().numpy()
        elif isinstance(value, list | tuple):
            for item in value:
                self._wait(item)

    def check(self, results):
        """Fail if real PyTorch was imported: the face runs without it."""
        if ORACLE in sys.modules:
            raise SpoiltWorkerError(f"{ORACLE} was imported; {FACE} must run without it")


class StepStyle(FaceStyle):
    """`step_style`. A further call is its loops again, with the programs that are there by then.

    The training goes on in it, from where it stands: to begin anew would be to make other tensors,
    and so to trace the step once more, which no training does at each of its steps.
    """

    style = STEP
    compiles = True

    def bind(self, module, inputs, static):
        loops: list[Loop] = []
        programs: dict[Callable[..., Any], Callable[..., Any]] = {}

        def scan(step: Callable[..., Any], xs: Any = None, length: int | None = None) -> Any:
            if step not in programs:
                programs[step] = self._program(step)
            again, results = self._begin(programs[step], xs, length)
            loops.append(again)
            return results

        def call():
            if not loops:
                results = module.step_style(self._torch, scan, **inputs, **static)
                self._wait(list(results.values()))
                return results
            for loop in loops:
                self._wait(loop())
            return {}

        return call

    def _program(self, step: Callable[..., Any]) -> Callable[..., Any]:
        raise NotImplementedError

    def _begin(self, program: Callable[..., Any], xs: Any, length: int | None) -> tuple[Loop, Any]:
        """Run a loop; return it, and what its steps returned, stacked."""
        raise NotImplementedError


class CompiledStyle(StepStyle):
    """A Python loop over `torch.compile(step)`."""

    name = label = "compiled"
    settings = ("torch.compile(step, fullgraph=True)", "a Python loop")

    def _program(self, step):
        return self._torch.compile(step, fullgraph=True)

    def _begin(self, program, xs, length):
        import jax
        import numpy as np

        given = xs if type(xs) is tuple else () if xs is None else (xs,)
        count = len(given[0]) if given else length
        rows = [tuple(part[i] for part in given) for i in range(count)]

        def again() -> Any:
            for row in rows:
                last = program(*row)
            return last

        # A tensor is a leaf to `jax.tree`, which knows nothing of tensors.
        history = [
            jax.tree.map(lambda value: np.array(value.detach().numpy()), program(*row))
            for row in rows
        ]
        return again, jax.tree.map(lambda *values: self._torch.tensor(np.stack(values)), *history)


class ScannedStyle(StepStyle):
    """`bridge.scan(step)`: the whole loop is one program."""

    name = label = "scanned"
    settings = ("funcgrad.bridge.scan(step)",)

    def _program(self, step):
        return step

    def _begin(self, program, xs, length):
        scan = import_module("funcgrad.bridge").scan
        return lambda: scan(program, xs, length), scan(program, xs, length)
