"""What the signer signs: only a tree that is larger than the one it signed last, and begins with it.

In this order, under the lock store's flock:

1. The very tree that is held: the answer to an earlier request got lost. The same signature again (Ed25519 is deterministic).
2. `moved`: the old tree of the request is not the one that is held.
3. `clock-ahead`, `clock-behind`, `clock-unknown`: today is more than 30 days after the last entry, before it, or cannot be told. Nothing is
   signed until the clock is right again or a person confirms that it is (`tlog-signer confirm`; the site has no way to).
4. `not-larger`, `too-many`, `not-consistent`, `not-last`: the new tree is not larger, or larger by over a million entries; its proof
   fails; the entry is not its last one.
5. `entry-version`, `entry-kind`, `day-ahead`, `day-behind`: the last entry is of a version whose day cannot be read, or of a kind that
   does not exist; its day is after today (after the last entry's, while a person vouches for a clock behind it), or before the last
   entry's.
6. The new tree is made durable in the lock store, then the signature is made.

Also `bad-request`; `lock-missing`, `lock-damaged`, `lock-foreign`, `lock-unreadable` (lock.py); `storage`: the lock could not be made
durable, and it is not known which of the two trees is held.

The bound of 4 and the last entry of 5 keep a single request from ending the log for good: without them one could take it to the largest
size there is, or to an entry that no entry may follow. What the entries between say is not known here (see `signer`).
"""

from __future__ import annotations

from typing import NamedTuple

from tlog import clock
from tlog.checkpoint import Checkpoint
from tlog.entry import VERSION, Entry, Kind
from tlog.errors import InvalidError
from tlog.lock import Held, LockState, LockStore
from tlog.merkle import leaf_hash, verify_consistency, verify_inclusion
from tlog.note import SignerKey, VerifierKey
from tlog.signer_wire import SignRequest, Tree

MOST = 1_000_000
"""Entries that one request may add."""
_KINDS = frozenset(Kind)

STOPPED = {
    "clock-ahead": "the clock is more than 30 days past the last entry: check it, then run `tlog-signer confirm`",
    "clock-behind": "the clock is behind the last entry: check it, then run `tlog-signer confirm`",
}


class RefusalError(Exception):
    """Not signed. `state` is what is held, for `moved`."""

    def __init__(self, reason: str, message: str, state: LockState | None = None) -> None:
        super().__init__(message)
        self.reason = reason
        self.state = state


class Signed(NamedTuple):
    """A signature line, with its newline; `fresh` unless the same was signed before."""

    line: str
    fresh: bool


class Signer:
    """The log key with its lock store."""

    def __init__(self, key: SignerKey, store: LockStore) -> None:
        self._key = key
        self._store = store

    @property
    def verifier(self) -> VerifierKey:
        """The log's verifier key."""
        return self._key.verifier

    def held(self) -> Held:
        """What was signed last. Raises LockError."""
        with self._store.exclusive():
            return self._store.read()

    def sweep(self) -> None:
        """Removes what a killed signer left half written. Raises LockError."""
        with self._store.exclusive():
            self._store.sweep()

    def sign(self, wanted: SignRequest) -> Signed:
        """The signature over `wanted.new`. Raises RefusalError, LockError."""
        with self._store.exclusive():
            held = self._store.read()
            fresh = wanted.new != _tree(held.state)
            if not fresh:
                # A kill between rename and fsync of the folder leaves a swap that a power cut could undo. Before a signature
                # leaves, it is made durable, whoever made it.
                self._keep(held)
            elif wanted.old != _tree(held.state):
                raise RefusalError("moved", f"a tree of {held.state.size} entries was signed last", held.state)
            else:
                self._keep(_next(held, wanted))
        return Signed(self._key.sign(Checkpoint(self._key.name, wanted.new.size, wanted.new.root).text), fresh)

    def _keep(self, held: Held) -> None:
        try:
            self._store.write(held)
        except OSError as error:
            raise RefusalError("storage", f"the lock store cannot be written: {error.strerror}") from error

    def confirm(self) -> Held:
        """A person says that the clock is right. Returns what is held from now on. Raises LockError, RefusalError."""
        day = today()
        with self._store.exclusive():
            held = Held(self._store.read().state, confirmed=day)
            self._keep(held)
        return held


def today() -> int:
    """Raises RefusalError("clock-unknown")."""
    try:
        return clock.today()
    except clock.ClockError as error:
        raise RefusalError("clock-unknown", str(error)) from None


def stopped(held: Held) -> str | None:
    """Why nothing may be signed now, or None."""
    try:
        return held.stopped(today())
    except RefusalError as error:
        return error.reason


def _next(held: Held, wanted: SignRequest) -> Held:
    """What is held once `wanted` is signed. Raises RefusalError."""
    day = today()
    reason = held.stopped(day)
    if reason is not None:
        raise RefusalError(reason, STOPPED[reason])
    _check_proofs(wanted)
    return held.advanced(LockState(wanted.new.size, wanted.new.root, _check_day(wanted, held.state, day)), day)


def _check_proofs(wanted: SignRequest) -> None:
    old, new = wanted.old, wanted.new
    if new.size <= old.size:
        raise RefusalError("not-larger", f"{new.size} entries are not more than {old.size}")
    if new.size > old.size + MOST:
        raise RefusalError("too-many", f"at most {MOST} entries are added at a time, not {new.size - old.size}")
    try:
        verify_consistency(old.size, old.root, new.size, new.root, wanted.consistency)
    except InvalidError as error:
        raise RefusalError("not-consistent", error.message) from None
    try:
        verify_inclusion(leaf_hash(wanted.entry), new.size - 1, new.size, wanted.inclusion, new.root)
    except InvalidError as error:
        raise RefusalError("not-last", error.message) from None


def _check_day(wanted: SignRequest, last: LockState, day: int) -> int:
    entry = Entry.decode(wanted.entry)
    if entry.version != VERSION:
        raise RefusalError("entry-version", f"the last entry is of version {entry.version}")
    if entry.kind not in _KINDS:
        raise RefusalError("entry-kind", f"the last entry is of kind {entry.kind}, which there is none of")
    earliest = 0 if last.day is None else last.day
    if entry.day < earliest:
        raise RefusalError("day-behind", "the last entry's day is before that of the entry signed last")
    if entry.day > max(day, earliest):
        raise RefusalError("day-ahead", "the last entry's day is after today")
    return entry.day


def _tree(state: LockState) -> Tree:
    return Tree(state.size, state.root)
