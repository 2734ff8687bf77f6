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
