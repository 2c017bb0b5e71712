"""The last checkpoint that was accepted (`--seen`): without it, a log that was rolled back as a whole looks like any other."""

from __future__ import annotations

import contextlib
import fcntl
import os
from collections.abc import Iterator
from pathlib import Path

from tlog.checkpoint import Checkpoint, SignedCheckpoint
from tlog.claims import Claim
from tlog.errors import CannotCheckError, InvalidError
from tlog.files import read_regular
from tlog.note import LARGEST
from tlog.store import write_durably


class Seen:
    """A file that holds a checkpoint, or does not exist yet. What it says is trusted: it is the verifier's own.

    Two checks may overlap. The one that ends later must not put back what it read before the other one ended, so the file is read again
    when it is to be replaced, under the flock of FILE.lock.
    """

    def __init__(self, path: Path) -> None:
        """Raises CannotCheckError("unreadable") if the file is there and holds no checkpoint, or could not be replaced later."""
        self._path = Path(os.path.realpath(path))  # a link stays one: what it leads to is replaced
        self._held = self._read()
        with self._locked():
            pass  # it can be: better known now than after the whole log was read
        if not os.access(self._path.parent, os.W_OK | os.X_OK):
            raise self._unreadable("cannot be written")
        self.checkpoint: Checkpoint | None = None
        if self._held is not None:
            try:
                self.checkpoint = SignedCheckpoint.parse(self._held).checkpoint
            except InvalidError as error:
                raise self._unreadable(f"does not hold the checkpoint that was seen last: {error.message}") from error

    def _unreadable(self, why: str) -> CannotCheckError:
        return CannotCheckError("unreadable", why, path=str(self._path))

    def _read(self) -> bytes | None:
        try:
            return read_regular(self._path, LARGEST)
        except FileNotFoundError:
            return None
        except OSError as error:
            raise self._unreadable(error.strerror or "cannot be read") from error

    @contextlib.contextmanager
    def _locked(self) -> Iterator[None]:
        # A file of its own: the one with the checkpoint is replaced, and a lock on it would be lost with it.
        name = f"{self._path}.lock"
        try:
            handle = os.open(name, os.O_RDWR | os.O_CREAT | os.O_NONBLOCK | os.O_NOFOLLOW | os.O_CLOEXEC, 0o644)
        except OSError as error:
            raise CannotCheckError("unreadable", f"cannot be written: {error.strerror}", path=name) from error
        try:
            fcntl.flock(handle, fcntl.LOCK_EX)
            yield
        finally:
            os.close(handle)

    def check_not_rolled_back(self, now: Checkpoint) -> None:
        """Raises InvalidError("rolled-back") if a larger checkpoint was seen."""
        if self.checkpoint is not None and now.size < self.checkpoint.size:
            message = f"{now.origin} has {now.size} entries; {self.checkpoint.origin} had {self.checkpoint.size} when it was seen last"
            raise InvalidError("rolled-back", message, path="checkpoint")

    def claims(self) -> list[Claim]:
        """What a log must have had to be the one that was seen."""
        return [] if self.checkpoint is None else [Claim(self.checkpoint.size, self.checkpoint.root, "fork", path="checkpoint")]

    def remember(self, accepted: SignedCheckpoint) -> None:
        """Replaces the file, in one step that survives a crash.

        Raises CannotCheckError("unreadable") if it cannot, or if the file says something else by now than what was compared.
        """
        with self._locked():
            now = self._read()
            if now == accepted.raw:
                return
            if now != self._held:
                raise self._unreadable("changed while the log was checked; run again")
            try:
                write_durably(self._path, accepted.raw)
            except OSError as error:
                raise self._unreadable(f"cannot be written: {error.strerror}") from error
