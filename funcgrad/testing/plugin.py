"""The plugin of pytest: checks of gradients under the options of a run, counted at its end.

Every run of pytest in an environment with funcgrad imports this module, most of them in projects
that never ask for it; so it imports pytest and the standard library only. `-p no:funcgrad` turns it
off.

A check tells `observers` what it found. What a test found travels on pytest's own report of that
test, as JSON, because that is what pytest-xdist carries from its workers to the process that sums
up.
"""

from __future__ import annotations

import functools
import json
from collections.abc import Callable, Generator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from funcgrad.testing import defaults, observers

if TYPE_CHECKING:
    from funcgrad.testing.report import Report
    from funcgrad.testing.telling.records import Record

PROFILES = ("fast", "default", "thorough")
MARKER = "gradients"
TOLD = "funcgrad"  # the attribute of pytest's report
_found = pytest.StashKey[list["Report"]]()
_options = pytest.StashKey[dict[str, Any]]()


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("funcgrad", "property tests of gradients (funcgrad)")
    group.addoption(
        "--grad-profile",
        choices=PROFILES,
        help="how much a check of gradients tries, where it does not say",
    )
    group.addoption(
        "--grad-seed", type=int, metavar="N", help="the seed of a check, where it does not say"
    )
    group.addoption(
        "--grad-report",
        metavar="FILE",
        help="write what every check found: as JSON to a .json, as Markdown to a .md",
    )
    parser.addini("grad_profile", "default for --grad-profile")
    parser.addini("grad_seed", "default for --grad-seed")
    parser.addini("grad_report", "default for --grad-report, relative to the root folder")


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line(
        "markers",
        f"{MARKER}(**options): a test of gradients; the options (profile, seed, order, …) are "
        "those of funcgrad.testing.check_gradients, for every check in it that does not say",
    )
    config.stash[_options] = _from_command_line(config)
    checks = Checks(config, None if hasattr(config, "workerinput") else _report_file(config))
    config.pluginmanager.register(checks, "funcgrad-checks")


def pytest_itemcollected(item: pytest.Item) -> None:
    """Let `-m gradients` find what is one without being marked."""
    test = getattr(item, "obj", None)
    if "check_gradients" in getattr(item, "fixturenames", ()) or getattr(
        test, "is_gradient_test", False
    ):
        item.add_marker(MARKER)
    if any(mark.args for mark in item.iter_markers(MARKER)):
        raise pytest.UsageError(
            f"{item.nodeid}: the marker {MARKER} takes options by name, such as profile='fast'"
        )


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    found: list[Report] = []
    item.stash[_found] = found
    remove = observers.observe(found.append)
    try:
        with defaults.using(_of(item)):
            return (yield)
    finally:
        remove()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item,
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    found = item.stash.get(_found, [])
    if found:  # since the last phase of this test
        vars(report)[TOLD] = [json.dumps(each.to_json(), allow_nan=False) for each in found]
        found.clear()
    return report


@pytest.fixture
def check_gradients(request: pytest.FixtureRequest) -> Callable[..., Report]:
    """funcgrad.testing.check_gradients, under the options of this run and this test's marker."""
    from funcgrad.testing.check import check_gradients as check
    from funcgrad.testing.report import GradientError

    options = _of(request.node)

    @functools.wraps(check)
    def check_with_options(*args: Any, **given: Any) -> Report:
        __tracebackhide__ = True
        try:
            return check(*args, **{**options, **given})
        except GradientError as error:  # our frames say nothing about the function that is wrong
            raise error.with_traceback(None) from None

    return check_with_options


class Checks:
    """What the tests of this run found, told at its end."""

    def __init__(self, config: pytest.Config, file: Path | None) -> None:
        self._config = config
        self._file = file
        self._records: list[Record] = []

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        told = getattr(report, TOLD, ())
        if not told or hasattr(self._config, "workerinput"):  # the controller gets it, too
            return
        from funcgrad.testing.report import Report
        from funcgrad.testing.telling.records import Record

        self._records += [
            Record(report.nodeid, report.outcome != "failed", Report.from_json(json.loads(each)))
            for each in told
        ]

    def pytest_sessionfinish(self) -> None:
        if self._file is None or self._config.option.collectonly:
            return
        from funcgrad.testing.telling import records

        if self._file.suffix == ".json":
            text = json.dumps(records.to_json(self._records), indent=2, allow_nan=False) + "\n"
        else:
            text = records.page(self._records)
        self._file.parent.mkdir(parents=True, exist_ok=True)
        self._file.write_text(text, encoding="utf-8")

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        if not self._records:
            return
        from funcgrad.testing.telling.records import summary

        terminalreporter.section("gradients")
        for line in summary(self._records):
            colour = {"FAILED": "red", "OPEN": "yellow"}.get(line.partition(" ")[0])
            terminalreporter.write_line(line, **({colour: True} if colour else {}))
        if self._file is not None:
            terminalreporter.write_line(f"all of it: {self._file}")


def _of(item: pytest.Item) -> dict[str, Any]:
    """The options for the checks of a test: its markers', the nearest first, then the run's."""
    options = item.config.stash[_options].copy()
    for mark in reversed(list(item.iter_markers(MARKER))):
        options |= mark.kwargs
    return options


def _from_command_line(config: pytest.Config) -> dict[str, Any]:
    options: dict[str, Any] = {}
    profile = config.getoption("--grad-profile") or config.getini("grad_profile")
    if profile:
        if profile not in PROFILES:
            raise pytest.UsageError(
                f"grad_profile is one of {', '.join(PROFILES)}, and not {profile!r}"
            )
        options["profile"] = profile
    seed = config.getoption("--grad-seed")
    if seed is None:
        seed = config.getini("grad_seed")
    if seed not in (None, ""):
        try:
            options["seed"] = int(seed)
        except ValueError:
            raise pytest.UsageError(f"grad_seed is an integer, and not {seed!r}") from None
    return options


def _report_file(config: pytest.Config) -> Path | None:
    given = config.getoption("--grad-report")
    folder = config.invocation_params.dir
    if given is None:
        given, folder = config.getini("grad_report"), config.rootpath
    if not given:
        return None
    file: Path = folder / given
    if file.suffix not in (".json", ".md"):
        raise pytest.UsageError(
            f"--grad-report writes JSON to a .json and Markdown to a .md, and {given!r} is neither"
        )
    return file
