"""What an example's function is called with."""

import inspect
from types import ModuleType
from typing import Any

STYLES = ("jax_style", "pytorch_style")


def arguments(
    module: ModuleType, style: str, seed: int | None = None, quick: bool = False
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the inputs and the static arguments of one of an example's styles.

    A style gets the inputs that it names. A seed, say, is for PyTorch, which draws its numbers
    itself; what was drawn is for JAX.

    Args:
        module: an example.
        style: the name of a function: one of `STYLES`, or `step_style`.
        seed: for the inputs; None is the example's default.
        quick: with what `QUICK` replaces.

    Raises:
        TypeError: an input that neither style names.
    """
    inputs = module.inputs() if seed is None else module.inputs(seed=seed)
    static = dict(getattr(module, "QUICK", {})) if quick else {}
    # A quick argument that replaces an input is an input: it is placed on the device.
    inputs = {name: static.pop(name, value) for name, value in inputs.items()}

    named = {
        each: set(inspect.signature(getattr(module, each)).parameters) for each in (*STYLES, style)
    }
    if unused := inputs.keys() - set.union(*named.values()):
        raise TypeError(
            f"`inputs` gives {', '.join(sorted(unused))}, which neither `jax_style` nor "
            "`pytorch_style` takes: name it in one of them, or leave it out"
        )
    return {name: inputs[name] for name in inputs if name in named[style]}, static
