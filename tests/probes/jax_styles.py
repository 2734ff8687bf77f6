"""Run every example's `jax_style` in a fresh interpreter on the second device, and report as JSON.

Run as a user of the functional side would: nothing of ours but `fg.place` and what an example
imports itself; JAX's default settings, and 64-bit types for the examples that ask for them.
"""

import importlib.util
import inspect
import json
import os
import sys
from pathlib import Path

os.environ["XLA_FLAGS"] = "--xla_force_host_platform_device_count=2"
os.environ["JAX_PLATFORMS"] = "cpu"

import jax

import funcgrad as fg

DEVICE = fg.device("cpu:1")
compilations = []


def note_compilation(event, duration, **_):
    if event == "/jax/core/compile/backend_compile_duration":
        compilations.append(event)


def load(path):
    spec = importlib.util.spec_from_file_location(f"example_{path.stem}", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def compiled_during(call):
    compilations.clear()
    result = jax.block_until_ready(call())
    return result, len(compilations)


def report(path):
    module = load(path)
    static = dict(getattr(module, "QUICK", {}))
    named = inspect.signature(module.jax_style).parameters
    inputs = {k: static.pop(k, value) for k, value in module.inputs().items() if k in named}
    # An example without inputs has nothing that could carry it to the device.
    with (
        jax.enable_x64(getattr(module, "PRECISION", "float32") == "float64"),
        jax.default_device(None if inputs else DEVICE),
    ):
        inputs = fg.place(inputs, DEVICE)
        program = module.jax_style.lower(**inputs, **static)
        text = str(program.compiler_ir())
        results, first = compiled_during(lambda: module.jax_style(**inputs, **static))
        _, second = compiled_during(lambda: module.jax_style(**inputs, **static))
        arrays = jax.tree.leaves(results)
    return {
        "modules": text.count("module @"),
        "callbacks": text.count("callback"),
        "programs at the first call": first,
        "programs at the second call": second,
        "not arrays": [str(type(a)) for a in arrays if not isinstance(a, jax.Array)],
        "elsewhere": [str(a.devices()) for a in arrays if a.devices() != {DEVICE}],
        "face": [
            name for name in ("funcgrad.torch", "funcgrad.tape", "torch") if name in sys.modules
        ],
    }


jax.monitoring.register_event_duration_secs_listener(note_compilation)
print(json.dumps({path: report(Path(path)) for path in sys.argv[1:]}))
