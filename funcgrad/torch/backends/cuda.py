"""`torch.backends.cuda`: switches that scripts set."""

from ...tape.devices import gpus


class _MatMul:
    """Accepted, without effect: products are taken at full float32 precision."""

    allow_tf32 = False
    allow_fp16_reduced_precision_reduction = True
    allow_bf16_reduced_precision_reduction = True


matmul = _MatMul()


def is_built() -> bool:
    """Whether JAX has a GPU here."""
    return bool(gpus())
