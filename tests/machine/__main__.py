"""Run random programs on PyTorch and on ours.

Run it in the folder `tests`:

    python -m machine --programs 50000 --seed 0 --cache FOLDER

A program takes about 0.15 CPU s once most of what programs compile is in the cache, which several
runs may share, and 0.4 without one.
"""

import argparse
import gc
import time

import jax

from funcgrad.tape import whole

from .drawn import differs, draw, shorter


def options() -> argparse.Namespace:
    """What was asked for."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--programs", type=int, default=1000, help="how many")
    parser.add_argument("--seed", type=int, default=0, help="of the first one; each has its own")
    parser.add_argument(
        "--whole", action="store_true", help="compile each backward pass that can be, at once"
    )
    parser.add_argument(
        "--again", action="store_true", help="run each thrice: what is known takes shorter ways"
    )
    parser.add_argument("--cache", help="a folder for compiled programs")
    return parser.parse_args()


def keep_compiled(folder: str) -> None:
    """Keep all that JAX compiles in a folder."""
    jax.config.update("jax_compilation_cache_dir", folder)
    jax.config.update("jax_persistent_cache_min_compile_time_secs", 0)
    jax.config.update("jax_persistent_cache_min_entry_size_bytes", -1)
    gc.set_threshold(100_000, 50, 1000)  # what was compiled stays, and need not be looked at


def main() -> None:
    """Draw, and tell."""
    asked, begin = options(), time.process_time()
    if asked.cache:
        keep_compiled(asked.cache)
    if asked.whole:
        whole._PATIENCE = 0
    telling = lines = 0
    differ: list[int] = []
    for made, seed in enumerate(range(asked.seed, asked.seed + asked.programs), 1):
        program, difference = draw(seed)
        for _ in range(2 if asked.again else 0):
            difference = difference or differs(program.lines)
        telling, lines = telling + program.telling, lines + len(program.lines)
        if difference is not None:
            differ.append(seed)
            print(f"seed {seed}:\n{shorter(program.lines, difference)}\n", flush=True)
        if made % 500 == 0 or made == asked.programs:
            seconds = time.process_time() - begin
            print(
                f"{made} programs of {lines / made:.0f} lines, {telling / made:.0%} with a view or "
                f"base edited before a backward; {len(differ)} differ, the last of seed "
                f"{differ[-1] if differ else None}; {seconds:.0f} CPU s",
                flush=True,
            )


if __name__ == "__main__":
    main()
