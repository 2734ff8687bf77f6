"""The judges that there are, each asked as its documentation says.

Each takes a function and its arguments and gives True where it accepts the gradient, False where
it rejects it: where anything at all is raised while it looks. All of them get help that a careful
user would give: integers are held, outputs without derivatives are left out.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import torch
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from jax.test_util import check_grads as jax_check_grads

from .witness import of_floats

Function = Callable[..., Any]


def check_grads(function: Function, args: tuple[Any, ...], *, rev_only: bool = False) -> bool:
    """JAX's `check_grads`: order 2, both modes, or reverse mode where forward mode is not there."""
    try:
        flat, floats = of_floats(function, args)
        _jax_check(flat, tuple(floats), rev_only)
    except Exception:  # noqa: BLE001 - whatever is raised is a rejection
        return False
    return True


def check_grads_rev(function: Function, args: tuple[Any, ...]) -> bool:
    """JAX's `check_grads`: order 2, reverse mode only."""
    return check_grads(function, args, rev_only=True)


def _jax_check(flat: Function, floats: tuple[Any, ...], rev_only: bool = False) -> None:
    if not floats:
        return
    modes = ("rev",) if rev_only or not _has_forward(flat, floats) else ("fwd", "rev")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        jax_check_grads(flat, floats, order=2, modes=modes)


def _has_forward(flat: Function, floats: tuple[Any, ...]) -> bool:
    """Whether forward mode is there: a `custom_vjp` inside takes it away."""
    try:
        jax.jvp(flat, floats, floats)
    except TypeError as error:
        return "custom_vjp" not in str(error)
    except Exception:  # noqa: BLE001 - not for want of the mode: it will be raised again
        return True
    return True


def _bridge(function: Function) -> Function:
    """A JAX function of arrays as PyTorch's `autograd.Function`, with JAX's derivative.

    Its backward is bridged in the same way, so that it has a derivative in turn. PyTorch's
    gradients of complex arguments are the conjugates of JAX's.
    """

    class Bridge(torch.autograd.Function):
        @staticmethod
        def forward(ctx, *tensors):
            ctx.save_for_backward(*tensors)
            out = tuple(_to_torch(x) for x in function(*map(_to_jax, tensors)))
            ctx.outputs = len(out)
            return out

        @staticmethod
        def backward(ctx, *cotangents):
            tensors = ctx.saved_tensors
            many = len(tensors)

            def back(*arrays):
                out, pull = jax.vjp(function, *arrays[:many])
                given = zip(arrays[many:], out, strict=True)
                ct = [jnp.conj(g).astype(o.dtype) for g, o in given]
                return [jnp.conj(g) for g in pull(ct)]

            return _bridge(back)(*tensors, *cotangents)

    return Bridge.apply


def _to_torch(array: Any) -> torch.Tensor:
    if array.dtype == jnp.bfloat16:
        return torch.from_numpy(np.array(array.astype(jnp.float32))).to(torch.bfloat16)
    return torch.from_numpy(np.array(array))


def _to_jax(tensor: torch.Tensor) -> Any:
    tensor = tensor.detach()
    if tensor.dtype == torch.bfloat16:
        return jnp.asarray(tensor.float().numpy()).astype(jnp.bfloat16)
    return jnp.asarray(tensor.numpy())


def gradcheck(function: Function, args: tuple[Any, ...]) -> bool:
    """PyTorch's `gradcheck` and `gradgradcheck`, with JAX's gradient as the one to be judged.

    Double precision has the defaults. They "will likely fail" for less, says the documentation:
    single precision has a step of 1e-3 and tolerances of 1e-2. Above 4096 entries: `fast_mode`.
    """
    try:
        flat, floats = of_floats(function, args)
        if not floats:
            return True
        tensors = [_to_torch(jnp.asarray(x)).requires_grad_() for x in floats]
        double = all(x.dtype in (torch.float64, torch.complex128) for x in tensors)
        options: dict[str, Any] = {} if double else {"eps": 1e-3, "atol": 1e-2, "rtol": 1e-2}
        options["fast_mode"] = sum(x.numel() for x in tensors) > 4096
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            bridged = _bridge(flat)
            torch.autograd.gradcheck(bridged, tensors, **options)
            torch.autograd.gradgradcheck(bridged, tensors, **options)
    except Exception:  # noqa: BLE001 - whatever is raised is a rejection
        return False
    return True


def hypothesis_check_grads(function: Function, args: tuple[Any, ...]) -> bool:
    """A Hypothesis test round `check_grads`: 20 examples of the arguments' shapes, derandomised.

    Values are moderate, and positive where all those given are; above 256 entries they are normal
    values by a drawn seed. It does not shrink: that would not change the verdict.
    """

    @settings(max_examples=20, derandomize=True, database=None, deadline=None,
              phases=[Phase.generate], suppress_health_check=list(HealthCheck))  # fmt: skip
    @given(st.data())
    def test(data: Any) -> None:
        drawn = tuple(data.draw(_arrays_like(np.asarray(x))) for x in floats)
        _jax_check(flat, drawn)

    try:
        flat, floats = of_floats(function, args)
        if floats:
            test()
    except Exception:  # noqa: BLE001 - whatever is raised is a rejection
        return False
    return True


def _arrays_like(array: np.ndarray) -> st.SearchStrategy[np.ndarray]:
    if array.size > 256:
        seeds = st.integers(0, 2**32 - 1).map(np.random.default_rng)
        return seeds.map(lambda rng: rng.normal(size=array.shape).astype(array.dtype))
    low = 0.125 if array.dtype.kind != "c" and (array > 0).all() else -3.0
    # Drawn in single precision, which every floating dtype of a case can be made of.
    floats = st.floats(low, 3.0, width=32, allow_subnormal=False)
    if array.dtype.kind == "c":
        floats = st.builds(complex, floats, floats)
    drawn = hnp.arrays(np.complex128 if array.dtype.kind == "c" else np.float64, array.shape,
                       elements=floats)  # fmt: skip
    return drawn.map(lambda values: values.astype(array.dtype))


#: The anchors by the names under which the table shows them.
ANCHORS: dict[str, Callable[[Function, tuple[Any, ...]], bool]] = {
    "jax check_grads": check_grads,
    "jax check_grads rev": check_grads_rev,
    "torch gradcheck": gradcheck,
    "hypothesis": hypothesis_check_grads,
}
