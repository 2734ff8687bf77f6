"""The README's lines do what it says."""

import doctest
import re
import shlex
from pathlib import Path

import pytest

from funcgrad import cli

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```(\w*)\n(.*?)^```$", README, re.DOTALL | re.MULTILINE)


def blocks(*languages):
    return [text for language, text in BLOCKS if language in languages]


def commands():
    lines = "\n".join(blocks("sh")).splitlines()
    return [shlex.split(line, comments=True)[1:] for line in lines if line.startswith("funcgrad ")]


def test_the_python_session():
    """All blocks are one session, in the reader's order."""
    session = "\n".join(blocks("python", "pycon", "console"))
    test = doctest.DocTestParser().get_doctest(session, {}, "README.md", None, None)
    assert test.examples
    result = doctest.DocTestRunner(optionflags=doctest.ELLIPSIS).run(test)
    assert result.failed == 0, "see the captured output"


@pytest.mark.parametrize("arguments", commands(), ids=shlex.join)
def test_the_command_understands_every_line(arguments):
    assert cli._parser().parse_args(arguments).command


def test_the_check_says_what_it_is_said_to_say(tmp_path, monkeypatch, capsys):
    """Names, verdicts and reasons; the numbers depend on the release of JAX."""
    session = "\n".join(blocks("python"))
    lines = re.search(r">>> (@jax.custom_vjp\n.*?defvjp.*?)$", session, re.DOTALL | re.MULTILINE)
    huber = re.sub(r"^(>>>|\.\.\.) ?", "", lines[1], flags=re.MULTILINE)
    (tmp_path / "losses.py").write_text(f"import jax, jax.numpy as jnp\n{huber}\n")
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(tmp_path)
    assert cli.main(next(line for line in commands() if line[:2] == ["check", "losses:huber"])) == 1
    table = next(text for text in blocks("") if text.startswith("property"))

    def rows(text):
        columns = [re.split(r" {2,}", line) for line in text.splitlines()]
        return [
            (row[0], row[1], row[-1] if len(row) > 4 else "") for row in columns if len(row) > 1
        ]

    printed = capsys.readouterr().out
    assert rows(table)[1:] == [row for row in rows(printed) if row in rows(table)[1:]]


def test_two_commands_install():
    first = blocks("sh")[0].splitlines()
    assert [line for line in first if "pip install" in line] == first
    main_job, tests = first
    assert "funcgrad compare" in main_job
    assert "pytest" in tests


def test_the_files_it_names_are_there():
    named = re.findall(r"`((?:\w+/)+[\w.]*)`", README)
    assert named
    assert [name for name in named if not (ROOT / name).exists()] == []


def test_the_house_is_drawn_as_it_is():
    house = next(text for text in blocks("") if text.startswith("funcgrad/"))
    rooms = re.findall(r"^  (\w+)[/ ]|(\w+\.py)", house, re.MULTILINE)
    names = {room or file for room, file in rooms}
    assert [n for n in names if not list((ROOT / "funcgrad").glob(f"{n}*"))] == []
