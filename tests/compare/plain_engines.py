"""Two engines that need only NumPy: their processes start fast, and know no tolerance for JAX."""

import numpy as np

from funcgrad.compare.messages import Hello


class First:
    """Runs `jax_style` as it is."""

    name, label, style = "jax", "First", "jax_style"
    by_precision = True
    compiles = True

    def __init__(self, setup):
        self.hello = Hello({"numpy": np.__version__}, setup.device, (setup.precision,))

    def bind(self, module, inputs, static):
        return lambda: module.jax_style(**inputs, **static)

    def warning(self, module):
        return ""

    def check(self, results):
        pass


class Second(First):
    """Runs `pytorch_style` with NumPy in the place of PyTorch."""

    name, label, style = "pytorch", "Second", "pytorch_style"
    by_precision = False
    compiles = False

    def bind(self, module, inputs, static):
        return lambda: module.pytorch_style(np, **inputs, **static)


class Broken(First):
    """Cannot be started."""

    name, label = "broken", "Broken"
    by_precision = False

    def __init__(self, setup):
        raise ImportError("no such engine")
