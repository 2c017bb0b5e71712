"""Hashes of bundles, in as many processes as there are cores: three quarters of a recount's work.

The parent reads (so that whoever serves a log is asked once) and puts bundles and tiles into memory that it shares with processes forked
from it; what goes through pipes is a few bytes a bundle.
"""

from __future__ import annotations

import contextlib
import mmap
import multiprocessing
import os
import signal
from collections.abc import Callable, Sequence
from hashlib import sha256
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from struct import Struct
from types import TracebackType
from typing import NamedTuple, Self, TypeAlias

from tlog.errors import CannotCheckError
from tlog.merkle import subtree_root
from tlog.tiles import HASH, PREFIX, PREFIXED, WIDTH

BUNDLES = 32
"""Bundles hashed at once: small enough that all processes end together, large enough that messages cost nothing."""
LOTS_A_PROCESS = 10
"""Enough to hash while the parent starts NumPy."""
_LEAF = f"x{PREFIXED - 1}s"
_LEAVES = Struct(WIDTH * _LEAF)
_SLOT = BUNDLES * WIDTH * (PREFIXED + HASH)


class Hashed(NamedTuple):
    """Of one bundle: whether its entries have the hashes of its tile, the root over them, and the SHA-256 of the bundle's bytes."""

    agrees: bool
    root: bytes
    digest: bytes


_HASHED = Struct("?32s32s")


def leaf_hashes(bundle: bytes) -> list[bytes] | None:
    """The leaf hashes of a bundle's entries; None if it is not made of entries of 96 bytes, each after its length."""
    number = len(bundle) // PREFIXED
    if len(bundle) % PREFIXED or bundle[::PREFIXED] != PREFIX[:1] * number or bundle[1::PREFIXED] != PREFIX[1:] * number:
        return None
    # The second byte of each length becomes the 0x00 that a leaf is hashed with: one step for all, and no joining entry by entry.
    leaves = bytearray(bundle)
    leaves[1::PREFIXED] = bytes(number)
    layout = _LEAVES if number == WIDTH else Struct(number * _LEAF)
    return [sha256(leaf).digest() for leaf in layout.unpack(leaves)]


def hash_bundle(bundle: bytes, tile: bytes) -> Hashed:
    """Compares a bundle with its tile of level 0."""
    leaves = leaf_hashes(bundle)
    if leaves is None or b"".join(leaves) != tile:
        return Hashed(agrees=False, root=b"", digest=b"")
    return Hashed(agrees=True, root=subtree_root(leaves), digest=sha256(bundle).digest())


Task: TypeAlias = tuple[int, list[int]]
"""Where in the shared memory a lot begins, and the widths of its bundles; each bundle is followed by its tile."""


def _work(orders: Connection, ours: Connection, memory: mmap.mmap) -> None:
    """The life of a process: hashes lots in the order in which they are ordered, until the parent hangs up."""
    ours.close()  # the parent's end, inherited: this process would otherwise never see it closed
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent answers Ctrl-C, once
    signal.signal(signal.SIGTERM, signal.SIG_DFL)  # and may have a way of its own to end, which is not ours
    with contextlib.suppress(EOFError, OSError):
        while True:
            begin, widths = orders.recv()
            orders.send_bytes(b"".join(_HASHED.pack(*hashed) for hashed in _hash_lot(memory, begin, widths)))


def _hash_lot(memory: mmap.mmap, begin: int, widths: list[int]) -> list[Hashed]:
    hashed = []
    for width in widths:
        middle, end = begin + width * PREFIXED, begin + width * (PREFIXED + HASH)
        hashed.append(hash_bundle(memory[begin:middle], memory[middle:end]))
        begin = end
    return hashed


def keep_freed_memory() -> None:
    """Has the C library keep what is freed, instead of returning it to the system and asking for it again with every lot.

    glibc raises its threshold for that to the size of the largest block that was ever freed; elsewhere this does nothing. The block is
    never touched. Without it, page faults cost as much as the replay.
    """
    bytes(31 << 20)


class Hashers:
    """Hashes up to `depth` lots at a time, a lot being up to BUNDLES bundles with their tiles. Used in a `with`.

    `processes` None: one for each core. With one, or where processes cannot be forked, lots are hashed when they are asked for.
    """

    def __init__(self, processes: int | None = None) -> None:
        keep_freed_memory()
        number = processes or os.cpu_count() or 1
        forks = number > 1 and "fork" in multiprocessing.get_all_start_methods()
        self.depth = LOTS_A_PROCESS * number if forks else 1
        self._lots = 0
        self._memory = mmap.mmap(-1, self.depth * _SLOT)
        self._processes: list[BaseProcess] = []
        self._pipes: list[Connection] = []
        for _ in range(number if forks else 0):
            self._fork()

    def _fork(self) -> None:
        context = multiprocessing.get_context("fork")
        ours, theirs = context.Pipe()
        process = context.Process(target=_work, args=(theirs, ours, self._memory), daemon=True)
        process.start()
        theirs.close()
        self._processes.append(process)
        self._pipes.append(ours)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        for pipe in self._pipes:
            pipe.close()
        for process in self._processes:
            process.terminate()
            process.join()
        self._memory.close()

    def submit(self, bundles: Sequence[bytes], tiles: Sequence[bytes]) -> Callable[[], list[Hashed]]:
        """Returns what waits for the answer. Answers are taken in the order of submission, each before `depth` more lots are submitted.

        Bundle and tile must have as many bytes as their common width demands. The answer raises CannotCheckError if a process was killed.
        """
        if not self._pipes:
            return lambda: list(map(hash_bundle, bundles, tiles))
        begin = self._lots % self.depth * _SLOT
        pipe = self._pipes[self._lots % len(self._pipes)]
        self._lots += 1
        end = begin
        for pair in zip(bundles, tiles, strict=True):
            for part in pair:
                self._memory[end : end + len(part)] = part
                end += len(part)
        task: Task = (begin, [len(tile) // HASH for tile in tiles])
        try:
            pipe.send(task)
        except OSError as error:
            raise _ended() from error
        return lambda: _answer(pipe)


def _answer(pipe: Connection) -> list[Hashed]:
    try:
        answer = pipe.recv_bytes()
    except (EOFError, OSError) as error:
        raise _ended() from error
    return [Hashed(*parts) for parts in _HASHED.iter_unpack(answer)]


def _ended() -> CannotCheckError:
    return CannotCheckError("unreadable", "a process that hashes was ended from outside")
