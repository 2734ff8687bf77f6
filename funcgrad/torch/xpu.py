"""`torch.xpu`: Intel's GPUs, of which there are none here."""


def is_available() -> bool:
    """Whether `"xpu"` is a device: never here."""
    return False


def device_count() -> int:
    """How many there are: none."""
    return 0
