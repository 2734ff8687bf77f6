"""`torch.autograd.gradcheck` and `gradgradcheck`: the backward pass against finite differences.

They check what PyTorch's check, at the one point they are given, with PyTorch's fixed steps and
tolerances, and give its verdicts and its errors. `funcgrad.testing` looks further: at points around
the example, at kinks, at linearity, at second derivatives, with tolerances that come from the
numbers.

Results of integers and booleans are left out, wherever they stand among the others; PyTorch raises
`RuntimeError` or `IndexError` for some.

Source: PyTorch, "Gradcheck mechanics" (2.13).
"""

from collections.abc import Callable
from typing import Any

from ...tape import dtypes
from ...tape.autograd import grad
from ...tape.creation import make
from ...tape.random.generator import default_of
from ...tape.tensor import Tensor
from .comparison import Check, along_one_direction, entry_by_entry, parts_of_complex
from .comparison import GradcheckError as GradcheckError
from .forward_check import batches_of_tangents_agree, missing_is_zero, tangents_agree
from .jacobians import as_tuple, followed, numpy
from .rules import batches_agree, inputs_can_be_checked, undefined_is_handled, zero_gives_zero

__all__ = ["GradcheckError", "gradcheck", "gradgradcheck"]


def gradcheck(
    func: Callable[..., Any],
    inputs: Any,
    *,
    eps: float = 1e-6,
    atol: float = 1e-5,
    rtol: float = 1e-3,
    raise_exception: bool = True,
    nondet_tol: float = 0.0,
    check_undefined_grad: bool = True,
    check_grad_dtypes: bool = False,
    check_batched_grad: bool = False,
    check_batched_forward_grad: bool = False,
    check_forward_ad: bool = False,
    check_backward_ad: bool = True,
    fast_mode: bool = False,
    masked: bool | None = None,
) -> bool:
    """Compare gradients with central differences of the values.

    Args:
        func: takes the inputs, gives a tensor or a tuple of them.
        inputs: a tensor or a tuple; those that require grad are checked, and should be float64.
        eps: the step of the differences.
        atol: the absolute tolerance.
        rtol: the tolerance relative to the difference.
        raise_exception: raise where it fails, instead of returning False.
        nondet_tol: by how much two backward passes may differ.
        check_undefined_grad: whether the backward pass must take missing gradients of results.
        check_grad_dtypes: whether a gradient must have its input's dtype; the engine sees to that.
        check_batched_grad: whether the backward pass must work on a batch of gradients, by
            `jax.vmap`.
        check_batched_forward_grad: whether a run must work on a batch of tangents, by `jax.vmap`;
            needs `check_forward_ad`.
        check_forward_ad: whether to check the tangents of forward mode, too.
        check_backward_ad: whether to check the gradients of the backward pass.
        fast_mode: compare along one random direction instead of every entry.
        masked: for sparse tensors, which are not there; no effect.

    Returns:
        True, or where `raise_exception` is off whether it passed.

    Raises:
        GradcheckError: a gradient is wrong.
        ValueError: no input requires grad.
        NotImplementedError: forward mode was asked for, and a `Function` has no `jvp`.

    Example:
        >>> import funcgrad.torch as torch
        >>> x = torch.tensor([0.5, 2.0], dtype=torch.float64, requires_grad=True)
        >>> torch.autograd.gradcheck(torch.sin, x)
        True
    """
    assert check_forward_ad or check_backward_ad, (
        "Expected at least one of check_forward_ad or check_backward_ad to be True"
    )
    assert check_backward_ad or not check_batched_grad, (
        "Setting check_batched_grad=True requires check_backward_ad to be True"
    )
    assert check_forward_ad or not check_batched_forward_grad, (
        "Setting check_batched_forward_grad=True requires check_forward_ad to be True"
    )
    asked = {"eps": eps, "rtol": rtol, "atol": atol, "nondet_tol": nondet_tol}
    operands = as_tuple(inputs)
    try:
        inputs_can_be_checked(operands)
        outcome = as_tuple(func(*operands))
        whole = Check(func, operands, outcome, part={}, **asked)
        if check_backward_ad:
            _compare(whole, asked, fast_mode)
        if check_forward_ad:
            _check_forwards(whole, fast_mode, check_undefined_grad, check_batched_forward_grad)
        if check_backward_ad:
            _check_backwards(whole, check_batched_grad, check_undefined_grad)
    except GradcheckError:
        if raise_exception:
            raise
        return False
    return True


def _compare(whole: Check, asked: dict[str, float], fast_mode: bool) -> None:
    """Compare gradients; of complex results those of both parts."""
    compare = along_one_direction if fast_mode else entry_by_entry
    if not any(result.dtype.is_complex for result in whole.all_results):
        compare(whole)
        return
    complex_results = [i for i, result in enumerate(whole.results) if result.dtype.is_complex]
    for part, word in (("imag", "imaginary"), ("real", "real")):
        real_valued = parts_of_complex(whole.function, part)
        words = dict.fromkeys(complex_results, word)
        results = real_valued(*whole.inputs)
        compare(Check(real_valued, whole.inputs, results, part=words, **asked))


def _check_forwards(whole: Check, fast_mode: bool, undefined: bool, batched: bool) -> None:
    if not whole.results:
        entry_by_entry(whole)  # there is nothing but differences, which must be zero
        return
    tangents_agree(whole, fast_mode)
    if undefined:
        missing_is_zero(whole)
    if batched:
        batches_of_tangents_agree(whole)


def _check_backwards(whole: Check, batched: bool, undefined: bool) -> None:
    """What is asked of the backward pass besides right numbers."""
    results, inputs = whole.results, followed(whole.inputs)
    if batched:
        for result in results:
            batches_agree(result, inputs)
    zero_gives_zero(results, inputs)
    if undefined:
        undefined_is_handled(whole.function, whole.inputs)


def gradgradcheck(
    func: Callable[..., Any],
    inputs: Any,
    grad_outputs: Any = None,
    *,
    eps: float = 1e-6,
    atol: float = 1e-5,
    rtol: float = 1e-3,
    gen_non_contig_grad_outputs: bool = False,
    raise_exception: bool = True,
    nondet_tol: float = 0.0,
    check_undefined_grad: bool = True,
    check_grad_dtypes: bool = False,
    check_batched_grad: bool = False,
    check_fwd_over_rev: bool = False,
    check_rev_over_rev: bool = True,
    fast_mode: bool = False,
    masked: bool = False,
) -> bool:
    """Compare gradients of gradients with central differences of the gradients.

    Args:
        func: as for `gradcheck`.
        inputs: as for `gradcheck`.
        grad_outputs: the gradients of the results, which are checked as inputs too; random ones
            between -1 and 1 by default.
        eps: as for `gradcheck`, as all that is not told here.
        atol: see `eps`.
        rtol: see `eps`.
        gen_non_contig_grad_outputs: accepted; how memory is laid out has no effect here.
        raise_exception: see `eps`.
        nondet_tol: see `eps`.
        check_undefined_grad: see `eps`.
        check_grad_dtypes: see `eps`.
        check_batched_grad: see `eps`.
        check_fwd_over_rev: whether to check the tangents of gradients, in forward mode.
        check_rev_over_rev: whether to check the gradients of gradients.
        fast_mode: see `eps`.
        masked: see `eps`.

    Returns:
        True, or where `raise_exception` is off whether it passed.

    Raises:
        GradcheckError: a second derivative is wrong.
        ValueError: no input, or no result, requires grad.

    Example:
        >>> import funcgrad.torch as torch
        >>> x = torch.tensor([0.5, 2.0], dtype=torch.float64, requires_grad=True)
        >>> torch.autograd.gradgradcheck(torch.sin, x)
        True
    """
    assert check_fwd_over_rev or check_rev_over_rev, (
        "Expected at least one of check_fwd_over_rev or check_rev_over_rev to be True"
    )
    assert check_rev_over_rev or not check_undefined_grad, (
        "Setting check_undefined_grad=True requires check_rev_over_rev to be True"
    )
    assert check_rev_over_rev or not check_batched_grad, (
        "Setting check_batched_grad=True requires check_rev_over_rev to be True"
    )
    operands = as_tuple(inputs)
    if grad_outputs is None:
        cotangents = tuple(map(_random, followed(as_tuple(func(*operands)))))
    else:
        cotangents = as_tuple(grad_outputs)
    if not cotangents:
        raise ValueError(
            "gradgradcheck expects at least one result to require gradient, but none of them does: "
            "there is no second derivative to check. Is a tensor detached on the way?"
        )
    count = len(operands)

    wanted = [isinstance(x, Tensor) and x.requires_grad for x in operands + cotangents]

    def gradients(*arguments: Any) -> tuple[Tensor, ...]:
        # A dual tensor stands for an input, and does not require grad by itself.
        for argument, wants in zip(arguments, wanted, strict=True):
            if wants:
                argument.requires_grad_()
        results = followed(as_tuple(func(*arguments[:count])))
        found = grad(
            results,
            followed(arguments[:count]),
            arguments[count:],
            create_graph=True,
            allow_unused=True,
        )
        return tuple(gradient for gradient in found if gradient is not None)

    return gradcheck(
        gradients,
        operands + cotangents,
        eps=eps,
        atol=atol,
        rtol=rtol,
        raise_exception=raise_exception,
        nondet_tol=nondet_tol,
        check_undefined_grad=check_undefined_grad,
        check_grad_dtypes=check_grad_dtypes,
        check_batched_grad=check_batched_grad,
        check_forward_ad=check_fwd_over_rev,
        check_backward_ad=check_rev_over_rev,
        fast_mode=fast_mode,
        masked=masked,
    )


def _random(result: Tensor) -> Tensor:
    """A gradient for a result: uniform between -1 and 1, from the default generator."""
    dtype = numpy(result).dtype
    values = default_of(result.device)._stream.uniform(-1.0, 1.0, tuple(result.shape), dtype)
    return make(values, dtypes.of(dtype), result.device, True)
