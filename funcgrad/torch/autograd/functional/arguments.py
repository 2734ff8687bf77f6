"""What goes into `autograd.functional`, what comes out, and what `strict` asks of it.

A function here takes a tensor or a tuple of them and gives the same; what is computed from it has
that structure again. So arguments are made tuples on the way in, and the tuples of one that came
from a single tensor are opened on the way out.
"""

from collections.abc import Callable, Sequence
from typing import Any

from ....tape.autograd import grad
from ....tape.full import zeros_like
from ....tape.tensor import Tensor

OUTPUTS = "outputs of the user-provided function"

# What `strict` says of a gradient that does not depend on what it could depend on.
_LINEAR = (
    "You should ensure that your function is {times} differentiable and that the {matrix} depends "
    "on the inputs (this would be violated by a {kind} function for example)."
)
INDEPENDENT = {
    "outputs": "Output {i} of the user-provided function does not require gradients. The outputs "
    "must be computed in a differentiable manner from the input when running in strict mode.",
    "gradients": "The gradient with respect to input {i} is independent of the inputs of the "
    "user-provided function. This is not allowed in strict mode.",
    "jacobian": "While computing the hessian, found that the jacobian of the user-provided "
    "function with respect to input {i} is independent of the input. This is not allowed in strict "
    "mode. " + _LINEAR.format(times="twice", matrix="jacobian", kind="linear"),
    "hessian": "The hessian of the user-provided function with respect to input {i} is independent "
    "of the input. This is not allowed in strict mode. "
    + _LINEAR.format(times="thrice", matrix="hessian", kind="quadratic"),
}
MISSING = {
    "output": "The output of the user-provided function is independent of input {i}. This is not "
    "allowed in strict mode.",
    "jacobian": "The jacobian of the user-provided function is independent of input {i}. This is "
    "not allowed in strict mode.",
    "transposed": "The gradient with respect to the input is independent of entry {i} in the "
    "grad_outputs when using the double backward trick to compute forward mode gradients. This is "
    "not allowed in strict mode.",
    "transposed twice": "The hessian of the user-provided function is independent of entry {i} in "
    "the grad_jacobian. This is not allowed in strict mode as it prevents from using the double "
    "backward trick to replace forward mode AD.",
}
CONSTANT = (
    "The {matrix} of the user-provided function is independent of input {i}. This is not allowed "
    "in strict mode when create_graph=True."
)


def as_tensors(value: Any, what: str, who: str) -> tuple[bool, tuple[Tensor, ...]]:
    """A tensor, or a tuple of them, as a tuple; and whether it was one.

    Args:
        value: what was given, or what a function returned.
        what: what it is, as an error calls it.
        who: the function that takes it, as an error calls it.

    Raises:
        TypeError: it is something else.
    """
    several = isinstance(value, tuple)
    asked = f"The {what} given to {who} must be either a Tensor or a tuple of Tensors but the"
    for i, item in enumerate(value if several else (value,)):
        if not isinstance(item, Tensor):
            found = f"value at index {i}" if several else f"given {what}"
            raise TypeError(f"{asked} {found} has type {type(item)}.")
    return several, tuple(value) if several else (value,)


def opened(tensors: Sequence[Any], several: bool) -> Any:
    """The tuple, or what it holds where it came from a single tensor."""
    return tuple(tensors) if several else tensors[0]


def leaves(inputs: Sequence[Tensor], create_graph: bool) -> tuple[Tensor, ...]:
    """The tensors that the function is called with: edits of their flags do not reach the inputs.

    Those that already require grad stay in their graph where the results are to be differentiated.
    """
    return tuple(
        x.view_as(x) if create_graph and x.requires_grad else x.detach().requires_grad_()
        for x in inputs
    )


def directions(v: Any, who: str, create_graph: bool) -> tuple[Tensor, ...]:
    """The tensors `v` that a product is taken with, in their graph only where it is wanted."""
    _, given = as_tensors(v, "v", who)
    return tuple(t if create_graph and t.requires_grad else t.detach() for t in given)


def same_shapes(v: Sequence[Tensor], others: Sequence[Tensor], several: bool) -> None:
    """Raise where `v` is not one tensor of the same shape for each of the others."""
    if len(v) != len(others):
        raise RuntimeError(
            f"v is a tuple of invalid length: should be {len(others)} but got {len(v)}."
            if several
            else "The given v should contain a single Tensor."
        )
    for i, (given, other) in enumerate(zip(v, others, strict=True)):
        if given.shape != other.shape:
            which = f"Entry {i} in " if several else ""
            raise RuntimeError(
                f"{which}v has invalid size: should be {other.shape} but got {given.shape}."
            )


def gradients(
    outputs: Sequence[Tensor | None],
    inputs: Sequence[Tensor],
    cotangents: Sequence[Tensor | None] | None,
    create_graph: bool,
) -> tuple[Tensor | None, ...]:
    """What `grad` gives, but None also where there is nothing to differentiate."""
    given = [None] * len(outputs) if cotangents is None else cotangents
    there = [
        (o, c) for o, c in zip(outputs, given, strict=True) if o is not None and o.requires_grad
    ]
    if not there:
        return (None,) * len(inputs)
    kept, arriving = zip(*there, strict=True)
    return grad(kept, inputs, arriving, create_graph=create_graph, allow_unused=True)


def followed(tensors: Sequence[Tensor | None], what: str, strict: bool) -> None:
    """Raise, if strict, where one of the tensors is None or does not require grad."""
    if not strict:
        return
    for i, tensor in enumerate(tensors):
        if tensor is None:
            raise RuntimeError(MISSING["output"].format(i=i))
        if not tensor.requires_grad:
            raise RuntimeError(INDEPENDENT[what].format(i=i))


def filled(
    found: Sequence[Tensor | None],
    like: Sequence[Tensor],
    strict: bool,
    create_graph: bool,
    missing: str,
    matrix: str = "jacobian",
) -> list[Tensor]:
    """Zeros for what is None; if strict an error instead.

    Args:
        found: gradients, one for each of the tensors that they have the shape of.
        like: those tensors.
        strict: whether independence is an error.
        create_graph: whether a gradient that does not require grad is one, too.
        missing: which words of `MISSING` the error has, or those words.
        matrix: the matrix that is constant where a gradient does not require grad.
    """
    full = []
    for i, (gradient, tensor) in enumerate(zip(found, like, strict=True)):
        if strict and gradient is None:
            raise RuntimeError(MISSING.get(missing, missing).format(i=i))
        if strict and create_graph and gradient is not None and not gradient.requires_grad:
            raise RuntimeError(CONSTANT.format(matrix=matrix, i=i))
        full.append(zeros_like(tensor) if gradient is None else gradient)
    return full


def released(tensors: Sequence[Tensor], create_graph: bool) -> tuple[Tensor, ...]:
    """The results, outside the graph unless they are to be differentiated."""
    return tuple(t if create_graph else t.detach() for t in tensors)


def single(function: Callable[..., Any], operands: Sequence[Tensor], who: str) -> tuple[Any, ...]:
    """The one number that a function gives, as a tuple.

    Raises:
        RuntimeError: it gives several tensors, or one of several elements.
    """
    several, outputs = as_tensors(function(*operands), OUTPUTS, who)
    if several:
        raise RuntimeError(f"The function given to {who} should return a single Tensor")
    if outputs[0].numel() != 1:
        raise RuntimeError(
            f"The Tensor returned by the function given to {who} should contain a single element"
        )
    return outputs
