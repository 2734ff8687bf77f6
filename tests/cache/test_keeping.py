"""Compiled programs outlive the process; a user's own JAX has no part in it."""

import json
import os
import subprocess
import sys
import threading
from pathlib import Path

import jax
import jax.numpy as jnp
import pytest

from funcgrad.cache import Program, keeping, like
from funcgrad.cache.scope import _OfThisThread, supported
from funcgrad.cache.store import Store

PROBE = Path(__file__).parents[1] / "probes" / "kept.py"
RESULT = [1.0, pytest.approx(1.944, abs=1e-3), pytest.approx(2.917, abs=1e-3)]


def started(*arguments, **environment):
    return subprocess.Popen(
        [sys.executable, PROBE, *map(str, arguments)],
        env=os.environ | {name: str(value) for name, value in environment.items()},
        stdout=subprocess.PIPE,
        text=True,
    )


def told(process):
    said, _ = process.communicate(timeout=300)
    assert process.returncode == 0
    found = json.loads(said)
    assert found["changed"] == [], "no setting of JAX is another than before"
    return found


def run(*arguments, **environment):
    return told(started(*arguments, **environment))


@pytest.fixture(scope="module")
def filled(tmp_path_factory):
    """A folder that a process has filled, and what it said."""
    folder = tmp_path_factory.mktemp("programs")
    return folder, run(FUNCGRAD_COMPILE_CACHE=folder)


@pytest.fixture
def copy(filled, tmp_path):
    for file in filled[0].iterdir():
        (tmp_path / file.name).write_bytes(file.read_bytes())
    return tmp_path


def test_this_jax_is_one_whose_cache_can_be_used():
    assert supported


def test_the_second_process_compiles_nothing(filled):
    folder, first = filled
    assert first["found"] == 0
    assert first["kept"] > 5
    assert first["result"] == RESULT
    assert first["warnings"] == []
    second = run(FUNCGRAD_COMPILE_CACHE=folder)
    assert second["found"] == first["kept"] == second["kept"]
    assert second["own found"] == 0, "a user's own program is not kept"
    assert second["programs"] == first["programs"]
    assert second["result"] == first["result"]
    assert second["warnings"] == []


def test_two_processes_at_once(tmp_path):
    both = [started(FUNCGRAD_COMPILE_CACHE=tmp_path) for _ in range(2)]
    for found in map(told, both):
        assert (found["result"], found["warnings"]) == (RESULT, [])
    assert run(FUNCGRAD_COMPILE_CACHE=tmp_path)["found"] > 5


def test_off_keeps_nothing(tmp_path):
    found = run(FUNCGRAD_COMPILE_CACHE="off", XDG_CACHE_HOME=tmp_path, HOME=tmp_path)
    assert (found["found"], found["result"], found["warnings"]) == (0, RESULT, [])
    assert not any(tmp_path.iterdir())


def test_by_default_it_is_on(tmp_path):
    run(FUNCGRAD_COMPILE_CACHE="", XDG_CACHE_HOME=tmp_path)
    assert any((tmp_path / "funcgrad" / "programs").iterdir())


def test_where_jax_has_a_folder_all_goes_there_as_its_settings_say(tmp_path):
    ours, theirs = tmp_path / "ours", tmp_path / "theirs"
    given = {"FUNCGRAD_COMPILE_CACHE": ours, "JAX_COMPILATION_CACHE_DIR": theirs}
    found = run(**given)  # by default JAX keeps what took it a second
    assert (found["kept"], found["result"], found["warnings"]) == (0, RESULT, [])
    given["JAX_PERSISTENT_CACHE_MIN_COMPILE_TIME_SECS"] = 0
    assert run(**given)["kept by JAX"] > 5


def test_where_jax_keeps_nothing_nothing_is_kept(tmp_path):
    found = run(FUNCGRAD_COMPILE_CACHE=tmp_path, JAX_ENABLE_COMPILATION_CACHE="false")
    assert (found["kept"], found["result"]) == (0, RESULT)


def test_a_folder_that_jax_is_given_later_is_used_from_then_on(filled, copy, tmp_path_factory):
    theirs = tmp_path_factory.mktemp("theirs")
    found = run(theirs, FUNCGRAD_COMPILE_CACHE=copy)
    assert found["found"] > 5
    assert found["kept"] == filled[1]["kept"]
    assert found["kept by JAX"] >= 2, "a program of the user's, and one of ours"


def only(warnings, *words):
    """There is one warning; it is ours, with these words and the way out."""
    assert len(warnings) == 1, warnings
    for word in ("RuntimeWarning: compiled programs", "FUNCGRAD_COMPILE_CACHE", *words):
        assert word in warnings[0]


@pytest.mark.parametrize("damage", [lambda b: b[:100], lambda b: b"\0" * 3000, lambda b: b[::-1]])
def test_damaged_files_cost_a_warning_and_are_made_anew(copy, damage):
    there = sorted(copy.iterdir())
    for file in there:
        file.write_bytes(damage(file.read_bytes()))
    found = run(FUNCGRAD_COMPILE_CACHE=copy)
    assert (found["found"], found["result"]) == (0, RESULT)
    only(found["warnings"], str(copy), "damaged")
    again = run(FUNCGRAD_COMPILE_CACHE=copy)
    assert (again["found"], again["warnings"]) == (len(there), [])


def test_a_file_in_the_place_of_the_folder_costs_a_warning(tmp_path):
    (tmp_path / "file").touch()
    found = run(FUNCGRAD_COMPILE_CACHE=tmp_path / "file")
    assert found["result"] == RESULT
    only(found["warnings"], "cannot be kept", str(tmp_path / "file"))


def test_folders_in_the_place_of_files_cost_a_warning(filled, tmp_path):
    for file in filled[0].iterdir():  # which not even the superuser can read or replace
        (tmp_path / file.name).mkdir()
    found = run(FUNCGRAD_COMPILE_CACHE=tmp_path)
    assert found["result"] == RESULT
    only(found["warnings"], "cannot be read", str(tmp_path))


@pytest.fixture
def here(tmp_path, monkeypatch):
    """`keeping` with an empty folder, in this process."""
    store = _OfThisThread(Store(tmp_path))
    monkeypatch.setattr("funcgrad.cache.scope._opened", lambda: (store, None))
    return tmp_path


def compile_something(number):
    return jax.jit(lambda x: x * number + 1.0)(jnp.ones(3))


def test_only_the_thread_inside_keeps_what_it_compiles(here):
    compile_something(3.25)
    with keeping():
        other = threading.Thread(target=compile_something, args=(4.25,))
        other.start()
        other.join()
        assert not any(here.iterdir())
        with keeping():
            compile_something(5.25)
        kept = len([*here.iterdir()])
        assert kept == 1
        compile_something(6.25)
    assert len([*here.iterdir()]) == 2
    compile_something(7.25)
    assert len([*here.iterdir()]) == 2


def test_an_error_inside_leaves_nothing_behind(here):
    with pytest.raises(ZeroDivisionError), keeping():
        compile_something(1 / 0)
    compile_something(8.25)
    assert not any(here.iterdir())


def test_threads_that_come_and_go_leave_nothing_behind(here):
    def work(n):
        for i in range(5):
            with keeping():
                compile_something(100.0 * n + i)

    threads = [threading.Thread(target=work, args=(n,)) for n in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len([*here.iterdir()]) == 15
    compile_something(9.25)
    assert len([*here.iterdir()]) == 15


def test_a_program_of_ours_keeps_what_it_compiles_for_each_sign(here):
    double = Program(lambda x: x * 2.0, like)
    for _ in range(2):
        assert double(jnp.ones(3)).tolist() == [2.0] * 3
    double(jnp.ones(4))
    assert len([*here.iterdir()]) == 2
    jax.jit(lambda x: double(x) + 1.0)(jnp.ones(5))
    assert len([*here.iterdir()]) == 2, "what is traced is no program of its own"
    double(jnp.ones(5))
    assert len([*here.iterdir()]) == 3
