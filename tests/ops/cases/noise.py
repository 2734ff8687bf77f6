"""Cases of `funcgrad.ops.noise`."""

from ..table import call, case, real


def rrelu(torch):
    """With equal bounds PyTorch draws the same noise for every element."""
    return lambda input, noise: torch.nn.functional.rrelu(input, noise, noise, training=True)


case("rrelu_with_noise", call(real(2, 3), 0.25), call(real(2, 3), -0.5), kinks=[0.0, -0.0],
     oracle=rrelu)  # fmt: skip
