"""The row move: one transaction that makes the tables say what the log says, and records the root at which they stand.

Driven by the entries and by commitments alone, so it runs the same for a batch just sealed, for one found in a stage after a crash, and for
entries read back from the log into a database restored from an older copy.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
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
from tuidang.kernel.randomness import random_between, random_id, shuffle
from tuidang.ledger import adapters, instructions, restoring
from tuidang.ledger.batch import entries_of
from tuidang.ledger.instructions import REASON_ERROR, Payload
from tuidang.ledger.models import Batch, Cell, Change, Envelope, Instruction, Notice, SealedText, TextHolder
from tuidang.ledger.rows import NewRecord, holder_of, insert_records
from tuidang.ledger.stage import Staged
from tuidang.ledger.totals import Totals, cells_of
from tuidang.review import actions as review_actions
from tuidang.review import queries as review
from tuidang.review.content import SealedEntry
from tuidang.vault import daykeys, epochs, records

log = logging.getLogger("tuidang.ledger")
CHUNK = 500
LATEST_VOID_DAYS = 7


class SealedContent(msgspec.Struct, frozen=True, kw_only=True):
    """What both copies of a sealed record hold. The text itself, or for several people where it is and its key.

    `answers`: 2 where a second request got the same code before sealing, else 1. It stands in here alone: in a column it would mark exactly
    the members of one group. As a digit, so that it does not change the length either.
    `declaration`, for several people, is the id under which their form is noted as used: the last of them who erases takes the note along.
    """

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
    answers: int = 1
    title: str = ""
    text: str = ""
    text_id: bytes = b""
    text_key: bytes = b""
    declaration: bytes = b""


@dataclass(frozen=True, slots=True)
class _Sealed:
    """One declarant, ready to be written: made before the transaction, so that the database is held for the writing alone."""

    commitment: bytes
    index: int
    declaration: UUID
    seq: int
    row: NewRecord
    text: tuple[UUID, bytes] | None
    holder: TextHolder | None
    entry: SealedEntry = field(repr=False)


@dataclass(frozen=True, slots=True)
class _Chunk:
    """Some entries of a batch by commitment, those of one declaration together.

    `people`: their declarants who are here and can be read; `lost`: those still here, as (declaration, seq), who can never be.
    """

    indexes: dict[bytes, int]
    people: dict[bytes, _Sealed]
    lost: dict[bytes, tuple[UUID, int]]

    def declarations(self) -> set[UUID]:
        """Whose declarants are here."""
        return {one.declaration for one in self.people.values()} | {declaration for declaration, _ in self.lost.values()}


@dataclass(frozen=True, slots=True)
class _Ready:
    """All that a row move writes, and the envelope of its epoch copies: one for all, so that it says nothing of who declared with whom."""

    envelope: Envelope
    chunks: list[_Chunk]
    listed: restoring.Listed


def move(staged: Staged, progress: Callable[[int], None] = lambda _: None) -> bool:
    """Moves the rows of a batch that the signer has signed. Returns False if that was done before.

    Declarants who can never be read again, because `DATA` comes from an older copy and their day key is gone, stay counted: their rows go,
    nothing is kept of them, and their number is logged. Raises DamagedError if the tables stand at another root than the batch begins with:
    then nothing was changed.
    """
    if _moved(staged):
        return False
    daykeys.current_key()  # made now if it is lost, and not inside the transaction
    entries = list(enumerate(entries_of(staged.entries), staged.base))
    ready = _prepared(entries, staged, progress)
    try:
        done = _move(staged, entries, ready)
    except IntegrityError:
        # On PostgreSQL two sealers may be here at once: the first one's batch stands, and the other's transaction leaves nothing.
        if _moved(staged):
            return False
        raise
    if done and (lost := sum(len(chunk.lost) for chunk in ready.chunks)):
        log.warning(
            "%s declarants in the log could not be read, their day key is gone: they are counted, and no sealed record is kept", lost
        )
    return done


@transaction.atomic
def _move(staged: Staged, entries: Sequence[tuple[int, Entry]], ready: _Ready) -> bool:
    if _moved(staged):
        return False
    _record_batch(staged, entries)
    taken_back = restoring.taken_back_unknown([entry for _, entry in entries], read_back=staged.read_back)
    _record_changes(entries, staged.size)
    restoring.erase(taken_back)
    # All at once and in one order: two transactions that lock the same rows in turns would wait for each other.
    held = [*(one for chunk in ready.chunks for one in chunk.declarations()), *(declaration.id for declaration, _ in ready.listed)]
    intake_actions.lock(declarations=held)
    restoring.settle(ready.listed)
    listed = {one.commitment for _, persons in ready.listed for one in persons}
    _keep(ready.envelope, [one for chunk in ready.chunks for one in _settled(chunk, taken_back, listed)])
    restoring.drop(ready.listed, moved={entry.commitment for _, entry in entries if entry.kind == Kind.DECLARE})
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


def _prepared(entries: Sequence[tuple[int, Entry]], staged: Staged, progress: Callable[[int], None]) -> _Ready:
    name, public = epochs.epoch_for(staged.day)
    key = records.Envelope.generate()
    listed = restoring.listed(staged, [entry for _, entry in entries])
    ready = _Ready(Envelope(id=random_id(), epoch=name, blob=key.sealed_for(name, public)), [], listed)
    declared = {entry.commitment: (index, entry) for index, entry in entries if entry.kind == Kind.DECLARE}
    done = 0
    for places in _by_declaration(list(declared)):
        ready.chunks.append(_chunk({commitment: declared[commitment] for commitment in places}, places, ready.envelope, key))
        done += len(places)
        progress(done)
    return ready


_Place = tuple[UUID, int]


def _by_declaration(commitments: Sequence[bytes]) -> Iterator[dict[bytes, _Place | None]]:
    """The commitments in pieces, each with where its declarant is (declaration, seq), None if nowhere.

    Those of one declaration are in one piece, so that each is read once; the declarations in an order that says nothing.
    """
    found: dict[UUID, dict[bytes, _Place | None]] = {}
    nowhere: list[bytes] = []
    for some in _pieces(commitments):
        places = intake.declarants_with(some)
        for commitment, place in places.items():
            found.setdefault(place[0], {})[commitment] = place
        nowhere += [commitment for commitment in some if commitment not in places]
    order = list(found)
    shuffle(order)
    piece: dict[bytes, _Place | None] = {}
    for declaration in order:
        piece |= found[declaration]
        if len(piece) >= CHUNK:
            yield piece
            piece = {}
    if piece:
        yield piece
    yield from (dict.fromkeys(some) for some in _pieces(nowhere))


def _pieces(commitments: Sequence[bytes]) -> Iterator[Sequence[bytes]]:
    return (commitments[at : at + CHUNK] for at in range(0, len(commitments), CHUNK))


def _chunk(
    entries: dict[bytes, tuple[int, Entry]], places: dict[bytes, _Place | None], envelope: Envelope, key: records.Envelope
) -> _Chunk:
    people = {
        person.commitment: _sealed(*entries[person.commitment], declaration, person, envelope, key)
        for declaration in intake.contents({place[0] for place in places.values() if place}).values()
        for person in declaration.persons
        if person.commitment in entries
    }
    lost = intake.declarants_with(commitment for commitment, place in places.items() if place and commitment not in people)
    return _Chunk({commitment: index for commitment, (index, _) in entries.items()}, people, lost)


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
            own=records.seal_own(person.person.record_key, lookup, plain),
            epoch=key.seal(lookup, plain),
        ),
        text=None if alone else (UUID(bytes=told.text_id), records.seal_text(told.text_key, told.text_id, text)),
        holder=None if alone else holder_of(told.text_key, person.seq, index),
        entry=SealedEntry(
            declaration=declaration.id,
            commitment=person.commitment,
            index=index,
            day=entry.day,
            region=entry.region,
            statement=told,
            person=person.person,
            persons=declaration.declared,
        ),
    )


def _settled(chunk: _Chunk, taken_back: set[int], listed: set[bytes]) -> list[_Sealed]:
    """Inside the transaction: wishes as they stand now, and what intake and review have of these entries. Returns whose records are kept.

    `taken_back`: entries that are void by now at a wish that is not known here. `listed`: whom a list says to be taken back, just as unknown.
    """
    states = intake.states(chunk.indexes)
    here = [one for commitment, one in chunk.people.items() if commitment in states]
    settled = {commitment for commitment, state in states.items() if not intake.is_standing(state)}
    refused = review.refused({one.declaration for one in here})
    gone = {commitment for commitment, index in chunk.indexes.items() if index in taken_back}
    withdrawn, erased = _settle_wishes(chunk.indexes, settled, {one.commitment for one in here if one.declaration in refused}, void=gone)
    gone |= listed
    standing = [one.entry for one in here if one.commitment not in withdrawn | gone]
    review_actions.sealed(entries=_with_persons(standing, withdrawn | gone))
    lost = [place for commitment, place in chunk.lost.items() if commitment in states]
    intake_actions.remove_declarants(persons=[*((one.declaration, one.seq) for one in here), *lost])
    _forget_withdrawn(chunk.declarations() - {one.declaration for one in standing})
    return [one for one in here if one.commitment not in erased | gone]


def _with_persons(entries: list[SealedEntry], withdrawn: set[bytes]) -> list[SealedEntry]:
    """The entries, each with how many persons its statement is published for: those in the log with this batch, and those who stand now."""
    standing = intake.standing({one.declaration for one in entries if one.persons > 1})
    return [replace(one, persons=len(standing[one.declaration] - withdrawn)) if one.declaration in standing else one for one in entries]


def _keep(envelope: Envelope, kept: Sequence[_Sealed]) -> None:
    """Writes the records in the order of the lookup id, which is random: the table's own order says neither who came first nor with whom."""
    if not kept:
        return
    envelope.save(force_insert=True)
    insert_records(sorted((one.row for one in kept), key=lambda row: row.lookup))
    texts = dict(one.text for one in kept if one.text)
    rows = [SealedText(id=key, blob=blob) for key, blob in sorted(texts.items())]
    SealedText.objects.bulk_create(rows, batch_size=CHUNK, ignore_conflicts=True)
    holders = sorted((one.holder for one in kept if one.holder), key=lambda row: row.id)
    # Who was corrected holds the text that they held before, under another number now.
    TextHolder.objects.bulk_create(holders, batch_size=CHUNK, update_conflicts=True, unique_fields=["id"], update_fields=["blob"])


def _forget_withdrawn(declarations: set[UUID]) -> None:
    """Review has nothing to publish of those who withdrew while the batch was under way, and nothing to decide unless others still stand."""
    if declarations:
        review_actions.forget(declarations=declarations - intake.with_standing(declarations))


def _settle_wishes(
    indexes: dict[bytes, int], settled: set[bytes], refused: set[bytes], *, void: set[bytes]
) -> tuple[set[bytes], set[bytes]]:
    """Wishes that came while the batch was under way become instructions about its entries; a refusal too late, a void by the register.

    `settled` were taken back or refused in intake, `refused` in review; a wish that can never be read again is carried out by the register
    as well; nobody voids what is `void`. Returns all who withdrew, and those to be erased; all by commitment.
    """
    wished = list(Instruction.objects.filter(commitment__in=list(indexes)))
    commitments = {bytes(row.commitment): row for row in wished if row.commitment is not None}
    for commitment, row in commitments.items():
        row.ref, row.commitment = indexes[commitment], None
        row.not_before = clock.today() + random_between(1, LATEST_VOID_DAYS)
    Instruction.objects.bulk_update(wished, ["ref", "commitment", "not_before"])
    unread = {commitment for commitment, row in commitments.items() if not instructions.readable(row)}
    instructions.drop([commitments[commitment].id for commitment in unread])
    for commitment in (unread | (settled | refused) - commitments.keys()) - void:
        instructions.leave(kind=Kind.VOID, ref=indexes[commitment], payload=Payload(reason=REASON_ERROR), not_before=clock.today())
    # They were tallied as settled before sealing, and are in the ledger now: the void there takes them out.
    intake_actions.sealed_all_the_same(persons=len(settled | commitments.keys()))
    erased = {one for one in commitments.keys() - unread if instructions.payload_of(commitments[one]).erase}
    return settled | refused | commitments.keys(), erased


def sealed_content(declaration: PendingDeclaration, person: PendingPerson, record: Record, *, whole: bool) -> SealedContent:
    """What is kept of `person`. `whole`: the text goes into the record itself."""
    told = declaration.statement
    apart = {"text_id": told.text_id, "text_key": told.text_key, "declaration": declaration.id.bytes}
    text = {"title": told.title, "text": told.text} if whole else apart
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
        answers=1 + declaration.answered_twice,
        **text,
    )
