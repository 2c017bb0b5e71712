"""C2SP tlog-checkpoint: origin, size and root in a signed note; no extension lines (docs/log-format.md, section 8)."""

from __future__ import annotations

import re
from base64 import b64decode, b64encode
from dataclasses import dataclass

from tlog.errors import InvalidError
from tlog.note import Note, VerifierKey

MOST_LEAVES = 1 << 63
"""Every size is smaller, and so is every index."""
_SIZE = re.compile(r"0|[1-9][0-9]{0,18}")


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A statement about a log: its first `size` entries have the Merkle root `root` (32 bytes)."""

    origin: str
    size: int
    root: bytes

    @property
    def text(self) -> str:
        """What is signed."""
        return f"{self.origin}\n{self.size}\n{b64encode(self.root).decode()}\n"


@dataclass(frozen=True, slots=True)
class SignedCheckpoint:
    """A checkpoint with the note that carries it and the very bytes that were read."""

    checkpoint: Checkpoint
    note: Note
    raw: bytes

    @classmethod
    def parse(cls, raw: bytes, path: str | None = "checkpoint") -> SignedCheckpoint:
        """Raises InvalidError("checkpoint") if `raw` is not a signed note over a checkpoint without extensions."""
        note = Note.parse(raw, path=path)
        lines = note.text.split("\n")
        if len(lines) != 4 or not lines[0] or not _SIZE.fullmatch(lines[1]):
            raise InvalidError("checkpoint", "not origin, size and root", path=path)
        try:
            root = b64decode(lines[2], validate=True)
        except ValueError:
            root = b""
        if int(lines[1]) >= MOST_LEAVES:
            raise InvalidError("checkpoint", f"a size of {lines[1]}", path=path)
        if len(root) != 32 or b64encode(root).decode() != lines[2]:
            raise InvalidError("checkpoint", "the root is not 32 bytes in base64", path=path)
        return cls(Checkpoint(lines[0], int(lines[1]), root), note, raw)

    def require(self, key: VerifierKey, *, path: str | None = "checkpoint", rule: str = "signature") -> None:
        """Raises InvalidError by `rule` unless `key` signed this, and its name is the origin."""
        if key.name != self.checkpoint.origin:
            raise InvalidError(rule, f"this is the log {self.checkpoint.origin}; the key is for {key.name}", path=path)
        try:
            signed = self.note.signed_by(key)
        except InvalidError as error:
            raise InvalidError(rule, error.message, path=path) from None
        if not signed:
            raise InvalidError(rule, f"not signed by the key {key}", path=path)
