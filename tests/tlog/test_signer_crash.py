"""Killed at any call that writes, the signer has moved to the new tree or stayed at the old one, and never signs both ways."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest
from tests.tlog.small_tree import SmallTree, entry_of

from tlog import signer, store
from tlog.signer_rules import RefusalError, Signer

OLD = SmallTree((entry_of(0),))
NEW = OLD.plus(entry_of(1), entry_of(2))
FORK = OLD.plus(entry_of(11), entry_of(12))
CALLS = ("open", "fsync", "replace", "unlink")


class KilledError(BaseException):
    """Stands for kill -9: nothing that handles errors sees it."""


class Death:
    """Lets `alive` of the calls that write happen, then lets no more happen, as for a process that is gone."""

    def __init__(self, patch: pytest.MonkeyPatch, alive: int, *, error: type[BaseException] = KilledError) -> None:
        self.left = alive
        self.done: list[str] = []
        for name in CALLS:
            patch.setattr(os, name, self.wrap(name, getattr(os, name), error))

    def wrap(self, name, real, error):
        def call(*args, **kwargs):
            if self.left == 0:
                raise error
            self.left -= 1
            self.done.append(name)
            return real(*args, **kwargs)

        return call


@pytest.fixture
def folders(tmp_path: Path) -> tuple[Path, Path]:
    signer.create(tmp_path / "keys", tmp_path / "lock", "register.example/ledger")
    signer.load(tmp_path / "keys", tmp_path / "lock").sign(OLD.request(SmallTree()))
    return tmp_path / "keys", tmp_path / "lock"


def copied(folders, to: Path) -> tuple[Path, Path]:
    keys, lock = (shutil.copytree(folder, to / folder.name) for folder in folders)
    return keys, lock


def calls_of_one_signature(folders) -> int:
    with pytest.MonkeyPatch.context() as patch:
        life = Death(patch, 1000)
        signer.load(*folders).sign(NEW.request(OLD))
    assert {"open", "fsync", "replace"} <= set(life.done)
    return len(life.done)


def after_restart(folders) -> Signer:
    the = signer.load(*folders)
    the.sweep()
    assert sorted(file.name for file in folders[1].iterdir()) == [".flock", "lock"]
    return the


def test_killed_before_any_write_it_is_at_one_of_the_two_trees(folders, tmp_path):
    for alive in range(calls_of_one_signature(copied(folders, tmp_path / "counted"))):
        keys, lock = copied(folders, tmp_path / str(alive))
        with pytest.MonkeyPatch.context() as patch:
            the = signer.load(keys, lock)
            Death(patch, alive)
            with pytest.raises(KilledError):
                the.sign(NEW.request(OLD))
        the = after_restart((keys, lock))
        if the.held().state.size == len(OLD):
            the.sign(FORK.request(OLD))
            with pytest.raises(RefusalError, match="signed last"):
                the.sign(NEW.request(OLD))
        else:
            with pytest.raises(RefusalError, match="signed last"):
                the.sign(FORK.request(OLD))
            the.sign(NEW.request(OLD))


def test_a_full_disk_is_a_refusal_and_leaves_the_old_tree(folders, monkeypatch):
    the = signer.load(*folders)

    def full(handle):
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(store.os, "fsync", full)
        with pytest.raises(RefusalError, match="No space left") as caught:
            the.sign(NEW.request(OLD))
    assert caught.value.reason == "storage"
    assert after_restart(folders).held().state.size == len(OLD)
    the.sign(NEW.request(OLD))


def test_a_swap_whose_durability_is_unknown_is_made_durable_before_a_signature_leaves(folders, monkeypatch):
    the = signer.load(*folders)
    with monkeypatch.context() as patch:

        def no_folder(folder):
            raise OSError(5, "Input/output error")

        patch.setattr(store, "fsync_folder", no_folder)
        with pytest.raises(RefusalError):
            the.sign(NEW.request(OLD))
        assert the.held().state.size == len(NEW), "the rename was done, and may or may not outlive a power cut"
        with pytest.raises(RefusalError):
            the.sign(NEW.request(OLD))
    with monkeypatch.context() as patch:
        life = Death(patch, 1000)
        the.sign(NEW.request(OLD))
    assert life.done.count("fsync") == 2, "the file and its folder"


def test_init_killed_at_any_call_can_be_repeated(tmp_path):
    alive = 0
    while True:
        keys, lock = tmp_path / f"keys-{alive}", tmp_path / f"lock-{alive}"
        with pytest.MonkeyPatch.context() as patch:
            Death(patch, alive)
            try:
                signer.create(keys, lock, "register.example/ledger")
            except KilledError:
                pass
            else:
                break
        if not (keys / "log.key").exists():
            again(keys, lock, tmp_path / f"again-{alive}")
            signer.create(keys, lock, "register.example/ledger")
        assert signer.load(keys, lock).held().state.size == 0
        assert sorted(file.name for file in keys.iterdir()) == ["log.key"]
        alive += 1
    assert alive > 8


def again(keys: Path, lock: Path, where: Path) -> None:
    """Killed a second time, while it clears up after the first; in copies."""
    for alive in range(4):
        twice = [where / str(alive) / folder.name for folder in (keys, lock)]
        for folder, copy in zip((keys, lock), twice, strict=True):
            if folder.exists():
                shutil.copytree(folder, copy)
        with pytest.MonkeyPatch.context() as patch:
            Death(patch, alive)
            with pytest.raises(KilledError):
                signer.create(*twice, "register.example/ledger")
        signer.create(*twice, "register.example/ledger")
        assert signer.load(*twice).held().state.size == 0
