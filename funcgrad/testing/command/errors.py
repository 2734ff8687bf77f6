"""What the command refuses."""

from funcgrad.errors import FuncgradError


class UsageError(FuncgradError, ValueError):
    """The command was asked for what it cannot do; the message says what it can."""
