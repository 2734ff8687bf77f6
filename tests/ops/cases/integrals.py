"""Cases of `funcgrad.ops.integrals`."""

from ..table import call, case, given, real

NAMED = {"name": "PyTorch composes it, and names the last step, which depends on the arguments"}
POINTS = given([0.0, 1.0, 1.5, 4.0])


def gradient(torch):
    """PyTorch's takes several dimensions at once, and each its spacing."""

    def along(input, spacing, dim, edge_order):
        spaced = [spacing] if isinstance(spacing, torch.Tensor) else spacing
        return torch.gradient(input, spacing=spaced, dim=dim, edge_order=edge_order)[0]

    return along


case("trapezoid", call(real(2, 3)), call(real(2, 3), real(2, 3)), call(real(2, 3), real(3)),
     call(real(2, 3), real(2), dim=0), call(real(2, 3), dx=0.5), call(real(2, 1)),
     dtypes="float32 int64 complex64", differs=NAMED,
     refused={"one `x` value for each sample point": call(real(2, 3), real(2)),
              "tensor has no dimensions": call(real())})  # fmt: skip
case("cumulative_trapezoid", call(real(2, 3)), call(real(2, 3), real(2, 3)),
     call(real(2, 3), dx=0.5, dim=0), dtypes="float32 int64 complex64", differs=NAMED,
     refused={"one `x` value for each sample point": call(real(2, 3), real(2))})  # fmt: skip
case("gradient.along", call(real(4, 3), 1, 0, 1), call(real(3, 4), 0.5, 1, 2),
     call(real(4, 2), POINTS, 0, 1), call(real(2, 4), POINTS, 1, 2), oracle=gradient,
     dtypes="float32 int64 complex64",
      differs={"saves": "coordinates are numbers to PyTorch, which nothing can edit"})  # fmt: skip
