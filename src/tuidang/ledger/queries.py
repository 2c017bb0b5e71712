"""What others may read of the ledger: the count from the tables, and what a code opens."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import takewhile
from typing import Any
from uuid import UUID

import msgspec
from django.db.models import Sum

from tlog.commitment import PublicPart, Record, Rest
from tlog.entry import Entry, Kind, Voice
from tlog.growth import read_entry
from tlog.lists import KeySet, list_path, parse_baseline
from tlog.merkle import inclusion_proof
from tlog.note import VerifierKey
from tlog.proof import Proof
from tlog.receipt_file import Receipt
from tlog.tiles import WIDTH, Tile, TileReader, read_tile
from tuidang.intake import queries as intake
from tuidang.intake.content import PendingDeclaration, PendingPerson
from tuidang.kernel import clock
from tuidang.kernel.errors import DamagedError
from tuidang.ledger import adapters, instructions
from tuidang.ledger.models import Batch, Cell, Change, Instruction, Notice, SealedRecord, SealedText
from tuidang.ledger.moving import SealedContent
from tuidang.ledger.totals import Cell as CellOf
from tuidang.ledger.totals import Totals
from tuidang.reference import pack
from tuidang.vault import records
from tuidang.vault.codes import MOST_VERSIONS, Code

MOST_MEMBERS = 500
BUNDLES_SEARCHED = 4


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The count as it stood at the last batch: read with two queries, whatever the number of entries. `baseline` None: there is none."""

    size: int
    day: int
    root: bytes
    totals: Totals
    baseline: int | None
    baseline_source: str


@dataclass(frozen=True, slots=True)
class Reached:
    """The first batch with which the count was what was asked for, or more."""

    size: int
    day: int
    root: bytes
    totals: Totals


@dataclass(frozen=True, slots=True)
class Opened:
    """A sealed record, opened with its code. `void_reason` is a code of the list of reasons, 0 if it is not void or the reason is not known."""

    index: int
    answered_twice: bool
    entry: Entry
    content: SealedContent = field(repr=False)
    title: str = field(repr=False)
    text: str = field(repr=False)
    void: bool = False
    void_wished: bool = False
    void_reason: int = 0

    @property
    def record(self) -> Record:
        """The record that the entry commits to."""
        told = self.content
        return Record(
            public=PublicPart(language=told.language, name=told.name, organisations=told.organisations, statement=told.statement),
            rest=Rest(channel=told.channel, day=told.day, region=told.region, source=told.source, voice=told.voice),
            salt_p=told.salt_p,
            salt_q=told.salt_q,
            void_hash=told.void_hash,
        )


def snapshot() -> Snapshot:
    """The count at the last batch; all zero before the first."""
    last = Batch.objects.order_by("-size").first()
    baseline, source = _baseline()
    if last is None:
        return Snapshot(0, clock.today(), adapters.head().root, Totals(), baseline, source)
    return Snapshot(last.size, last.day, bytes(last.root), Totals.decode(last.count), baseline, source)


def _baseline() -> tuple[int | None, str]:
    data = adapters.list_in_force(Kind.BASELINE)
    if data is None:
        return None, ""
    return parse_baseline(data), str(msgspec.json.decode(data)["source"])


_SUMMED = ("assurance", "voice", "organisations", "region", "channel", "source", "day")


def reached(count: int, *, at_most: int = 100) -> Reached | None:
    """The batch that brought the count to `count`, as far as it has not fallen below since; None if it is below, or that was `at_most` batches ago.

    One query.
    """
    last = ((batch, Totals.decode(batch.count)) for batch in Batch.objects.order_by("-size")[: at_most + 1])
    since = list(takewhile(lambda one: one[1].count >= count, last))
    if not since or len(since) > at_most:
        return None
    batch, totals = since[-1]
    return Reached(batch.size, batch.day, bytes(batch.root), totals)


def count_from_tables() -> dict[str, Any]:
    """The count summed from the cells, with the keys of `tlog-verify recount --json`. The tables know no entry, so this is a second reckoning."""
    head = adapters.head()
    totals = Totals().plus(_summed_cells())
    by_day = {clock.as_date(day).isoformat(): persons for day, persons in sorted(totals.day.items()) if persons}
    return {
        "entries": head.size,
        "count": totals.count,
        "baseline": _baseline()[0] or 0,
        "root": b64encode(head.root).decode(),
        **totals.named(adapters.codes_in_force()),
        "by_day": by_day,
    }


def _summed_cells() -> list[CellOf]:
    grouped = Cell.objects.values(*_SUMMED).annotate(sum=Sum("persons")).order_by()
    return [CellOf(**{name: row[name] for name in _SUMMED}, persons=row["sum"]) for row in grouped.iterator()]


def is_live(index: int) -> bool:
    """Whether the entry is a declaration that counts."""
    size = adapters.head().size
    if not 0 <= index < size or Change.objects.filter(index=index, void=True).exists():
        return False
    return Entry.decode(read_entry(adapters.store(), index, size)).kind == Kind.DECLARE


def voided_after(size: int, *, at_most: int = 1000) -> list[tuple[int, int]]:
    """Entries that batches after the one of `size` voided: (size after the batch, index), in the order of batches; whole batches alone."""
    rows = Change.objects.filter(void=True, at__gt=size).order_by("at")
    found = list(rows.values_list("at", "index")[:at_most])
    if len(found) == at_most:  # the last batch may be cut: take it whole
        last = found[-1][0]
        found = [one for one in found if one[0] < last] + list(rows.filter(at=last).values_list("at", "index"))
    return found


@dataclass(frozen=True, slots=True)
class Pending:
    """One person who is not sealed yet, under the code that is theirs in it."""

    code: Code
    declaration: PendingDeclaration = field(repr=False)
    person: PendingPerson = field(repr=False)


@dataclass(frozen=True, slots=True)
class OpenedPerson:
    """One person whom a code opens. `own`: their own first code. `number`: their place, if it is a group's code that opens them, else 0.

    `sealed`: what is on the record, the oldest version first, each with its code. `pending`: what waits to be sealed.
    """

    own: Code
    number: int
    sealed: tuple[tuple[Code, Opened], ...]
    pending: Pending | None


def opened_by(code: Code) -> list[OpenedPerson]:
    """Everyone whom `code` opens, as a person's own code or a group's: in the order of the statement, with all their versions.

    Any of a group may be erased, the first ones too. The number of queries is the same whatever the number of persons. What is looked for is the
    same for every code, so that the time tells less of whether it opens anything. Raises DamagedError.
    """
    versions, members = code.versions(), {number: code.member(number) for number in range(1, MOST_MEMBERS + 1)}
    # What waits first: whom a row move brings from there to the record in between is found in both, and never in neither.
    pending, whole = intake.of_codes(versions), intake.by_code(code)
    rows = _rows_of((*versions, *members.values()))
    own = {one: rows[one] for one in versions if one in rows}
    if own or pending:
        return [_person(code, 0, versions, _open(own), pending)]
    return _opened_by_group(members, rows, whole)


def _opened_by_group(
    members: Mapping[int, Code], rows: Mapping[Code, SealedRecord], whole: PendingDeclaration | None
) -> list[OpenedPerson]:
    found, every = rows, dict(rows)
    versions = {number: [own] for number, own in members.items() if own in rows}
    while found and len(next(iter(versions.values()))) <= MOST_VERSIONS:
        for number, known in versions.items():
            known.append(members[number].successor(len(known)))
        found = _rows_of(known[-1] for known in versions.values())
        every |= found
    later = [one for known in versions.values() for one in known[1:]]
    pending = intake.of_codes(later) if later else {}
    every |= _rows_of(one for one in later if one not in every)  # again, after what waits
    sealed = _open(every)
    if whole:
        versions |= {one.seq: [members[one.seq]] for one in whole.persons}
        pending |= {members[one.seq]: (whole, one) for one in whole.persons}
    return [_person(members[number], number, known, sealed, pending) for number, known in sorted(versions.items())]


def _person(
    own: Code,
    number: int,
    versions: Sequence[Code],
    sealed: Mapping[Code, Opened],
    pending: Mapping[Code, tuple[PendingDeclaration, PendingPerson]],
) -> OpenedPerson:
    waiting = next((Pending(one, *pending[one]) for one in versions if one in pending and one not in sealed), None)
    return OpenedPerson(own, number, tuple((one, sealed[one]) for one in versions if one in sealed), waiting)


def speaks_for_text(persons: Sequence[OpenedPerson]) -> bool:
    """Whether the code is that of whoever wrote the statement: of the only person, or of the group; not of one member of it."""
    return all(one.number or _voice(one) == Voice.FIRST_HAND for one in persons)


def of_children_alone(persons: Sequence[OpenedPerson]) -> bool:
    """Whether those of these who stand are children, listed by a parent under an invented name: nothing of theirs is published."""
    standing: list[tuple[int, str, bool]] = []
    for one in persons:
        if one.pending and intake.stands(one.pending.person):
            person = one.pending.person.person
            standing.append((one.pending.declaration.statement.voice, person.name, person.suggested))
        else:
            live = (found.content for _, found in one.sealed if not (found.void or found.void_wished))
            standing += [(told.voice, told.name, told.suggested) for told in live]
    aliases = pack.aliases()
    return bool(standing) and all(voice == Voice.LISTED and not suggested and name in aliases for voice, name, suggested in standing)


def _voice(one: OpenedPerson) -> int:
    return one.pending.declaration.statement.voice if one.pending else one.sealed[-1][1].content.voice


def opened(code: Code) -> Opened | None:
    """The sealed record under this very code; None if there is none. Raises DamagedError if it does not open."""
    return _open(_rows_of([code])).get(code)


def _rows_of(codes: Iterable[Code]) -> dict[Code, SealedRecord]:
    wanted = {one.lookup_id(): one for one in codes}
    return {wanted[row.lookup]: row for row in SealedRecord.objects.filter(lookup__in=list(wanted))}


def _open(rows: Mapping[Code, SealedRecord]) -> dict[Code, Opened]:
    """Sealed records, opened with their codes. Raises DamagedError."""
    if not rows:
        return {}
    indexes = [row.index for row in rows.values()]
    contents = {code: _content(code, row) for code, row in rows.items()}
    texts, size = _texts(contents.values()), adapters.head().size
    voids = dict(Change.objects.filter(index__in=indexes, void=True).values_list("index", "at"))
    wishes = {wish.ref: wish for wish in Instruction.objects.filter(kind=Kind.VOID, ref__in=indexes) if instructions.readable(wish)}
    found = {}
    for code, row in rows.items():
        content, void, wish = contents[code], row.index in voids, wishes.get(row.index)
        reason = _void_reason(row.index, voids[row.index]) if void else instructions.payload_of(wish).reason if wish else 0
        entry = Entry.decode(read_entry(adapters.store(), row.index, size))
        title, text = texts.get(content.text_id, (content.title, content.text))
        found[code] = Opened(row.index, content.answers > 1, entry, content, title, text, void, not void and wish is not None, reason)
    return found


def _content(code: Code, row: SealedRecord) -> SealedContent:
    keys = code.keys()
    return msgspec.json.decode(records.open_own(keys.record_key, keys.lookup.bytes, bytes(row.own)), type=SealedContent)


def _texts(contents: Iterable[SealedContent]) -> dict[bytes, tuple[str, str]]:
    """Titles and texts that lie apart, by their id."""
    keys = {told.text_id: told.text_key for told in contents if told.text_id}
    rows = {row.id.bytes: bytes(row.blob) for row in SealedText.objects.filter(id__in=[UUID(bytes=one) for one in keys])} if keys else {}
    if len(rows) < len(keys):
        raise DamagedError("the text of a sealed record is missing")
    return {one: msgspec.json.decode(records.open_text(key, one, rows[one]), type=tuple[str, str]) for one, key in keys.items()}


def _void_reason(index: int, at: int) -> int:
    """Why the entry `index` was voided by the batch that ends at `at`; 0 if its void is not among the last entries of the batch.

    Voids stand near a batch's end, so that is only where a thousand and more were voided at once.
    """
    last = (at - 1) // WIDTH
    for number in range(last, max(last - BUNDLES_SEARCHED, index // WIDTH - 1), -1):
        found = next((one for one in _voids(number) if one.ref == index), None)
        if found:
            return found.reason
    return 0


def _voids(number: int) -> Iterator[Entry]:
    size = adapters.head().size
    bundle = read_tile(adapters.store(), Tile(None, number, min(WIDTH, size - number * WIDTH)))
    width = int.from_bytes(bundle[:2], "big") + 2
    entries = (bundle[place + 2 : place + width] for place in range(0, len(bundle), width))
    return (Entry.decode(entry) for entry in entries if entry[1] == Kind.VOID)


def codes_opened_by(code: Code) -> list[Code]:
    """The codes of sealed records that `code` opens: its own and its successors', or those of the members of a group."""
    return [version for one in opened_by(code) for version, _ in one.sealed]


def receipt(code: Code) -> bytes | None:
    """The receipt of the person whose own code this is, against the checkpoint that is published now. None if nothing is sealed under it."""
    found, there = opened(code), adapters.published()
    if found is None or there is None:
        return None
    size = there.checkpoint.size
    notice = Notice.objects.filter(kind=Kind.CODES, index__lt=found.index).order_by("-index").first()
    if notice is None:
        raise DamagedError("the ledger has no code list before this entry")
    reader = TileReader(adapters.store(), size)

    def proof(index: int) -> Proof:
        return Proof(index, tuple(inclusion_proof(index, size, reader)), there)

    return Receipt(
        record=found.record,
        title=found.title,
        text=found.text,
        entry=found.entry.encode(),
        proof=proof(found.index),
        codes=adapters.store().read(list_path(bytes(notice.commitment))),
        codes_entry=read_entry(adapters.store(), notice.index, size),
        codes_proof=proof(notice.index),
    ).encode()


def log_key() -> VerifierKey | None:
    """The log's verifier key by the key set in force; None before the first batch."""
    data = adapters.list_in_force(Kind.KEYS)
    return KeySet.parse(data).log if data else None
