"""What a holder of a code takes back, erased or not: what waits to be sealed at once, what is on the record by a void some days later."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal
from uuid import UUID

from django.db import transaction

from tlog.commitment import Record
from tlog.entry import SELF_VOID, Kind
from tuidang.intake import actions as intake_actions
from tuidang.intake import queries as intake
from tuidang.intake.content import PendingDeclaration, PendingPerson
from tuidang.kernel import clock
from tuidang.kernel.errors import RefusedError
from tuidang.kernel.randomness import random_between, shuffle
from tuidang.ledger import instructions, queries
from tuidang.ledger.departures import hold_texts
from tuidang.ledger.instructions import Payload
from tuidang.ledger.models import SealedRecord, SealedText, TextHolder
from tuidang.ledger.moving import LATEST_VOID_DAYS
from tuidang.ledger.queries import MOST_MEMBERS, Opened, OpenedPerson
from tuidang.ledger.rows import index_of
from tuidang.review import actions as review_actions
from tuidang.vault.codes import Code
from tuidang.vault.records import holder

SHARED_DAYS = 7
"""A code that two people may hold can take back only after this: the other one might be the first to look."""


@transaction.atomic
def take_back(*, code: Code, erase: bool = False) -> Literal["taken_back", "already", "unknown"]:
    """At the wish of a holder of `code`: a person's own code, or a group's for all in it. Never asks why; twice is the same as once.

    Not sealed yet: it will not be, and if a batch is under way with it, it is voided one to seven days later. Sealed: voided one to seven days
    later. `erase` destroys what the code opens as well: what waits to be sealed, decided or published, the sealed records, the note that the
    code was used. What a group shares goes with the last of it. Raises RefusedError if two people may hold the code and seven days have not
    passed; what came after sealing is known for two days and of the code that was answered alone.
    """
    persons = opened_and_held(code)
    if not persons:
        return "unknown"
    check_shared(code, persons)
    shuffle(persons)  # the instructions' own order is not to be that of the statement
    sealed = [_take_back_sealed(version, found) for one in persons for version, found in one.sealed]
    waiting = [_take_back_pending(*one, erase=erase) for one in _by_declaration(persons)]
    if erase:
        _erase_sealed([found for one in persons for _, found in one.sealed])
        _forget_what_is_shared(code, persons)
    return "taken_back" if any(sealed) or any(waiting) else "already"


def hold(*, code: Code) -> None:
    """Holds what `code` opens for the rest of the transaction: what is read of it afterwards does not change before the wish is noted."""
    opened_and_held(code)


def opened_and_held(code: Code) -> list[OpenedPerson]:
    """What `code` opens, held for the rest of the transaction: wishes about it, and the row move, come one after the other."""
    held: set[UUID] = set()
    while True:
        found = queries.opened_by(code)
        declarations = {one.pending.declaration.id for one in found if one.pending}
        records = {version.lookup_id() for one in found for version, _ in one.sealed}
        if declarations | records <= held:
            hold_texts(found)
            return found
        intake_actions.lock(declarations=list(declarations))
        list(SealedRecord.objects.select_for_update().filter(lookup__in=records).order_by("lookup").values_list("lookup"))
        held |= declarations | records


def check_shared(code: Code, persons: Sequence[OpenedPerson]) -> None:
    """Raises RefusedError if two people may hold `code` and seven days have not passed."""
    again = intake_actions.was_answered_twice(code=code)
    days = [found.content.day for one in persons for _, found in one.sealed if again or found.answered_twice]
    days += [one.pending.declaration.day for one in persons if one.pending and one.pending.declaration.answered_twice]
    if any(clock.today() - day < SHARED_DAYS for day in days):
        raise RefusedError("this code was answered twice; it can take back and correct after seven days")


_Waiting = tuple[PendingDeclaration, list[tuple[Code, PendingPerson]]]


def _by_declaration(persons: Sequence[OpenedPerson]) -> list[_Waiting]:
    found: dict[UUID, _Waiting] = {}
    for pending in (one.pending for one in persons if one.pending):
        found.setdefault(pending.declaration.id, (pending.declaration, []))[1].append((pending.code, pending.person))
    return list(found.values())


def _take_back_pending(declaration: PendingDeclaration, persons: list[tuple[Code, PendingPerson]], *, erase: bool) -> bool:
    """Returns whether anyone was not taken back or refused before."""
    settled = intake_actions.take_back(persons=[one for _, one in persons])
    for own, one in persons:
        record = intake_actions.record_of(declaration.statement, one.person)
        leave_wish(own, record, commitment=one.commitment, erase=erase)
    gone = erase and intake_actions.erase(declaration=declaration, persons=[one for _, one in persons])
    # What is refused and not erased is purged by its case.
    if gone or not (any(map(intake.refused, declaration.persons)) or intake.with_standing([declaration.id])):
        review_actions.forget(declarations=[declaration.id])
    return bool(settled)


def leave_wish(
    code: Code,
    record: Record,
    *,
    ref: int | None = None,
    commitment: bytes | None = None,
    erase: bool = False,
    latest: int = LATEST_VOID_DAYS,
) -> int | None:
    """Leaves the wish to void a record in the name of its holder; returns the day of the void, None if one was left before."""
    payload = Payload(reason=SELF_VOID, void_key=code.void_key(record.salt_p), inner=record.inner, erase=erase)
    later = clock.today() + random_between(1, latest)
    left = instructions.leave(kind=Kind.VOID, payload=payload, not_before=later, ref=ref, commitment=commitment)
    return later if left else None


def _take_back_sealed(code: Code, found: Opened) -> bool:
    """Returns whether it was live, and nobody had left an instruction to void it."""
    return not found.void and leave_wish(code, found.record, ref=found.index) is not None


def _erase_sealed(found: Sequence[Opened]) -> None:
    indexes = [one.index for one in found]
    SealedRecord.objects.filter(index__in=indexes).delete()
    review_actions.unpublish_items(indexes=indexes)
    holders = [holder(one.content.text_key, one.content.seq) for one in found if one.content.text_key]
    TextHolder.objects.filter(id__in=holders).delete()


def _forget_what_is_shared(code: Code, persons: Sequence[OpenedPerson]) -> None:
    """The note that a form was used, and the text of a group, once nobody of the declaration is left."""
    shared: dict[UUID, tuple[bytes, bytes]] = {}
    for one in persons:
        shared |= {
            UUID(bytes=told.declaration): (told.text_id, told.text_key) for _, found in one.sealed if (told := found.content).declaration
        }
        if one.pending:
            statement = one.pending.declaration.statement
            shared[one.pending.declaration.id] = statement.text_id, statement.text_key
    gone = {declaration for declaration, text in shared.items() if _nobody_is_left(declaration, *text)}
    SealedText.objects.filter(id__in={UUID(bytes=shared[declaration][0]) for declaration in gone}).delete()
    alone = all(one.number == 0 for one in persons)
    intake_actions.forget_accepted(declarations={*gone, *([code.declaration_id()] if alone else [])})


def _nobody_is_left(declaration: UUID, text_id: bytes, text_key: bytes) -> bool:
    # The text first: of the last two of a family who erase at once, one waits here and sees that the other is gone. Then those who are not
    # sealed, then those who are: whom a row move brings from the one to the other in between is seen in both, and never in neither.
    list(SealedText.objects.select_for_update().filter(id=UUID(bytes=text_id)).values_list("id"))
    if intake.declarants([declaration]):
        return False
    holders = TextHolder.objects.filter(id__in=[holder(text_key, number) for number in range(1, MOST_MEMBERS + 1)])
    indexes = {row.id: index_of(text_key, row) for row in holders}
    known = SealedRecord.objects.filter(index__in=[one for one in indexes.values() if one is not None])
    kept = set(known.values_list("index", flat=True))
    # Of whom nothing is kept since this database was restored from an older copy, no code is left that could remove this.
    lost = [one for one, index in indexes.items() if index is not None and index not in kept]
    TextHolder.objects.filter(id__in=lost).delete()
    return len(lost) == len(indexes)
