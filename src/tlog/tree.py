"""Entries that are known to be the log's: every bundle and tile of a checkpoint's size, read and compared from the root down.

The tiles at the right edge lead to the checkpoint's root; a full tile has the root that its parent tile states; a bundle has the hashes of
its tile. So whatever is wrong is found at the file that is wrong, and no entry is replayed before it is known to be the log's.
"""

from __future__ import annotations

import contextlib
from collections import deque
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass
from types import TracebackType
from typing import TYPE_CHECKING, Self

from tlog.checkpoint import Checkpoint
from tlog.entry import SIZE
from tlog.errors import CannotCheckError, InvalidError, TlogError
from tlog.hashing import BUNDLES, Hashed, Hashers, leaf_hashes
from tlog.merkle import root_of_size, subtree_root
from tlog.store import Reader
from tlog.tiles import HASH, PREFIXED, WIDTH, Tile, TileReader, levels, read_tile, split

if TYPE_CHECKING:
    from concurrent.futures import Future


@dataclass(frozen=True, slots=True)
class Lot:
    """Entries that follow each other from index `first`: n·96 bytes, with the root and the SHA-256 of each of their bundles."""

    first: int
    entries: bytes
    roots: tuple[bytes, ...]
    digests: tuple[bytes, ...]

    @property
    def end(self) -> int:
        """The index after the last entry."""
        return self.first + len(self.entries) // SIZE


class Tiles:
    """The tiles of a checkpoint, each compared with what is above it. One a level is kept, so they are best read in order."""

    def __init__(self, store: Reader, checkpoint: Checkpoint) -> None:
        self._store = store
        self._size = checkpoint.size
        self._edge = TileReader(store, checkpoint.size)
        self._full: dict[int, tuple[int, bytes]] = {}
        if root_of_size(checkpoint.size, self._edge) != checkpoint.root:
            raise self._blame()

    def hashes(self, level: int, index: int) -> bytes:
        """The hashes of one tile. Raises InvalidError("tile") if it is not the log's, MissingError."""
        if self.width(level, index) < WIDTH:
            return self._edge.hashes(level, index)  # kept from when it led to the root
        if self._full.get(level, (None,))[0] != index:
            tile = Tile(level, index)
            self._full[level] = (index, self.require_full(tile, read_tile(self._store, tile)))
        return self._full[level][1]

    def require_full(self, tile: Tile, hashes: bytes) -> bytes:
        """Returns `hashes` if they are those of the full `tile`. Raises InvalidError("tile")."""
        if subtree_root(split(hashes)) != self.root_of(tile):
            raise InvalidError("tile", "it has not the root that the tile above it states", path=tile.path)
        return hashes

    def root_of(self, tile: Tile) -> bytes:
        """The root that the tile above states for the full `tile`."""
        above, at = divmod(tile.index, WIDTH)
        assert tile.level is not None
        return self.hashes(tile.level + 1, above)[at * HASH : (at + 1) * HASH]

    def width(self, level: int, index: int) -> int:
        """How many hashes of a tile the log's size uses."""
        return min(WIDTH, (self._size >> (8 * level)) - index * WIDTH)

    def _blame(self) -> InvalidError:
        """The edge does not lead to the root: a tile there may differ from what lies below it. If none does, the root is another."""
        for level in levels(self._size):
            index = (self._size >> (8 * level)) // WIDTH
            tile = Tile(level, index, self.width(level, index))
            with contextlib.suppress(CannotCheckError):
                if tile.width and self._edge.hashes(level, index) != self._from_below(tile):
                    return InvalidError("tile", "it is not what lies below it, and does not lead to the root", path=tile.path)
        return InvalidError("root", "the tiles lead to another root than the checkpoint's", path="checkpoint")

    def _from_below(self, tile: Tile) -> bytes:
        if not tile.level:
            bundle = Tile(None, tile.index, tile.width)
            leaves = leaf_hashes(read_tile(self._store, bundle))
            if leaves is None:
                raise _malformed(bundle.path)
            return b"".join(leaves)
        first = tile.index * WIDTH
        below = (read_tile(self._store, Tile(tile.level - 1, index)) for index in range(first, first + tile.width))
        return b"".join(subtree_root(split(hashes)) for hashes in below)


def _malformed(path: str) -> InvalidError:
    return InvalidError("bundle", "not entries of 96 bytes, each after its length", path=path)


_Bundle = tuple[bytes, bytes]
"""A bundle with its tile of level 0, both as long as their common width demands."""


class TreeReader:
    """Reads the entries of `checkpoint` from `store`, and has the first ones hashed as soon as it is there.

    `threads` read ahead: 0 for a folder, a few for a network. Used in a `with`: threads that were left to the garbage collector could be
    ended from within one of them. Raises InvalidError by `root` or `tile`, CannotCheckError.
    """

    def __init__(self, store: Reader, checkpoint: Checkpoint, hashers: Hashers, *, threads: int = 0) -> None:
        self._store = store
        self._bundles = -(-checkpoint.size // WIDTH)
        self._tiles = Tiles(store, checkpoint)
        self._hashers = hashers
        self._read = _ahead(self._read_bundle, self._bundles, threads)
        self._pending: deque[Callable[[], Lot]] = deque()
        self._submitted = 0
        self._failure: TlogError | None = None
        self._fill()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._read.close()

    def lots(self) -> Iterator[Lot]:
        """All entries in order. Raises InvalidError by `bundle` or `tile`, CannotCheckError, after what comes before the fault."""
        while self._pending:
            yield self._pending.popleft()()
            self._fill()
        if self._failure is not None:
            raise self._failure

    def _fill(self) -> None:
        """Reads on until as many lots are being hashed as can be, or something cannot be read: that is raised after what is before it."""
        while self._failure is None and self._submitted < self._bundles and len(self._pending) < self._hashers.depth:
            bundles, self._failure = _take(self._read, min(BUNDLES, self._bundles - self._submitted))
            self._pending.append(self._submit(self._submitted, bundles))
            self._submitted += len(bundles)

    def _read_bundle(self, index: int) -> _Bundle:
        width = self._tiles.width(0, index)
        bundle = read_tile(self._store, Tile(None, index, width))
        return bundle, self._tiles.hashes(0, index) if width < WIDTH else read_tile(self._store, Tile(0, index))

    def _submit(self, first: int, bundles: list[_Bundle]) -> Callable[[], Lot]:
        answer = self._hashers.submit([bundle for bundle, _ in bundles], [tile for _, tile in bundles])
        return lambda: self._settle(first, bundles, answer())

    def _settle(self, first: int, bundles: list[_Bundle], hashed: list[Hashed]) -> Lot:
        for index, (pair, found) in enumerate(zip(bundles, hashed, strict=True), first):
            self._check(index, pair, found)
        # Cut out the lengths: first the high byte of each, then what is now every 97th, the low one.
        entries = bytearray().join([bundle for bundle, _ in bundles])
        del entries[::PREFIXED]
        del entries[:: PREFIXED - 1]
        return Lot(first * WIDTH, bytes(entries), tuple(each.root for each in hashed), tuple(each.digest for each in hashed))

    def _check(self, index: int, pair: _Bundle, found: Hashed) -> None:
        bundle, hashes = pair
        tile = Tile(0, index, len(hashes) // HASH)
        full = tile.width == WIDTH
        if found.agrees and (not full or found.root == self._tiles.root_of(tile)):
            return
        if full:
            self._tiles.require_full(tile, hashes)
        # The tile is the log's, so the bundle is not.
        path = Tile(None, index, tile.width).path
        leaves = leaf_hashes(bundle)
        if leaves is None:
            raise _malformed(path)
        differing = next(at for at, (mine, stated) in enumerate(zip(leaves, split(hashes), strict=True)) if mine != stated)
        raise InvalidError("bundle", "the entry has not the hash that its tile states", index=index * WIDTH + differing, path=path)


def _take(read: Generator[_Bundle, None, None], number: int) -> tuple[list[_Bundle], TlogError | None]:
    """The next `number` items, or as many as come before an error, and the error."""
    taken: list[_Bundle] = []
    try:
        while len(taken) < number:
            taken.append(next(read))
    except TlogError as error:
        return taken, error
    return taken, None


def _ahead(read: Callable[[int], _Bundle], number: int, threads: int) -> Generator[_Bundle, None, None]:
    """`read` of 0 … number − 1 in order, with at most 4·threads items read ahead."""
    if not threads:
        yield from map(read, range(number))
        return
    from concurrent.futures import ThreadPoolExecutor  # only a network needs it

    with ThreadPoolExecutor(threads) as pool:
        waiting: deque[Future[_Bundle]] = deque()
        try:
            for index in range(number):
                waiting.append(pool.submit(read, index))
                if len(waiting) >= 4 * threads:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
        finally:
            for future in waiting:
                future.cancel()
