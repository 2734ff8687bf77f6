"""What is printed fits the terminal, and a file gets plain lines."""

import io

import pytest
from rich.console import Console

from funcgrad.compare.engines import ENGINES
from funcgrad.compare.messages import Hello, Outcome
from funcgrad.compare.terminal import Terminal

TWO = (ENGINES[0], ENGINES[2])
LONG = "a_name_that_is_longer_than_any_table_can_be_expected_to_show_in_full"


def printed(rows, width, engines=TWO, hellos=None, tty=False):
    console = Console(file=io.StringIO(), width=width, force_terminal=tty, highlight=False)
    with Terminal(console, [row.example for row in rows], engines) as terminal:
        terminal.header(hellos or {})
        for row in rows:
            terminal.working(row.example, "JAX")
            terminal.row(row)
    terminal.summary(rows, len(rows), 1.5)
    return console.file.getvalue()


def test_the_table(make_row):
    rows = [make_row("agreeing"), make_row("differing", right=10), make_row("failing", error="why")]
    assert printed(rows, 80).split("\n\n")[0].splitlines() == [
        "                      JAX         PyTorch",
        "example     first  steady   first  steady",
        "agreeing   500 ms 12.3 µs  500 ms 12.3 µs agree",
        "differing  500 ms 12.3 µs  500 ms 12.3 µs differ",
        "failing    500 ms 12.3 µs          failed FAILED",
        "    PyTorch: why",
    ]


def test_what_an_example_lacks_is_said_in_its_place(make_row):
    row = make_row("plain")
    row.outcomes["pytorch"] = Outcome(absent="no step")
    assert "plain     500 ms 12.3 µs         no step agree" in printed([row], 80).splitlines()


def test_no_line_ends_in_blanks(make_row):
    lines = printed([make_row("differing", right=10)], 80).splitlines()
    assert [line for line in lines if line != line.rstrip()] == []


@pytest.mark.parametrize(("width", "engines"), [(80, ENGINES), (80, TWO), (50, TWO), (30, TWO)])
def test_every_row_is_one_line_at_any_width(make_row, width, engines):
    table = printed([make_row(LONG)], width, engines).split("\n\n")[0].splitlines()
    assert len(table) == 3
    assert max(map(len, table)) <= width
    assert "…" in table[2]
    assert table[2].endswith("agree")


def test_disagreements_name_engines_values_difference_and_tolerance(make_row):
    text = printed([make_row("differing", right=10)], 80)
    assert "  differing\n" in text
    assert (
        "    y, JAX and PyTorch: 9 and 10, 1 apart "
        "(allowed: 1e-05 relative, 1e-06 absolute)\n" in text
    )
    assert "    y, PyTorch and expected: 10 and 9, 1 apart" in text
    assert text.endswith("\n1 example: 1 differ, in 1.50 s\n")


def test_a_terminal_wraps_prose_between_words(make_row):
    text = printed([make_row("differing", right=10)], 50, tty=True)
    lines = [line.rstrip() for line in text.split("Disagreements")[1].splitlines()]
    assert "    y, JAX and PyTorch: 9 and 10, 1 apart" in lines
    assert "    (allowed: 1e-05 relative, 1e-06 absolute)" in lines


def test_why_an_engine_did_not_start_is_said_once(make_row):
    hellos = {"pytorch": Hello(error="Traceback\nImportError: why")}
    rows = [make_row(name, error="PyTorch could not be started: why") for name in ("one", "two")]
    text = printed(rows, 80, hellos=hellos)
    assert text.count("why") == 1
    assert text.count("FAILED") == 2


def test_only_a_terminal_gets_a_bar_and_colours(make_row):
    row = make_row("agreeing")
    assert "\x1b" not in printed([row], 80)
    terminal = printed([row], 80, tty=True)
    assert "\x1b" in terminal
    assert "agreeing: JAX" in terminal
