"""Compiled programs, kept on disk for the next process.

Eager code compiles one small program for each operation and shape, 30 to 50 ms each. What one
process of this user compiled, the next one reads in 2 to 4 ms: `keeping()` stands around the first
run of every program of the PyTorch face.

**What is kept where.** Everything that XLA compiles inside of `keeping()`, and nothing else: a
user's own `jax.jit` beside ours is not kept. It lies in `funcgrad/programs` in the user's cache
folder: `$XDG_CACHE_HOME`, or `~/.cache` where that is not set, on every system. Programs that were
used longest ago go when there are more than 256 MiB.

**The switch.** The environment variable `FUNCGRAD_COMPILE_CACHE` is read when the first program is
compiled: `off` keeps nothing, a path is another folder. A folder that is named so is trusted:
whoever may write to it can have programs run in this process. The one in the user's cache folder
is not used where it belongs to somebody else, or others may write to it.

**JAX's own cache comes first.** A user who gives JAX a folder (`jax_compilation_cache_dir`) has
said where programs go, which, and how many: then JAX keeps ours, too, as its settings say, and ours
is left alone. Where `jax_enable_compilation_cache` is off nothing is kept.

**How.** JAX has a cache; `keeping` puts a store of ours (`store.Store`) in its place, which only
the thread inside sees, and takes it out again. So the keys, which say what a program depends on,
and what is made of an executable are JAX's. The files are ours, because JAX's own bounded folder
is locked, and looked through at every program that is added: with 5000 of them, not many here,
that took 500 ms (JAX 0.10.2), ten times what compiling takes.

**What cannot go wrong.** A program is written to a file of its own, which then gets its name, so
processes need no locks: one reads the whole file or none. A digest before it tells whether it was
damaged since. Nothing that happens to the folder makes a call fail: the first time that something
is wrong a warning says what, and the process compiles what it cannot read.

>>> import jax, jax.numpy as jnp
>>> from funcgrad.cache import keeping
>>> with keeping():
...     print(jax.jit(jnp.cosh)(0.0))
1.0
"""

from .program import Program as Program
from .program import like as like
from .scope import keeping as keeping
