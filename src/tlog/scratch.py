"""What a full recount remembers: a byte for each entry, and commitments on their way through buckets. Both in temporary files.

Entries themselves are read again from the log when a later one refers to them. Whoever serves the log could answer the second time with
something else, so the digest of every bundle is kept (32 bytes for 256 entries), and what is read again must have it.
"""

from __future__ import annotations

import mmap
import os
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
_STEP = 1 << 20


class ScratchHistory:
    """The `History` of a recount of the first `size` entries of the log at `store`."""

    def __init__(self, store: Reader, size: int, *, vectorised: bool | None = None) -> None:
        """Raises CannotCheckError("unreadable") for more than LARGEST_LOG entries, OSError without room for temporary files."""
        if size > LARGEST_LOG:
            raise CannotCheckError("unreadable", f"a log of {size} entries is more than this verifier can hold")
        self._store = store
        self._size = size
        self._states = _Scratch(size)
        self._digests = _Scratch(-(-size // WIDTH) * _DIGEST)
        self._commitments = Commitments(size, self.entry, vectorised=vectorised)
        self._bundle = lru_cache(_KEPT_BUNDLES)(self._read_again)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._states.close()
        self._digests.close()
        self._commitments.close()

    def keep_digests(self, first_bundle: int, digests: Iterable[bytes]) -> None:
        """The SHA-256 of bundles (of as many bytes as the log's size uses) that were found to be part of the tree.

        Their entries can be replayed from here on. Raises OSError if the disk is full.
        """
        joined = b"".join(digests)
        begin, end = first_bundle * _DIGEST, first_bundle * _DIGEST + len(joined)
        self._digests.claim(end)
        self._states.claim(min(self._size, end // _DIGEST * WIDTH))
        self._digests.bytes[begin:end] = joined

    def entry(self, index: int) -> bytes:
        """As `History`. Raises CannotCheckError if the bundle cannot be read again, or is another now."""
        begin = index % WIDTH * PREFIXED + PREFIXED - SIZE
        return self._bundle(index // WIDTH)[begin : begin + SIZE]

    def assurance(self, index: int) -> int:
        """As `History`."""
        return self._states.bytes[index]

    def declare(self, first: int, entries: bytes) -> None:
        """As `History`; what repeats is found out by `check_commitments`."""
        self._states.bytes[first : first + len(entries) // SIZE] = entries[2::SIZE]
        self._commitments.add(first, entries)

    def set_assurance(self, index: int, assurance: int) -> None:
        """As `History`."""
        self._states.bytes[index] = assurance

    def check_commitments(self) -> None:
        """Raises InvalidError("commitment-repeated")."""
        self._commitments.check()

    def live(self) -> int:
        """How many entries are live."""
        parts = (self._states.bytes[at : min(at + _COUNTED_AT_ONCE, self._size)] for at in range(0, self._size, _COUNTED_AT_ONCE))
        return sum(len(part) - part.count(VOID) for part in parts)

    def _read_again(self, bundle: int) -> bytes:
        tile = Tile(None, bundle, min(WIDTH, self._size - bundle * WIDTH))
        data = read_tile(self._store, tile)
        if sha256(data).digest() != self._digests.bytes[bundle * _DIGEST : (bundle + 1) * _DIGEST]:
            raise CannotCheckError("unreadable", "read again, it is not what it was: the log changes while it is checked", path=tile.path)
        return data


class _Scratch:
    """`size` zero bytes in a temporary file that has no name and is gone with the process. They can be used as far as they were claimed.

    Memory that stands for a file is written whenever the system likes, and if the disk has no room for it then, the process is killed. So
    room is taken before, where a full disk is an error that can be reported.
    """

    def __init__(self, size: int) -> None:
        self._size = max(1, size)
        self._claimed = 0
        self._file = tempfile.TemporaryFile(buffering=0)  # noqa: SIM115 -- closed by close()
        self._file.truncate(self._size)
        self.bytes = mmap.mmap(self._file.fileno(), self._size)

    def claim(self, end: int) -> None:
        """Takes room for the bytes before `end`. Raises OSError if there is none."""
        while self._claimed < end:
            zeros = memoryview(bytes(min(_STEP, self._size - self._claimed)))
            while zeros:
                written = os.pwrite(self._file.fileno(), zeros, self._claimed)
                self._claimed += written
                zeros = zeros[written:]

    def close(self) -> None:
        """Gives the file back."""
        self.bytes.close()
        self._file.close()
