"""The plugin, in runs of pytest of their own.

What a check finds is made by hand here, but for the last tests: they are about how it is told.
"""

import json
import os
import re
import subprocess
import sys
import textwrap
from dataclasses import dataclass
from importlib.metadata import entry_points

import pytest

from funcgrad.testing.report import Report

CHECKS = """
    import pytest
    from funcgrad.testing import defaults
    from funcgrad.testing.observers import tell
    from funcgrad.testing.report import *

    def check(name="square", verdict="pass", **fields):
        results = {
            "value": PropertyResult("value", verdict, "because", 9, 0.25),
            "vmap": PropertyResult("vmap", "unavailable", "there is no batch"),
        }
        broke = None
        if verdict == "fail":
            broke = Counterexample("value", "it is so", (1.0,), where="d out / d args[0]", error=5)
        worst = 0.25 if name == "square" else 0.1
        report = Report(name, results, broke, 25, ("f32[3]",), 10, 1, worst, 0.5, **fields)
        tell(report)
        if broke:
            raise GradientError(report, str(report))
"""


@dataclass
class Ran:
    status: int
    out: str
    err: str

    @property
    def summary(self):
        """The lines of the section on gradients."""
        parts = re.split(r"^=+ (.*?) =+$", self.out, flags=re.MULTILINE)
        sections = dict(zip(parts[1::2], parts[2::2], strict=True))
        return sections.get("gradients", "").strip().splitlines()


@pytest.fixture
def run(tmp_path):
    """Run pytest on the source of a test module, behind `CHECKS`, in a folder of its own.

    With our plugin and pytest-xdist only, which is five times as fast, or as pip installed all.
    """
    few = ["-p", "funcgrad.testing.plugin", "-p", "xdist.plugin"]

    def run(source, *options, ini="", checks=CHECKS, as_installed=False):
        (tmp_path / "pytest.ini").write_text(f"[pytest]\nfilterwarnings = error\n{ini}\n")
        module = textwrap.dedent(checks) + textwrap.dedent(source)
        (tmp_path / "test_it.py").write_text(module, encoding="utf-8")
        line = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", *options]
        environment = dict(os.environ)
        if not as_installed:
            line += few
            environment["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
        ran = subprocess.run(
            line, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False
        )
        return Ran(ran.returncode, ran.stdout, ran.stderr)

    return run


MIXED = """
    def test_good():
        check()
        check("cube")

    def test_bad():
        check("loss", "fail")

    def test_open():
        check("noise", "inconclusive")

    def test_expects():
        with pytest.raises(GradientError):
            check("planted", "fail")
"""
AT = "at d out / d args[0], 5 times the tolerance"
SUMMARY = [
    "5 functions, 5 checks: 3 passed, 1 failed, 1 failed as the test expects",
    "2 properties passed, 2 failed, 1 inconclusive, 5 unavailable",
    "125 examples, 5 shapes, 50 compilations, 5 kinks, 2.50 CPU seconds",
    "worst error of a check that passed: 0.25 of its tolerance, in square",
    f"FAILED test_it.py::test_bad - loss: property value failed {AT}",
    "OPEN test_it.py::test_open - noise: property value is inconclusive: because",
]


def test_pip_installs_it():
    (ours,) = [point for point in entry_points(group="pytest11") if point.name == "funcgrad"]
    assert ours.value == "funcgrad.testing.plugin"


@pytest.mark.parametrize("options", [[], ["-n2"]], ids=["one process", "two workers"])
def test_a_run_is_summed_up(run, options):
    ran = run(MIXED, *options)
    assert ran.summary == SUMMARY
    assert ran.status == 1
    assert "loss: property value failed: it is so" in ran.out  # the words of the error


def test_nothing_is_said_where_nothing_was_checked(run):
    ran = run("def test_it(): pass")
    assert (ran.status, ran.summary) == (0, [])
    assert "gradients" not in ran.out


def test_as_installed_it_is_on_and_can_be_turned_off(run):
    ran = run("def test_it(): check()", as_installed=True)
    assert (ran.status, len(ran.summary)) == (0, 4)
    ran = run("def test_it(): check()", "-p", "no:funcgrad", as_installed=True)
    assert (ran.status, ran.summary) == (0, [])


@pytest.mark.parametrize("options", [[], ["-n2"]], ids=["one process", "two workers"])
def test_a_report_as_json(run, options, tmp_path):
    ran = run(MIXED, "--grad-report=made/found.json", *options)
    told = json.loads((tmp_path / "made" / "found.json").read_text())
    assert {(each["test"], each["passed"], each["report"]["ok"]) for each in told["checks"]} == {
        ("test_it.py::test_good", True, True),
        ("test_it.py::test_bad", False, False),
        ("test_it.py::test_open", True, True),
        ("test_it.py::test_expects", True, False),
    }
    reports = [Report.from_json(each["report"]) for each in told["checks"]]
    assert {report.function for report in reports} == {"square", "cube", "loss", "noise", "planted"}
    assert ran.summary[-1] == f"all of it: {tmp_path / 'made' / 'found.json'}"


def test_a_report_as_markdown(run, tmp_path):
    run(MIXED, "--grad-report", "found.md")
    page = (tmp_path / "found.md").read_text(encoding="utf-8")
    assert page.startswith(f"# Gradients\n\n- {SUMMARY[0]}\n")
    headings = re.findall(r"^## (.*)$", page, re.MULTILINE)
    assert headings[:2] == ["loss: property `value` failed", "planted: property `value` failed"]
    assert len(headings) == 5


def test_a_report_of_nothing_replaces_an_older_one(run, tmp_path):
    (tmp_path / "found.json").write_text("old")
    run("def test_it(): pass", "--grad-report=found.json")
    assert json.loads((tmp_path / "found.json").read_text())["checks"] == []


def test_options_reach_every_check(run):
    source = """
        def test_it():
            assert defaults.current() == {"profile": "fast", "seed": 7}

        @pytest.mark.gradients(profile="thorough", order=1)
        class Test:
            def test_of_the_class(self):
                assert defaults.current() == {"profile": "thorough", "seed": 7, "order": 1}

            @pytest.mark.gradients(order=2)
            def test_of_its_own(self):
                assert defaults.current() == {"profile": "thorough", "seed": 7, "order": 2}
    """
    assert run(source, "--grad-profile=fast", "--grad-seed=7", "--strict-markers").status == 0
    assert run(source, ini="grad_profile = fast\ngrad_seed = 7").status == 0
    assert run(source, "-n1", ini="grad_profile = default\ngrad_seed = 7").status == 1
    source = "def test_it(): assert defaults.current() == {}"
    assert run(source).status == 0


def test_the_command_line_wins_over_the_file(run):
    source = "def test_it(): assert defaults.current() == {'profile': 'fast', 'seed': 0}"
    ini = "grad_profile = thorough\ngrad_seed = 3"
    assert run(source, "--grad-profile=fast", "--grad-seed=0", ini=ini).status == 0


@pytest.mark.parametrize(
    ("options", "ini", "words"),
    [
        (["--grad-profile=slow"], "", "invalid choice: 'slow'"),
        ([], "grad_profile = slow", "is one of fast, default, thorough, and not 'slow'"),
        ([], "grad_seed = x", "grad_seed is an integer, and not 'x'"),
        (["--grad-report=found.txt"], "", "JSON to a .json and Markdown to a .md, and 'found.txt'"),
    ],
)
def test_what_cannot_be_meant_is_refused(run, options, ini, words):
    ran = run("def test_it(): pass", *options, ini=ini)
    assert ran.status == 4
    assert words in ran.err


def test_a_marker_takes_options_by_name(run):
    ran = run("@pytest.mark.gradients('fast')\ndef test_it(): pass")
    assert ran.status == 4
    assert "test_it.py::test_it: the marker gradients takes options by name" in ran.err


def test_tests_of_gradients_can_be_selected(run):
    source = """
        def test_plain(): pass

        @pytest.mark.gradients
        def test_marked(): pass

        def test_with_fixture(check_gradients): pass

        def test_made(): pass
        test_made.is_gradient_test = True
    """
    ran = run(source, "-m", "gradients", "--collect-only", "-q", "--grad-report=found.json")
    assert re.findall(r"::(\w+)", ran.out) == ["test_marked", "test_with_fixture", "test_made"]


FAKE = """
    import sys, types
    fake = types.ModuleType("funcgrad.testing.check")
    def check_gradients(function, *examples, profile="default", seed=None, order=2):
        return (function, examples, profile, seed, order)
    fake.check_gradients = check_gradients
    sys.modules["funcgrad.testing.check"] = fake
    import pytest
"""


def test_the_fixture_is_the_function_under_the_options(run):
    source = """
        import inspect

        @pytest.mark.gradients(order=1)
        def test_it(check_gradients):
            assert check_gradients("f", 1, 2) == ("f", (1, 2), "fast", 7, 1)
            assert check_gradients("f", profile="thorough", order=3, seed=None) == (
                "f", (), "thorough", None, 3)
            assert list(inspect.signature(check_gradients).parameters) == [
                "function", "examples", "profile", "seed", "order"]
    """
    ran = run(source, "--grad-profile=fast", "--grad-seed=7", checks=FAKE)
    assert ran.status == 0, ran.out


def test_checks_of_fixtures_count_and_those_outside_of_tests_do_not(run):
    source = """
        check("at import")

        @pytest.fixture
        def checked():
            check("before")
            yield
            check("after")

        def test_it(checked):
            check()

        def test_that_skips():
            check("skipping")
            pytest.skip("for a reason")
    """
    ran = run(source, "-n1")
    assert ran.summary[0] == "4 functions, 4 checks: 4 passed"
    assert ran.status == 0


REAL = """
    import jax, jax.numpy as jnp, pytest
    from funcgrad import testing as gt

    def softplus(x):
        return jnp.sum(jnp.logaddexp(x, 0.0))

    @jax.custom_vjp
    def cube(x):
        return jnp.sum(x**3)

    cube.defvjp(lambda x: (cube(x), x), lambda x, ct: (ct * 2 * x**2,))
"""


@pytest.mark.parametrize("options", [[], ["-n1"]], ids=["one process", "a worker"])
def test_gradients_are_checked(run, options):
    source = """
        def test_right(check_gradients):
            report = check_gradients(softplus, jnp.ones(3))
            assert (report.profile, report.seed) == ("fast", 3)

        def test_wrong(check_gradients):
            check_gradients(cube, jnp.ones(3))

        @gt.gradient_test(softplus, gt.arrays(2))
        def test_made():
            pass

        def test_called():
            with pytest.raises(gt.GradientError) as caught:
                gt.check_gradients(cube, jnp.ones(3), seed=5)
            assert (caught.value.report.profile, caught.value.report.seed) == ("fast", 5)
    """
    ran = run(source, "--grad-profile=fast", "--grad-seed=3", *options, checks=REAL)
    assert ran.status == 1, ran.out
    assert ran.summary[0] == (
        "2 functions, 4 checks: 2 passed, 1 failed, 1 failed as the test expects"
    )
    assert ran.summary[4].startswith("FAILED test_it.py::test_wrong - cube: property value failed")
    assert "from test_it import cube" in ran.out  # the program that shows it
    assert "run = _Run(" not in ran.out  # our own frames are not the reader's affair


def test_importing_it_loads_pytest_only():
    code = (
        "import pytest, sys; before = set(sys.modules)\n"
        "import funcgrad.testing.plugin\n"
        "print(*{m for m in set(sys.modules) - before if m.split('.')[0] not in "
        "sys.stdlib_module_names})"
    )
    run = [sys.executable, "-c", code]
    ran = subprocess.run(run, check=True, capture_output=True, text=True)
    assert set(ran.stdout.split()) == {
        "funcgrad",
        "funcgrad._lazy",
        "funcgrad._version",
        "funcgrad.testing",
        "funcgrad.testing.defaults",
        "funcgrad.testing.observers",
        "funcgrad.testing.plugin",
    }


def test_a_run_without_checks_loads_neither_jax_nor_numpy(run):
    source = """
        import sys
        def test_it():
            assert not {"jax", "numpy", "hypothesis"} & set(sys.modules)
    """
    ran = run(source, checks="")
    assert ran.status == 0, ran.out
