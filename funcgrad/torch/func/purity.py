"""`functionalize`, and what a module must not do inside of `vmap`."""

import functools
from collections.abc import Callable
from typing import Any

from ..nn.batchnorm import _BatchNorm


def functionalize(func: Callable[..., Any], *, remove: str = "mutations") -> Callable[..., Any]:
    """The same function: without edits in place, as the programs of this package always are.

    PyTorch's rewrites edits in place into operations that leave their operands alone, for compilers
    that know no others. Here a value is immutable, and an edit gives a name to another one.

    Args:
        func: any function of tensors.
        remove: "mutations" or "mutations_and_views", of which here neither is there to remove.

    Raises:
        RuntimeError: another `remove`.

    Example:
        >>> import funcgrad.torch as torch
        >>> torch.func.functionalize(lambda x: x.clone().view(-1).add_(1))(torch.zeros(1, 2))
        tensor([1., 1.])
    """
    if remove not in ("mutations", "mutations_and_views"):
        raise RuntimeError(
            f"functionalize(f, remove='mutations'): received invalid argument for remove={remove}. "
            "Valid options are:\n     remove='mutations': all inplace and out= operators will be "
            "removed from the program.\n     remove='mutations_and_views': In addition to the "
            "above, all aliasing operators will be removed."
        )

    @functools.wraps(func)
    def same(*args: Any, **kwargs: Any) -> Any:
        return func(*args, **kwargs)

    return same


def replace_all_batch_norm_modules_(root: Any) -> Any:
    """Have all batch norms of a module use the statistics of their batch, and keep none.

    Running statistics are edited in place, which `vmap` does not allow.

    Returns:
        The module.

    Example:
        >>> import funcgrad.torch as torch
        >>> net = torch.nn.Sequential(torch.nn.BatchNorm1d(2))
        >>> torch.func.replace_all_batch_norm_modules_(net)[0].track_running_stats
        False
    """
    for module in root.modules():
        if isinstance(module, _BatchNorm):
            module.running_mean = module.running_var = module.num_batches_tracked = None
            module.track_running_stats = False
    return root
