"""Growing a log: the files that a larger tree needs, computed from the right edge of the smaller one.

Nothing is written here. The cost is that of the new entries and of one partial tile a level, whatever the size of the log.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tlog.errors import MissingError
from tlog.merkle import consistency_proof, inclusion_proof, leaf_hash, root_of_size, subtree_root
from tlog.store import LARGEST, Reader
from tlog.tiles import HASH, WIDTH, Tile, TileReader, levels, read_tile


class Overlay:
    """A store that has some files in memory in front of another store."""

    def __init__(self, files: dict[str, bytes], below: Reader) -> None:
        self._files = files
        self._below = below

    def read(self, path: str, limit: int = LARGEST) -> bytes:
        """As `Reader.read`."""
        found = self._files.get(path)
        return self._below.read(path, limit) if found is None else found


@dataclass(frozen=True, slots=True)
class Growth:
    """A tree of `size` leaves with `root`, grown from `base` leaves. `files` are its new tiles and bundles by path."""

    base: int
    size: int
    root: bytes
    files: dict[str, bytes]
    reader: TileReader

    def consistency(self) -> list[bytes]:
        """The proof that the tree of `base` leaves is a prefix of this one."""
        return consistency_proof(self.base, self.size, self.reader)

    def inclusion(self, index: int) -> list[bytes]:
        """The proof that the leaf `index` is in this tree."""
        return inclusion_proof(index, self.size, self.reader)


def grow(store: Reader, base: int, entries: Sequence[bytes]) -> Growth:
    """The growth of the log in `store` from `base` leaves by `entries`. Raises MissingError if the right edge is not there."""
    size = base + len(entries)
    files = _bundles(store, base, entries)
    hashes = [leaf_hash(entry) for entry in entries]
    for level in levels(size):
        hashes = _tiles(store, files, level, base >> (8 * level), hashes)
    reader = TileReader(Overlay(files, store), size)
    return Growth(base, size, root_of_size(size, reader), files, reader)


def _edge(store: Reader, level: int | None, count: int) -> bytes:
    """The bytes of the partial tile or bundle at the right edge of a level with `count` nodes; empty if it is full."""
    return read_tile(store, Tile(level, count // WIDTH, count % WIDTH)) if count % WIDTH else b""


def _bundles(store: Reader, base: int, entries: Sequence[bytes]) -> dict[str, bytes]:
    data = _edge(store, None, base) + b"".join(len(entry).to_bytes(2, "big") + entry for entry in entries)
    return dict(_cut(None, base // WIDTH, data, len(data) // (base % WIDTH + len(entries)) if data else 1))


def _cut(level: int | None, first: int, data: bytes, unit: int) -> list[tuple[str, bytes]]:
    full = WIDTH * unit
    return [
        (Tile(level, first + at // full, min(WIDTH, (len(data) - at) // unit)).path, data[at : at + full])
        for at in range(0, len(data), full)
    ]


def _tiles(store: Reader, files: dict[str, bytes], level: int, before: int, new: list[bytes]) -> list[bytes]:
    """Adds the tiles of `level` to `files`; returns the nodes that become complete one tile level up."""
    if not new:
        return []
    data = _edge(store, level, before) + b"".join(new)
    files.update(_cut(level, before // WIDTH, data, HASH))
    full = WIDTH * HASH
    complete = range(0, len(data) - len(data) % full, full)
    return [subtree_root([data[node : node + HASH] for node in range(at, at + full, HASH)]) for at in complete]


def read_entry(store: Reader, index: int, size: int) -> bytes:
    """The entry at `index` of a log of `size`, not checked against the tree. Raises MissingError, ValueError for an index outside."""
    if not 0 <= index < size:
        raise ValueError(f"no entry {index} in a log of {size}")
    number, place = divmod(index, WIDTH)
    bundle = read_tile(store, Tile(None, number, min(WIDTH, size - number * WIDTH)))
    width = int.from_bytes(bundle[:2], "big") + 2
    entry = bundle[place * width + 2 : (place + 1) * width]
    if len(entry) != width - 2:
        raise MissingError(Tile(None, number).path)
    return entry
