"""Where compiled programs are kept, by what the environment says."""

from pathlib import Path

import pytest

from funcgrad.cache.folder import UnusableError, folder

NAME = "FUNCGRAD_COMPILE_CACHE"


@pytest.fixture
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    return tmp_path


@pytest.mark.parametrize("word", ["off", "OFF", "0", "no", "false"])
def test_it_can_be_switched_off(home, word):
    assert folder({NAME: word}) is None
    assert not any(home.iterdir())


@pytest.mark.parametrize("word", ["", "on", "1"])
def test_by_default_it_is_in_the_users_cache_folder(home, word):
    assert folder({NAME: word}) == home / ".cache" / "funcgrad" / "programs"
    assert (home / ".cache" / "funcgrad" / "CACHEDIR.TAG").read_bytes()[:10] == b"Signature:"


def test_the_users_cache_folder_may_be_elsewhere(home):
    assert folder({"XDG_CACHE_HOME": str(home / "x")}) == home / "x" / "funcgrad" / "programs"


def test_a_relative_one_is_ignored_as_the_specification_asks(home):
    found = folder({"XDG_CACHE_HOME": "x"})
    assert found == home / ".cache" / "funcgrad" / "programs"


def test_a_folder_can_be_named(home, monkeypatch):
    assert folder({NAME: str(home / "a" / "b"), "XDG_CACHE_HOME": "/no"}) == home / "a" / "b"
    monkeypatch.chdir(home)
    assert folder({NAME: "here"}) == home / "here"
    assert folder({NAME: "~/there"}) == home / "there"


def test_only_the_user_may_enter_it(home):
    assert folder({}).stat().st_mode & 0o777 == 0o700
    folder({}).chmod(0o777)
    with pytest.raises(UnusableError, match="others may write to"):
        folder({})
    named = str(folder({NAME: str(home / "shared")}))
    Path(named).chmod(0o777)
    assert folder({NAME: named}) == Path(named), "a folder that was named is trusted"


def test_one_of_another_user_is_refused(home, monkeypatch):
    monkeypatch.setattr("os.geteuid", lambda: folder({NAME: str(home)}).stat().st_uid + 1)
    with pytest.raises(UnusableError, match="belongs to another user"):
        folder({})


def test_a_file_where_the_folder_should_be(home):
    (home / "file").touch()
    for asked in ({NAME: str(home / "file")}, {"XDG_CACHE_HOME": str(home / "file")}):
        with pytest.raises(UnusableError, match="file"):
            folder(asked)


def test_nobody_is_at_home(monkeypatch):
    def nowhere():
        raise RuntimeError("Could not determine home directory.")

    monkeypatch.setattr(Path, "home", nowhere)
    with pytest.raises(UnusableError, match="home directory"):
        folder({})


def test_a_folder_that_cannot_be_written_can_be_read(home, monkeypatch):
    def refuse(*_, **__):
        raise OSError(30, "Read-only file system")

    there = folder({})
    (there.parent / "CACHEDIR.TAG").unlink()
    monkeypatch.setattr(Path, "write_text", refuse)
    assert folder({}) == there
