"""Parameters as one vector, and back."""

from collections.abc import Iterable

from ....ops import OPS
from ....tape.bind import function
from ....tape.tensor import Tensor

_cat = function(OPS["cat"])


def _checked(parameters: Iterable[Tensor]) -> list[Tensor]:
    parameters = list(parameters)
    places = {str(parameter.device) for parameter in parameters}
    if len(places) > 1:
        raise TypeError(
            f"Found two parameters on different devices, {', '.join(sorted(places))}, this is "
            "currently not supported."
        )
    return parameters


def parameters_to_vector(parameters: Iterable[Tensor]) -> Tensor:
    """The values of all parameters, one after the other."""
    return _cat([parameter.view(-1) for parameter in _checked(parameters)])


def vector_to_parameters(vec: Tensor, parameters: Iterable[Tensor]) -> None:
    """Put slices of a vector where the parameters' values were."""
    if not isinstance(vec, Tensor):
        raise TypeError(f"expected torch.Tensor, but got: {type(vec).__name__}")
    start = 0
    for parameter in _checked(parameters):
        stop = start + parameter.numel()
        parameter.data = vec[start:stop].view_as(parameter).data
        start = stop
