"""Stages: a batch between its making and its row move, encrypted, immutable, durable, named by the root it leads to.

A stage can still be signed only while the signer's lock is at its base, and the tables never stand before the lock. So a stage may be dropped
when the tables stand past its base, and only then: dropping one that another sealer is about to get signed would lose a batch. For the same
reason a stage outlives its day key: whoever lets the key die writes the stage anew, and whoever wrote it looks whether the key still lives.
"""

from __future__ import annotations

import struct
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import msgspec

from tlog.store import write_durably
from tuidang.kernel.errors import DamagedError
from tuidang.kernel.places import places, private_folder
from tuidang.vault import daykeys

_HEADER = struct.Struct(">QQ32s")
ABANDONED_SECONDS = 3600


class Staged(msgspec.Struct, frozen=True, kw_only=True):
    """A batch ready to be sealed. `entries` are n·96 bytes from index `base`; ids are those of rows that this batch settles.

    `read_back`: made of the ledger's own files, because the database comes from an older copy.
    """

    base: int
    base_root: bytes
    size: int
    root: bytes
    day: int
    entries: bytes
    lists: dict[str, bytes]
    instructions: list[bytes]
    outcomes: list[bytes]
    read_back: bool = False


@dataclass(frozen=True, slots=True)
class StageName:
    """What a stage's file says without being opened: its day key, and from which tree to which it leads."""

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
    """Makes the stage durable, under a day key that lives after it is."""
    while not _written(staged):
        pass


def _written(staged: Staged) -> bool:
    key = daykeys.current_key()
    header = _HEADER.pack(key.id, staged.base, staged.base_root)
    write_durably(_path(staged.root), header + key.encrypt(msgspec.msgpack.encode(staged), header + staged.root), mode=0o600)
    # A sealer who let the key die before this looked for stages before this one was there.
    return daykeys.alive(key.id)


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


def carry_over(*, old_key: int, size: int) -> None:
    """Writes stages of a dying key anew that may still be needed now that the tables stand at `size` entries. Before the key is buried."""
    for name in names():
        if name.key == old_key and name.base >= size:
            # If its key is gone, another sealer buried it, and wrote the stage anew before.
            with suppress(DamagedError):
                staged = read(name.root)
                if staged is not None:
                    write(staged)


def names() -> list[StageName]:
    """All stages there are."""
    found = []
    for path in sorted(_folder().glob("*.stage")):
        try:
            with path.open("rb") as file:
                header = file.read(_HEADER.size)
        except FileNotFoundError:
            continue  # another sealer dropped it meanwhile
        if len(header) == _HEADER.size:
            found.append(StageName(path, *_HEADER.unpack(header)))
    return found


def drop(root: bytes) -> None:
    """Removes the stage that leads to `root`, if it is there."""
    _path(root).unlink(missing_ok=True)


def outlived(size: int) -> list[StageName]:
    """The stages that are moved, or can never be signed, now that the tables stand at `size` entries."""
    return [name for name in names() if name.base < size]


def drop_outlived(size: int) -> None:
    """Removes them, and what sealers who were killed left half written."""
    for name in outlived(size):
        drop(name.root)
    for path in _folder().glob(".*.stage.*"):
        with suppress(FileNotFoundError):
            if path.stat().st_mtime < time.time() - ABANDONED_SECONDS:
                path.unlink()
