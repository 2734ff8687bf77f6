"""A function as a compiled program: quickly compiled, where it is small."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

import jax


class Compiled:
    """A program, compiled when it is first called, quickly where it is small.

    A small program runs for microseconds and is optimized for a second, so XLA is told not to. An
    option that this version of XLA does not know is left out.
    """

    quick: ClassVar[dict[str, Any]] = {
        "xla_backend_optimization_level": 0,
        "xla_llvm_disable_expensive_passes": True,
        "xla_cpu_use_fusion_emitters": False,
        "xla_cpu_parallel_codegen_split_count": 1,
    }

    def __init__(self, run: Callable[..., Any], *, small: bool, loops: bool = False) -> None:
        self._run = run
        # A convolution in float64 is a loop over its entries, which wants some optimization.
        self._more = {"xla_backend_optimization_level": 1} if loops else {}
        self._quick = small and jax.default_backend() == "cpu"
        self._program: Callable[..., Any] | None = None

    def __call__(self, *arguments: Any) -> Any:
        if self._program is not None:
            return self._program(*arguments)
        while self._quick and Compiled.quick:
            self._program = jax.jit(self._run, compiler_options=self._options())
            try:
                return self._program(*arguments)
            except Exception as error:
                self._program = None
                unknown = [option for option in Compiled.quick if option in str(error)]
                if "No such compile option" not in str(error) or not unknown:
                    raise
                for option in unknown:
                    del Compiled.quick[option]
        self._program = jax.jit(self._run)
        return self._program(*arguments)

    def _options(self) -> dict[str, Any]:
        return {name: self._more.get(name, value) for name, value in Compiled.quick.items()}
