"""The row move: one transaction that makes the tables say what the log says, and records the root at which they stand.

Driven by the entries and by commitments alone, so it runs the same for a batch just sealed, for one found in a stage after a crash, and for
entries read back from the log into a database restored from an older copy.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import islice
from uuid import UUID

import msgspec
from django.db import transaction

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
from tuidang.ledger.models import Batch, Cell, Change, Envelope, Instruction, Notice, SealedRecord, SealedText
from tuidang.ledger.stage import Staged
from tuidang.ledger.totals import Totals, cells_of
from tuidang.review import actions as review_actions
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


@dataclass(slots=True)
class _Moved:
    """What one chunk brings together before it is written."""

    envelope: Envelope
    key: records.Envelope = field(repr=False)
    rows: list[SealedRecord] = field(default_factory=list)
    texts: dict[UUID, SealedText] = field(default_factory=dict)
    sealed: list[SealedEntry] = field(default_factory=list)
    gone: list[tuple[UUID, int]] = field(default_factory=list)


@transaction.atomic
def move(staged: Staged, progress: Callable[[int], None] = lambda _: None) -> bool:
    """Moves the rows of a batch that the signer has signed. Returns False if that was done before.

    Raises DamagedError if the tables stand at another root than the batch begins with: then nothing was changed.
    """
    head = adapters.head()
    if (head.size, head.root) == (staged.size, staged.root):
        return False
    if (head.size, head.root) != (staged.base, staged.base_root):
        raise DamagedError(f"the database stands at {head.size} entries, the batch begins at {staged.base}: nothing was moved")
    entries = list(enumerate(entries_of(staged.entries), staged.base))
    _record_batch(staged, entries)
    _record_changes(entries)
    envelope_epoch = epochs.epoch_for(staged.day)
    declared = iter([(index, entry) for index, entry in entries if entry.kind == Kind.DECLARE])
    done = 0
    while chunk := dict(islice(declared, CHUNK)):
        _move_chunk(chunk, envelope_epoch)
        done += len(chunk)
        progress(done)
    Instruction.objects.filter(id__in=[UUID(bytes=one) for one in staged.instructions]).delete()
    intake_actions.remove_listed(outcomes=[UUID(bytes=one) for one in staged.outcomes])
    return True


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


def _record_changes(entries: Sequence[tuple[int, Entry]]) -> None:
    for _, entry in entries:
        if entry.kind == Kind.VOID:
            Change.objects.update_or_create(index=entry.ref, defaults={"void": True})
            Instruction.objects.filter(kind=Kind.VOID, ref=entry.ref).delete()
        elif entry.kind == Kind.RAISE:
            Change.objects.update_or_create(index=entry.ref, defaults={"raised": True})


def _move_chunk(chunk: dict[int, Entry], epoch: tuple[str, bytes]) -> None:
    by_commitment = {entry.commitment: (index, entry) for index, entry in chunk.items()}
    touched = intake.declarations_of(by_commitment)
    intake_actions.lock(declarations=touched)
    contents = intake.contents(touched)
    name, public = epoch
    key = records.Envelope.generate()
    moved = _Moved(Envelope(id=random_id(), epoch=name, blob=key.sealed_for(name, public)), key)
    for declaration in contents.values():
        for person in declaration.persons:
            if person.commitment in by_commitment:
                index, entry = by_commitment[person.commitment]
                moved.gone.append((declaration.id, person.seq))
                if not _wish(index, person):
                    _add(moved, index, entry, declaration, person)
    if not moved.gone:
        return
    moved.envelope.save(force_insert=True)
    # Written in the order of the lookup id, which is random: the table's own order says nothing of arrival.
    SealedRecord.objects.bulk_create(sorted(moved.rows, key=lambda row: row.lookup))
    SealedText.objects.bulk_create(sorted(moved.texts.values(), key=lambda row: row.id), ignore_conflicts=True)
    review_actions.sealed(entries=moved.sealed)
    intake_actions.remove_declarants(persons=moved.gone)


def _add(moved: _Moved, index: int, entry: Entry, declaration: PendingDeclaration, person: PendingPerson) -> None:
    told = declaration.statement
    alone = told.voice == Voice.FIRST_HAND
    plain = msgspec.json.encode(sealed_content(declaration, person, intake_actions.record_of(told, person.person), whole=alone))
    lookup = person.lookup.bytes
    moved.rows.append(
        SealedRecord(
            lookup=person.lookup,
            index=index,
            envelope=moved.envelope,
            answered_twice=declaration.answered_twice,
            own=records.seal_own(person.person.record_key, lookup, plain),
            epoch=moved.key.seal(lookup, plain),
        )
    )
    if not alone:
        text_id = UUID(bytes=told.text_id)
        if text_id not in moved.texts:
            text = msgspec.json.encode((told.title, told.text))
            moved.texts[text_id] = SealedText(id=text_id, blob=records.seal_text(told.text_key, told.text_id, text))
    moved.sealed.append(
        SealedEntry(
            declaration=declaration.id,
            index=index,
            day=entry.day,
            region=entry.region,
            statement=told,
            person=person.person,
            persons=declaration.declared,
        )
    )


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


def _wish(index: int, person: PendingPerson) -> bool:
    """A wish that came while the batch was under way becomes an instruction about its entry. Returns whether it was a wish to erase.

    A refusal by review that came too late becomes a void by the register.
    """
    wished = list(Instruction.objects.filter(commitment=person.commitment))
    Instruction.objects.filter(id__in=[row.id for row in wished]).update(
        ref=index, commitment=None, not_before=clock.today() + random_between(1, LATEST_VOID_DAYS)
    )
    if not wished and not intake.stands(person):
        instructions.leave(kind=Kind.VOID, ref=index, payload=Payload(reason=REASON_ERROR), not_before=clock.today())
    return any(instructions.payload_of(row).erase for row in wished)
