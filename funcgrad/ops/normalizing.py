"""Scaling vectors to a length of 1."""

from .norms import vector
from .rounding import at_least
from .row import row


@row("normalize", promote="keep", bind="functional", node="Div", saves="input")
def normalize(input, p=2.0, dim=1, eps=1e-12):
    """Vectors along `dim` divided by their p-norm, or by `eps` where that is smaller."""
    length = vector("linalg.vector_norm", input, p, dim, True)
    return input / at_least(length, eps)
