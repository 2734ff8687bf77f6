"""What stops `funcgrad compare`."""


class UsageError(Exception):
    """A request that cannot be met; the command says so and exits with status 2."""


class DeadWorkerError(Exception):
    """The process of an engine ended without an answer."""


class SpoiltWorkerError(Exception):
    """The process of an engine is no longer what it promises to be, and must be replaced."""
