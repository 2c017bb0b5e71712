"""The last checkpoint that was accepted (`--seen`): without it, a log that was rolled back as a whole looks like any other."""

from __future__ import annotations

from pathlib import Path

from tlog.checkpoint import Checkpoint, SignedCheckpoint
from tlog.errors import CannotCheckError, InvalidError
from tlog.replay import Claim
from tlog.store import write_durably


class Seen:
    """A file that holds a checkpoint, or does not exist yet. What it says is trusted: it is the verifier's own."""

    def __init__(self, path: Path) -> None:
        """Raises CannotCheckError("unreadable") if the file is there and holds no checkpoint."""
        self._path = path
        try:
            self.checkpoint: Checkpoint | None = SignedCheckpoint.parse(path.read_bytes()).checkpoint
        except FileNotFoundError:
            self.checkpoint = None
        except OSError as error:
            raise CannotCheckError("unreadable", error.strerror or "cannot be read", path=str(path)) from error
        except InvalidError as error:
            message = f"does not hold the checkpoint that was seen last: {error.message}"
            raise CannotCheckError("unreadable", message, path=str(path)) from error

    def check_not_rolled_back(self, now: Checkpoint) -> None:
        """Raises InvalidError("rolled-back") if a larger checkpoint was seen."""
        if self.checkpoint is not None and now.size < self.checkpoint.size:
            message = f"{now.origin} has {now.size} entries; {self.checkpoint.origin} had {self.checkpoint.size} when it was seen last"
            raise InvalidError("rolled-back", message, path="checkpoint")

    def claims(self) -> list[Claim]:
        """What a log must have had to be the one that was seen."""
        return [] if self.checkpoint is None else [Claim(self.checkpoint.size, self.checkpoint.root, "fork", path="checkpoint")]

    def remember(self, accepted: SignedCheckpoint) -> None:
        """Replaces the file, in one step that survives a crash. Raises CannotCheckError("unreadable")."""
        try:
            write_durably(self._path, accepted.raw)
        except OSError as error:
            raise CannotCheckError("unreadable", f"cannot be written: {error.strerror}", path=str(self._path)) from error
