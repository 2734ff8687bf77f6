"""`torch.backends.mkldnn`: oneDNN, which XLA uses on its own."""

# Accepted, without effect.
enabled = False
deterministic = False
allow_tf32 = False


def is_available() -> bool:
    """Whether PyTorch's own use of it is there."""
    return False
