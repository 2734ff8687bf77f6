"""`torch.backends.mps`: Apple's GPUs, which PyTorch reaches by Metal."""


def is_available() -> bool:
    """Whether `"mps"` is a device: JAX's Metal GPUs are none here."""
    return False


def is_built() -> bool:
    """Whether there is support for it."""
    return False
