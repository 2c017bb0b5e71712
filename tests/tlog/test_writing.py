"""Files of a log are written once: nothing is overwritten by whoever comes second, and killed writers leave nothing for long."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tlog import store
from tlog.errors import InvalidError
from tlog.store import Folder, write_durably

FILES = {"tile/0/000.p/5": b"five", "tile/entries/000.p/5": b"entries", "list/ab": b"list"}
ABANDONED = ".checkpoint.999.0123abcd"


class KilledError(BaseException):
    """Stands for kill -9: nothing that handles errors sees it."""


def all_files(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def another_writes_meanwhile(patch: pytest.MonkeyPatch, target: Path, data: bytes) -> None:
    """Between the first look and the end of our writing, `data` appears at `target`."""
    sync = os.fsync

    def write_and_sync(handle: int) -> None:
        if target.parent.exists() and not target.exists():
            target.write_bytes(data)
        sync(handle)

    patch.setattr(os, "fsync", write_and_sync)


def test_what_another_writer_put_there_meanwhile_is_not_overwritten(tmp_path, monkeypatch):
    another_writes_meanwhile(monkeypatch, tmp_path / "list" / "ab", b"other")
    with pytest.raises(InvalidError, match="never overwrites"):
        Folder(tmp_path).write_all_new({"list/ab": b"list"})
    assert all_files(tmp_path) == {"list/ab": b"other"}


def test_another_writer_of_the_same_bytes_is_no_obstacle(tmp_path, monkeypatch):
    another_writes_meanwhile(monkeypatch, tmp_path / "list" / "ab", b"list")
    Folder(tmp_path).write_all_new(FILES)
    assert all_files(tmp_path) == FILES


@pytest.mark.parametrize("write", [Folder.write_new, lambda folder, path, data: folder.write_all_new({path: data})])
def test_other_bytes_are_refused_and_the_same_are_fine(tmp_path, write):
    folder = Folder(tmp_path)
    write(folder, "list/ab", b"list")
    write(folder, "list/ab", b"list")
    with pytest.raises(InvalidError, match="never overwrites"):
        write(folder, "list/ab", b"other")
    assert all_files(tmp_path) == {"list/ab": b"list"}


def test_killed_at_any_call_and_written_again_nothing_is_left_over(tmp_path):
    alive = 0
    while True:
        folder = tmp_path / str(alive)
        folder.mkdir()
        if not killed(folder, alive):
            break
        Folder(folder).write_all_new(FILES)
        assert all_files(folder) == FILES
        alive += 1
    assert alive > 12


def killed(folder: Path, alive: int) -> bool:
    """Writes with `alive` calls left to live; whether that was too few."""
    left = [alive]

    def counted(real):
        def call(*arguments, **named):
            if left[0] == 0:
                raise KilledError
            left[0] -= 1
            return real(*arguments, **named)

        return call

    with pytest.MonkeyPatch.context() as patch:
        for name in ("open", "fsync", "link", "unlink", "mkdir"):
            patch.setattr(os, name, counted(getattr(os, name)))
        try:
            Folder(folder).write_all_new(FILES)
        except KilledError:
            return True
    return False


def test_temporaries_of_the_dead_are_removed_and_nothing_else(tmp_path):
    (tmp_path / ABANDONED).write_bytes(b"half a check")
    kept = (".well-known", ".checkpoint", "checkpoint", ".checkpoint.1.xyz")
    for name in kept:
        (tmp_path / name).write_bytes(b"")
    handle, living = store._make_temporary(tmp_path / "checkpoint", 0o644)
    try:
        Folder(tmp_path).write_all_new(FILES)
        assert {path.name for path in tmp_path.iterdir() if path.is_file()} == {*kept, living.name}
    finally:
        os.close(handle)
    Folder(tmp_path).write_all_new(FILES)
    assert not living.exists()


def test_a_temporary_that_a_sweeper_took_before_it_was_locked_is_made_anew(tmp_path, monkeypatch):
    flock, taken = store.fcntl.flock, []

    def sweep_first(handle: int, how: int) -> None:
        if not taken:
            taken.append(handle)
            store.sweep(tmp_path)
        flock(handle, how)

    monkeypatch.setattr(store.fcntl, "flock", sweep_first)
    write_durably(tmp_path / "checkpoint", b"whole")
    assert all_files(tmp_path) == {"checkpoint": b"whole"}
    assert taken


def test_a_write_that_fails_leaves_what_was_there(tmp_path, monkeypatch):
    write_durably(tmp_path / "checkpoint", b"old")

    def full(handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        write_durably(tmp_path / "checkpoint", b"new")
    assert all_files(tmp_path) == {"checkpoint": b"old"}
