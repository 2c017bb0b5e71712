"""The ledger's files and tables as `tlog` wants to see them: a store, a history, the lists in force."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from tlog.checkpoint import SignedCheckpoint
from tlog.entry import SIZE, Entry, Kind
from tlog.errors import InvalidError, MissingError
from tlog.growth import read_entry
from tlog.lists import CodeList, KeySet, ListSource, list_path
from tlog.merkle import EMPTY_ROOT
from tlog.note import VerifierKey
from tlog.replay import Standing
from tlog.signer_client import SignerClient
from tlog.store import Folder, Reader
from tuidang.kernel.errors import DamagedError
from tuidang.kernel.places import places
from tuidang.ledger.models import Batch, Change, Notice


def store() -> Folder:
    """The ledger's folder."""
    return Folder(places().ledger)


def signer() -> SignerClient:
    """The signer beside this data folder."""
    return SignerClient(places().signer_socket)


def published() -> SignedCheckpoint | None:
    """The checkpoint that the world sees; None before the first."""
    try:
        return SignedCheckpoint.parse(store().read("checkpoint"))
    except MissingError:
        return None


def verifier() -> VerifierKey:
    """The log's verifier key, from `log.vkey`. Raises MissingError."""
    return VerifierKey.parse(store().read("log.vkey").decode())


@dataclass(frozen=True, slots=True)
class Head:
    """Where the tables stand: the tree after the last row move."""

    size: int
    root: bytes
    day: int


def head() -> Head:
    """The last batch whose rows are moved; the empty tree before the first."""
    last = Batch.objects.order_by("-size").first()
    return Head(0, EMPTY_ROOT, 0) if last is None else Head(last.size, bytes(last.root), last.day)


def list_in_force(kind: Kind, before: int | None = None) -> bytes | None:
    """The list that the latest entry of `kind` names (before the index `before`, if given). Raises MissingError if its file is gone."""
    notices = Notice.objects.filter(kind=kind)
    if before is not None:
        notices = notices.filter(index__lt=before)
    latest = notices.order_by("-index").first()
    return None if latest is None else store().read(list_path(bytes(latest.commitment)))


def codes_in_force(before: int | None = None) -> CodeList:
    """The code list in force (before the index `before`, if given). Raises DamagedError before the first batch."""
    data = list_in_force(Kind.CODES, before)
    if data is None:
        raise DamagedError("the ledger has no code list yet")
    return CodeList.parse(data)


def standing(at: Head) -> Standing:
    """Where a replay of a batch begins that continues the tree `at`."""
    if at.size == 0:
        return Standing()
    last = Entry.decode(read_entry(store(), at.size - 1, at.size))
    keys = list_in_force(Kind.KEYS, at.size)
    return Standing(at.size, last.day, last.kind, codes_in_force(at.size), KeySet.parse(keys) if keys else None)


def lists(fresh: dict[str, bytes], below: Reader) -> ListSource:
    """Lists of a batch under way, by the hex of their hash, in front of those on disk."""

    def source(named: bytes, limit: int) -> bytes | None:
        if named.hex() in fresh:
            return fresh[named.hex()]
        try:
            return below.read(list_path(named), limit)
        except MissingError:
            return None

    return source


class TableHistory:
    """What a replay of one batch asks: entries from the bundles, their state from the tables (`tlog.history.History`).

    Commitments of earlier batches are not looked up: they are made of fresh salts, and a row that was sealed is gone from intake in the
    transaction that records its batch, so none is staged twice. A full recount checks all of them.
    """

    def __init__(self, base: int) -> None:
        self._base = base
        self._store = store()
        self._fresh: dict[int, bytes] = {}
        self._changed: dict[int, int] = {}
        self._commitments: set[bytes] = set()

    def entry(self, index: int) -> bytes:
        """The 96 bytes of an entry before this batch, or one that was fed before."""
        return self._fresh.get(index) or read_entry(self._store, index, self._base)

    def assurance(self, index: int) -> int:
        """The effective assurance, 0 if the entry is not a live declaration."""
        if index in self._changed:
            return self._changed[index]
        entry = Entry.decode(self.entry(index))
        if entry.kind != Kind.DECLARE:
            return 0
        change = Change.objects.filter(index=index).first() if index < self._base else None
        if change is None:
            return entry.assurance
        return 0 if change.void else 4

    def declare(self, first: int, entries: bytes) -> None:
        """Remembers kind 1 entries of this batch. Raises InvalidError("commitment-repeated")."""
        for place in range(len(entries) // SIZE):
            data = entries[place * SIZE : (place + 1) * SIZE]
            if data[32:64] in self._commitments:
                raise InvalidError("commitment-repeated", "stands twice in this batch", index=first + place)
            self._commitments.add(data[32:64])
            self._fresh[first + place] = data

    def set_assurance(self, index: int, assurance: int) -> None:
        """Remembers a void or a raise of this batch."""
        self._changed[index] = assurance


def list_name(data: bytes) -> bytes:
    """The commitment to a list."""
    return sha256(data).digest()


@contextmanager
def file_lock(path: Path) -> Iterator[None]:
    """Holds off all others that ask for it, in this process and any other."""
    handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)
