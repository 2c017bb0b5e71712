"""Stages: a batch between its making and its row move, encrypted, immutable, durable, named by the root it leads to.

A stage can still be signed only while the signer's lock is at the stage's base. So a stage may be dropped when the lock is neither at its base
nor at its root, and only then: dropping one that another sealer is about to get signed would lose a batch.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from pathlib import Path

import msgspec

from tlog.store import write_durably
from tuidang.kernel.errors import DamagedError
from tuidang.kernel.places import places, private_folder
from tuidang.vault import daykeys

_HEADER = struct.Struct(">QQ32s")


class Staged(msgspec.Struct, frozen=True, kw_only=True):
    """A batch ready to be sealed. `entries` are n·96 bytes from index `base`; ids are those of rows that this batch settles."""

    base: int
    base_root: bytes
    size: int
    root: bytes
    day: int
    entries: bytes
    lists: dict[str, bytes]
    instructions: list[bytes]
    outcomes: list[bytes]


@dataclass(frozen=True, slots=True)
class StageName:
    """What a stage's file says without being opened: from which tree to which."""

    path: Path
    key: int
    base: int
    base_root: bytes

    @property
    def root(self) -> bytes:
        """The root it leads to."""
        return bytes.fromhex(self.path.stem)


def _folder() -> Path:
    return private_folder(places().stage)


def _path(root: bytes) -> Path:
    return _folder() / f"{root.hex()}.stage"


def write(staged: Staged) -> None:
    """Makes the stage durable, under the current day key."""
    key = daykeys.current_key()
    header = _HEADER.pack(key.id, staged.base, staged.base_root)
    write_durably(_path(staged.root), header + key.encrypt(msgspec.msgpack.encode(staged), header + staged.root), mode=0o600)


def read(root: bytes) -> Staged | None:
    """The stage that leads to `root`, if there is one. Raises DamagedError if it cannot be opened."""
    try:
        data = _path(root).read_bytes()
    except FileNotFoundError:
        return None
    if len(data) < _HEADER.size:
        raise DamagedError("a stage is cut short")
    header = data[: _HEADER.size]
    key_id = _HEADER.unpack(header)[0]
    return msgspec.msgpack.decode(daykeys.key(key_id).decrypt(data[_HEADER.size :], header + root), type=Staged)


def names() -> list[StageName]:
    """All stages there are."""
    found = []
    for path in sorted(_folder().glob("*.stage")):
        with path.open("rb") as file:
            header = file.read(_HEADER.size)
        if len(header) == _HEADER.size:
            found.append(StageName(path, *_HEADER.unpack(header)))
    return found


def drop(root: bytes) -> None:
    """Removes the stage that leads to `root`, if it is there."""
    _path(root).unlink(missing_ok=True)


def drop_dead(lock_root: bytes) -> None:
    """Removes the stages that can never be signed, nor be needed for recovery, now that the lock is at `lock_root`."""
    for name in names():
        if lock_root not in (name.base_root, name.root):
            drop(name.root)
