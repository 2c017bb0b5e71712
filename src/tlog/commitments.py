"""That no commitment stands twice among all kind 1, in memory that does not grow with the log.

Each commitment becomes a fingerprint of 64 bits. Pairs of (fingerprint, index) are spilled into buckets of one temporary file, by the
fingerprint's highest bits, and each bucket is looked at alone in the end. Equal fingerprints are only a suspicion: the entries are read
again.

The fingerprint is Σ factor · word with secret random factors, not a part of the commitment: nobody checks what a log puts into its
commitments, and one could otherwise be made whose commitments all fall into one bucket, or all look alike. Only commitments that are
alike can fill a bucket, so one that is much too full is looked at before the end, and takes nothing more once it is known to repeat one.
"""

from __future__ import annotations

import struct
import tempfile
from array import array
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from secrets import randbits

from tlog.accelerator import accelerator
from tlog.entry import OFFSETS
from tlog.errors import InvalidError

BUCKET = 1 << 18
"""Pairs that a bucket is meant to hold, as long as there are no more than MOST buckets: up to 268 million entries."""
MOST_BITS = 10
_TOO_FULL = 4
"""Times what a bucket is meant to hold."""
_BLOCK = 1 << 14
_WORDS = struct.Struct("=32x4Q32x")  # of an entry, its commitment
_PAIR = struct.Struct("=QQ")
_BEGIN, _END = OFFSETS["commitment"]


class Commitments:
    """Collects the commitments of a log of at most `size` entries, and finds the first that repeats. Close it in the end.

    `entry` reads an entry again that was added.
    """

    def __init__(self, size: int, entry: Callable[[int], bytes], *, vectorised: bool | None = None) -> None:
        bits = min(MOST_BITS, max(0, (size - 1) // BUCKET).bit_length())
        self._shift = 64 - bits
        self._entry = entry
        self._found: dict[int, tuple[int, int]] = {}
        self._held = [0] * (1 << bits)
        self._most = [_TOO_FULL * max(BUCKET, size >> bits)] * (1 << bits)
        self._bulk = accelerator(vectorised)
        self._factors = tuple(randbits(64) | 1 for _ in range(4))
        self._waiting = [bytearray() for _ in range(1 << bits)]
        self._blocks: list[list[tuple[int, int]]] = [[] for _ in range(1 << bits)]
        self._file = tempfile.TemporaryFile(buffering=0)  # noqa: SIM115 -- closed by close()
        self._end = 0

    def close(self) -> None:
        """Gives the temporary file back."""
        self._file.close()

    def add(self, first: int, entries: bytes) -> None:
        """A run of kind 1, n·96 bytes from index `first`. Raises OSError if the disk is full."""
        for bucket, pairs in self._in_buckets(first, entries):
            if bucket in self._found:
                continue  # its lowest index that repeats is known, and these are higher
            waiting = self._waiting[bucket]
            waiting += pairs
            if len(waiting) >= _BLOCK:
                self._spill(bucket)

    def check(self) -> None:
        """Raises InvalidError("commitment-repeated") with the lowest index that repeats a commitment."""
        for bucket in range(len(self._waiting)):
            self._look(bucket)
        if self._found:
            index, former = min(self._found.values())
            raise InvalidError("commitment-repeated", f"the commitment stands in entry {former} already", index=index)

    def _look(self, bucket: int) -> None:
        """Finds the lowest index in a bucket that repeats a commitment, if there is one; then nothing of the bucket is kept."""
        if bucket in self._found:
            return
        found = self._first_repeated(bucket)
        if found is not None:
            self._found[bucket] = found
            self._waiting[bucket], self._blocks[bucket] = bytearray(), []

    def _in_buckets(self, first: int, entries: bytes) -> Iterable[tuple[int, bytes]]:
        if self._bulk is not None:
            return self._bulk.in_buckets(self._bulk.fingerprints(entries, self._factors), first, self._shift)
        return self._one_by_one(first, entries)

    def _one_by_one(self, first: int, entries: bytes) -> Iterator[tuple[int, bytes]]:
        a, b, c, d = self._factors
        for index, (i, j, k, m) in enumerate(_WORDS.iter_unpack(entries), first):
            fingerprint = (a * i + b * j + c * k + d * m) & 0xFFFF_FFFF_FFFF_FFFF
            yield fingerprint >> self._shift, _PAIR.pack(fingerprint, index)

    def _spill(self, bucket: int) -> None:
        waiting = self._waiting[bucket]
        self._file.seek(self._end)
        view = memoryview(waiting)
        while view:
            view = view[self._file.write(view) :]
        view.release()
        self._blocks[bucket].append((self._end, len(waiting)))
        self._end += len(waiting)
        self._held[bucket] += len(waiting) // _PAIR.size
        self._waiting[bucket] = bytearray()
        if self._held[bucket] > self._most[bucket]:
            self._most[bucket] *= 2
            self._look(bucket)

    def _pairs(self, bucket: int) -> bytes:
        parts = []
        for begin, length in self._blocks[bucket]:
            self._file.seek(begin)
            parts.append(self._file.read(length))
        return b"".join((*parts, self._waiting[bucket]))

    def _first_repeated(self, bucket: int) -> tuple[int, int] | None:
        """The lowest (index, earlier index with the same commitment) of this bucket."""
        pairs = self._pairs(bucket)
        suspects = self._bulk.repeated(pairs) if self._bulk is not None else _repeated(pairs)
        seen: dict[bytes, int] = {}
        for index in suspects:
            commitment = self._entry(index)[_BEGIN:_END]
            if commitment in seen:
                return index, seen[commitment]
            seen[commitment] = index
        return None


def _repeated(pairs: bytes) -> Iterator[int]:
    """The indexes of a bucket whose fingerprint occurs more than once, ascending, as pairs are added."""
    numbers = array("Q", pairs)
    often = Counter(numbers[::2])
    return (index for fingerprint, index in zip(numbers[::2], numbers[1::2], strict=True) if often[fingerprint] > 1)
