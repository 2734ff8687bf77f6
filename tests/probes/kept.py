"""A short script on the PyTorch face, and beside it a user's own JAX; prints what was compiled.

As JSON: how many programs were compiled or read, how many of them were found on disk, the result,
what JAX's settings are that were others before, the warnings, and how many programs lie where.
"""

import json
import os
import sys
import warnings
from pathlib import Path

import jax
import jax.numpy as jnp

events = {"programs": 0, "found": 0}


def lasted(event, *_, **__):
    events["programs"] += event == "/jax/core/compile/backend_compile_duration"


def happened(event, **_):
    events["found"] += event == "/jax/compilation_cache/cache_hits"


def settings():
    return {name: getattr(jax.config, name, value) for name, value in jax.config.values.items()}


def script(torch):
    x = torch.tensor([1.0, 2.0, 3.0], requires_grad=True)
    optimizer = torch.optim.SGD([x], lr=0.1)
    y = x * x
    y[0] = 5.0
    y.sum().backward()
    torch.nn.utils.clip_grad_norm_([x], 1.0)
    optimizer.step()
    return x.tolist()


def own():
    """A program of the user's, which the user's settings keep or do not."""
    jax.jit(lambda x: jnp.tanh(x) * len(sys.argv))(jnp.ones(3))
    return dict(events)


jax.monitoring.register_event_duration_secs_listener(lasted)
jax.monitoring.register_event_listener(happened)
with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always")
    import funcgrad.torch as torch

    before = settings()
    result = script(torch)
    ours = dict(events)
    after_ours = own()
    changed = [name for name, value in settings().items() if value != before.get(name)]
    if len(sys.argv) > 1:  # from now on the user keeps programs, too
        jax.config.update("jax_compilation_cache_dir", sys.argv[1])
        jax.config.update("jax_persistent_cache_min_compile_time_secs", 0)
        own()
        torch.ones(7).cos()


def count(folder):
    return len([*Path(folder).glob("*[!.TAG]")]) if folder and Path(folder).is_dir() else 0


print(json.dumps({
    "programs": ours["programs"],
    "found": ours["found"],
    "own found": after_ours["found"] - ours["found"],
    "result": result,
    "changed": changed,
    "warnings": [f"{w.category.__name__}: {w.message}" for w in caught],
    "kept": count(os.environ.get("FUNCGRAD_COMPILE_CACHE")),
    "kept by JAX": count(jax.config.jax_compilation_cache_dir),
}))  # fmt: skip
