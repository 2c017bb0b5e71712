"""Every write that others may ask of the ledger: instructions, and the wishes of a holder of a code.

`sealing.seal` writes the log itself.
"""

from __future__ import annotations

from typing import Any, Literal
from uuid import UUID

import rfc8785
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
from tuidang.ledger.instructions import Payload
from tuidang.ledger.models import Change, SealedRecord, SealedText
from tuidang.ledger.moving import LATEST_VOID_DAYS
from tuidang.ledger.queries import Opened
from tuidang.review import actions as review_actions
from tuidang.vault.codes import Code

LONGEST_SOURCE = 200
SHARED_DAYS = 7
"""A code that two people may hold can take back only after this: the other one might be the first to look."""


def instruct_void(*, ref: int, reason: int) -> bool:
    """Leaves an instruction to void the entry `ref` for a reason that is not a declarant's own wish. False if there is one already.

    Raises RefusedError if the entry is not live, or the reason is 1.
    """
    if reason == SELF_VOID:
        raise RefusedError("reason 1 is for holders of the code alone")
    if not queries.is_live(ref):
        raise RefusedError(f"entry {ref} is not a live declaration")
    return instructions.leave(kind=Kind.VOID, ref=ref, payload=Payload(reason=reason), not_before=clock.today())


def set_baseline(*, total: int, source: str) -> None:
    """Leaves an instruction to record the total of an earlier register. Raises RefusedError for a total that cannot be one."""
    source = source.strip()
    if not 0 <= total < 2**53:
        raise RefusedError("the total of a baseline is a whole number from 0 on, and below 2 to the 53")
    if not source or len(source) > LONGEST_SOURCE or not source.isprintable():
        raise RefusedError(f"say where the baseline comes from: on one line, at most {LONGEST_SOURCE} characters that can be printed")
    content = rfc8785.dumps({"type": "tuidang/v1/baseline", "total": total, "source": source})
    instructions.leave_instead(kind=Kind.BASELINE, payload=Payload(total=total, content=content), not_before=clock.today())


def announce(*, kind: Kind, content: dict[str, Any]) -> None:
    """Leaves an instruction to record a list: codes or keys."""
    instructions.leave_instead(kind=kind, payload=Payload(content=rfc8785.dumps(content)), not_before=clock.today())


@transaction.atomic
def take_back(*, code: Code, erase: bool = False) -> Literal["taken_back", "already", "unknown"]:
    """At the wish of a holder of `code`: a person's own code, or a group's for all in it. Never asks why; twice is the same as once.

    Not sealed yet: it will not be, and if a batch is under way with it, it is voided one to seven days later. Sealed: voided one to seven days
    later. `erase` destroys what the code opens as well: what waits to be sealed or published, the sealed records, the note that the code was
    used. The text of a group goes with its own code; a member's leaves it to the others. Raises RefusedError if two people may hold the code
    and seven days have not passed; what came after sealing is known for two days and of the code that was answered alone.
    """
    intake_actions.lock_opened_by(code=code)
    pending = _pending(code)
    if pending is not None:
        result: Literal["taken_back", "already", "unknown"] = _take_back_pending(code, *pending, erase=erase)
    else:
        result = _take_back_all_sealed(code, erase=erase) or "unknown"
    if erase and result != "unknown":
        intake_actions.forget_accepted(code=code)
    return result


def _pending(code: Code) -> tuple[PendingDeclaration, list[tuple[Code, PendingPerson]]] | None:
    whole = intake.by_code(code)
    if whole is not None:
        group = whole.statement.voice == intake_actions.LISTED
        return whole, [(code.member(one.seq) if group else code, one) for one in whole.persons]
    member = intake.by_member_code(code)
    return None if member is None else (member[0], [(code, member[1])])


def _take_back_pending(
    code: Code, declaration: PendingDeclaration, persons: list[tuple[Code, PendingPerson]], *, erase: bool
) -> Literal["taken_back", "already"]:
    if declaration.answered_twice and clock.today() - declaration.day < SHARED_DAYS:
        raise RefusedError("this code was answered twice; it can take back after seven days")
    settled = {one.seq for one in intake_actions.take_back(persons=[one for _, one in persons])}
    for own, one in persons:
        record = intake_actions.record_of(declaration.statement, one.person)
        _leave_wish(own, record, erase=erase, commitment=one.commitment)
    if erase:
        intake_actions.remove_declarants(persons=[(one.declaration, one.seq) for _, one in persons])
    if not any(map(intake.refused, declaration.persons)) and not intake.with_standing([declaration.id]):
        review_actions.forget(declarations=[declaration.id])  # nothing is left to read; what was refused is purged by its case
    sealed = _take_back_all_sealed(code, erase=erase)
    return "taken_back" if settled or sealed == "taken_back" else "already"


def _leave_wish(code: Code, record: Record, *, erase: bool, ref: int | None = None, commitment: bytes | None = None) -> bool:
    payload = Payload(reason=SELF_VOID, void_key=code.void_key(record.salt_p), inner=record.inner, erase=erase)
    later = clock.today() + random_between(1, LATEST_VOID_DAYS)
    return instructions.leave(kind=Kind.VOID, payload=payload, not_before=later, ref=ref, commitment=commitment)


def _take_back_all_sealed(code: Code, *, erase: bool) -> Literal["taken_back", "already"] | None:
    """All that `code` opens and that is sealed; None if that is nothing."""
    answered_again = intake_actions.was_answered_twice(code=code)
    codes = queries.codes_opened_by(code)
    shuffle(codes)  # the instructions' own order is not to be that of the statement
    found = [(one, opened) for one in codes if (opened := queries.opened(one)) is not None]
    results = [_take_back_sealed(one, opened, answered_twice=answered_again or opened.answered_twice, erase=erase) for one, opened in found]
    if erase and codes != [code]:
        SealedText.objects.filter(id__in={UUID(bytes=opened.content.text_id) for _, opened in found if opened.content.text_id}).delete()
    if not results:
        return None
    return "taken_back" if "taken_back" in results else "already"


def _take_back_sealed(code: Code, found: Opened, *, answered_twice: bool, erase: bool) -> Literal["taken_back", "already"]:
    if answered_twice and clock.today() - found.content.day < SHARED_DAYS:
        raise RefusedError("this code was answered twice; it can take back after seven days")
    live = not Change.objects.filter(index=found.index, void=True).exists()
    left = live and _leave_wish(code, found.record, erase=erase, ref=found.index)
    if erase:
        SealedRecord.objects.filter(index=found.index).delete()
        review_actions.unpublish_items(indexes=[found.index])
    return "taken_back" if left else "already"
