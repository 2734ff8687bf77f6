"""A guess at what is wrong with a rule, from the numbers of a counterexample."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from funcgrad.testing.counterexample import linearity, transforms
from funcgrad.testing.counterexample.evidence import (
    Block,
    blocks,
    evidence,
    split_rows,
)
from funcgrad.testing.counterexample.factors import named
from funcgrad.testing.counterexample.patterns import guess, plain, size_only
from funcgrad.testing.counterexample.regions import region
from funcgrad.testing.report import Counterexample


def cause(counterexample: Counterexample) -> str:
    """Guess the cause of a failure.

    Args:
        counterexample: what failed. Its facts that are read, each where it is there:
            "numeric" and "automatic": the Jacobian by differences and by the rule at the point,
            outputs × inputs, in real coordinates, NaN where not known. "inputs" and "outputs":
            (label, start, stop, shape) of each array among those coordinates. "order": 2 where
            they are the Jacobian of the gradient. "tolerance": how far an entry of "numeric" may
            be off. "reverse" and "forward": Jacobians of the two modes where they differ.
            "scales" and "ratio": vjp(a·ct) over a·vjp(ct) for each a. "exception". "equation":
            what `first_nonfinite` found.

    Returns:
        One or two sentences that say what they rest on, or "" where nothing fits.

    Example:
        >>> import numpy as np
        >>> from funcgrad.testing.counterexample import cause
        >>> from funcgrad.testing.report import Counterexample
        >>> facts = {"numeric": np.diag([2.0, 4.0, 6.0]), "automatic": np.diag([4.0, 8.0, 12.0])}
        >>> facts |= {"inputs": [("args[0]", 0, 3, (3,))], "outputs": [("out", 0, 3, (3,))]}
        >>> cause(Counterexample("value", "", (np.float32([1, 2, 3]),), facts=facts))
        'The rule gives 2 times the derivative, in all 3 entries (d out / d args[0]).'
    """
    facts = counterexample.facts
    if isinstance(exception := facts.get("exception"), BaseException):
        return transforms.of_exception(exception)
    special = _BY_PROPERTY.get(counterexample.property)
    words = special(counterexample) if special else ""
    return words or _of_jacobians(counterexample) or _of_numbers(counterexample)


def _of_jacobians(found: Counterexample) -> str:
    whole = evidence(found)
    if whole is None:
        return ""
    if words := _not_finite(whole):
        return words
    if not whole.wrong.any():
        return ""
    subject = "Differentiated once more, the rule gives" if whole.order == 2 else "The rule gives"
    if whole.same(0.0):
        return _nothing(whole)
    parts = list(blocks(found, whole)) or [whole]
    spoilt = [part for part in parts if part.wrong.any()]
    if words := _swapped(spoilt):
        return words
    if len(spoilt) > 1 and (phrase := plain(whole)):
        return f"{subject} {phrase} (of {whole.name})."
    told = [phrase for part in spoilt if (phrase := _told(found, part))]
    if not told or len(told) < len(spoilt):
        return _where_only(parts, spoilt, told)
    right = [part for part in parts if part.telling.any() and not part.wrong.any()]
    if right:
        names = ", ".join(part.columns.label for part in right if part.columns)
        told[-1] += f"; that of {names} is right"
    return f"{subject} {'; and '.join(dict.fromkeys(told))}."


def _told(found: Counterexample, block: Block) -> str:
    """A phrase for the block of one input, or ""."""
    if phrase := guess(block):
        return _about(phrase, block)
    if at := region(block):
        phrase = plain(at.block) or "something else"
        few = f"{at.wrong} of {at.total}"
        return f"{phrase} {at.words}, and what is right elsewhere ({few} wrong, {block.name})"
    if phrase := size_only(block):
        return _about(phrase, block)
    parts = list(split_rows(found, block))
    spoilt = [part for part in parts if part.wrong.any()]
    if len(parts) > 1 and len(spoilt) == 1 and (phrase := guess(spoilt[0])):
        return _about(phrase, spoilt[0])
    return ""


def _about(phrase: str, block: Block) -> str:
    if phrase == "zero":
        return (
            f"zero for {block.name}, as if it were forgotten or stopped: differences are not zero "
            f"in {int(block.wrong.sum())} of {block.numeric.size} entries"
        )
    return f"{phrase} ({block.name})"


def _where_only(parts: list[Block], spoilt: list[Block], told: list[str]) -> str:
    """Nothing fits, but only some arguments are concerned: that much is sure."""
    right = [part for part in parts if part.telling.any() and not part.wrong.any()]
    names = [part.columns.label for part in spoilt if part.columns]
    if not right or not names:
        return ""
    good = ", ".join(part.columns.label for part in right if part.columns)
    return f"Only the derivative by {', '.join(names)} is wrong; that by {good} agrees."


def _nothing(whole: Block) -> str:
    count = int(whole.wrong.sum())
    if whole.order == 2:
        return (
            "The gradient's own derivative is zero where its differences are not "
            f"({count} entries): something in the rule stops second derivatives, such as "
            "stop_gradient, a constant in the place of a residual, or a callback."
        )
    return (
        f"The rule gives no gradient at all, and differences are not zero in {count} entries: "
        "stop_gradient, a conversion to integers, or a rule that returns zeros."
    )


def _swapped(spoilt: list[Block]) -> str:
    """Two arguments of one shape have each other's gradient."""
    for number, one in enumerate(spoilt):
        for two in spoilt[number + 1 :]:
            if one.numeric.shape != two.numeric.shape or not (one.columns and two.columns):
                continue
            if one.same(two.numeric) and two.same(one.numeric):
                return (
                    f"The gradients by {one.columns.label} and {two.columns.label} are exchanged: "
                    "each agrees with the differences of the other, in all "
                    f"{one.numeric.size} entries."
                )
    return ""


def _not_finite(whole: Block) -> str:
    spoilt = np.isfinite(whole.numeric) & ~np.isfinite(whole.automatic)
    if not spoilt.any():
        return ""
    kind = "NaN" if np.isnan(whole.automatic[spoilt]).any() else "infinity"
    words = f"The rule gives {kind} in {int(spoilt.sum())} of {whole.numeric.size} entries of "
    words += f"{whole.name}, where differences are finite"
    if whole.values is not None:
        at = np.unique(whole.values[spoilt.any(axis=0)])
        shown = ", ".join(f"{each:.6g}" for each in at[:3])
        words += f": at the value{'s' if at.size > 1 else ''} {shown}"
        words += ", …" if at.size > 3 else ""
    return f"{words}."


def _of_numbers(found: Counterexample) -> str:
    """All that expected and got tell by themselves: nothing at all, or a plain factor."""
    if found.property not in ("value", "taylor", "second", "duality", "jit", "vmap", "state"):
        return ""
    try:
        expected = np.asarray(found.expected, dtype=np.float64).reshape(1, -1)
        got = np.asarray(found.got, dtype=np.float64).reshape(1, -1)
    except (TypeError, ValueError):
        return ""
    if expected.shape != got.shape or expected.size == 0 or not np.isfinite(got).all():
        return ""
    block = Block(expected, got, None, None)
    if not block.wrong.any():
        return ""
    if block.same(0.0):
        return "What came out is zero: something stops the derivative (so say expected and got)."
    phrase = plain(block)
    if "times" not in phrase and "wrong sign" not in phrase:
        return ""
    ratio = float((expected * got).sum() / (expected * expected).sum())
    factor = named(ratio, {}, block.relative)
    if not factor.special:
        return ""
    rest = "so say expected and got" if expected.size == 1 else f"in all {expected.size} numbers"
    return f"What came out is {factor.text} times what was expected ({rest})."


def _duality(found: Counterexample) -> str:
    """Which of the two modes is wrong, and how."""
    reverse, forward = found.facts.get("reverse"), found.facts.get("forward")
    if reverse is None or forward is None:
        return ""
    numeric = found.facts.get("numeric")
    if numeric is None:  # nobody says which is right: tell how one differs from the other
        words = _compared(found, forward, reverse)
        return f"Beside forward mode: {words}" if words else ""
    in_reverse = evidence(_with(found, numeric, reverse))
    in_forward = evidence(_with(found, numeric, forward))
    if in_reverse is None or in_forward is None:
        return ""
    wrong = bool(in_reverse.wrong.any()), bool(in_forward.wrong.any())
    if wrong == (True, False):
        words = "Forward mode agrees with differences, reverse mode does not."
        return f"{words} {_compared(found, numeric, reverse)}".strip()
    if wrong == (False, True):
        words = "Reverse mode agrees with differences, forward mode does not."
        return f"{words} {_compared(found, numeric, forward)}".strip()
    return ""


def _compared(found: Counterexample, numeric: object, automatic: object) -> str:
    return _of_jacobians(_with(found, numeric, automatic))


def _with(found: Counterexample, numeric: object, automatic: object) -> Counterexample:
    return replace(found, facts={**found.facts, "numeric": numeric, "automatic": automatic})


def _finite(found: Counterexample) -> str:
    equation = found.facts.get("equation")
    if equation is None:
        return ""
    result = getattr(equation, "result", "NaN or infinity")
    kind = {"nan": "NaN", "inf": "infinity"}.get(result, result)
    return f"The {kind} is made by {equation}."


def _precision(found: Counterexample) -> str:
    """How a result in few digits differs from that of the same rule in many."""
    try:
        expected = np.asarray(found.expected, dtype=np.float64)
        got = np.asarray(found.got, dtype=np.float64)
    except (TypeError, ValueError):
        return ""
    if expected.shape != got.shape or expected.size == 0 or not np.isfinite(expected).all():
        return ""
    if not np.isfinite(got).all():
        return "It overflows: the same rule is finite in float64."
    worst = int(np.argmax(np.abs(got - expected)))
    one, other = float(expected.flat[worst]), float(got.flat[worst])
    if one == other:
        return ""
    if other == 0:
        return f"It rounds to zero, where the same rule in float64 gives {one:.6g}."
    digits = -np.log10(abs(other - one) / max(abs(one), 1e-300))
    return (
        f"Of the gradient {other:.6g} about {max(int(digits), 0)} digits are right, by the same "
        "rule in float64: a difference of nearly equal numbers, or a sum that loses small terms."
    )


_BY_PROPERTY: dict[str, Callable[[Counterexample], str]] = {
    "duality": _duality,
    "cotangent": linearity.of_scales,
    "vmap": transforms.of_batch,
    "finite": _finite,
    "precision": _precision,
}
