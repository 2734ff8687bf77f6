"""The exceptions that funcgrad raises of its own accord.

Each is also the built-in exception that JAX raises in the same place, so code that catches
`TypeError` around `jax.grad` goes on working. The PyTorch face raises none of these: there the
types and the words are PyTorch's.
"""


class FuncgradError(Exception):
    """Anything that funcgrad refuses."""


class DerivativeError(FuncgradError, TypeError):
    """A derivative was asked for that does not exist: of an integer, say, or of order −1."""


class TreeMismatchError(FuncgradError, ValueError):
    """Two pytrees that should match leaf by leaf do not."""


class DeviceError(FuncgradError, RuntimeError):
    """A device was named that is not there, or the name is none."""


class GraphError(FuncgradError, ValueError):
    """A graph was asked for that is not there, or that cannot be drawn."""


class MissingExtraError(FuncgradError, ImportError):
    """A part of funcgrad was used whose optional packages are not installed."""

    def __init__(self, package: str, extra: str) -> None:
        super().__init__(
            f"this part of funcgrad needs {package}, which is not installed. "
            f'Install the extra that brings it: pip install "funcgrad[{extra}]"',
            name=package,
        )
