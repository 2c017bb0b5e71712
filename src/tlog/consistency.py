"""That one checkpoint's log begins with another's (`tlog-verify consistency`)."""

from __future__ import annotations

from pathlib import Path

from tlog.checkpoint import Checkpoint, SignedCheckpoint
from tlog.errors import CannotCheckError, InvalidError
from tlog.merkle import consistency_proof, root_of_size, verify_consistency
from tlog.note import LARGEST, VerifierKey
from tlog.store import Folder, Reader, is_address, open_store
from tlog.tiles import TileReader

_NAME = "checkpoint"


def open_checkpoint(where: str) -> tuple[SignedCheckpoint, Reader]:
    """The checkpoint in a file, a folder or at an address, with the store that it lies in. Raises TlogError."""
    if is_address(where):
        store: Reader = open_store(where.removesuffix(f"/{_NAME}"))
        name = _NAME
    else:
        path = Path(where)
        folder, name = (path, _NAME) if path.is_dir() else (path.parent, path.name)
        store = Folder(folder)
    try:
        return SignedCheckpoint.parse(store.read(name, LARGEST), where), store
    except CannotCheckError as error:
        error.path = where
        raise


def check_consistency(old: Checkpoint, new: Checkpoint, tiles: Reader) -> None:
    """Checks that the log of `new`, whose tiles are at `tiles`, begins with that of `old`. Equal sizes, and an empty `old`, need no tiles.

    Raises InvalidError: "rolled-back" if `new` is smaller; "fork" if it does not begin with `old`; "proof" if `tiles` are not those of
    `new`, so that nothing can be said. MissingError if a tile is not there.
    """
    if old.size > new.size:
        raise InvalidError("rolled-back", f"NEW has {new.size} entries, OLD has {old.size} (of two mirrors, OLD is the smaller)")
    if old.size in (0, new.size):
        verify_consistency(old.size, old.root, new.size, new.root, [])
        return
    read = TileReader(tiles, new.size)
    root = root_of_size(old.size, read)
    try:
        verify_consistency(old.size, root, new.size, new.root, consistency_proof(old.size, new.size, read))
    except InvalidError:
        raise InvalidError("proof", "the tiles beside NEW do not lead to its root") from None
    # Now `root` is known to be what NEW's log had at that size.
    if root != old.root:
        raise InvalidError("fork", f"NEW had another root at size {old.size}: two different logs were signed")


def consistency(old: str, new: str, key: VerifierKey) -> tuple[Checkpoint, Checkpoint]:
    """Checks the checkpoints at `old` and `new` (file, folder or address), both signed by `key`, and returns them. Raises TlogError."""
    (first, _), (second, store) = open_checkpoint(old), open_checkpoint(new)
    first.require(key, path=old)
    second.require(key, path=new)
    check_consistency(first.checkpoint, second.checkpoint, store)
    return first.checkpoint, second.checkpoint
