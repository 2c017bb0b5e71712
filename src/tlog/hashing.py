"""Hashes of bundles, in as many processes as there are cores: three quarters of a recount's work.

The parent reads (so that whoever serves a log is asked once) and puts bundles and tiles into memory that it shares with processes forked
from it; what goes through pipes is a few bytes a bundle.
"""

from __future__ import annotations

import mmap
import multiprocessing
import os
import signal
from collections.abc import Callable, Sequence
from concurrent.futures import BrokenExecutor, ProcessPoolExecutor
from dataclasses import dataclass
from hashlib import sha256
from types import TracebackType
from typing import Self

from tlog.errors import CannotCheckError
from tlog.merkle import subtree_root
from tlog.tiles import HASH, PREFIX, PREFIXED, WIDTH

BUNDLES = 32
"""Bundles hashed at once: small enough that all processes end together, large enough that messages cost nothing."""
_SLOT = BUNDLES * WIDTH * (PREFIXED + HASH)


@dataclass(frozen=True, slots=True)
class Hashed:
    """Of one bundle: whether its entries have the hashes of its tile, the root over them, and the SHA-256 of the bundle's bytes."""

    agrees: bool
    root: bytes
    digest: bytes


def leaf_hashes(bundle: bytes) -> list[bytes] | None:
    """The leaf hashes of a bundle's entries; None if it is not made of entries of 96 bytes, each after its length."""
    number = len(bundle) // PREFIXED
    if len(bundle) % PREFIXED or bundle[::PREFIXED] != PREFIX[:1] * number or bundle[1::PREFIXED] != PREFIX[1:] * number:
        return None
    # The second byte of each length becomes the 0x00 that a leaf is hashed with, so that nothing is copied entry by entry.
    leaves = bytearray(bundle)
    leaves[1::PREFIXED] = bytes(number)
    view = memoryview(leaves)
    return [sha256(view[at : at + PREFIXED - 1]).digest() for at in range(1, len(leaves), PREFIXED)]


def hash_bundle(bundle: bytes, tile: bytes) -> Hashed:
    """Compares a bundle with its tile of level 0."""
    leaves = leaf_hashes(bundle)
    if leaves is None or b"".join(leaves) != tile:
        return Hashed(agrees=False, root=b"", digest=b"")
    return Hashed(agrees=True, root=subtree_root(leaves), digest=sha256(bundle).digest())


_shared: mmap.mmap


def _start(shared: mmap.mmap) -> None:
    global _shared  # noqa: PLW0603 -- a forked process keeps the memory it was given for all its tasks
    _shared = shared
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent answers Ctrl-C, once


def _hash_slot(begin: int, widths: Sequence[int]) -> list[Hashed]:
    hashed = []
    for width in widths:
        middle, end = begin + width * PREFIXED, begin + width * (PREFIXED + HASH)
        hashed.append(hash_bundle(_shared[begin:middle], _shared[middle:end]))
        begin = end
    return hashed


class Hashers:
    """Hashes up to `depth` lots at a time, a lot being up to BUNDLES bundles with their tiles. Used in a `with`.

    `processes` None: one for each core. With one, or where processes cannot be forked, lots are hashed when they are asked for.
    """

    def __init__(self, processes: int | None = None) -> None:
        processes = processes or os.cpu_count() or 1
        forks = processes > 1 and "fork" in multiprocessing.get_all_start_methods()
        self.depth = 2 * processes + 2 if forks else 1
        self._lots = 0
        self._pool: ProcessPoolExecutor | None = None
        if forks:
            self._memory = mmap.mmap(-1, self.depth * _SLOT)
            context = multiprocessing.get_context("fork")
            self._pool = ProcessPoolExecutor(processes, context, initializer=_start, initargs=(self._memory,))
            self._pool.submit(int)  # forks them all now, before this process has threads or NumPy

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if self._pool is not None:
            self._pool.shutdown(cancel_futures=True)
            self._memory.close()

    def submit(self, bundles: Sequence[bytes], tiles: Sequence[bytes]) -> Callable[[], list[Hashed]]:
        """Returns what waits for the answer. Each lot's answer must be taken before `depth` more are submitted: slots are used in turn.

        Bundle and tile must have as many bytes as their common width demands. The answer raises CannotCheckError if a process was killed.
        """
        if self._pool is None:
            return lambda: list(map(hash_bundle, bundles, tiles))
        begin = at = self._lots % self.depth * _SLOT
        self._lots += 1
        for bundle, tile in zip(bundles, tiles, strict=True):
            self._memory[at : at + len(bundle) + len(tile)] = bundle + tile
            at += len(bundle) + len(tile)
        future = self._pool.submit(_hash_slot, begin, [len(tile) // HASH for tile in tiles])

        def answer() -> list[Hashed]:
            try:
                return future.result()
            except BrokenExecutor as error:
                raise CannotCheckError("unreadable", "a process that hashes was ended from outside") from error

        return answer
