"""Cases of `funcgrad.ops.channels`.

PyTorch rounds a batch's numbers to bfloat16 on the way.
"""

from ..table import Call, call, case, positive, real

X, ROWS = real(2, 4, 3, 2), real(5, 4)
MEAN, VAR = real(4, grad=False), positive(4, grad=False)
AFFINE = (real(4), real(4))


def batch(torch):
    """Without the change of the running numbers."""

    def batch_norm(*args, training=False, **options):
        return torch.nn.functional.batch_norm(*args, training=training, momentum=0.0, **options)

    return batch_norm


def running(torch):
    """What a normalisation leaves in its running numbers."""

    def running_moments(input, running_mean, running_var, momentum, each=False):
        found = running_mean.clone(), running_var.clone()
        name = "instance_norm" if each else "batch_norm"
        last = () if each else (None, None, True)
        getattr(torch.nn.functional, name)(input, *found, *last, momentum=momentum)
        return found

    return running_moments


def moments(*shape: int, **options) -> Call:
    """A call of `running_moments`."""
    return call(real(*shape, grad=False), MEAN, VAR, 0.3, **options)


case("batch_norm", call(X, None, None, *AFFINE, training=True), call(ROWS, MEAN, VAR, *AFFINE),
     call(ROWS, MEAN, VAR, training=True, eps=0.1),
     dtypes="float32", oracle=batch,
     refused={"must be defined in evaluation mode": call(X, None, None),
              "running_mean should contain 4 elements": call(X, real(3), VAR),
              "weight should contain 4 elements": call(X, MEAN, VAR, real(3)),
              "expect parameter to have scalar type": call(X, MEAN, VAR,
                                                           real(4, dtype="float64")),
              })  # fmt: skip
case("instance_norm", call(X, None, None, *AFFINE), call(X, MEAN, VAR, use_input_stats=False),
     dtypes="float32",
     refused={"to be defined when use_input_stats": call(X, use_input_stats=False)},
     oracle="nn.functional.instance_norm")  # fmt: skip
case("running_moments", moments(2, 4, 3, 2), moments(5, 4), moments(2, 4, 3, each=True),
     dtypes="float32 bfloat16", oracle=running)  # fmt: skip
case("group_norm", call(X, 2, *AFFINE), call(ROWS, 1, eps=0.1),
     call(real(0, 2), 1),
     dtypes="float32 bfloat16", oracle="nn.functional.group_norm",
     refused={"to be divisible by num_groups": call(X, 3),
              "Expected weight to be a vector": call(X, 2, real(3)),
              "Expected at least 2 dimensions": call(real(4), 1),
              "more than 1 value per channel": call(real(1, 2), 2),
              "num groups to be greater than 0": call(X, -1)})  # fmt: skip
case("local_response_norm", call(X, 2), call(real(2, 4, 3), 3, 0.5, 0.6, 2.0),
     dtypes="float32", refused={"3D or higher dimensionality": call(ROWS, 2)})  # fmt: skip
