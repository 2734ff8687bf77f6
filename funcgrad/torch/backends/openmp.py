"""`torch.backends.openmp`."""


def is_available() -> bool:
    """Whether OpenMP is used: XLA has its own."""
    return False
