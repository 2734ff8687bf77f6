"""How the tests of `funcgrad run` start scripts."""

import os
import subprocess
import sys
from textwrap import dedent

import pytest

LEFT_OUT = {"DISPLAY", "WAYLAND_DISPLAY", "MPLBACKEND", "XLA_FLAGS"}


class Folder:
    """A folder of scripts, and what runs them in it."""

    def __init__(self, path):
        self.path = path

    def write(self, name, text):
        file = self.path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(dedent(text).lstrip("\n"), encoding="utf-8")
        return file

    def python(self, *arguments, stdin="", **environment):
        """Run Python with these arguments, and return how it ended."""
        keep = {name: value for name, value in os.environ.items() if name not in LEFT_OUT}
        return subprocess.run(
            [sys.executable, *map(str, arguments)],
            cwd=self.path,
            env=keep | environment,
            input=stdin,
            capture_output=True,
            check=False,
            text=True,
            timeout=120,
        )

    def run(self, *arguments, **options):
        """`funcgrad run` with these arguments."""
        return self.python("-m", "funcgrad", "run", *arguments, **options)


@pytest.fixture
def folder(tmp_path):
    return Folder(tmp_path)
