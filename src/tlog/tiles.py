"""C2SP tlog-tiles: where hashes and entries lie, and how nodes are read from them.

A tile holds up to 256 hashes of 32 bytes: the nodes of tree level 8·L. A bundle holds the 256 entries under a tile of level 0, each
after its length as u16.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from tlog.entry import SIZE
from tlog.errors import InvalidError, MissingError
from tlog.merkle import subtree_root
from tlog.store import Reader

WIDTH = 256
HASH = 32
PREFIX = b"\x00\x60"
"""The length that stands before each entry in a bundle."""
PREFIXED = len(PREFIX) + SIZE


@dataclass(frozen=True, slots=True)
class Tile:
    """One tile or bundle. `level` None is a bundle of entries; `width` 1 to 256."""

    level: int | None
    index: int
    width: int = WIDTH

    @property
    def path(self) -> str:
        """Path below the log's prefix, e.g. `tile/0/x001/234.p/7`."""
        digits = f"{self.index % 1000:03d}"
        rest = self.index // 1000
        while rest:
            digits = f"x{rest % 1000:03d}/{digits}"
            rest //= 1000
        level = "entries" if self.level is None else str(self.level)
        return f"tile/{level}/{digits}" + ("" if self.width == WIDTH else f".p/{self.width}")

    @property
    def full(self) -> Tile:
        """The same tile once it is complete."""
        return Tile(self.level, self.index)


def levels(size: int) -> Iterator[int]:
    """The tile levels that a tree of `size` leaves has: 0, 1, … (none for 0)."""
    level = 0
    while size >> (8 * level):
        yield level
        level += 1


def tiles_between(old: int, new: int, *, bundles: bool = True) -> Iterator[Tile]:
    """The tiles, and bundles, that a tree of `new` leaves needs and one of `old` leaves did not have; partial ones included."""
    for level in levels(new):
        before, after = old >> (8 * level), new >> (8 * level)
        if before == after:
            continue
        for index in range(before // WIDTH, -(-after // WIDTH)):
            width = min(WIDTH, after - index * WIDTH)
            yield Tile(level, index, width)
            if level == 0 and bundles:
                yield Tile(None, index, width)


def read_tile(store: Reader, tile: Tile) -> bytes:
    """The bytes of `tile`; a partial one may be cut from the full one (tlog-tiles, Partial Tiles).

    Raises MissingError; InvalidError("tile"), or "bundle", unless there are as many bytes as the width demands.
    """
    each = PREFIXED if tile.level is None else HASH
    try:
        data, found = store.read(tile.path, WIDTH * each), tile
    except MissingError as missing:
        if tile.width == WIDTH:
            raise
        try:
            data, found = store.read(tile.full.path, WIDTH * each), tile.full
        except MissingError:
            raise missing from None
    if len(data) != found.width * each:
        rule = "bundle" if tile.level is None else "tile"
        there = f"{len(data)} are" if len(data) <= WIDTH * each else "more are"
        raise InvalidError(rule, f"{found.width * each} bytes were expected, {there} there", path=found.path)
    return data[: tile.width * each]


def split(hashes: bytes) -> list[bytes]:
    """The hashes of a tile one by one."""
    return [hashes[at : at + HASH] for at in range(0, len(hashes), HASH)]


class TileReader:
    """Reads nodes of the tree of `size` leaves from tiles: a `NodeReader`.

    Each tile is read once and kept, so a proof reads at most two tiles a level.
    """

    def __init__(self, store: Reader, size: int) -> None:
        self._store = store
        self._size = size
        self._tiles: dict[tuple[int, int], bytes] = {}

    def hashes(self, level: int, index: int) -> bytes:
        """All hashes of one tile that the tree's size uses. Raises MissingError, InvalidError("tile") for another length."""
        found = self._tiles.get((level, index))
        if found is None:
            width = min(WIDTH, (self._size >> (8 * level)) - index * WIDTH)
            tile = Tile(level, index, width)
            found = read_tile(self._store, tile)
            self._tiles[level, index] = found
        return found

    def __call__(self, level: int, index: int) -> bytes:
        """Hash of the complete node (level, index). Raises MissingError, InvalidError("tile")."""
        tile_level, height = divmod(level, 8)
        first = index << height
        hashes = self.hashes(tile_level, first // WIDTH)
        begin = first % WIDTH * HASH
        return subtree_root(split(hashes[begin : begin + (HASH << height)]))
