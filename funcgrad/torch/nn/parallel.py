"""`torch.nn.parallel`: a batch over several GPUs; one device does all of it here."""

from collections.abc import Sequence
from typing import Any

from .module import Module


class DataParallel(Module):
    """Calls its module: what PyTorch does, too, where there are no GPUs.

    Args:
        module: the module, found again as `module`.
        device_ids, output_device, dim: accepted, without effect: the module's own device computes
            the whole batch. To spread arrays over devices, see `funcgrad.place`.
    """

    def __init__(
        self,
        module: Module,
        device_ids: Sequence[Any] | None = None,
        output_device: Any = None,
        dim: int = 0,
    ) -> None:
        super().__init__()
        self.module = module
        self.device_ids: list[Any] = []

    def forward(self, *inputs: Any, **kwargs: Any) -> Any:
        return self.module(*inputs, **kwargs)


def data_parallel(
    module: Module,
    inputs: Any,
    device_ids: Sequence[Any] | None = None,
    output_device: Any = None,
    dim: int = 0,
    module_kwargs: dict[str, Any] | None = None,
) -> Any:
    """Call a module as `DataParallel` does.

    Args:
        module: the module.
        inputs: its arguments, a tuple; one that is not a tuple is the only one.
        device_ids, output_device, dim: accepted, without effect.
        module_kwargs: arguments by keyword.
    """
    arguments = inputs if isinstance(inputs, tuple) else (inputs,)
    return module(*arguments, **(module_kwargs or {}))
