"""`torch.backends.mkl`."""


def is_available() -> bool:
    """Whether Intel's mathematical library is used: XLA has its own."""
    return False
