"""`torch.backends.cudnn`: switches that scripts set; XLA uses cuDNN as it sees fit."""

# Accepted, without effect.
enabled = True
benchmark = False
deterministic = False
allow_tf32 = True
benchmark_limit = None


def is_available() -> bool:
    """Whether PyTorch's own use of it is there."""
    return False


def version() -> int | None:
    """The version in use: none that XLA would tell."""
    return None
