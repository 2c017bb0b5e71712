"""What a full recount remembers: a byte for each entry, and commitments on their way through buckets. Both in temporary files.

Entries themselves are read again from the log when a later one refers to them. Whoever serves the log could answer the second time with
something else, so the digest of every bundle is kept (32 bytes for 256 entries), and what is read again must have it.
"""

from __future__ import annotations

import mmap
import tempfile
from collections.abc import Iterable
from functools import lru_cache
from hashlib import sha256
from types import TracebackType
from typing import Self

from tlog.commitments import Commitments
from tlog.entry import SIZE
from tlog.errors import CannotCheckError
from tlog.history import VOID
from tlog.store import Reader
from tlog.tiles import PREFIXED, WIDTH, Tile, read_tile

LARGEST_LOG = 1 << 40
_KEPT_BUNDLES = 256
_COUNTED_AT_ONCE = 1 << 20
_DIGEST = 32


class ScratchHistory:
    """The `History` of a recount of the first `size` entries of the log at `store`."""

    def __init__(self, store: Reader, size: int, *, vectorised: bool | None = None) -> None:
        """Raises CannotCheckError("unreadable") for more than LARGEST_LOG entries, OSError without room for temporary files."""
        if size > LARGEST_LOG:
            raise CannotCheckError("unreadable", f"a log of {size} entries is more than this verifier can hold")
        self._store = store
        self._size = size
        self._states = _scratch(size)
        self._digests = _scratch(-(-size // WIDTH) * _DIGEST)
        self._commitments = Commitments(size, vectorised=vectorised)
        self._bundle = lru_cache(_KEPT_BUNDLES)(self._read_again)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._states.close()
        self._digests.close()
        self._commitments.close()

    def keep_digests(self, first_bundle: int, digests: Iterable[bytes]) -> None:
        """The SHA-256 of bundles (of as many bytes as the log's size uses) that were found to be part of the tree."""
        joined = b"".join(digests)
        self._digests[first_bundle * _DIGEST : first_bundle * _DIGEST + len(joined)] = joined

    def entry(self, index: int) -> bytes:
        """As `History`. Raises CannotCheckError if the bundle cannot be read again, or is another now."""
        begin = index % WIDTH * PREFIXED + PREFIXED - SIZE
        return self._bundle(index // WIDTH)[begin : begin + SIZE]

    def assurance(self, index: int) -> int:
        """As `History`."""
        return self._states[index]

    def declare(self, first: int, entries: bytes) -> None:
        """As `History`; what repeats is found out by `check_commitments`."""
        self._states[first : first + len(entries) // SIZE] = entries[2::SIZE]
        self._commitments.add(first, entries)

    def set_assurance(self, index: int, assurance: int) -> None:
        """As `History`."""
        self._states[index] = assurance

    def check_commitments(self) -> None:
        """Raises InvalidError("commitment-repeated")."""
        self._commitments.check(self.entry)

    def live(self) -> int:
        """How many entries are live."""
        parts = (self._states[at : min(at + _COUNTED_AT_ONCE, self._size)] for at in range(0, self._size, _COUNTED_AT_ONCE))
        return sum(len(part) - part.count(VOID) for part in parts)

    def _read_again(self, bundle: int) -> bytes:
        tile = Tile(None, bundle, min(WIDTH, self._size - bundle * WIDTH))
        data = read_tile(self._store, tile)
        if sha256(data).digest() != self._digests[bundle * _DIGEST : (bundle + 1) * _DIGEST]:
            raise CannotCheckError("unreadable", "read again, it is not what it was: the log changes while it is checked", path=tile.path)
        return data


def _scratch(size: int) -> mmap.mmap:
    """`size` zero bytes in a temporary file that has no name and is gone with the process."""
    with tempfile.TemporaryFile() as file:
        file.truncate(max(1, size))
        return mmap.mmap(file.fileno(), max(1, size))
