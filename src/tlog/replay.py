"""The rules of the log, as a state machine that is fed entries (docs/log-format.md, section 3).

Nothing here reads files or knows of trees and signatures, so that a register can run the very same code over a batch before it is signed.
What came before is asked of a `History`, lists of a `ListSource`. The rules, in the order in which each entry is checked; the first that
is broken is raised, with the entry's index:

every entry   `version`, `kind` (exit 2) · `day` never falls · `first-entries`: 0 is kind 7, 1 is kind 6 · `successor`: 7 follows 11
              · `not-zero`: what the kind does not name · `delta`
1 declare     `assurance` 1–3 · `organisations` 1–7 · `voice` 0–2 · `code`: channel, region, source are 0 or in force · `commitment-zero`
              · `commitment-repeated` (the history's)
2 void one    `not-live` · `void-differs` from what it voids · `reason` in force · `self-void`: reason 1 shows `v` and `inner`
3 raise       `not-live` · `raise`: is 4 already · `assurance` 4 · `commitment-zero`
4 void a list `reason` in force, not 1 · `bitmap` · `delta` = −(bits set) · `not-live`
5 … 12        `list-hash`, `list-form` of what they name · 6 `codes-changed` · 7 `keys` · 8 `audit-ref` · 11 `successor`
4 … 12        `commitment-zero` before these

Two things it cannot see and hands out instead: `claims`, roots that the log must have had at a size, and `turns`, changes of the log key.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING

from tlog import fields, lists
from tlog.accelerator import accelerator
from tlog.claims import Claim, Succession, Turn
from tlog.entry import SELF_VOID, SIZE, VERSION, ZERO, Assurance, Entry, Kind
from tlog.errors import CannotCheckError, InvalidError, TlogError
from tlog.history import VOID, History
from tlog.lists import CodeList, KeySet, ListSource, list_path
from tlog.named import NamedLists
from tlog.note import VerifierKey
from tlog.tally import Tally

if TYPE_CHECKING:
    from tlog.bulk import Bulk


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a replay stands between two entries: with a history, all that is needed to go on from a checkpoint.

    `size` entries were replayed; `day` and `kind` are those of the last one (0 before the first); the lists are those in force; `origins`
    are the log's before the one in force, by which alone a replay can tell that a kind 11 returns to one.
    """

    size: int = 0
    day: int = 0
    kind: int = 0
    codes: CodeList | None = None
    keys: KeySet | None = None
    origins: frozenset[str] = frozenset()


class Replay:
    """Checks and counts entries in the order of the log.

    `standing` is where to begin: the default is the beginning of a log. `vectorised`: see `accelerator`; it changes no result.
    Results, as far as entries were fed: `size`; `standing`; `tally` and `baseline` (of these entries alone, after a resumption); `missing_lists`,
    those that were not there and not needed; `log_keys` that came since the last kind 11, each with the index at which another took its place
    (None: it is in force); `successions`, for people to know of; `claims` and `turns` for the caller to check.
    """

    def __init__(self, history: History, lists: ListSource, standing: Standing = Standing(), *, vectorised: bool | None = None) -> None:
        self.size = standing.size
        self.tally = Tally(vectorised=vectorised)
        self.baseline = 0
        # After a kind 11 no key that came before it is the log's, and no key set has come yet.
        self.log_keys: dict[VerifierKey, int | None] = (
            {standing.keys.log: None} if standing.keys and standing.kind != Kind.SUCCESSOR else {}
        )
        self.successions: list[Succession] = []
        self.claims: list[Claim] = []
        self.turns: list[Turn] = []
        self._day = standing.day
        self._kind = standing.kind
        self._code_list = standing.codes
        self._key_set = standing.keys
        self._origins = standing.origins
        # Names of lists that are known to say what the one in force says.
        self._same_codes: set[bytes] = set()
        self._same_keys: set[bytes] = set()
        self._history = history
        self._lists = NamedLists(lists)
        self._bulk: Bulk | None = accelerator(vectorised)
        self._fed = memoryview(b"")
        self._first = standing.size
        self._rules: dict[int, Callable[[Entry, bytes], None]] = {
            Kind.DECLARE: self._declare,
            Kind.VOID: self._void,
            Kind.RAISE: self._raise,
            Kind.VOID_LIST: self._void_list,
            Kind.BASELINE: self._baseline,
            Kind.CODES: self._codes,
            Kind.KEYS: self._keys,
            Kind.AUDIT: self._audit,
            Kind.OUTCOMES: self._outcomes,
            Kind.TRAIL: self._note,
            Kind.SUCCESSOR: self._successor,
            Kind.REGISTER: self._note,
        }

    @property
    def standing(self) -> Standing:
        """Where the replay stands: what another one needs to go on from here."""
        return Standing(self.size, self._day, self._kind, self._code_list, self._key_set, self._origins)

    @property
    def missing_lists(self) -> int:
        """How many named lists were not there and not needed."""
        return self._lists.missing

    def feed(self, entries: bytes) -> None:
        """Replays n·96 bytes, the entries that follow.

        Raises InvalidError or CannotCheckError by the first rule that is broken, with `index`; ValueError for a part of an entry. Entries
        before that one were replayed, and nothing more can be fed.
        """
        if len(entries) % SIZE:
            raise ValueError(f"entries have {SIZE} bytes each")
        self._fed, self._first = memoryview(entries), self.size
        end = self._first + len(entries) // SIZE
        while self.size < end:
            for faultless in self._faultless_runs(end):
                self._declare_run(faultless)
                if self.size < end and not self._one():
                    break  # the codes in force are others now: what was found faultless may not be so

    def _faultless_runs(self, end: int) -> list[int]:
        """Lengths of runs of kind 1 that break no rule but perhaps `commitment-repeated`, each before an entry to be looked at alone."""
        begin = self.size
        if self._bulk is None or self._code_list is None:
            return [0] * (end - begin)
        entries = self._fed[(begin - self._first) * SIZE :]
        return self._bulk.faultless_runs(entries, self._day, self._kind, self._code_list)

    def _declare_run(self, length: int) -> None:
        if not length:
            return
        begin = self.size - self._first
        run = bytes(self._fed[begin * SIZE : (begin + length) * SIZE])
        self._history.declare(self.size, run)
        self.tally.add_declared(run)
        last = Entry.decode(run[-SIZE:])
        self._advance(length, last)

    def _one(self) -> bool:
        """Replays one entry. Returns whether the lists in force are still the same."""
        index = self.size
        data = self._earlier(index)
        codes = self._code_list
        try:
            entry = Entry.decode(data)
            self._check_every(entry, data)
            self._rules[entry.kind](entry, data)
        except TlogError as error:
            error.index = index if error.index is None else error.index
            raise
        self.tally.add_delta(entry.day, entry.delta)
        self._advance(1, entry)
        return self._code_list is codes

    def _earlier(self, index: int) -> bytes:
        begin = (index - self._first) * SIZE
        return bytes(self._fed[begin : begin + SIZE]) if begin >= 0 else self._history.entry(index)

    def _advance(self, number: int, last: Entry) -> None:
        self.size += number
        self._day, self._kind = last.day, last.kind

    # -- Rules for every entry (3.1)

    def _check_every(self, entry: Entry, data: bytes) -> None:
        index = self.size
        if entry.version != VERSION:
            raise CannotCheckError("version", f"version {entry.version} is not known to this verifier")
        if entry.kind not in self._rules:
            raise CannotCheckError("kind", f"kind {entry.kind} is not known to this verifier")
        if entry.day < self._day:
            raise InvalidError("day", f"day {entry.day} comes after day {self._day}")
        if index < 2 and entry.kind != (Kind.KEYS, Kind.CODES)[index]:
            raise InvalidError("first-entries", f"kind {entry.kind}; entry 0 is of kind 7, entry 1 of kind 6")
        if self._kind == Kind.SUCCESSOR and entry.kind != Kind.KEYS:
            raise InvalidError("successor", f"kind {entry.kind}; kind 7 follows kind 11")
        fields.check_zero(entry, data)
        fields.check_delta(entry)
        if entry.kind >= Kind.VOID_LIST:
            fields.check_commitment(entry)

    # -- Rules by kind (3.2)

    def _declare(self, entry: Entry, data: bytes) -> None:
        fields.check_declaration(entry, self._codes_in_force)
        self._history.declare(self.size, data)
        self.tally.add_live(data, entry.assurance, 1)

    def _void(self, entry: Entry, data: bytes) -> None:
        assurance = self._live(entry.ref)
        voided = Entry.decode(self._earlier(entry.ref))
        differing = [name for name in fields.DECLARED if getattr(entry, name) != getattr(voided, name)]
        if entry.assurance != assurance:
            differing.append("assurance")
        if differing:
            raise InvalidError("void-differs", f"{', '.join(differing)} differ from entry {entry.ref}, which it voids")
        self._check_reason(entry)
        if entry.reason == SELF_VOID:
            shown = sha256(b"tuidang/v1/declarant" + sha256(entry.commitment).digest() + entry.second).digest()
            if shown != voided.commitment:
                raise InvalidError("self-void", f"does not show what only the holder of the code of entry {entry.ref} has")
        self._history.set_assurance(entry.ref, VOID)
        self.tally.add_live(data, assurance, -1)

    def _raise(self, entry: Entry, _: bytes) -> None:
        assurance = self._live(entry.ref)
        if assurance == Assurance.IDENTIFIED:
            raise InvalidError("raise", f"entry {entry.ref} is at assurance 4 already")
        if entry.assurance != Assurance.IDENTIFIED:
            raise InvalidError("assurance", f"{entry.assurance}; a raise has 4")
        fields.check_commitment(entry)
        self._history.set_assurance(entry.ref, Assurance.IDENTIFIED)
        self.tally.raise_assurance(assurance)

    def _void_list(self, entry: Entry, _: bytes) -> None:
        self._check_reason(entry)
        if entry.reason == SELF_VOID:
            raise InvalidError("reason", "a list cannot void at the wish of a declarant")
        bits = fields.number(entry)
        if not 1 <= bits <= lists.MOST_BITS or entry.ref + bits > self.size:
            raise InvalidError("bitmap", f"{bits} bits from entry {entry.ref} on")
        meant, positions = self._lists.bitmap(entry.commitment, bits)
        if entry.delta != -meant:
            raise InvalidError("delta", f"{entry.delta}; {meant} bits are set")
        for bit in positions():
            self._live(entry.ref + bit)
        for bit in positions():
            index = entry.ref + bit
            self.tally.add_live(self._earlier(index), self._history.assurance(index), -1)
            self._history.set_assurance(index, VOID)

    def _baseline(self, entry: Entry, _: bytes) -> None:
        total = fields.number(entry)
        if total > lists.LARGEST_NUMBER:
            raise InvalidError("list-form", f"a total of {total}; no list can say that")
        stated = self._lists.baseline(entry.commitment)
        if stated not in (None, total):
            raise InvalidError("list-form", f"the total is {stated}; the entry says {total}", path=list_path(entry.commitment))
        self.baseline = total

    def _codes(self, entry: Entry, _: bytes) -> None:
        if entry.commitment in self._same_codes:
            return
        codes = self._lists.codes(entry.commitment)
        if self._code_list is not None:
            codes.check_follows(self._code_list)
        if codes != self._code_list:
            self._code_list = codes
            self._same_codes.clear()
        self._same_codes.add(entry.commitment)

    def _keys(self, entry: Entry, _: bytes) -> None:
        succeeds = self._kind == Kind.SUCCESSOR
        if entry.commitment in self._same_keys and not succeeds:
            return
        keys, former = self._lists.keys(entry.commitment), self._key_set
        if former is not None and succeeds:
            self._origins |= {former.origin}
            if keys.origin in self._origins:
                raise InvalidError("keys", f"the origin {keys.origin} was this log's before")
        elif former is not None:
            keys.check_follows(former)
            if keys.log != former.log:
                self.turns.append(Turn(self.size, former.log, keys.log))
                self.log_keys[former.log] = self.size
        if keys != former:
            self._same_keys.clear()
        self._same_keys.add(entry.commitment)
        self.log_keys[keys.log] = None
        self._key_set = keys

    def _audit(self, entry: Entry, _: bytes) -> None:
        if entry.ref:
            announcement = Entry.decode(self._earlier(entry.ref)) if entry.ref < self.size else entry
            if announcement.kind != Kind.AUDIT or announcement.ref:
                raise InvalidError("audit-ref", f"entry {entry.ref} does not announce an audit")
        self._note(entry, b"")

    def _outcomes(self, entry: Entry, _: bytes) -> None:
        self._lists.outcomes(entry.commitment)

    def _note(self, entry: Entry, _: bytes) -> None:
        self._lists.note(entry.commitment, Kind(entry.kind).name.lower())

    def _successor(self, entry: Entry, _: bytes) -> None:
        index, keys, path = self.size, self._key_set, list_path(entry.commitment)
        if entry.second == ZERO:
            raise InvalidError("commitment-zero", "the second field is zero, and names a list")
        if entry.ref != index or keys is None:
            raise InvalidError("successor", f"ref is {entry.ref}; {index} leaves are before it")
        last = self._lists.checkpoint(entry.commitment)
        last.require(keys.log, path=path, rule="successor")
        size, root = last.checkpoint.size, last.checkpoint.root
        if size < index:
            raise InvalidError("successor", f"the predecessor's last checkpoint is of {size} entries; {index} are here", path=path)
        proof = self._lists.loss(entry.second).proof
        if proof is not None:
            self.claims.append(Claim(index, root, "successor", index, list_path(entry.second), later=size, proof=proof))
        elif size == index:
            raise InvalidError("successor", "unproven, although the predecessor's last checkpoint is of this size", path=path)
        self.successions.append(Succession(index, keys.origin, size, proven=proof is not None))
        self.log_keys.clear()

    # -- What the rules ask

    @property
    def _codes_in_force(self) -> CodeList:
        # Entry 1 is of kind 6, so a list is in force wherever a rule asks for it.
        assert self._code_list is not None
        return self._code_list

    def _live(self, index: int) -> int:
        assurance = self._history.assurance(index) if index < self.size else VOID
        if assurance == VOID:
            raise InvalidError("not-live", f"entry {index} is not a live declaration")
        return assurance

    def _check_reason(self, entry: Entry) -> None:
        if entry.reason not in self._codes_in_force.reasons:
            raise InvalidError("reason", f"reason {entry.reason} is not in force")
