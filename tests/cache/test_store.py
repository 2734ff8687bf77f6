"""The folder of compiled programs: what is kept, for how long, and what may happen to it."""

import errno
import multiprocessing
import os
import time

import pytest

from funcgrad.cache import store as module
from funcgrad.cache.store import Store


@pytest.fixture
def store(tmp_path):
    return Store(tmp_path)


def files(folder):
    return sorted(folder.iterdir())


def test_what_is_kept_is_found(store, tmp_path):
    assert store.get("a") is None
    store.put("a", b"A" * 1000)
    store.put("jit_<lambda>/../b", b"")
    for other in (store, Store(tmp_path)):
        assert other.get("a") == b"A" * 1000
        assert other.get("jit_<lambda>/../b") == b""
        assert other.get("c") is None
    assert [file.suffix for file in files(tmp_path)] == [".program"] * 2
    assert store.fault is None


def test_a_program_is_for_the_cpu_it_was_compiled_on(store, monkeypatch):
    store.put("a", b"avx512")
    monkeypatch.setattr(module, "_machine", lambda: "another")
    assert store.get("a") is None


def test_the_cpu_has_a_name():
    assert "flags" in module._machine() or len(module._machine()) > 3
    assert module._machine() == module._machine.__wrapped__()


@pytest.mark.parametrize("damage", [lambda b: b"", lambda b: b[:-1], lambda b: b"?" * len(b)])
def test_a_damaged_file_is_no_program_and_is_made_anew(store, tmp_path, damage):
    store.put("a", b"program")
    (file,) = files(tmp_path)
    file.write_bytes(damage(file.read_bytes()))
    assert store.get("a") is None
    assert "damaged" in store.fault and file.name in store.fault
    store.put("a", b"program")
    assert store.get("a") == b"program"


@pytest.mark.parametrize("code", [errno.EROFS, errno.ENOSPC, errno.EACCES])
def test_what_cannot_be_written_is_not_tried_again(store, tmp_path, monkeypatch, code):
    store.put("a", b"A")

    def refuse(*_):
        raise OSError(code, os.strerror(code))

    monkeypatch.setattr(os, "replace", refuse)
    store.put("b", b"B")
    assert "cannot be written" in store.fault and os.strerror(code) in store.fault
    assert len(files(tmp_path)) == 1, "nothing half written is left"
    monkeypatch.undo()
    store.put("b", b"B")
    assert (store.get("a"), store.get("b")) == (b"A", None)


def test_a_folder_that_cannot_be_read_is_left_alone(tmp_path):
    (tmp_path / "file").touch()
    store = Store(tmp_path / "file")
    assert store.get("a") is None
    assert "cannot be read" in store.fault
    store.put("a", b"A")
    assert store.get("a") is None


def test_a_folder_that_goes_away_costs_one_fault(tmp_path):
    folder = tmp_path / "gone"
    folder.mkdir()
    store = Store(folder)
    folder.rmdir()
    assert store.get("a") is None and store.fault is None
    store.put("a", b"A")
    first = store.fault
    assert "cannot be written" in first
    store.get("a")
    assert store.fault is first


def test_what_was_used_longest_ago_goes_first(tmp_path):
    store, now = Store(tmp_path, limit=10_000), time.time()
    mine = tmp_path / "thesis.tex"
    mine.write_bytes(b"x" * 20_000)
    os.utime(mine, (0, 0))
    for i in range(9):
        store.put(str(i), b"x" * 1000)
        os.utime(store._file(str(i)), (now - 1e6 + i, now - 1e6 + i))
    assert store.get("0") is not None, "which is a use"
    store.put("last", b"x" * 1000)
    store._trim()
    kept = [i for i in range(9) if store.get(str(i)) is not None]
    assert kept == [0, 4, 5, 6, 7, 8]
    assert store.get("last") is not None
    assert mine.exists(), "what is not ours stays"


def test_the_folder_stays_within_its_bound(tmp_path):
    store = Store(tmp_path, limit=64_000)
    for i in range(300):
        store.put(str(i), b"x" * 1000)
        assert sum(file.stat().st_size for file in files(tmp_path)) < 1.2 * 64_000
    store.put("huge", b"x" * 20_000)
    assert store.get("huge") is None, "one program does not drive out all others"
    assert store.fault is None


def test_what_a_killed_process_left_goes_in_its_turn(tmp_path):
    store = Store(tmp_path, limit=10_000)
    left = tmp_path / f"{store._file('a').name}.abcdefgh"
    left.write_bytes(b"x" * 9000)
    os.utime(left, (0, 0))
    store.put("b", b"x" * 2000)
    assert not left.exists()
    assert store.get("b") is not None


def _work(folder, seed, faults):
    store = Store(folder, limit=20_000)
    for i in range(400):
        key = str((i * 7 + seed) % 50)
        value = store.get(key)
        assert value in (None, key.encode() * 500)
        store.put(key, key.encode() * 500)
    faults.put(store.fault)


def test_processes_share_a_folder(tmp_path):
    context = multiprocessing.get_context("spawn")
    faults = context.Queue()
    work = [context.Process(target=_work, args=(tmp_path, n, faults)) for n in range(3)]
    for process in work:
        process.start()
    assert [faults.get(timeout=120) for _ in work] == [None] * 3
    for process in work:
        process.join()
