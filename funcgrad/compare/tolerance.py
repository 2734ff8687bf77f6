"""How close two numbers must be: one table, by dtype."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Tolerance:
    """Two numbers agree within `absolute`, or within `relative` of the larger magnitude."""

    absolute: float
    relative: float = 0.0

    def __str__(self) -> str:
        parts = [f"{self.relative:g} relative"] if self.relative else []
        return ", ".join([*parts, f"{self.absolute:g} absolute"])


EXACT = Tolerance(0.0)

TOLERANCES = {
    # One rounding of each side, and no more: half types compute in float32 and round once.
    "bfloat16": Tolerance(absolute=1e-3, relative=1.6e-2),
    "float16": Tolerance(absolute=1e-4, relative=2e-3),
    # 84 units in the last place: sums in another order, and elementary functions (tanh, erf,
    # expm1) that differ by up to 5 units, over some ten operations.
    "float32": Tolerance(absolute=1e-6, relative=1e-5),
    # 4500 units in the last place. Examples that ask for float64 run up to 100 000 steps, so more
    # roundings add up; a value that passed through float32 on the way is off by 1e-8, and caught.
    "float64": Tolerance(absolute=1e-13, relative=1e-12),
}
# A complex number is as accurate as its parts.
TOLERANCES["complex64"] = TOLERANCES["float32"]
TOLERANCES["complex128"] = TOLERANCES["float64"]
