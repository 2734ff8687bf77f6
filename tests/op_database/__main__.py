"""Which entries of PyTorch's op database pass, and what differs in the others.

Run it in the folder `tests`:

    python -m op_database                      # all, with all samples
    python -m op_database --brief add where    # some, with as many samples as in CI
    python -m op_database --left --write       # what is not on the list `full`; add what passes
    python -m op_database --left --write --brief    # the same for the list `passing`
"""

import argparse
import time

from .exam import examine
from .samples import ENTRIES
from .standing import DIFFERS, FULL, PASSING, add


def options() -> argparse.Namespace:
    """What was asked for."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("names", nargs="*", help="of entries; by default all that have a function")
    parser.add_argument("--brief", action="store_true", help="with as many samples as in CI")
    parser.add_argument("--left", action="store_true", help="leave out what is on the list")
    parser.add_argument("--write", action="store_true", help="add what passes to the list")
    return parser.parse_args()


def main() -> None:
    """Examine, and tell."""
    asked = options()
    listed = PASSING if asked.brief else FULL
    names = asked.names or ENTRIES
    names = [name for name in names if not (asked.left and name in listed)]
    passed = 0
    for name in names:
        begin = time.process_time()
        try:
            found = examine(ENTRIES[name], brief=asked.brief)
        except Exception as error:  # noqa: BLE001 - some samples are none that can be carried over
            found = {"samples": f"{type(error).__name__}: {error}"}
        wrong = {
            paper: words for paper, words in found.items() if paper not in DIFFERS.get(name, {})
        }
        seconds = time.process_time() - begin
        print("FAIL" if wrong else "pass", name, f"{seconds:.1f} s", flush=True)
        for paper, words in wrong.items():
            print(f"    {paper}: {words}", flush=True)
        for paper in DIFFERS.get(name, {}).keys() - found.keys() if not asked.brief else ():
            print(f"    {paper}: is no difference any more", flush=True)
        passed += not wrong
        if asked.write and not wrong:
            add("passing" if asked.brief else "full", name)
    print(f"{passed} of {len(names)} pass")


if __name__ == "__main__":
    main()
