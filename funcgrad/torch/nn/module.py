"""The base class of all neural-network modules.

A module is a registry of tensors (`registry`), which can be saved (`state`) and called between
hooks (`hooks`); here it is moved, switched and printed.
"""

from collections.abc import Callable
from typing import Any, Self

from ...tape import dtypes
from ...tape.devices import Device
from ...tape.formats import check_format
from ...tape.modes import no_grad
from ...tape.tensor import Tensor
from ...tape.translation import translate
from ..programs import compiled
from .hooks import Hooked
from .notebook import module_html


class Module(Hooked):
    """Base class: subclasses assign parameters and submodules and define `forward`.

    Example:
        >>> import funcgrad.torch as torch
        >>> class Line(torch.nn.Module):
        ...     def __init__(self):
        ...         super().__init__()
        ...         self.slope = torch.nn.Parameter(torch.tensor(2.0))
        ...     def forward(self, x):
        ...         return self.slope * x
        >>> [name for name, _ in Line().named_parameters()]
        ['slope']
    """

    training: bool

    # How `funcgrad.testing` asks for the module as a function of arrays.
    __gradient_function__ = staticmethod(translate)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        name = type(self).__name__
        if kwargs:
            raise TypeError(
                f"{name}.__init__() got an unexpected keyword argument '{next(iter(kwargs))}'"
            )
        if args:
            raise TypeError(
                f"{name}.__init__() takes 1 positional argument but {len(args) + 1} were given"
            )
        super().__init__()

    def compile(self, *args: Any, **kwargs: Any) -> None:
        """Call the module, with its hooks, as a compiled program from now on.

        A copy of the module is not compiled, nor is one that was pickled.

        Args:
            kwargs: those of `torch.compile`.

        Example:
            >>> import funcgrad.torch as torch
            >>> layer = torch.nn.Linear(2, 1, bias=False)
            >>> layer.compile(fullgraph=True)
            >>> type(layer).__name__, layer(torch.zeros(2)).shape
            ('Linear', torch.Size([1]))
        """
        self.__dict__["_compiled_call_impl"] = compiled(self._call_impl, *args, **kwargs)

    def __getstate__(self) -> dict[str, Any]:
        found = self.__dict__.copy()
        found.pop("_compiled_call_impl", None)
        return found

    # --- modes -----------------------------------------------------------------------------

    def train(self, mode: bool = True) -> Self:
        """Switch this module and those below it to training mode, or out of it."""
        if not isinstance(mode, bool):
            raise ValueError("training mode is expected to be boolean")
        self.training = mode
        for module in self.children():
            module.train(mode)
        return self

    def eval(self) -> Self:
        """Switch to evaluation mode: `train(False)`."""
        return self.train(False)

    def requires_grad_(self, requires_grad: bool = True) -> Self:
        """Follow the parameters, or stop following them."""
        for parameter in self.parameters():
            parameter.requires_grad_(requires_grad)
        return self

    def zero_grad(self, set_to_none: bool = True) -> None:
        """Forget the parameters' gradients, or make them zero."""
        for parameter in self.parameters():
            zero_gradient(parameter, set_to_none)

    def apply(self, fn: "Callable[[Module], Any]") -> Self:
        """Call `fn` with every module, those below first: to initialise, say."""
        for module in self.children():
            module.apply(fn)
        fn(self)
        return self

    # --- dtype and device ------------------------------------------------------------------

    def _apply(self, fn: Callable[[Tensor], Tensor], recurse: bool = True) -> Self:
        """Replace every tensor's value by a function of it; parameters stay the same objects."""
        if recurse:
            for module in self.children():
                module._apply(fn)
        with no_grad():
            for parameter in self._parameters.values():
                if parameter is None:
                    continue
                gradient = parameter.grad
                parameter.data = fn(parameter.data)
                if gradient is not None:
                    gradient.data = fn(gradient.data)
            for name, buffer in self._buffers.items():
                if buffer is not None:
                    self._buffers[name] = fn(buffer)
        return self

    def to(
        self,
        *args: Any,
        device: Any = None,
        dtype: Any = None,
        non_blocking: bool = False,
        memory_format: Any = None,
    ) -> Self:
        """Move to a device, and cast floating tensors to a dtype, in place.

        Args:
            args: a dtype, a device, or a tensor to take both from.
            device: by keyword.
            dtype: by keyword; floating or complex.
            non_blocking: accepted, without effect.
            memory_format: accepted, without effect.
        """
        check_format("to", memory_format)
        for argument in args:
            if isinstance(argument, Tensor):
                device, dtype = argument.device, argument.dtype
            elif isinstance(argument, dtypes.DType):
                dtype = argument
            elif isinstance(argument, (str, int, Device)) and not isinstance(argument, bool):
                device = argument
            elif argument is not None and not isinstance(argument, bool):
                raise TypeError(
                    "to() received an invalid combination of arguments - got "
                    f"({type(argument).__name__}); it takes a dtype, a device or a tensor"
                )
        if dtype is not None and not (dtype.is_floating_point or dtype.is_complex):
            raise TypeError(
                "nn.Module.to only accepts floating point or complex dtypes, but got desired "
                f"dtype={dtype}"
            )

        def moved(tensor: Tensor) -> Tensor:
            casts = tensor.dtype.is_floating_point or tensor.dtype.is_complex
            return tensor.to(device=device, dtype=dtype if casts else None)

        return self._apply(moved)

    def type(self, dst_type: Any) -> Self:
        """Cast every tensor, whatever its dtype."""
        return self._apply(lambda t: t.type(dst_type))

    def _cast(self, dtype: dtypes.DType) -> Self:
        return self._apply(lambda t: t.to(dtype) if t.dtype.is_floating_point else t)

    def float(self) -> Self:
        """Cast floating tensors to float32."""
        return self._cast(dtypes.float32)

    def double(self) -> Self:
        """Cast floating tensors to float64."""
        return self._cast(dtypes.float64)

    def half(self) -> Self:
        """Cast floating tensors to float16."""
        return self._cast(dtypes.float16)

    def bfloat16(self) -> Self:
        """Cast floating tensors to bfloat16."""
        return self._cast(dtypes.bfloat16)

    def cpu(self) -> Self:
        """Move to the CPU."""
        return self._apply(lambda t: t.to(device="cpu"))

    def cuda(self, device: Any = None) -> Self:
        """Move to a GPU."""
        return self._apply(lambda t: t.cuda(device))

    # --- printed form ----------------------------------------------------------------------

    def _get_name(self) -> str:
        return type(self).__name__

    def extra_repr(self) -> str:
        """What stands in the printed form besides the children."""
        return ""

    def __repr__(self) -> str:
        extra = self.extra_repr()
        children = [
            f"({name}): {indented(repr(module), 2)}" for name, module in self._modules.items()
        ]
        return bracketed(self._get_name(), extra.split("\n") if extra else [], children)

    def _repr_html_(self) -> str:
        return module_html(self)


def indented(text: str, n: int) -> str:
    """All lines but the first moved to the right."""
    first, *rest = text.split("\n")
    return "\n".join([first, *(" " * n + line for line in rest)])


def bracketed(name: str, extra: list[str], children: list[str]) -> str:
    """`Name(extra)` on one line, or a line for each part."""
    if len(extra) == 1 and not children:
        return f"{name}({extra[0]})"
    lines = extra + children
    return f"{name}(\n  " + "\n  ".join(lines) + "\n)" if lines else f"{name}()"


def zero_gradient(parameter: Tensor, set_to_none: bool) -> None:
    """Drop a gradient, or fill it with zeros outside the graph."""
    if set_to_none:
        parameter.grad = None
        return
    gradient = parameter.grad
    if gradient is None:
        return
    if gradient.grad_fn is not None:
        gradient.detach_()
    else:
        gradient.requires_grad_(False)
    gradient.zero_()
