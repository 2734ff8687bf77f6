"""What a check was given: arrays, descriptions of arrays, strategies or tensors, and a function."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import jax

from funcgrad.testing.arguments import concrete, owned, translated
from funcgrad.testing.search import Leaves, drawn, find, is_strategy, keeping
from funcgrad.testing.subject import Subject


@dataclass(frozen=True)
class Given:
    """The arguments of a check.

    Attributes:
        subject: the function, with how its arguments are laid out.
        arguments: arrays and strategies.
        leaves: those of the example; of strategies, of the simplest that they give.
        drawn: whether there are strategies.
        tensors: the arguments as tensors, and by which of them the function is differentiated; None
            for a function of arrays.
    """

    subject: Subject
    arguments: Any
    leaves: Leaves
    drawn: bool
    tensors: Any

    @classmethod
    def of(
        cls,
        fn: Callable[..., Any],
        arguments: tuple[Any, ...],
        argnums: int | Sequence[int] | None,
        seed: int,
    ) -> Given:
        """Those of a call.

        Args:
            fn: the function.
            arguments: what it was given.
            argnums: by which of them it is differentiated.
            seed: for what is drawn.
        """
        names = tensors = None
        translation = translated(fn, arguments)
        if translation is not None:
            argnums = translation.argnums if argnums is None else argnums
            tensors, names = (arguments, argnums), translation.names
            fn, arguments = translation.function, translation.arguments
        arguments = jax.tree.map(concrete, arguments, is_leaf=_is_spec)
        is_drawn = any(map(is_strategy, jax.tree.leaves(arguments, is_leaf=is_strategy)))
        example = _simplest(arguments, seed) if is_drawn else arguments
        subject = Subject.of(fn, example, argnums, names)
        if "differentiated" not in subject.roles:
            raise TypeError(
                "check_gradients needs an argument to differentiate by, of floats or complex "
                f"numbers; {subject.name} was given none among argnums={argnums}. Pass arrays "
                "of floats (jnp.asarray(x, float))"
            )
        if is_drawn:
            subject = replace(subject, tangents=keeping(arguments, example))
        leaves = [owned(leaf) for leaf in jax.tree.leaves(tuple(example))]
        return cls(subject, arguments, leaves, is_drawn, tensors)


def _simplest(arguments: Any, seed: int) -> Any:
    """One set of arguments that the strategies give: the simplest."""
    import hypothesis  # `search` says what to install where it is missing

    points = drawn(arguments, lambda tree: [tree], 1)
    found = find(points, lambda _: True, examples=1, seed=seed)
    if found is None:
        raise hypothesis.errors.Unsatisfiable(f"{arguments} gave no example")
    return found[0]


def _is_spec(leaf: Any) -> bool:
    """Whether a leaf stands for arrays, and is none."""
    return isinstance(leaf, jax.ShapeDtypeStruct) or is_strategy(leaf)
