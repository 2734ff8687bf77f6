"""Programs drawn by chance alone, each from a seed of its own, and how one is made short.

Hypothesis likes short programs and lines that it has had: a tenth of its programs have a view or a
base edited before a backward pass; of these it is a quarter.
"""

import random
from collections.abc import Sequence

from . import steps
from .agreement import Difference
from .program import Program

_TABLES = (steps.BUILD, steps.COMPUTE, steps.VIEW, steps.VIEW, steps.EDIT, steps.EDIT,
           steps.GRADIENT, steps.HOOK, steps.MODE)  # fmt: skip


def draw(seed: int) -> tuple[Program, Difference | None]:
    """The program of a seed, of 5 to 25 steps, as far as it goes, and where the engines differ."""
    chance, program = random.Random(seed), Program()
    try:
        program.step(steps.BUILD[0], (0, chance.randrange(12), 0))
        for _ in range(chance.randint(4, 24)):
            if program.over:
                break
            step = chance.choice(chance.choice(_TABLES))
            newest = int(chance.expovariate(0.6))
            program.step(step, (newest, chance.randrange(12), chance.randrange(7)))
        program.finish()
    except Difference as difference:
        return program, difference
    finally:
        program.close()
    return program, None


def shorter(lines: Sequence[str], difference: Difference) -> Difference:
    """The difference that is left of a program when no more lines can go, of the same kind."""
    kept, at = [*lines], len(lines) - 2
    while at >= 0:
        without = [*kept[:at], *kept[at + 1 :]]
        found = differs(without)
        if found is not None and _kind(found) == _kind(difference):
            kept, difference = without, found
        at -= 1
    return difference


def _kind(difference: Difference) -> str:
    """What differs, in a word: the fact, or the type of the error."""
    return str(difference).rpartition("# ")[2].split()[0]


def differs(lines: Sequence[str]) -> Difference | None:
    """Where the engines differ in a program, if they do."""
    program = Program()
    try:
        for line in lines:
            program.run(line)
    except Difference as difference:
        return difference
    finally:
        program.close()
    return None
