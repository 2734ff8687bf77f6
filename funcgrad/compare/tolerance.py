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
    # Tight enough to catch a value that went through float32 on its way (off by 6e-8), wide enough
    # for what examples ask float64 for: central differences, which cancel five of its sixteen
    # digits, and long runs, over which roundings add up.
    "float64": Tolerance(absolute=1e-10, relative=1e-9),
}
# A complex number is as accurate as its parts.
TOLERANCES["complex64"] = TOLERANCES["float32"]
TOLERANCES["complex128"] = TOLERANCES["float64"]
