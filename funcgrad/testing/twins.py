"""The same function in both styles: values and gradients of the two, side by side.

Who carries a model over from PyTorch has two programs that should be one. They are run at the same
arguments, each with its own derivatives, and compared entry by entry. Where complex numbers occur
the two have different conventions: PyTorch's gradient is the conjugate of JAX's cotangent. All that
is compared and told here is in JAX's.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import jax
import numpy as np

from funcgrad.testing.coordinates import is_inexact
from funcgrad.testing.libraries import Array, gradients, leaves_of, library_of, to_array, to_tensor
from funcgrad.testing.pairs import Allowed, Pair
from funcgrad.testing.report import Counterexample, GradientError, PropertyResult, Report
from funcgrad.testing.subject import name_of
from funcgrad.testing.telling.text import message


@dataclass(frozen=True)
class Comparison:
    """What `compare_with_torch` saw.

    Attributes:
        values: a `Pair` for each array of the results.
        gradients: a `Pair` for each differentiated array of the arguments.
        library: the name of the module whose tensors took part.
    """

    values: tuple[Pair, ...]
    gradients: tuple[Pair, ...]
    library: str

    @property
    def worst(self) -> float:
        """The largest difference over its tolerance."""
        return max((pair.error for pair in (*self.values, *self.gradients)), default=0.0)

    @property
    def ok(self) -> bool:
        """Whether all agree."""
        return self.worst <= 1


def compare_with_torch(
    jax_fn: Callable[..., Any],
    torch_fn: Callable[..., Any],
    *args: Any,
    argnums: int | Sequence[int] | None = None,
    rtol: float | None = None,
    atol: float | None = None,
    library: Any = None,
    seed: int = 0,
) -> Comparison:
    """Compare values and gradients of a JAX function and of its twin on tensors.

    Args:
        jax_fn: a function of arrays.
        torch_fn: the same as a function of tensors, of real PyTorch or of `funcgrad.torch`; a
            module will do.
        args: the arguments: arrays, in any pytree, of which the other side gets tensors, and other
            things, which both get as they are.
        argnums: which of them to differentiate by; by default all that hold floats.
        rtol: the tolerance relative to each entry; by default by the coarsest dtype.
        atol: the absolute tolerance; by default by the largest entry of the array.
        library: `torch` or `funcgrad.torch`, where `torch_fn` does not show which it uses.
        seed: of the random cotangent that both sides get for results that are no single number.

    Returns:
        Both sides' values and gradients, with the differences.

    Raises:
        GradientError: they differ.
        ValueError: nothing shows which library `torch_fn` uses.

    Example:
        >>> import jax.numpy as jnp, numpy as np, funcgrad.torch as torch
        >>> x, w = np.array([1.0, 2.0], np.float32), np.array([0.5, -1.0], np.float32)
        >>> found = compare_with_torch(
        ...     lambda x, w: jnp.tanh(x @ w), lambda x, w: torch.tanh(x @ w), x, w)
        >>> found.ok, [pair.name for pair in found.gradients]
        (True, ['d / d args[0]', 'd / d args[1]'])
    """
    library = library_of(torch_fn) if library is None else library
    paths, tree = jax.tree_util.tree_flatten_with_path(tuple(args))
    chosen = {int(n) % len(args) for n in np.atleast_1d(argnums)} if argnums is not None else None
    leaves: list[Any] = []
    follows: list[bool] = []
    names: list[str] = []
    for path, leaf in paths:
        array = to_array(leaf) if hasattr(leaf, "shape") and hasattr(leaf, "dtype") else None
        leaves.append(leaf if array is None else array)
        asked = chosen is None or path[0].idx in chosen
        follows.append(array is not None and asked and is_inexact(array.dtype))
        names.append("args" + jax.tree_util.keystr(path))

    tensors = [
        to_tensor(library, leaf, follow) if isinstance(leaf, np.ndarray) else leaf
        for leaf, follow in zip(leaves, follows, strict=True)
    ]
    with library.enable_grad():
        results = leaves_of(torch_fn(*jax.tree.unflatten(tree, tensors)))
    theirs = [to_array(result) for result in results]

    wide = any(isinstance(a, np.ndarray) and _is_wide(a.dtype) for a in leaves)
    with jax.enable_x64(True) if wide else contextlib.nullcontext():
        places, mine, pullback = _run_jax(jax_fn, tree, leaves, follows)
        told = _Told(name_of(jax_fn), args, seed, library.__name__)
        told.check_shapes(places, mine, theirs)
        cotangents = _cotangents(mine, seed)
        by_jax = pullback([c for c in cotangents if is_inexact(c.dtype)])
    inputs = [tensor for tensor, follow in zip(tensors, follows, strict=True) if follow]
    by_torch = gradients(library, results, inputs, [c.conj() for c in cotangents])

    dtypes = [a.dtype for a in (*mine, *theirs, *by_jax)]
    allowed = Allowed(dtypes, rtol, atol)
    comparison = Comparison(
        tuple(allowed.pair(*three) for three in zip(places, mine, theirs, strict=True)),
        tuple(
            allowed.pair(f"d / d {name}", a, b.conj())
            for name, a, b in zip(
                [n for n, follow in zip(names, follows, strict=True) if follow],
                by_jax,
                by_torch,
                strict=True,
            )
        ),
        library.__name__,
    )
    told.check(comparison, cotangents)
    return comparison


def _is_wide(dtype: Any) -> bool:
    return np.dtype(dtype) in (np.dtype(np.float64), np.dtype(np.complex128))


def _run_jax(
    function: Callable[..., Any], tree: Any, leaves: Sequence[Any], follows: Sequence[bool]
) -> tuple[list[str], list[Array], Callable[[list[Array]], list[Array]]]:
    """Names and values of the results, and the pullback of those that are inexact."""
    fixed = [jax.numpy.asarray(x) if isinstance(x, np.ndarray) else x for x in leaves]
    names: list[str] = []

    def inexact(by: list[Any]) -> tuple[list[Any], list[Any]]:
        replaced = iter(by)
        pairs = zip(fixed, follows, strict=True)
        full = [next(replaced) if follow else leaf for leaf, follow in pairs]
        found, _ = jax.tree_util.tree_flatten_with_path(function(*jax.tree.unflatten(tree, full)))
        found = [(path, leaf) for path, leaf in found if not isinstance(leaf, str)]
        names[:] = ["out" + jax.tree_util.keystr(path) for path, _ in found]
        results = [jax.numpy.asarray(leaf) for _, leaf in found]
        return [r for r in results if is_inexact(r.dtype)], results

    by = [leaf for leaf, follow in zip(fixed, follows, strict=True) if follow]
    outputs, pullback, results = jax.vjp(inexact, by, has_aux=True)

    def pull(cotangents: list[Array]) -> list[Array]:
        given = [c.astype(o.dtype) for c, o in zip(cotangents, outputs, strict=True)]
        return [np.asarray(g) for g in pullback(given)[0]]

    return names, [np.asarray(r) for r in results], pull


def _cotangents(values: Sequence[Array], seed: int) -> list[Array]:
    """For a single real number a one, for the rest random numbers."""
    random = np.random.default_rng(seed)
    found = []
    for value in values:
        drawn: Any = random.normal(size=value.shape)
        if np.iscomplexobj(value):
            drawn = drawn + 1j * random.normal(size=value.shape)
        elif value.size == 1:
            drawn = np.ones(value.shape)
        found.append(np.asarray(drawn).astype(value.dtype))
    return found


@dataclass(frozen=True)
class _Told:
    """Says what differs, in the form of every other check."""

    function: str
    arguments: tuple[Any, ...]
    seed: int
    library: str

    def check_shapes(self, names: Sequence[str], mine: list[Array], theirs: list[Array]) -> None:
        """Raise where the results are not of the same number and shapes."""
        shapes = [[value.shape for value in side] for side in (mine, theirs)]
        if shapes[0] != shapes[1]:
            pairs = zip(names, *shapes, strict=False)
            where = next(
                (name for name, a, b in pairs if a != b), f"result {min(map(len, shapes))}"
            )
            claim, (got, expected) = "both give results of the same shapes", shapes
            self._fail("structure", claim, where, got, expected, np.inf)

    def check(self, comparison: Comparison, cotangents: Sequence[Array]) -> None:
        """Raise where the values, or else the gradients, differ."""
        for name, claim, pairs in (
            ("structure", "both give the same values", comparison.values),
            ("value", "both give the same gradients", comparison.gradients),
        ):
            worst = max(pairs, key=lambda pair: pair.error, default=None)
            if worst is not None and worst.error > 1:
                mine, theirs = worst.jax[worst.place], worst.torch[worst.place]
                where = worst.name + (str(list(worst.place)) if worst.place else "")
                cause = ""
                if np.iscomplexobj(worst.jax) and np.allclose(worst.jax, worst.torch.conj()):
                    cause = "one side's are the conjugates of the other's"
                self._fail(name, claim, where, mine, theirs, worst.error, cotangents, cause)

    def _fail(
        self,
        name: str,
        claim: str,
        where: str,
        mine: Any,
        theirs: Any,
        error: float,
        cotangents: Sequence[Array] = (),
        cause: str = "",
    ) -> None:
        claim = f"{claim} in JAX (got) and {self.library} (expected)"
        cotangent = cotangents[0] if len(cotangents) == 1 else tuple(cotangents) or None
        broke = Counterexample(
            name, claim, self.arguments, cotangent, None, theirs, mine, where, error, cause
        )
        found = PropertyResult(name, "fail", claim, 1, error)
        report = Report(
            self.function, {name: found}, broke, examples=1, worst=error, seed=self.seed
        )
        raise GradientError(report, message(report))
