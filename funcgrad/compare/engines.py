"""The engines: what runs an example, each in a process of its own.

Importing this module imports neither JAX nor PyTorch. Making an engine does, and changes settings
of its process; so that is done in a worker, never in the parent.
"""

import sys
from collections.abc import Callable
from importlib import import_module
from importlib.metadata import version
from types import ModuleType
from typing import Any, Protocol

from funcgrad.compare.errors import SpoiltWorkerError, UsageError
from funcgrad.compare.face import FACE, ORACLE, CompiledStyle, FaceStyle, ScannedStyle
from funcgrad.compare.messages import Hello, Setup


class Engine(Protocol):
    """What a worker needs of an engine."""

    name: str
    label: str
    style: str  # the example's function that it runs
    by_precision: bool  # it needs a process of its own for each precision
    compiles: bool  # its first call compiles the whole example, and says nothing about the next
    hello: Hello

    def __init__(self, setup: Setup) -> None: ...

    def bind(
        self, module: ModuleType, inputs: dict[str, Any], static: dict[str, Any]
    ) -> Callable[[], dict[str, Any]]:
        """Return a call of the example's function that ends when its results are there."""
        ...

    def warning(self, module: ModuleType) -> str:
        """Say what makes the example's times other than this engine's should be, or nothing."""
        ...

    def check(self, results: dict[str, Any]) -> None:
        """Raise where the results were not made as this engine promises.

        Raises:
            SpoiltWorkerError: and no later result in this process would be.
        """
        ...


class JaxStyle:
    """`jax_style`, under JAX's default settings; 64-bit where the example asks for it."""

    name, label, style = "jax", "JAX", "jax_style"
    by_precision = True
    compiles = True

    def __init__(self, setup: Setup) -> None:
        import jax

        from funcgrad.devices import device, place
        from funcgrad.errors import DeviceError

        wide = setup.precision == "float64"
        if wide:
            jax.config.update("jax_enable_x64", True)
        try:
            chosen = device(setup.device)
        except DeviceError as error:
            raise UsageError(str(error)) from None
        if chosen != jax.devices()[0]:
            # An example without array inputs has nothing that could carry it to the device.
            jax.config.update("jax_default_device", chosen)
        self._jax, self._device = jax, chosen
        self._place = lambda tree: place(tree, setup.device)
        self.hello = Hello(
            versions={name: version(name) for name in ("jax", "jaxlib", "optax")},
            device=f"{chosen.platform}:{chosen.id} ({chosen.device_kind})",
            settings=("jax_enable_x64=True",) if wide else ("defaults",),
        )

    def bind(self, module, inputs, static):
        inputs = self._place(inputs)
        return lambda: self._jax.block_until_ready(module.jax_style(**inputs, **static))

    def warning(self, module):
        if hasattr(module.jax_style, "lower"):  # what `jax.jit` returns can be lowered
            return ""
        return (
            "jax_style is not jitted: it ran operation by operation, and its times say so. "
            "Write `@jax.jit` above it"
        )

    def check(self, results):
        for name, value in results.items():
            for leaf in self._jax.tree.leaves(value):
                if isinstance(leaf, self._jax.Array) and leaf.devices() != {self._device}:
                    there = ", ".join(str(device) for device in leaf.devices())
                    raise RuntimeError(
                        f"result {name!r} lies on {there}, not on the chosen device "
                        f"{self.hello.device}: something in jax_style moved it"
                    )
        if FACE in sys.modules:
            raise SpoiltWorkerError(f"{FACE} was imported; the JAX style must run without it")


class PyTorchStyle:
    """`pytorch_style` on real PyTorch, eagerly, on one thread."""

    name, label, style = "pytorch", "PyTorch", "pytorch_style"
    by_precision = False
    compiles = False

    def __init__(self, setup: Setup) -> None:
        torch = import_module(ORACLE)
        # One thread: these tensors are small, and handing work to a second costs more than it
        # gains; it also keeps the times steady on a machine with other work.
        torch.set_num_threads(1)
        device = torch_name(setup.device)
        if device != "cpu":
            try:
                torch.set_default_device(device)
                torch.zeros(1)
            except (RuntimeError, AssertionError) as error:  # built without CUDA: AssertionError
                there = ["cpu", *(f"cuda:{i}" for i in range(torch.cuda.device_count()))]
                raise UsageError(
                    f"PyTorch cannot use device {setup.device!r} ({str(error).splitlines()[0]}). "
                    f"It has: {', '.join(there)}. --no-pytorch leaves it out"
                ) from None
        self._torch = torch
        self._wait = torch.cuda.synchronize if device.startswith("cuda") else lambda: None
        self.hello = Hello(
            versions={"torch": torch.__version__},
            device=str(torch.zeros(1).device),
            settings=("eager", "torch.set_num_threads(1)"),
        )

    def bind(self, module, inputs, static):
        def call():
            results = module.pytorch_style(self._torch, **inputs, **static)
            self._wait()
            return results

        return call

    def warning(self, module):
        return ""

    def check(self, results):
        """Nothing beyond what the comparison checks."""


def torch_name(device: str) -> str:
    """Return PyTorch's name of a device: "gpu:1" is its "cuda:1"."""
    kind, colon, index = device.partition(":")
    return ("cuda" if kind == "gpu" else kind) + colon + index


ENGINES: tuple[type[Engine], ...] = (
    JaxStyle,
    FaceStyle,
    PyTorchStyle,
    CompiledStyle,
    ScannedStyle,
)
