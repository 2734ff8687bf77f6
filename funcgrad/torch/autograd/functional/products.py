"""Products of vectors with Jacobians and Hessians: `vjp`, `jvp`, `vhp`, `hvp`.

With J the Jacobian of a function and H the Hessian of one that gives a number:

    vjp: vᵀJ    one backward pass
    jvp: J v    the backward pass is linear in what arrives, g ↦ gᵀJ; its own backward pass, with v
                arriving, is J v (the "double backward trick")
    vhp: vᵀH    a backward pass through a backward pass
    hvp: H v    the same by the trick, and so dearer than `vhp`; for a real Hessian, which is
                symmetric, the two are equal

`forward_ad` gives J v in one run of the function.

Source: PyTorch, `torch.autograd.functional` (2.13), for signatures, structure and errors.
"""

from collections.abc import Callable
from typing import Any

from ....tape.full import zeros_like
from ....tape.modes import enable_grad, set_grad_enabled
from ....tape.tensor import Tensor
from .arguments import (
    OUTPUTS,
    as_tensors,
    directions,
    filled,
    followed,
    gradients,
    leaves,
    opened,
    released,
    same_shapes,
    single,
)


def vjp(
    func: Callable[..., Any],
    inputs: Any,
    v: Any = None,
    create_graph: bool = False,
    strict: bool = False,
) -> tuple[Any, Any]:
    """vᵀJ: what a function gives, and the gradients of its inputs where `v` arrives.

    Args:
        func: takes the inputs, gives a tensor or a tuple of them.
        inputs: a tensor or a tuple of them.
        v: a tensor for each output, of its shape; may be left out for a single number.
        create_graph: keep both results in the graph, so that they can be differentiated.
        strict: raise where an output is independent of an input, instead of giving zeros.

    Returns:
        What the function gave, and the product, of the structure of the inputs.

    Raises:
        TypeError: an input, an output or `v` is no tensor.
        RuntimeError: `v` does not fit the outputs; `strict` found something independent.

    Example:
        >>> import funcgrad.torch as torch
        >>> x = torch.tensor([1.0, 2.0])
        >>> torch.autograd.functional.vjp(lambda x: x * x, x, torch.tensor([1.0, 10.0]))
        (tensor([1., 4.]), tensor([ 2., 40.]))
    """
    with enable_grad():
        several, operands = as_tensors(inputs, "inputs", "vjp")
        operands = leaves(operands, create_graph)
        several_outputs, outputs = as_tensors(func(*operands), OUTPUTS, "vjp")
        followed(outputs, "outputs", strict)
        cotangents: Any = None
        if v is not None:
            cotangents = directions(v, "vjp", create_graph)
            same_shapes(cotangents, outputs, several_outputs)
        elif len(outputs) != 1 or outputs[0].numel() != 1:
            raise RuntimeError(
                "The vector v can only be None if the user-provided function returns a single "
                "Tensor with a single element."
            )
    with set_grad_enabled(create_graph):
        found = gradients(outputs, operands, cotangents, create_graph)
        product = filled(found, operands, strict, create_graph, "output")
    return (
        opened(released(outputs, create_graph), several_outputs),
        opened(released(product, create_graph), several),
    )


def _gradient(
    func: Callable[..., Any], inputs: Any, v: Any, name: str, create_graph: bool, strict: bool
) -> Any:
    """What a number's second derivatives begin with: operands, direction, number and gradient."""
    several, operands = as_tensors(inputs, "inputs", name)
    operands = leaves(operands, create_graph)
    tangents = _direction(v, operands, several, name, create_graph)
    outputs = single(func, operands, name)
    followed(outputs, "outputs", strict)
    jacobian = gradients(outputs, operands, None, True)
    followed(jacobian, "jacobian", strict)
    return several, operands, tangents, outputs, jacobian


def _direction(
    v: Any, operands: tuple[Tensor, ...], several: bool, who: str, create_graph: bool
) -> tuple[Tensor, ...] | None:
    """The direction in the space of the inputs; None where it may be, and was, left out."""
    if v is None:
        if len(operands) != 1 or operands[0].numel() != 1:
            raise RuntimeError(
                "The vector v can only be None if the input to the user-provided function is a "
                "single Tensor with a single element."
            )
        return None
    given = directions(v, who, create_graph)
    same_shapes(given, operands, several)
    return given


def jvp(
    func: Callable[..., Any],
    inputs: Any,
    v: Any = None,
    create_graph: bool = False,
    strict: bool = False,
) -> tuple[Any, Any]:
    """J v: what a function gives, and how that changes as the inputs move along `v`.

    Args:
        func: takes the inputs, gives a tensor or a tuple of them.
        inputs: a tensor or a tuple of them.
        v: a tensor for each input, of its shape; may be left out for a single number.
        create_graph: see `vjp`.
        strict: see `vjp`.

    Returns:
        What the function gave, and the product, of the structure of the outputs.

    Raises:
        TypeError: an input, an output or `v` is no tensor.
        RuntimeError: `v` does not fit the inputs; `strict` found something independent.

    Example:
        >>> import funcgrad.torch as torch
        >>> x = torch.tensor([1.0, 2.0])
        >>> torch.autograd.functional.jvp(lambda x: (x * x).sum(), x, torch.tensor([1.0, 10.0]))
        (tensor(5.), tensor(42.))
    """
    with enable_grad():
        several, operands = as_tensors(inputs, "inputs", "jvp")
        operands = leaves(operands, create_graph)
        tangents = _direction(v, operands, several, "jvp", create_graph)
        several_outputs, outputs = as_tensors(func(*operands), OUTPUTS, "jvp")
        followed(outputs, "outputs", strict)
        cotangents = [zeros_like(output, requires_grad=True) for output in outputs]
        transposed = gradients(outputs, operands, cotangents, True)
        followed(transposed, "gradients", strict)
    with set_grad_enabled(create_graph):
        found = gradients(transposed, cotangents, tangents, create_graph)
        product = filled(found, outputs, strict, create_graph, "transposed")
    return (
        opened(released(outputs, create_graph), several_outputs),
        opened(released(product, create_graph), several_outputs),
    )


def vhp(
    func: Callable[..., Any],
    inputs: Any,
    v: Any = None,
    create_graph: bool = False,
    strict: bool = False,
) -> tuple[Tensor, Any]:
    """vᵀH: the number that a function gives, and a vector times its Hessian.

    Args:
        func: takes the inputs, gives a tensor of one element.
        inputs: a tensor or a tuple of them.
        v: a tensor for each input, of its shape; may be left out for a single number.
        create_graph: see `vjp`.
        strict: see `vjp`; linear functions are refused, too.

    Returns:
        What the function gave, and the product, of the structure of the inputs.

    Raises:
        TypeError: an input, the output or `v` is no tensor.
        RuntimeError: the function does not give one number; `v` does not fit the inputs; `strict`
            found something independent.

    Example:
        >>> import funcgrad.torch as torch
        >>> x = torch.tensor([1.0, 2.0])
        >>> torch.autograd.functional.vhp(lambda x: (x**3).sum(), x, torch.tensor([1.0, 10.0]))
        (tensor(9.), tensor([  6., 120.]))
    """
    with enable_grad():
        several, operands, tangents, outputs, jacobian = _gradient(
            func, inputs, v, "vhp", create_graph, strict
        )
    with set_grad_enabled(create_graph):
        found = gradients(jacobian, operands, tangents, create_graph)
        product = filled(found, operands, strict, create_graph, "jacobian", "hessian")
    return released(outputs, create_graph)[0], opened(released(product, create_graph), several)


def hvp(
    func: Callable[..., Any],
    inputs: Any,
    v: Any = None,
    create_graph: bool = False,
    strict: bool = False,
) -> tuple[Tensor, Any]:
    """H v: the number that a function gives, and its Hessian times a vector.

    `vhp` gives the same for less where the Hessian is symmetric.

    Args:
        func: takes the inputs, gives a tensor of one element.
        inputs: a tensor or a tuple of them.
        v: a tensor for each input, of its shape; may be left out for a single number.
        create_graph: see `vjp`.
        strict: see `vjp`; linear functions are refused, too.

    Returns:
        What the function gave, and the product, of the structure of the inputs.

    Raises:
        TypeError: an input, the output or `v` is no tensor.
        RuntimeError: the function does not give one number; `v` does not fit the inputs; `strict`
            found something independent.

    Example:
        >>> import funcgrad.torch as torch
        >>> x = torch.tensor([1.0, 2.0])
        >>> torch.autograd.functional.hvp(lambda x: (x**3).sum(), x, torch.tensor([1.0, 10.0]))
        (tensor(9.), tensor([  6., 120.]))
    """
    with enable_grad():
        several, operands, tangents, outputs, jacobian = _gradient(
            func, inputs, v, "hvp", create_graph, strict
        )
        cotangents = [zeros_like(operand, requires_grad=True) for operand in operands]
        transposed = gradients(jacobian, operands, cotangents, True)
        followed(transposed, "hessian", strict)
    with set_grad_enabled(create_graph):
        found = gradients(transposed, cotangents, tangents, create_graph)
        product = filled(found, operands, strict, create_graph, "transposed twice", "hessian")
    return released(outputs, create_graph)[0], opened(released(product, create_graph), several)
