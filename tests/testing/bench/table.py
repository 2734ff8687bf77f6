"""Who finds what: every case of the bench before every judge.

    python tests/testing/bench/table.py --dtype float32 --profile fast
    python tests/testing/bench/table.py --judges ours --arrays-only --repeat 3 --markdown
    python tests/testing/bench/table.py --judges anchors --every 4 --cases blind,unseen
    python tests/testing/bench/table.py --judges ours --every 20 --repeat 200 --load 4
    python tests/testing/bench/table.py --read float32.json --markdown    # what was written before

Times are CPU seconds a call, JAX's compilations included, in one process whose caches stay.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import json
import os
import subprocess
import sys
import time
import warnings
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

os.environ.setdefault("OMP_NUM_THREADS", "1")
if not __package__:  # called as a program
    sys.path[:0] = [str(Path(__file__).parents[1]), str(Path(__file__).parents[3])]
    __package__ = "bench"

import jax
import numpy as np

from .anchors import ANCHORS
from .blind import BLIND
from .cases import CASES, Case
from .unseen import UNSEEN

SETS = {"own": list(CASES.values()), "blind": BLIND, "unseen": UNSEEN}


@dataclass
class Verdict:
    """What a judge said of a case.

    Attributes:
        judge: its name.
        case: the case's name.
        kind: the case's kind.
        said: "accepted", "rejected" or "crash".
        seconds: CPU seconds.
        counterexample: whether the rejection comes with one.
        reproduces: whether the counterexample's program runs and shows the fault.
        note: which property broke, or what was raised.
        flaky: whether a repeat said something else.
    """

    judge: str
    case: str
    kind: str
    said: str
    seconds: float
    counterexample: bool = False
    reproduces: bool = False
    note: str = ""
    flaky: bool = False

    @property
    def right(self) -> bool:
        """Whether a bug was rejected, or anything else accepted."""
        return self.said == ("rejected" if self.kind == "bug" else "accepted")


def ours(profile: str, arrays_only: bool, dtype: str) -> Callable[[Case], dict[str, Any]]:
    """`funcgrad.testing.check_gradients` as a judge."""
    from funcgrad import testing as gt
    from funcgrad.testing.report import GradientError

    def judge(case: Case) -> dict[str, Any]:
        function, args = case.make(dtype)
        if case.strategies is not None and not arrays_only:
            args = case.strategies(gt, dtype)
        try:
            gt.check_gradients(function, *args, profile=profile)
        except GradientError as error:
            found = error.counterexample
            return {
                "said": "rejected",
                "counterexample": found is not None,
                "reproducer": found.reproducer if found else "",
                "called": error.report.function,
                "got": str(found.got) if found else "",
                "note": found.property if found else "",
            }
        return {"said": "accepted"}

    return judge


def anchor(name: str, dtype: str) -> Callable[[Case], dict[str, Any]]:
    """One of the anchors as a judge: it sees arrays only."""
    return lambda case: {"said": "accepted" if ANCHORS[name](*case.make(dtype)) else "rejected"}


def runs(program: str, function: Any, called: str, got: str) -> bool:
    """Whether a reproducer, run beside the function, fails as it should.

    That is by its assertion, or with the exception that the counterexample tells of.
    """
    names = {called: function, getattr(function, "__name__", "fn"): function, "fn": function}
    jax.clear_caches()  # JAX mixes up what was compiled with 64 bits and without
    try:
        with contextlib.redirect_stdout(io.StringIO()):
            exec(compile(program, "<reproducer>", "exec"), names)
    except AssertionError:  # a GradientError is one
        return True
    except Exception as error:  # noqa: BLE001 - a program that does not run may raise anything
        return got.startswith(type(error).__name__)
    return False


def ask(judge: Callable[[Case], dict[str, Any]], name: str, case: Case, repeat: int) -> Verdict:
    """The verdict on one case; the time is that of the first call."""
    answers = []
    seconds = 0.0
    for turn in range(repeat):
        begin = time.process_time()
        try:
            answer = judge(case)
        except Exception as error:  # noqa: BLE001 - a crash is told apart, and counted
            answer = {"said": "crash", "note": f"{type(error).__name__}: {error}"[:200]}
        seconds = seconds if turn else time.process_time() - begin
        answers.append(answer)
    program, called, got = (answers[0].pop(key, "") for key in ("reproducer", "called", "got"))
    verdict = Verdict(name, case.name, case.kind, seconds=seconds, **answers[0])
    function = case.make(case.dtypes[0])[0]
    verdict.reproduces = bool(program) and runs(program, function, called, got)
    verdict.flaky = len({answer["said"] for answer in answers}) > 1
    return verdict


def share(part: int, whole: int) -> str:
    """A share in per cent, with the count."""
    return f"{100 * part / whole:.1f} % ({part}/{whole})" if whole else "–"


def row(verdicts: list[Verdict]) -> dict[str, str]:
    """The figures of one judge."""
    bugs = [v for v in verdicts if v.kind == "bug"]
    found = [v for v in bugs if v.said == "rejected"]
    seconds = [v.seconds for v in verdicts] or [0.0]

    def rejected(kind: str) -> str:
        of_kind = [v for v in verdicts if v.kind == kind]
        return share(sum(v.said == "rejected" for v in of_kind), len(of_kind))

    return {
        "bugs found": share(len(found), len(bugs)),
        "correct rejected": rejected("correct"),
        "twins rejected": rejected("twin"),
        "crashes": str(sum(v.said == "crash" for v in verdicts)),
        "flaky": str(sum(v.flaky for v in verdicts)),
        "median s": f"{np.median(seconds):.2f}",
        "95 % s": f"{np.percentile(seconds, 95):.2f}",
        "counterexample": share(sum(v.counterexample for v in found), len(found)),
        "reproducer": share(sum(v.reproduces for v in found), len(found)),
    }


def tell(verdicts: list[Verdict], markdown: bool) -> None:
    """Print the table and the names of what went wrong."""
    from rich.console import Console
    from rich.table import Table

    judges = list(dict.fromkeys(v.judge for v in verdicts))
    rows = {judge: row([v for v in verdicts if v.judge == judge]) for judge in judges}
    columns = ["judge", *next(iter(rows.values()))]
    console = Console(width=None if sys.stdout.isatty() else 180, markup=False, highlight=False)
    if markdown:
        lines = [columns, ["---"] * len(columns), *([j, *r.values()] for j, r in rows.items())]
        print("\n".join(f"| {' | '.join(line)} |" for line in lines))
    else:
        table = Table(*columns)
        for judge, figures in rows.items():
            table.add_row(judge, *figures.values())
        console.print(table)
    for judge in judges:
        console.print(f"\n{judge}")
        for title, kinds in {"missed": ("bug",), "falsely rejected": ("correct", "twin")}.items():
            wrong = [v for v in verdicts
                     if v.judge == judge and v.kind in kinds and not v.right]  # fmt: skip
            for v in wrong:
                crashed = "crash on " if v.said == "crash" else ""
                console.print(f"  {crashed or title + ':'} {v.case} {v.note}".rstrip())


def options() -> argparse.Namespace:
    """What was asked for."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--dtype", choices=["float32", "float64"], default="float32")
    parser.add_argument("--arrays-only", action="store_true", help="leave the strategies away")
    parser.add_argument("--repeat", type=int, default=1, help="ask again, and count changed minds")
    parser.add_argument("--profile", choices=["fast", "default", "thorough"], default="default")
    parser.add_argument("--judges", default="all", help="all, anchors, ours, or names by commas")
    parser.add_argument("--every", type=int, default=1, help="take every n-th case only")
    parser.add_argument("--only", default="", help="cases whose name holds this")
    parser.add_argument("--cases", default=",".join(SETS), help="sets, by commas")
    parser.add_argument("--load", type=int, default=0, help="keep so many processes busy meanwhile")
    parser.add_argument("--json", type=Path, help="write the verdicts to this file as they come")
    parser.add_argument("--read", type=Path, nargs="*", help="tell what such files say; ask nobody")
    parser.add_argument("--markdown", action="store_true")
    return parser.parse_args()


def chosen(asked: argparse.Namespace) -> list[Case]:
    """The cases; of a part, each bug comes with its twin."""
    every = [case for name in asked.cases.split(",") for case in SETS[name]]
    cases = [c for c in every if asked.dtype in c.dtypes and asked.only in c.name]
    named = {case.name: case for case in every}
    bugs = [c for c in cases if c.wrong][:: asked.every]
    twins = [named[c.twin] for c in bugs if c.twin]
    return bugs + twins + [c for c in cases if c.kind == "correct"][:: asked.every]


@contextlib.contextmanager
def busy(processes: int) -> Iterator[None]:
    """A machine with something else to do."""
    others = [subprocess.Popen([sys.executable, "-c", "while 1: pass"]) for _ in range(processes)]
    try:
        yield
    finally:
        for other in others:
            other.kill()


def judged(asked: argparse.Namespace) -> list[Verdict]:
    """Ask the judges about every case."""
    names = {"all": [*ANCHORS, "ours"], "anchors": [*ANCHORS]}.get(asked.judges)
    names = names or asked.judges.split(",")
    judges = {
        name: ours(asked.profile, asked.arrays_only, asked.dtype)
        if name == "ours" else anchor(name, asked.dtype) for name in names
    }  # fmt: skip
    verdicts = []
    # The dtype of float32 is judged under JAX's own settings.
    wide = jax.enable_x64(True) if asked.dtype == "float64" else contextlib.nullcontext()
    with wide, busy(asked.load):
        warnings.simplefilter("ignore")
        for case in chosen(asked):
            for name, judge in judges.items():
                verdicts.append(ask(judge, name, case, asked.repeat))
            if asked.json:
                asked.json.write_text(json.dumps([asdict(v) for v in verdicts], indent=1))
    return verdicts


def main() -> None:
    """Ask, and tell."""
    asked = options()
    read = [Verdict(**v) for path in asked.read or () for v in json.loads(path.read_text())]
    tell(read if asked.read else judged(asked), asked.markdown)


if __name__ == "__main__":
    main()
