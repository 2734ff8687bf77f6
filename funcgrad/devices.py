"""Where arrays live: devices by name, and pytrees placed on them.

JAX has the devices, the meshes and `jax.device_put`; what it lacks is PyTorch's way of naming a
device by a string, and an error that says which devices there are.
"""

from __future__ import annotations

import re
from typing import Any

import jax

from funcgrad import _typing as t
from funcgrad.errors import DeviceError

_NAME = re.compile(r"([a-z_]+)(?::(\d+))?")


def device(name: str | jax.Device) -> jax.Device:
    """The device that a name stands for.

    A name is a platform of JAX, `"cpu"`, `"gpu"`, `"cuda"`, `"rocm"`, `"tpu"`, and, after a colon,
    an index from zero among the devices of that platform that this process can address. Without
    an index it is the first. With several hosts `"cuda:1"` is each host's own second one.

    Args:
        name: the name; a `jax.Device` is returned as it is.

    Returns:
        The `jax.Device`.

    Raises:
        DeviceError: the name is not a device's name, or no such device is there.

    Example:
        >>> import funcgrad as fg
        >>> fg.device("cpu").platform
        'cpu'
        >>> fg.device("cpu:99")
        Traceback (most recent call last):
        funcgrad.errors.DeviceError: there is no device 'cpu:99'; there is: cpu:0...

    Source:
        PyTorch, "torch.device", 2.13 (2026), https://docs.pytorch.org/docs/stable/tensor_attributes.html
    """
    if isinstance(name, jax.Device):
        return name
    match = _NAME.fullmatch(name)
    if match is None:
        raise DeviceError(
            f"{name!r} is no device's name: a name is a platform and perhaps an index, such as "
            f"'cpu' or 'cuda:1'; there is: {_what_there_is()}"
        )
    platform, index = match[1], int(match[2] or 0)
    try:
        devices = jax.local_devices(backend=platform)
    except RuntimeError:  # jax knows no such platform, or could not start it
        raise _absent(name) from None
    if index >= len(devices):
        raise _absent(name)
    return devices[index]


def place(tree: t.PyTree[Any], where: Any) -> t.PyTree[Any]:
    """Put every array of a pytree on a device, or spread it over several.

    This is `jax.device_put` that also understands names and a bare mesh. Differentiation passes
    through it, and so does `vmap`. Inside `jax.jit` a sharding is honoured, but a single device is
    not: a compiled program runs where its arguments are, so place those before the call.

    Args:
        tree: a pytree of JAX arrays, NumPy arrays and numbers, of any shapes and dtypes. Under
            JAX's default settings 64-bit types become 32-bit ones, as everywhere in JAX.
        where: one of
            a name as for `device`, or a `jax.Device`: everything goes there;
            a `jax.sharding.Sharding`: every array is laid out by it;
            a `jax.sharding.Mesh`: every array is replicated over the mesh;
            a `jax.sharding.PartitionSpec`, where `jax.set_mesh` has set a mesh;
            a pytree of these, a prefix of `tree`; where it has None, JAX decides.

    Returns:
        The same pytree, of `jax.Array`s.

    Raises:
        DeviceError: a name stands for no device that is there.
        ValueError: `where` is a pytree but not a prefix of `tree` (from JAX).

    Example:
        >>> import funcgrad as fg
        >>> import numpy as np
        >>> params = fg.place({"w": np.ones((2, 3)), "b": 0.5}, "cpu")
        >>> params["w"].shape, str(params["w"].dtype)
        ((2, 3), 'float32')
        >>> params["b"].devices() == {fg.device("cpu")}
        True

    Source:
        JAX authors, "jax.device_put", https://docs.jax.dev/en/latest/_autosummary/jax.device_put.html
    """
    return jax.device_put(tree, jax.tree.map(_resolve, where))


def _resolve(where: Any) -> Any:
    if isinstance(where, str):
        return device(where)
    if isinstance(where, jax.sharding.Mesh):
        return jax.NamedSharding(where, jax.sharding.PartitionSpec())
    return where


def _absent(name: str) -> DeviceError:
    return DeviceError(f"there is no device {name!r}; there is: {_what_there_is()}")


def _what_there_is() -> str:
    from jax.extend import backend  # 50 ms, which `import funcgrad` need not pay

    return ", ".join(
        f"{platform}:{index}"
        for platform in backend.backends()
        for index in range(len(jax.local_devices(backend=platform)))
    )
