"""What the signer signed last, kept so that a crash, a restart or a second process cannot make it sign a fork.

The store is a folder of its own, outside the data folder and in no backup: restoring it would make the signer forget what it signed.
It is made when the key is made, so a key without a store is a loss and never a beginning.

One file, `lock`, two lines: JSON, and the hex SHA-256 of that JSON. It names the key it belongs to. Whoever reads or writes holds the
flock on `.flock` beside it; the file itself is replaced by rename and cannot carry the lock.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from tlog.merkle import EMPTY_ROOT
from tlog.store import fsync_folder, write_durably

LARGEST_GAP = 30
"""Days without an entry after which a person has to say that the clock is right."""


class LockError(Exception):
    """The store cannot be trusted: it is missing, damaged or another key's. `reason` is a word for programs."""

    def __init__(self, reason: str, message: str) -> None:
        super().__init__(message)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class LockState:
    """The tree that was signed last: number of leaves, root of 32 bytes, day of the last entry (None for the empty tree)."""

    size: int
    root: bytes
    day: int | None


EMPTY = LockState(0, EMPTY_ROOT, None)


@dataclass(frozen=True, slots=True)
class Held:
    """What the store holds: the state, and the day at which a person last said that the clock is right, while that still matters."""

    state: LockState
    confirmed: int | None = None

    def stopped(self, today: int) -> str | None:
        """Why nothing may be signed today, or None.

        Between a confirmed day and the last entry's day the clock is believed; outside, 30 days ahead and none back.
        """
        if self.state.day is None:
            return None
        believed = [self.state.day] if self.confirmed is None else [self.state.day, self.confirmed]
        if today < min(believed):
            return "clock-behind"
        return "clock-ahead" if today > max(believed) + LARGEST_GAP else None

    def advanced(self, state: LockState, today: int) -> Held:
        """With a new tree. A confirmation is spent, unless the clock is still behind the last entry."""
        still_behind = state.day is not None and today < state.day
        return Held(state, self.confirmed if still_behind else None)


class LockStore:
    """The folder. `key` is the verifier key, as text, that the store belongs to."""

    def __init__(self, folder: Path, key: str) -> None:
        self._folder = folder
        self._key = key
        self._one_thread = threading.Lock()

    @property
    def _file(self) -> Path:
        return self._folder / "lock"

    @contextlib.contextmanager
    def exclusive(self) -> Iterator[None]:
        """Holds the store against every other thread and process. Raises LockError("lock-missing") if the folder is not there."""
        # Where a network file system keeps the folder, a flock is the process's: there it does not part threads.
        with self._one_thread, self._flock():
            yield

    @contextlib.contextmanager
    def _flock(self) -> Iterator[None]:
        try:
            handle = os.open(self._folder / ".flock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise LockError("lock-missing", f"the folder of the lock store cannot be used: {error.strerror}") from error
        try:
            fcntl.flock(handle, fcntl.LOCK_EX)
            yield
        finally:
            os.close(handle)

    def clear(self, unfinished: str | None) -> None:
        """Leaves the folder without a store, for a new key. The caller holds `exclusive`.

        The only store that is ever removed is that of the key `unfinished`, which an `init` that was killed had made and not yet put
        in its place; so nothing was signed with it. Raises LockError("lock-exists") for any other.
        """
        if not self._file.exists():
            return
        key, held = self._read()
        if held.state != EMPTY:
            raise LockError("lock-exists", "this lock store belongs to a key that has signed already; use another folder")
        if key != unfinished:
            raise LockError("lock-exists", "this lock store belongs to another key; use another folder")
        self._file.unlink()
        fsync_folder(self._folder)

    def read(self) -> Held:
        """What is held. The caller holds `exclusive`. Raises LockError; never answers with an empty tree for want of a better one."""
        key, held = self._read()
        if key != self._key:
            raise LockError("lock-foreign", "this lock store belongs to another key")
        return held

    def _read(self) -> tuple[str, Held]:
        try:
            data = self._file.read_bytes()
        except FileNotFoundError:
            raise LockError(
                "lock-missing",
                "the lock store is gone, and signing without it could fork the log: bring it back, or start a successor log",
            ) from None
        except OSError as error:
            raise LockError("lock-unreadable", f"the lock store cannot be read: {error.strerror}") from error
        try:
            return _decode(data)
        except (ValueError, KeyError, TypeError):
            raise LockError(
                "lock-damaged",
                "the lock store is damaged, and guessing what it held could fork the log: bring it back, or start a successor log",
            ) from None

    def write(self, held: Held) -> None:
        """Replaces what is held; durable when this returns. The caller holds `exclusive`. Raises OSError."""
        write_durably(self._file, _encode(self._key, held), mode=0o600)

    def sweep(self) -> None:
        """Removes what a killed writer left half written. The caller holds `exclusive`, so nobody is writing."""
        for left in self._folder.glob(".lock.*"):
            left.unlink()


def _encode(key: str, held: Held) -> bytes:
    state = held.state
    members = {"confirmed": held.confirmed, "day": state.day, "key": key, "root": state.root.hex(), "size": state.size}
    line = json.dumps(members).encode()
    return line + b"\n" + sha256(line).hexdigest().encode() + b"\n"


def _decode(data: bytes) -> tuple[str, Held]:
    line, check, end = data.split(b"\n")
    if end or sha256(line).hexdigest().encode() != check:
        raise ValueError("check sum")
    members: dict[str, Any] = json.loads(line)
    root = bytes.fromhex(members["root"])
    state = LockState(members["size"], root, members["day"])
    return members["key"], Held(state, members["confirmed"])
