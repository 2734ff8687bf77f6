"""Shapes in types, at no cost to an import.

Signatures read `t.PyTree[t.ArrayLike]` and are strings until somebody evaluates them (every
module here says `from __future__ import annotations`). The tests do, with jaxtyping and beartype;
a user's `import funcgrad` never does, and so never loads jaxtyping.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from jax import Array as Array
from jax.typing import ArrayLike as ArrayLike

if TYPE_CHECKING:
    from jaxtyping import Bool as Bool
    from jaxtyping import Float as Float
    from jaxtyping import Inexact as Inexact
    from jaxtyping import Int as Int
    from jaxtyping import Num as Num
    from jaxtyping import PyTree as PyTree
    from jaxtyping import Shaped as Shaped


def __getattr__(name: str) -> Any:
    if name.startswith("__"):  # the import system asks for names such as __path__
        raise AttributeError(name)
    import jaxtyping

    return getattr(jaxtyping, name)
