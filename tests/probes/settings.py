"""Import every module of ours in a fresh interpreter, and print what that did to JAX.

As JSON: the modules, the settings that changed, and what a user's own float32 code gave before the
imports, after them, and after the engine was used.
"""

import importlib
import json
import pkgutil

import jax
import jax.numpy as jnp
import numpy as np


def settings():
    held = {name: getattr(jax.config, name, value) for name, value in jax.config.values.items()}
    return {name: repr(value) for name, value in held.items()}


def changed():
    now = settings()
    # JAX registers further settings when more of it is imported; those that were there count.
    return {name: now[name] for name in at_the_start if now[name] != at_the_start[name]}


@jax.jit
def loss(w, x):
    return jnp.mean(jnp.tanh(x @ w) ** 2)


def users_own():
    w, x = np.linspace(-1, 1, 3), np.arange(12.0).reshape(4, 3)
    made = [jnp.arange(3), jnp.ones(2), jnp.asarray(1.0) + np.float64(2), jax.grad(loss)(w, x)]
    return [(str(a.dtype), a.weak_type, np.asarray(a).tobytes().hex()) for a in made]


def ours():
    import funcgrad

    for module in pkgutil.walk_packages(funcgrad.__path__, "funcgrad."):
        # The gallery lies in the installed package; `__main__` would run the command.
        if ".examples" not in module.name and not module.name.endswith("__main__"):
            yield module.name


at_the_start, before = settings(), users_own()
compiled = loss._cache_size()

changes = {}
for name in (names := list(ours())):
    importlib.import_module(name)
    changes[name] = changed()
between = users_own()

torch = importlib.import_module("funcgrad.torch")
x = torch.tensor([1.0, 2.0], dtype=torch.float64, requires_grad=True)
(x**3).sum().backward()
torch.arange(3) + 1
changes["in use"] = changed()

again = loss._cache_size() - compiled
print(json.dumps([names, changes, before, between, users_own(), again]))
