"""The command: its exit status, what it prints, and what it leaves behind."""

import json
import re
import subprocess
import sys
import types
from pathlib import Path

import pytest

import funcgrad
from funcgrad.cli import main
from funcgrad.compare import engines, extras, python
from funcgrad.compare.gallery import SECTIONS
from funcgrad.compare.messages import Hello
from funcgrad.compare.row import Row
from funcgrad.compare.run import Comparison
from funcgrad.compare.skeleton import SKELETON


@pytest.fixture
def compare(tmp_path, plain_engines, monkeypatch, capsys):
    """Run `funcgrad compare` on the fast engines, in a folder of its own."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(engines, "ENGINES", (plain_engines.First, plain_engines.Second))

    def run(*arguments):
        status = main(["compare", *map(str, arguments)])
        return types.SimpleNamespace(status=status, **capsys.readouterr()._asdict())

    return run


@pytest.fixture
def idle(monkeypatch):
    """Start no engine; every example agrees."""
    monkeypatch.setattr(Comparison, "__enter__", lambda self: self)
    monkeypatch.setattr(
        Comparison,
        "hellos",
        lambda self: {engine.name: Hello() for engine in self.settings.engines},
    )
    monkeypatch.setattr(Comparison, "run", lambda self, example, watch: Row(example, {}))


def test_all_agree(compare, write_example, tmp_path):
    ran = compare(write_example("good"), "--quick")
    assert ran.status == 0
    assert re.search(r"^good +[\d.]+ [µnm]s +[\d.]+ [µnm]s .* agree$", ran.out, re.MULTILINE)
    assert re.search(r"^1 example: 1 agree, in [\d.]+ m?s$", ran.out, re.MULTILINE)
    assert "Report: report.html" in ran.out
    assert "1 example: 1 agree" in (tmp_path / "report.html").read_text()
    assert ran.err == ""


def test_what_disagrees_and_what_failed_is_said_with_numbers(compare, write_example, tmp_path):
    ran = compare(
        write_example("wrong", pytorch_style='return {"y": square(x) + 1, "fact": "A"}'),
        write_example("failing", jax_style='raise ValueError("planted")'),
        write_example("good"),
        "--quick",
        "--json",
        "run.json",
    )
    assert ran.status == 1
    assert "y, First and Second: 9 and 10, 1 apart (allowed: 1e-05 relative" in ran.out
    assert "y, Second and expected: 10 and 9, 1 apart" in ran.out
    assert "ValueError: planted" in ran.out
    assert "3 examples: 1 agree, 1 differ, 1 failed" in ran.out

    page = (tmp_path / "report.html").read_text()
    assert "ValueError: planted" in page
    assert "9 and 10, 1 apart" in page

    record = json.loads((tmp_path / "run.json").read_text())
    assert record["agree"] is False
    assert record["environment"]["command"].startswith("funcgrad compare ")
    assert record["environment"]["command"].endswith("--quick --json run.json")
    assert [row["verdict"] for row in record["examples"]] == ["differ", "failed", "agree"]
    wrong = record["examples"][0]
    assert wrong["engines"]["jax"]["results"]["y"] == {
        "dtype": "float32",
        "shape": [],
        "values": 9.0,
    }
    assert wrong["engines"]["pytorch"]["steady_seconds"] > 0
    assert [check["difference"] for check in wrong["checks"]] == [1.0, 0.0, 1.0]
    assert "planted" in record["examples"][1]["errors"]["jax"]


@pytest.mark.usefixtures("idle")
def test_a_seed_is_said_to_leave_the_expected_numbers_unchecked(compare, write_example):
    ran = compare(write_example("good"), "--seed", 3)
    assert ran.status == 0
    assert "Seed 3: the expected numbers hold for the default one, and are not checked." in ran.out


@pytest.mark.usefixtures("idle")
def test_pytorch_may_be_left_out_or_be_missing(compare, write_example, plain_engines, monkeypatch):
    path = write_example("good")
    assert "Second" in compare(path).out
    ran = compare(path, "--no-pytorch")
    assert ran.status == 0
    assert "Second" not in ran.out
    assert "not installed" not in ran.out

    third = type("Third", (plain_engines.First,), {"name": "third", "label": "Third"})
    monkeypatch.setattr(engines, "ENGINES", (*engines.ENGINES, third))
    monkeypatch.setattr(python, "find_spec", lambda name: None)
    ran = compare(path)
    assert ran.status == 0
    assert "PyTorch is not installed: First and Third are compared." in ran.out
    assert "Second" not in ran.out


def test_what_is_no_devices_name_starts_nothing(compare, write_example, monkeypatch):
    monkeypatch.setattr(Comparison, "__enter__", lambda self: pytest.fail("engines were started"))
    ran = compare(write_example("good"), "--device", "GPU 1")
    assert (ran.status, ran.out) == (2, "")
    assert "'GPU 1' is no device's name" in ran.err


def test_an_unknown_example(compare):
    ran = compare("scalar-sqare")
    assert (ran.status, ran.out) == (2, "")
    assert "no example 'scalar-sqare'; close names: scalar-square" in ran.err


def test_a_file_without_the_skeleton(compare, tmp_path):
    (tmp_path / "mine.py").write_text("x = 1\n")
    ran = compare("mine.py")
    assert ran.status == 2
    assert SKELETON in ran.err
    assert not (tmp_path / "report.html").exists()


@pytest.mark.parametrize("option", ["--output", "--json"])
def test_a_file_that_cannot_be_written(compare, write_example, tmp_path, option):
    ran = compare(write_example("good"), option, tmp_path)
    assert ran.status == 2
    assert f"cannot write {tmp_path}: Is a directory" in ran.err
    ran = compare(write_example("good"), option, tmp_path / "nowhere" / "file")
    assert ran.status == 2
    assert "No such file or directory" in ran.err


def test_a_missing_extra_names_the_way_out(compare, write_example, tmp_path, monkeypatch):
    monkeypatch.setattr(extras, "find_spec", lambda name: None if name == "jinja2" else name)
    ran = compare(write_example("good"))
    assert ran.status == 2
    assert "jinja2" in ran.err
    assert 'pip install "funcgrad[compare]"' in ran.err
    assert not (tmp_path / "report.html").exists()


@pytest.mark.usefixtures("idle")
def test_interrupted_with_what_is_there(compare, write_example, tmp_path, monkeypatch):
    def run(self, example, watch):
        if example.id == "two":
            raise KeyboardInterrupt
        return Row(example, {})

    monkeypatch.setattr(Comparison, "run", run)
    ran = compare(write_example("one"), write_example("two"), "--json", "run.json")
    assert ran.status == 130
    assert "Interrupted." in ran.out
    assert "1 of 2 examples: 1 agree" in ran.out
    assert "1 of 2 examples" in (tmp_path / "report.html").read_text()
    record = json.loads((tmp_path / "run.json").read_text())
    assert (record["complete"], record["agree"]) == (False, False)


@pytest.mark.usefixtures("idle")
def test_interrupted_before_the_engines_are_ready(compare, write_example, tmp_path, monkeypatch):
    def hellos(self):
        raise KeyboardInterrupt

    monkeypatch.setattr(Comparison, "hellos", hellos)
    ran = compare(write_example("one"))
    assert ran.status == 130
    assert "0 of 1 example: none ran" in ran.out
    assert not (tmp_path / "report.html").exists()


def test_the_list_shows_every_example_with_its_title(capsys):
    assert main(["compare", "--list"]) == 0
    listed = capsys.readouterr().out
    for section, names in SECTIONS.items():
        assert f"\n{section}\n" in f"\n{listed}"
        for name in names:
            assert re.search(rf"^  {name} +\S", listed, re.MULTILINE)
    assert main(["compare", "--list", "vectors"]) == 0
    assert "chain" not in capsys.readouterr().out
    assert main(["compare", "--list", "vektors"]) == 2
    assert "close names: vectors" in capsys.readouterr().err


def test_bad_usage(capsys):
    with pytest.raises(SystemExit) as caught:
        main(["compare", "--seed", "x"])
    assert caught.value.code == 2
    assert main([]) == 2
    assert "usage: funcgrad" in capsys.readouterr().err


def test_python_m_funcgrad_and_its_version():
    ran = subprocess.run(
        [sys.executable, "-m", "funcgrad", "--version"],
        cwd=Path(funcgrad.__file__).parents[1],
        capture_output=True,
        text=True,
        check=True,
    )
    assert ran.stdout == f"funcgrad {funcgrad.__version__}\n"


def test_the_parent_needs_neither_jax_nor_pytorch():
    """What the package itself imports is its own affair; the comparison adds nothing to it."""
    code = (
        "import sys, types\n"
        "bare = types.ModuleType('funcgrad')\n"
        f"bare.__path__ = [{str(Path(funcgrad.__file__).parent)!r}]\n"
        "sys.modules['funcgrad'] = bare\n"
        "import funcgrad.cli\n"
        "from funcgrad.compare import environment, record, report, run, terminal\n"
        "print({'jax', 'torch', 'matplotlib', 'funcgrad.torch'} & set(sys.modules))\n"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout == "set()\n"
