"""The row move: one transaction that makes the tables say what the log says, and records the root at which they stand.

Driven by the entries and by commitments alone, so it runs the same for a batch just sealed, for one found in a stage after a crash, and for
entries read back from the log into a database restored from an older copy.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from uuid import UUID

import msgspec
from django.db import IntegrityError, transaction

from tlog.commitment import Record
from tlog.entry import Entry, Kind, Voice
from tlog.growth import read_entry
from tuidang.intake import actions as intake_actions
from tuidang.intake import queries as intake
from tuidang.intake.content import PendingDeclaration, PendingPerson
from tuidang.kernel import clock
from tuidang.kernel.errors import DamagedError
from tuidang.kernel.randomness import random_between, random_id
from tuidang.ledger import adapters, instructions
from tuidang.ledger.batch import entries_of
from tuidang.ledger.instructions import Payload
from tuidang.ledger.models import Batch, Cell, Change, Envelope, Instruction, Notice, SealedText
from tuidang.ledger.rows import NewRecord, insert_records
from tuidang.ledger.stage import Staged
from tuidang.ledger.totals import Totals, cells_of
from tuidang.review import actions as review_actions
from tuidang.review import queries as review
from tuidang.review.content import SealedEntry
from tuidang.vault import epochs, records

CHUNK = 500
LATEST_VOID_DAYS = 7
REASON_ERROR = 6


class SealedContent(msgspec.Struct, frozen=True, kw_only=True):
    """What both copies of a sealed record hold. The text itself, or for several people where it is and its key."""

    language: str
    name: str
    suggested: bool
    organisations: int
    statement: str
    channel: int
    day: int
    region: int
    source: int
    voice: int
    salt_p: bytes
    salt_q: bytes
    void_hash: bytes
    seq: int
    consent: str
    title: str = ""
    text: str = ""
    text_id: bytes = b""
    text_key: bytes = b""


@dataclass(frozen=True, slots=True)
class _Sealed:
    """One declarant, ready to be written: made before the transaction, so that the database is held for the writing alone."""

    commitment: bytes
    index: int
    declaration: UUID
    seq: int
    row: NewRecord
    text: tuple[UUID, bytes] | None
    entry: SealedEntry = field(repr=False)


@dataclass(frozen=True, slots=True)
class _Chunk:
    """Some entries of a batch by commitment, those of them whose declarants are here, and the envelope of their epoch copies."""

    indexes: dict[bytes, int]
    envelope: Envelope
    people: dict[bytes, _Sealed]


def move(staged: Staged, progress: Callable[[int], None] = lambda _: None) -> bool:
    """Moves the rows of a batch that the signer has signed. Returns False if that was done before.

    Raises DamagedError if the tables stand at another root than the batch begins with: then nothing was changed.
    """
    if _moved(staged):
        return False
    entries = list(enumerate(entries_of(staged.entries), staged.base))
    chunks = list(_prepared(entries, staged.day, progress))
    try:
        return _move(staged, entries, chunks)
    except IntegrityError:
        # On PostgreSQL two sealers may be here at once: the first one's batch stands, and the other's transaction leaves nothing.
        if _moved(staged):
            return False
        raise


@transaction.atomic
def _move(staged: Staged, entries: Sequence[tuple[int, Entry]], chunks: Sequence[_Chunk]) -> bool:
    if _moved(staged):
        return False
    _record_batch(staged, entries)
    _record_changes(entries, staged.size)
    # All at once and in one order: two transactions that lock the same rows in turns would wait for each other.
    intake_actions.lock(declarations=[one.declaration for chunk in chunks for one in chunk.people.values()])
    for chunk in chunks:
        _write(chunk)
    instructions.drop([UUID(bytes=one) for one in staged.instructions])
    intake_actions.remove_listed(outcomes=[UUID(bytes=one) for one in staged.outcomes])
    return True


def _moved(staged: Staged) -> bool:
    if Batch.objects.filter(size=staged.size, root=staged.root).exists():
        return True
    head = adapters.head()
    if (head.size, head.root) != (staged.base, staged.base_root):
        raise DamagedError(f"the database stands at {head.size} entries, the batch begins at {staged.base}: nothing was moved")
    return False


def _record_batch(staged: Staged, entries: Sequence[tuple[int, Entry]]) -> None:
    previous = Batch.objects.order_by("-size").first()
    refs = {entry.ref for _, entry in entries if entry.kind == Kind.RAISE}
    raised_from = {ref: Entry.decode(read_entry(adapters.store(), ref, staged.size)) for ref in refs}
    cells, voided = cells_of([entry for _, entry in entries], raised_from)
    before = Totals.decode(previous.count) if previous else Totals()
    batch = Batch.objects.create(
        size=staged.size, base=staged.base, root=staged.root, day=staged.day, count=before.plus(cells, voided=voided).encode()
    )
    Cell.objects.bulk_create(
        [
            Cell(
                batch=batch,
                day=cell.day,
                assurance=cell.assurance,
                channel=cell.channel,
                region=cell.region,
                organisations=cell.organisations,
                source=cell.source,
                voice=cell.voice,
                persons=cell.persons,
            )
            for cell in cells
        ]
    )
    Notice.objects.bulk_create(
        [Notice(index=index, kind=entry.kind, commitment=entry.commitment) for index, entry in entries if entry.kind >= Kind.BASELINE]
    )


def _record_changes(entries: Sequence[tuple[int, Entry]], size: int) -> None:
    for _, entry in entries:
        if entry.kind == Kind.VOID:
            Change.objects.update_or_create(index=entry.ref, defaults={"void": True, "at": size})
            Instruction.objects.filter(kind=Kind.VOID, ref=entry.ref).delete()
        elif entry.kind == Kind.RAISE:
            Change.objects.update_or_create(index=entry.ref, defaults={"raised": True, "at": size})


def _prepared(entries: Sequence[tuple[int, Entry]], day: int, progress: Callable[[int], None]) -> Iterator[_Chunk]:
    name, public = epochs.epoch_for(day)
    declared = iter([(index, entry) for index, entry in entries if entry.kind == Kind.DECLARE])
    done = 0
    while chunk := {entry.commitment: (index, entry) for index, entry in islice(declared, CHUNK)}:
        key = records.Envelope.generate()
        envelope = Envelope(id=random_id(), epoch=name, blob=key.sealed_for(name, public))
        people = {
            person.commitment: _sealed(*chunk[person.commitment], declaration, person, envelope, key)
            for declaration in intake.contents(intake.declarations_of(chunk)).values()
            for person in declaration.persons
            if person.commitment in chunk
        }
        yield _Chunk({commitment: index for commitment, (index, _) in chunk.items()}, envelope, people)
        done += len(chunk)
        progress(done)


def _sealed(  # noqa: PLR0917 -- all that one record is made of
    index: int, entry: Entry, declaration: PendingDeclaration, person: PendingPerson, envelope: Envelope, key: records.Envelope
) -> _Sealed:
    told = declaration.statement
    alone = told.voice == Voice.FIRST_HAND
    plain = msgspec.json.encode(sealed_content(declaration, person, intake_actions.record_of(told, person.person), whole=alone))
    lookup = person.lookup.bytes
    text = msgspec.json.encode((told.title, told.text))
    return _Sealed(
        commitment=person.commitment,
        index=index,
        declaration=declaration.id,
        seq=person.seq,
        row=NewRecord(
            lookup=person.lookup,
            index=index,
            envelope=envelope.id,
            answered_twice=declaration.answered_twice,
            own=records.seal_own(person.person.record_key, lookup, plain),
            epoch=key.seal(lookup, plain),
        ),
        text=None if alone else (UUID(bytes=told.text_id), records.seal_text(told.text_key, told.text_id, text)),
        entry=SealedEntry(
            declaration=declaration.id,
            index=index,
            day=entry.day,
            region=entry.region,
            statement=told,
            person=person.person,
            persons=declaration.declared,
        ),
    )


def _write(chunk: _Chunk) -> None:
    """Inside the transaction: wishes as they stand now, then the rows."""
    states = intake.states(chunk.indexes)
    here = [one for commitment, one in chunk.people.items() if commitment in states]
    settled = {commitment for commitment, state in states.items() if not intake.is_standing(state)}
    refused = review.refused({one.declaration for one in here})
    withdrawn, erased = _settle_wishes(chunk.indexes, settled, {one.commitment for one in here if one.declaration in refused})
    kept = [one for one in here if one.commitment not in erased]
    if kept:
        chunk.envelope.save(force_insert=True)
        # Written in the order of the lookup id, which is random: the table's own order says nothing of arrival.
        insert_records(sorted((one.row for one in kept), key=lambda row: row.lookup))
        texts = dict(one.text for one in kept if one.text)
        SealedText.objects.bulk_create([SealedText(id=key, blob=blob) for key, blob in sorted(texts.items())], ignore_conflicts=True)
    standing = [one.entry for one in kept if one.commitment not in withdrawn]
    review_actions.sealed(entries=standing)
    intake_actions.remove_declarants(persons=[(one.declaration, one.seq) for one in here])
    _forget_withdrawn({one.declaration for one in here} - {one.declaration for one in standing})


def _forget_withdrawn(declarations: set[UUID]) -> None:
    """Review has nothing to publish of those who withdrew while the batch was under way, and nothing to decide unless others still stand."""
    if declarations:
        review_actions.forget(declarations=declarations - intake.with_standing(declarations))


def _settle_wishes(indexes: dict[bytes, int], settled: set[bytes], refused: set[bytes]) -> tuple[set[bytes], set[bytes]]:
    """Wishes that came while the batch was under way become instructions about its entries; a refusal too late, a void by the register.

    `settled` were taken back or refused in intake, `refused` in review. Returns all who withdrew, and those to be erased; all by commitment.
    """
    wished = list(Instruction.objects.filter(commitment__in=list(indexes)))
    commitments = {bytes(row.commitment): row for row in wished if row.commitment is not None}
    for commitment, row in commitments.items():
        row.ref, row.commitment = indexes[commitment], None
        row.not_before = clock.today() + random_between(1, LATEST_VOID_DAYS)
    Instruction.objects.bulk_update(wished, ["ref", "commitment", "not_before"])
    for commitment in (settled | refused) - commitments.keys():
        instructions.leave(kind=Kind.VOID, ref=indexes[commitment], payload=Payload(reason=REASON_ERROR), not_before=clock.today())
    # They were tallied as settled before sealing, and are in the ledger now: the void there takes them out.
    intake_actions.sealed_all_the_same(persons=len(settled | commitments.keys()))
    return settled | refused | commitments.keys(), {one for one, row in commitments.items() if instructions.payload_of(row).erase}


def sealed_content(declaration: PendingDeclaration, person: PendingPerson, record: Record, *, whole: bool) -> SealedContent:
    """What is kept of `person`. `whole`: the text goes into the record itself."""
    told = declaration.statement
    text = {"title": told.title, "text": told.text} if whole else {"text_id": told.text_id, "text_key": told.text_key}
    return SealedContent(
        language=record.public.language,
        name=record.public.name,
        suggested=person.person.suggested,
        organisations=record.public.organisations,
        statement=record.public.statement,
        channel=record.rest.channel,
        day=record.rest.day,
        region=record.rest.region,
        source=record.rest.source,
        voice=record.rest.voice,
        salt_p=record.salt_p,
        salt_q=record.salt_q,
        void_hash=record.void_hash,
        seq=person.seq,
        consent=told.consent,
        **text,
    )
