"""Objections: taken without a code or a name, hidden at once what they name, decided by a person, deleted 30 days after the answer.

What hides and what does not is docs/adr/0012.
"""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

import msgspec
from django.db import IntegrityError, transaction

from tuidang.kernel import clock
from tuidang.kernel.errors import RefusedError
from tuidang.review.actions.publishing import unpublish_items
from tuidang.review.adapters import record_decisions
from tuidang.review.content import Complaint, Settled, Taken
from tuidang.review.models import Judgement, Objection, Publication
from tuidang.review.policies import ANSWERED_DAYS, HIDES_A_DAY, PUBLISH_DAYS
from tuidang.review.queries import hidden, open_complaint
from tuidang.review.states import Finding, Ground, ItemState, Turn
from tuidang.vault import daykeys


@transaction.atomic
def object_to(*, objection: UUID, index: int, ground: Ground, complaint: Complaint) -> Taken:
    """Takes an objection to what is published, or is to be, under the registry number `index`. The same one twice is one.

    If it hides, a text that is not published yet is held back. What is published the caller hides, in the same transaction; see `hid_nothing`.
    """
    there = Objection.objects.filter(id=objection).first()
    if there is not None:
        return _again(there, index, ground, complaint)
    key, (hides, turn) = daykeys.current_key(), _effect(index, ground)
    row = Objection(
        id=objection,
        index=index,
        ground=ground.value,
        day=clock.today(),
        hides=hides,
        turn=turn.value,
        key_id=key.id,
        blob=key.encrypt(msgspec.json.encode(complaint), objection.bytes),
    )
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError:  # the same form, sent twice at once
        return _again(Objection.objects.get(id=objection), index, ground, complaint)
    waiting = Publication.objects.filter(index=index)
    held = hides and waiting.update(state=ItemState.OBJECTED.value, claimed_by=None, claim_until=0)
    return Taken("new", hides, bool(held) or waiting.exists())


def _again(there: Objection, index: int, ground: Ground, complaint: Complaint) -> Taken:
    same = (there.index, there.ground) == (index, ground) and (daykeys.lost(there.key_id) or open_complaint(there) == complaint)
    return Taken("same" if same else "other")


def _effect(index: int, ground: Ground) -> tuple[bool, Turn]:
    """Whether it hides, and when it is read: neither what a person let stand before nor what this ground hides already is hidden again.

    Of a day only so many hide at one time. What comes beyond that stays visible, and is read before all others.
    """
    same = Objection.objects.filter(index=index, ground=ground.value, finding=Finding.OPEN.value, hides=True)
    if Judgement.objects.filter(index=index, ground=ground.value).exists() or same.exists():
        return False, Turn.IN_ORDER
    today = Objection.objects.filter(day=clock.today(), hides=True, finding=Finding.OPEN.value).values_list("pk")
    full = len(today[:HIDES_A_DAY]) >= HIDES_A_DAY
    return not full, Turn.FIRST if full else Turn.IN_ORDER


def hid_nothing(*, objection: UUID) -> None:
    """Nothing is or will be published under its number: it is not urgent. In the transaction that took it.

    Its place among those of its day it takes all the same: else the answer to the next one would tell whether a text waits.
    """
    Objection.objects.filter(id=objection).update(turn=Turn.IN_ORDER.value)


@transaction.atomic
def decide_objections(*, member: UUID, objections: Collection[UUID], finding: Finding) -> list[Settled]:
    """Answers these, as far as nobody has; returns what was decided now. Where none hides it any more, a text held back waits to be read again.

    Right: a text that waits is dropped; what is published the caller takes down. Raises RefusedError if `finding` decides nothing.
    """
    if finding is Finding.OPEN:
        raise RefusedError("to leave an objection open is no decision")
    rows = list(Objection.objects.select_for_update().filter(id__in=list(objections), finding=Finding.OPEN.value).order_by("id"))
    ids = [row.id for row in rows]
    Objection.objects.filter(id__in=ids).update(finding=finding.value, purge_on=clock.today() + ANSWERED_DAYS + 1)
    for index, ground in sorted({(row.index, row.ground) for row in rows}):
        _judge(index, ground, upheld=finding.upheld)
    record_decisions(member, ((f"objection.{finding.name.lower()}", one) for one in ids))
    return [Settled(row.index, Ground(row.ground), finding.upheld) for row in rows]


def _judge(index: int, ground: int, *, upheld: bool) -> None:
    found, new = Judgement.objects.select_for_update().get_or_create(index=index, ground=ground, defaults={"upheld": upheld})
    if not new and upheld and not found.upheld:
        Judgement.objects.filter(index=index, ground=ground).update(upheld=True)
    # What came on the same ground while this was read hides nothing either: it was looked at.
    Objection.objects.filter(index=index, ground=ground, finding=Finding.OPEN.value).update(hides=False, turn=Turn.IN_ORDER.value)
    if upheld:
        unpublish_items(indexes=[index])
    else:
        _release_item(index)


def _release_item(index: int) -> None:
    # The row first: whoever objects meanwhile holds it, and is seen by the question after it.
    waiting = Publication.objects.select_for_update().filter(index=index, state=ItemState.OBJECTED.value)
    if list(waiting.values_list("pk")) and not hidden([index]):
        waiting.update(state=ItemState.WAITING.value, due=clock.today() + PUBLISH_DAYS)


@transaction.atomic
def purge_objections(*, at_most: int = 200) -> int:
    """Removes objections whose answer could be read long enough, content and all; returns how many."""
    due = Objection.objects.filter(purge_on__isnull=False, purge_on__lte=clock.today()).order_by("purge_on")
    ids = list(due.values_list("id", flat=True)[:at_most])
    Objection.objects.filter(id__in=ids).delete()
    return len(ids)
