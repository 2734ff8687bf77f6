"""`funcgrad check`, from its arguments to its exit status."""

import json
import subprocess
import sys
import textwrap
import types

import pytest

from funcgrad.cli import main
from funcgrad.testing.command import checking
from funcgrad.testing.command.arguments import strategy
from funcgrad.testing.command.errors import UsageError
from funcgrad.testing.report import Counterexample, GradientError, PropertyResult, Report

LOSSES = """
    import math
    import jax.numpy as jnp

    def square(x):
        return jnp.sum(x**2)

    def product(x, y):
        return jnp.sum(x @ y)

    class Layer:
        @staticmethod
        def call(x):
            return jnp.sum(x)

    example = (jnp.ones(3),)
    def examples():
        return {"w": jnp.ones(2)}

    answer = 42
"""


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A folder with `losses.py`, which is the current one."""
    (tmp_path / "losses.py").write_text(textwrap.dedent(LOSSES))
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", list(sys.path))
    monkeypatch.delitem(sys.modules, "losses", raising=False)  # another test may have had one
    before = set(sys.modules)
    yield tmp_path
    for name in set(sys.modules) - before:
        if getattr(sys.modules[name], "__file__", None) and str(tmp_path) in str(
            sys.modules[name].__file__
        ):
            del sys.modules[name]


@pytest.fixture
def calls(monkeypatch):
    """What `check_gradients` was called with; it finds that "wrong" functions are wrong."""
    calls = []

    def check_gradients(function, *arguments, **options):
        calls.append((function.__name__, arguments, options))
        results = {"value": PropertyResult("value", "pass", "", 3, 0.5)}
        report = Report(function.__name__, results)
        if function.__name__ == "product":
            broke = Counterexample("value", "it is so", (1.0,), reproducer="assert False")
            results = {"value": PropertyResult("value", "fail", "", 3, 5)}
            report = Report(function.__name__, results, broke)
            raise GradientError(report, str(report))
        return report

    fake = types.ModuleType("funcgrad.testing.check")
    fake.check_gradients = check_gradients
    monkeypatch.setitem(sys.modules, "funcgrad.testing.check", fake)
    return calls


@pytest.mark.usefixtures("folder")
def test_a_function_that_passes(calls, capsys):
    assert main(["check", "losses:square", "--shape", "3"]) == 0
    out = capsys.readouterr().out
    assert "value     pass" in out
    assert [line for line in out.splitlines() if line != line.rstrip()] == []
    assert "square: 1 property passed" in out
    ((name, (argument,), options),) = calls
    assert (name, repr(argument), options) == ("square", "arrays((3,), 'float32')", {})


@pytest.mark.usefixtures("folder", "calls")
def test_a_function_that_fails(capsys):
    assert main(["check", "losses:product", "--shape", "2,3", "--shape=3"]) == 1
    out = capsys.readouterr().out
    assert "product: property value failed: it is so" in out
    assert out.endswith("    assert False\n")


def test_gradients_are_checked(folder):
    (folder / "rules.py").write_text(
        textwrap.dedent("""
            import jax
            import jax.numpy as jnp

            @jax.custom_vjp
            def cube(x):
                return jnp.sum(x**3)

            cube.defvjp(lambda x: (cube(x), x), lambda x, ct: (ct * 2 * x**2,))
        """)
    )
    for target, status in (("losses:square", 0), ("rules.py:cube", 1)):
        line = ["-m", "funcgrad", "check", target, "--shape=n", "--profile=fast", "--seed=3"]
        ran = subprocess.run(
            [sys.executable, "-W", "error", *line], capture_output=True, text=True, check=False
        )
        assert (ran.returncode, ran.stderr) == (status, "")
        assert "property value failed" in ran.stdout if status else " passed, " in ran.stdout


@pytest.mark.usefixtures("folder")
def test_options_are_check_gradients_own(calls):
    line = "check losses:square --shape 3 --order 1 --properties value,vmap --skip jit --seed 7"
    assert main([*line.split(), "--profile=fast", "--max-examples=5", "--argnums=0,1"]) == 0
    assert calls[0][2] == {
        "order": 1,
        "properties": ("value", "vmap"),
        "skip": ("jit",),
        "seed": 7,
        "profile": "fast",
        "max_examples": 5,
        "argnums": (0, 1),
    }


@pytest.mark.parametrize(
    ("target", "name"),
    [("losses:square", "square"), ("losses.py:square", "square"), ("losses:Layer.call", "call")],
)
@pytest.mark.usefixtures("folder")
def test_a_function_is_found_by_module_or_file(calls, target, name):
    assert main(["check", target, "--shape=3"]) == 0
    assert calls[0][0] == name


def test_a_file_in_another_folder_sees_its_neighbours(calls, folder, monkeypatch):
    inner = folder / "inner"
    inner.mkdir()
    (inner / "neighbour.py").write_text("def f(x): return x")
    (inner / "random.py").write_text("from neighbour import f")  # a module's name, too
    assert main(["check", "inner/random.py:f", "--shape=3"]) == 0
    assert calls[0][0] == "f"
    assert "inner" not in str(sys.modules["random"].__file__)


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize("name", ["example", "losses:example", "examples"])
def test_arguments_that_python_makes(calls, name):
    assert main(["check", "losses:square", "--arguments", name]) == 0
    (argument,) = calls[0][1]
    assert argument["w"].shape == (2,) if name == "examples" else argument.shape == (3,)


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("square --shape 3", "named module:function or file.py:function, not 'square'"),
        ("loses:square --shape 3", "there is no module loses"),
        ("losses.inner:square --shape 3", "there is no module losses.inner"),
        ("nowhere/losses.py:square --shape 3", "there is no file nowhere/losses.py"),
        ("losses:squares --shape 3", "losses has no squares; close names: square"),
        ("losses:answer --shape 3", "losses:answer is no function, but of type int"),
        ("losses:square", "say what to call the function with: --shape 3,4 for each"),
        ("losses:square --shape 3 --arguments example", "--shape or --arguments, not both"),
        ("losses:square --arguments exam", "losses has no exam; close names: "),
        ("losses:square --shape 3;4", "'3;4' has '3;4' for a size. It is read as sizes"),
        ("losses:square --shape 3:nonsense", "'3:nonsense' has 'nonsense' behind a colon"),
        ("losses:square --shape 3:float33", "float33"),
        ("losses:square --shape 5:int32", "integers need a range, such as 5:int32:0..9"),
        ("losses:square --shape 3:a..b", "a range is lo..hi, such as 0..1 or 0.., and not 'a..b'"),
        ("losses:square --shape 3:1..2:3..4", "has two parts of one kind, '3..4' the second"),
        ("losses:square --shape 2,3:spd", "'2,3:spd': "),
        ("losses:square --shape 3 --skip jot", "one of value, taylor, interval, "),
        ("losses:square --shape 3 --json no/f.json", "cannot write no/f.json: there is no folder"),
    ],
)
@pytest.mark.usefixtures("folder")
def test_what_cannot_be_met_is_said_in_one_line(calls, capsys, line, words):
    assert main(["check", *line.split()]) == 2
    ran = capsys.readouterr()
    assert words in ran.err
    assert ran.err.startswith("funcgrad check: ") and ran.err.count("\n") == 1
    assert (ran.out, calls) == ("", [])


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("import math\n1 / 0", "ZeroDivisionError: division by zero ("),
        ("import not_there", "ModuleNotFoundError: No module named 'not_there' ("),
        ("def f(:", "invalid syntax ("),
        ("import sys; sys.exit(3)", "SystemExit: 3 ("),
    ],
)
@pytest.mark.parametrize("target", ["broken:f", "broken.py:f"])
def test_a_module_that_cannot_be_imported(folder, capsys, source, words, target):
    (folder / "broken.py").write_text(source)
    assert main(["check", target, "--shape=3"]) == 2
    err = capsys.readouterr().err
    assert f"importing {target[:-2]} fails: {words}" in err
    assert "broken.py:" in err


@pytest.mark.usefixtures("folder")
def test_a_function_that_cannot_be_called(calls, capsys, monkeypatch):
    def check_gradients(function, *arguments, **options):
        raise TypeError("dot_general requires\ncontracting dimensions to agree")

    monkeypatch.setattr(sys.modules["funcgrad.testing.check"], "check_gradients", check_gradients)
    assert main(["check", "losses:product", "--shape=2", "--shape=3"]) == 2
    assert capsys.readouterr().err == (
        "funcgrad check: losses:product fails with these arguments: "
        "TypeError: dot_general requires contracting dimensions to agree\n"
    )


@pytest.mark.usefixtures("calls")
def test_reports_are_written(folder):
    line = "check losses:product --shape 3 --json found.json --markdown found.md"
    assert main(line.split()) == 1
    report = Report.from_json(json.loads((folder / "found.json").read_text()))
    assert report.counterexample.reproducer == "assert False"
    assert (folder / "found.md").read_text().startswith("## product: property `value` failed")


@pytest.mark.parametrize("absent", ["hypothesis", "rich"])
def test_a_missing_extra_is_named(capsys, monkeypatch, absent):
    monkeypatch.setattr(checking, "find_spec", lambda name: None if name == absent else name)
    assert main(["check", "losses:square", "--shape=3"]) == 2
    err = capsys.readouterr().err
    assert f"needs {absent}, which is not installed" in err
    assert 'pip install "funcgrad[testing]"' in err


def test_interrupted(folder, capsys):
    (folder / "slow.py").write_text("raise KeyboardInterrupt")
    assert main(["check", "slow:f", "--shape=3"]) == 130


def test_bad_usage(capsys):
    for line in (["check"], ["check", "m:f", "--order=x"], ["check", "m:f", "--profile=slow"]):
        with pytest.raises(SystemExit) as caught:
            main(line)
        assert caught.value.code == 2
    with pytest.raises(SystemExit) as caught:
        main(["check", "--help"])
    assert caught.value.code == 0
    assert "--shape n,2:float64:0..1" in " ".join(capsys.readouterr().out.split())


@pytest.mark.parametrize(
    ("description", "told"),
    [
        ("3,4", "arrays((3, 4), 'float32')"),
        ("", "arrays((), 'float32')"),
        ("scalar:bfloat16", "arrays((), 'bfloat16')"),
        ("4:int32:0..9", "arrays((4,), 'int32', lo=0, hi=9)"),
        ("4:0..9:uint8", "arrays((4,), 'uint8', lo=0, hi=9)"),
        ("2:complex64", "arrays((2,), 'complex64')"),
        ("2:bool", "arrays((2,), 'bool')"),
        ("2:-1..", "arrays((2,), 'float32', lo=-1.0)"),
        ("2:..1e-3", "arrays((2,), 'float32', hi=0.001)"),
        ("n,n:spd", "arrays((dims('n', 1, 4), dims('n', 1, 4)), 'float32', spd=True)"),
        ("4:int32:permutation", "arrays((4,), 'int32', permutation=True)"),
    ],
)
def test_descriptions(description, told):
    assert repr(strategy(description)) == told


def test_a_description_takes_the_dtype_of_the_command():
    assert repr(strategy("3", "float64")) == "arrays((3,), 'float64')"
    with pytest.raises(UsageError, match="integers need a range"):
        strategy("3", "int32")


def test_importing_the_command_line_loads_neither_jax_nor_hypothesis():
    code = "import funcgrad.cli, sys; print({'jax', 'hypothesis', 'rich'} & set(sys.modules))"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout == "set()\n"
