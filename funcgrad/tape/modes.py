"""Grad mode and inference mode: thread-local switches, usable as context managers and decorators.

Source: PyTorch, "Autograd mechanics: locally disabling gradient computation" (2.13).
"""

import functools
import inspect
import threading
from collections.abc import Callable
from typing import Any, Self, TypeVar, cast

from .changes import here

F = TypeVar("F", bound=Callable[..., Any])


class _State(threading.local):
    grad = True
    inference = False


state = _State()


def switch(grad: bool, inference: bool) -> None:
    """Set both switches of this thread."""
    state.grad, state.inference = grad, inference
    here.token = object()


def is_grad_enabled() -> bool:
    """Whether operations are recorded at this moment, in this thread."""
    return state.grad


def is_inference_mode_enabled() -> bool:
    """Whether inference mode is on in this thread."""
    return state.inference


class _Mode:
    """A context manager that is also a decorator; entering again is allowed."""

    def __init__(self) -> None:
        self._stack: list[tuple[bool, bool]] = []

    def _new(self) -> "_Mode":
        return type(self)()

    def _switch(self) -> None:
        raise NotImplementedError

    def __enter__(self) -> Self:
        self._stack.append((state.grad, state.inference))
        self._switch()
        return self

    def __exit__(self, *error: object) -> None:
        state.grad, state.inference = self._stack.pop()
        here.token = object()

    def __call__(self, function: F) -> F:
        if inspect.isclass(function):
            raise TypeError(f"{type(self).__name__} decorates functions, not the class {function}")
        if inspect.isgeneratorfunction(function):
            return cast(F, self._generator(function))

        @functools.wraps(function)
        def wrapped(*args: Any, **kwargs: Any) -> Any:
            with self._new():
                return function(*args, **kwargs)

        return cast(F, wrapped)

    def _generator(self, function: Any) -> Any:
        """Each step of a generator runs inside the mode, the code between the steps outside."""

        @functools.wraps(function)
        def wrapped(*args: Any, **kwargs: Any) -> Any:
            generator = function(*args, **kwargs)
            resume, value = generator.send, None
            while True:
                try:
                    with self._new():
                        item = resume(value)
                except StopIteration as stop:
                    return stop.value
                try:
                    value, resume = (yield item), generator.send
                except BaseException as error:  # noqa: BLE001 - handed on to the generator
                    value, resume = error, generator.throw

        return wrapped


class no_grad(_Mode):
    """Nothing inside is recorded; results do not require grad."""

    def __new__(cls, function: Any = None) -> Any:
        return super().__new__(cls) if function is None else cls()(function)

    def _switch(self) -> None:
        state.grad = False
        here.token = object()


class enable_grad(_Mode):
    """Records again inside a `no_grad` block."""

    def __new__(cls, function: Any = None) -> Any:
        return super().__new__(cls) if function is None else cls()(function)

    def _switch(self) -> None:
        # Inference mode records nothing, whatever stands inside of it.
        switch(not state.inference, state.inference)


class set_grad_enabled(_Mode):
    """Switches at once when it is called, and back when it leaves a `with` block."""

    def __init__(self, mode: bool) -> None:
        super().__init__()
        if not isinstance(mode, bool):
            raise TypeError(
                "set_grad_enabled(): argument 'enabled' (position 1) must be bool, not "
                f"{type(mode).__name__}"
            )
        self.mode = mode
        self._before = (state.grad, state.inference)
        switch(self.mode and not state.inference, state.inference)

    def _new(self) -> "_Mode":
        return set_grad_enabled(self.mode)

    def __enter__(self) -> Self:
        self._stack.append(self._before)
        switch(self.mode and not state.inference, state.inference)
        return self

    def __call__(self, function: F) -> F:
        # As a decorator it must not have switched anything at the place of decoration.
        switch(*self._before)
        return super().__call__(function)

    def _switch(self) -> None:
        switch(self.mode and not state.inference, state.inference)


class inference_mode(_Mode):
    """Like `no_grad`, and its results can never take part in a recorded computation."""

    def __new__(cls, mode: Any = True) -> Any:
        return cls()(mode) if callable(mode) else super().__new__(cls)

    def __init__(self, mode: Any = True) -> None:
        super().__init__()
        self.mode = mode is True or bool(mode)

    def _new(self) -> "_Mode":
        return inference_mode(self.mode)

    def _switch(self) -> None:
        switch(not self.mode, self.mode)
