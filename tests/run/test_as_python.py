"""A program without PyTorch ends, prints and fails under `funcgrad run` as under `python`."""

import zipfile

import pytest

# What a program can see of how it was started, and all that it can do at its end.
FACTS = '''
    """What this is."""
    from __future__ import annotations
    import argparse, atexit, json, pickle, sys, threading
    import helper

    class Local:
        pass

    def deep(n):
        return n and 1 + deep(n - 1)

    annotated: int = 1
    main = sys.modules["__main__"]
    names = ["__name__", "__doc__", "__file__", "__package__", "__cached__", "__annotations__"]
    print({name: getattr(main, name, "-") for name in names})
    print(sys.argv, sys.path[0], helper.__file__, argparse.ArgumentParser().prog)
    print(main.__spec__ and main.__spec__.name, type(__loader__).__name__, type(__builtins__))
    print(main.Local is Local, pickle.loads(pickle.dumps(Local)) is Local, deep(900))
    print(sorted(name for name in globals() if name[:2] == "__"), sys.stdin.read())
    atexit.register(lambda: print("at exit", main.Local is sys.modules["__main__"].Local))
    late = threading.Timer(0.1, lambda: print("a thread", deep(3)))
    late.start()
    sys.stderr.write("to the other ☃\\n")
    sys.exit(3)
'''
ENDS = """
    import sys
    import helper
    how = sys.argv[1]
    if how == "text":
        sys.exit("words of farewell")
    if how == "none":
        sys.exit()
    if how == "hook":
        sys.excepthook = lambda kind, error, traceback: print("own hook", kind, error)
    if how == "import":
        import importlib
        importlib.import_module("no_such_module")
    if how == "group":
        raise ExceptionGroup("two", [ValueError(1), KeyError(2)])
    try:
        helper.fail()
    except ZeroDivisionError as error:
        raise RuntimeError("it failed") from error
"""
HELPER = """
    def fail():
        return 1 / 0
"""

TYPED = """
import sys, helper
print(sys.argv, sys.path[0], sys.stdout.errors, sys.stderr.errors, ascii("☃"))
helper.fail()
"""


@pytest.fixture
def same(folder):
    """Run the same by both, and check that it is the same."""

    def check(*arguments, **options):
        expected = folder.python(*arguments, **options)
        found = folder.run(*arguments, **options)
        assert found.stdout == expected.stdout
        assert found.stderr == expected.stderr
        assert found.returncode == expected.returncode
        return found

    folder.write("helper.py", HELPER)
    return check


def test_a_script_with_arguments_of_its_own(folder, same):
    folder.write("scripts/facts.py", FACTS)
    folder.write("scripts/helper.py", HELPER)  # beside the script, not here
    ended = same("scripts/facts.py", "--device", "x", "-m", "--help", "--", "-", stdin="typed in")
    assert ended.returncode == 3
    assert "typed in" in ended.stdout
    assert "at exit True" in ended.stdout


def test_a_module_of_a_package(folder, same):
    folder.write("pack/__init__.py", "")
    folder.write("pack/__main__.py", FACTS)
    assert same("-m", "pack", "--lr", "1").returncode == 3


def test_a_folder_a_zip_archive_and_standard_input(folder, same):
    folder.write("app/__main__.py", FACTS)
    folder.write("app/helper.py", HELPER)
    assert same("app", "a").returncode == 3
    with zipfile.ZipFile(folder.path / "app.zip", "w") as archive:
        for file in (folder.path / "app").glob("*.py"):
            archive.write(file, file.name)
    assert same("app.zip", "a").returncode == 3
    same("-", "a", "-b", stdin=TYPED, PYTHONIOENCODING="ascii")


@pytest.mark.parametrize("how", ["error", "text", "none", "hook", "import", "group"])
def test_an_end(folder, same, how):
    folder.write("ends.py", ENDS)
    ended = same("ends.py", how)
    assert ended.returncode == (how != "none")


def test_a_script_that_is_no_python(folder, same):
    folder.write("broken.py", "# coding: latin-1\nprint('unfinished'")
    assert "SyntaxError" in same("broken.py").stderr


def test_an_interrupted_script_ends_with_130(folder):
    folder.write("interrupted.py", "def wait():\n    raise KeyboardInterrupt\n\nwait()\n")
    ended = folder.run("interrupted.py")
    assert ended.returncode == 130
    expected = folder.python("interrupted.py")
    assert (ended.stdout, ended.stderr) == (expected.stdout, expected.stderr)


@pytest.mark.parametrize(
    ("arguments", "words", "status"),
    [
        (["no_such.py"], "can't open file", 2),
        (["-m", "json"], "No module named json.__main__", 1),
        (["."], "can't find '__main__' module", 1),
    ],
)
def test_what_is_not_there(folder, arguments, words, status):
    ended, expected = folder.run(*arguments), folder.python(*arguments)
    assert ended.returncode == expected.returncode == status
    assert words in expected.stderr
    assert words in ended.stderr
    assert ended.stderr.startswith("funcgrad run: ")
