"""Whether a log kept its promises (docs/log-format.md, section 9): looked for on the way of a recount."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import TypeAlias

from tlog import lists, note
from tlog.clock import day_date
from tlog.entry import OFFSETS, SIZE, Entry, Kind
from tlog.errors import CannotCheckError, InvalidError, MissingError, TlogError
from tlog.files import read_regular
from tlog.lists import KeySet, ListSource, list_path, lists_of
from tlog.note import VerifierKey
from tlog.promise import Outcome, Promise, key_name, read_promise, verify_promise
from tlog.store import Reader
from tlog.tree import Lot

EXTENSION = timedelta(days=30)
"""What follows after "held", once."""
_COMMITMENT = OFFSETS["commitment"][0]
_KIND = OFFSETS["kind"][0]


@dataclass(frozen=True, slots=True)
class Kept:
    """What became of a promise that was not broken. `what` is "entry", an outcome, or empty: then it runs until the end of `ends`.

    `index` is the entry that bears the commitment, or names the list of outcomes; `day` is its day.
    """

    ends: date
    what: str = ""
    index: int | None = None
    day: date | None = None

    def members(self) -> dict[str, object]:
        """As JSON."""
        if self.day is None:
            return {"kept": None, "ends": self.ends.isoformat()}
        return {"kept": self.what, "ends": self.ends.isoformat(), "index": self.index, "day": self.day.isoformat()}


@dataclass(slots=True)
class Watch:
    """Follows the lots of a log, which a recount has found to be the log's and to keep the rules, and notes what was promised.

    `keys` are the promise keys that its key sets name; `last` is the day of the last entry.
    """

    source: ListSource
    promises: list[Promise] = field(default_factory=list)
    keys: list[VerifierKey] = field(default_factory=list)
    last: date | None = None
    _found: dict[Promise, list[Kept]] = field(default_factory=dict)
    _missing: list[tuple[date, str]] = field(default_factory=list)

    def follow(self, lot: Lot) -> None:
        """The next lot. Raises CannotCheckError if a list cannot be read."""
        for promise in self.promises:
            self._look_for(promise, lot)
        kinds = lot.entries[_KIND::SIZE]
        for kind, follow in ((Kind.OUTCOMES, self._outcomes), (Kind.KEYS, self._keys)):
            for at in _places(kinds, bytes([kind])):
                follow(lot.first + at, Entry.decode(lot.entries[at * SIZE : (at + 1) * SIZE]))
        if lot.entries:
            self.last = day_date(Entry.decode(lot.entries[-SIZE:]).day)

    def _look_for(self, promise: Promise, lot: Lot) -> None:
        for at in _places(lot.entries, promise.commitment):
            if at % SIZE == _COMMITMENT:
                entry = Entry.decode(lot.entries[at - _COMMITMENT :][:SIZE])
                if entry.kind == Kind.DECLARE:
                    self._note(promise, "entry", lot.first + at // SIZE, entry)

    def _note(self, promise: Promise, what: str, index: int, entry: Entry) -> None:
        self._found.setdefault(promise, []).append(Kept(promise.due, what, index, day_date(entry.day)))

    def _outcomes(self, index: int, entry: Entry) -> None:
        data = self.source(entry.commitment, lists.LARGEST)
        if data is None:
            self._missing.append((day_date(entry.day), list_path(entry.commitment)))
            return
        listed = frozenset(json.loads(data)["outcomes"])
        for promise in self.promises:
            for outcome in Outcome:
                if outcome.hash(promise.nonce).hex() in listed:
                    self._note(promise, outcome.value, index, entry)

    def _keys(self, _: int, entry: Entry) -> None:
        data = self.source(entry.commitment, lists.LARGEST_KEY_SET)
        if data is None:
            raise MissingError(list_path(entry.commitment))
        self.keys += KeySet.parse(data).promise

    def answer(self, promise: Promise) -> Kept:
        """What became of it. Raises InvalidError("promise") if it was broken, MissingError if a list is not there that may name it."""
        found = self._found.get(promise, [])
        held = [one for one in found if one.what == Outcome.HELD.value and one.day is not None and one.day <= promise.due]
        ends = promise.due + EXTENSION if held else promise.due
        for one in found:
            if one.what != Outcome.HELD.value and one.day is not None and one.day <= ends:
                return Kept(ends, one.what, one.index, one.day)
        if self.last is None or self.last <= ends:
            return Kept(ends)
        for day, path in self._missing:
            if day <= ends:
                raise MissingError(path)
        late = [f"; {one.what} came on {one.day}" for one in found if one.what != Outcome.HELD.value]
        raise InvalidError(
            "promise", f"broken: by the end of {ends} nothing was done, and the log goes on to {self.last}{''.join(late[:1])}"
        )


Found: TypeAlias = list[tuple[Promise, Kept | None]]
"""Valid promises, with what became of each if that was looked for."""
Notes: TypeAlias = Sequence[tuple[str, bytes]]
"""Signed notes, each with the path of its file."""


@dataclass(frozen=True, slots=True)
class PromiseKeys:
    """What a promise is held against: promise keys, or the key of the log that names them, or both."""

    log: VerifierKey | None
    promise: tuple[VerifierKey, ...]

    @classmethod
    def read(cls, text: str, read_key: Callable[[str], VerifierKey]) -> PromiseKeys:
        """From a key, or a file with a key or with a key set of the log (section 5.2). Raises CannotCheckError("bad-argument")."""
        try:
            held = read_regular(text, lists.LARGEST_KEY_SET)
        except (OSError, ValueError):
            held = b""
        if not held.startswith(b"{"):
            key = read_key(text)
            return cls(None, (key,)) if key.name.endswith(key_name("")) else cls(key, ())
        try:
            keys = KeySet.parse(held)
        except InvalidError as error:
            raise CannotCheckError("bad-argument", f"this is no key set: {error.message}", path=text) from None
        return cls(keys.log, keys.promise)

    def require(self, what: str, instead: str = "") -> tuple[VerifierKey, ...]:
        """The promise keys, of which one signs `what`. Raises CannotCheckError("bad-argument") without any, naming what else would do."""
        if not self.promise:
            name = key_name(self.log.name if self.log else "")
            raise CannotCheckError("bad-argument", f"{what} signed by the key {name}, not by this one: give that{instead}")
        return self.promise

    def check(self, notes: Notes) -> Found:
        """The promises, if one of the keys signed each. Raises InvalidError, CannotCheckError("bad-argument") without promise keys."""
        self.require("promises are", ", or --log")
        found: Found = []
        for path, one in notes:
            with _in_file(path):
                found.append((verify_promise(one, self.promise), None))
        return found

    def check_kept(self, notes: Notes, store: Reader, read_all: Callable[[VerifierKey, Watch], object]) -> Found:
        """The promises, and what became of each in the log at `store`, which `read_all` recounts under a key and shows to a watch.

        Raises InvalidError also by the log, and "promise" if one was broken.
        """
        if self.promise:
            self.check(notes)
        watch = Watch(lists_of(store))
        for path, one in notes:
            with _in_file(path):
                watch.promises.append(read_promise(one)[0])
        read_all(self.log or VerifierKey.parse(store.read("log.vkey", note.LARGEST).decode("utf-8", "replace")), watch)
        if not set(self.promise) <= set(watch.keys):
            raise CannotCheckError("bad-argument", "this log does not name the promise key that was given: it is another log")
        PromiseKeys(self.log, tuple(watch.keys)).check(notes)
        found: Found = []
        for (path, _), promise in zip(notes, watch.promises, strict=True):
            with _in_file(path):
                found.append((promise, watch.answer(promise)))
        return found


@contextmanager
def _in_file(path: str) -> Iterator[None]:
    """Errors about a promise name its file, unless they name another one."""
    try:
        yield
    except TlogError as error:
        error.path = error.path or path
        raise


def _places(data: bytes, wanted: bytes) -> Iterator[int]:
    at = data.find(wanted)
    while at >= 0:
        yield at
        at = data.find(wanted, at + 1)
