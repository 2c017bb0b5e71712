"""Objections: taken without a code or a name, hidden at once what they name, decided by a person, deleted 30 days after the answer."""

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
from tuidang.review.states import Finding, Ground, ItemState
from tuidang.vault import daykeys


@transaction.atomic
def object_to(*, objection: UUID, index: int, ground: Ground, complaint: Complaint) -> Taken:
    """Takes an objection to what is published, or is to be, under the registry number `index`. The same one twice is one.

    Holds back a text that is not published yet. What is published the caller hides, in the same transaction; see `hid_nothing`.
    """
    there = Objection.objects.filter(id=objection).first()
    if there is not None:
        return _again(there, index, ground, complaint)
    key, hides = daykeys.current_key(), _may_hide(index, ground)
    row = Objection(
        id=objection,
        index=index,
        ground=ground.value,
        day=clock.today(),
        hides=hides,
        key_id=key.id,
        blob=key.encrypt(msgspec.json.encode(complaint), objection.bytes),
    )
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError:  # the same form, sent twice at once
        return _again(Objection.objects.get(id=objection), index, ground, complaint)
    held = hides and Publication.objects.filter(index=index).update(state=ItemState.OBJECTED.value, claimed_by=None, claim_until=0)
    return Taken("new", hides, bool(held))


def _again(there: Objection, index: int, ground: Ground, complaint: Complaint) -> Taken:
    same = (there.index, there.ground) == (index, ground) and (daykeys.lost(there.key_id) or open_complaint(there) == complaint)
    return Taken("same" if same else "other")


def _may_hide(index: int, ground: Ground) -> bool:
    """Not what a person let stand before, nor what this ground hides already, and only so many a day."""
    if Judgement.objects.filter(index=index, ground=ground.value).exists():
        return False
    same = Objection.objects.filter(index=index, ground=ground.value, finding=Finding.OPEN.value, hides=True)
    if same.exists():
        return False
    today = Objection.objects.filter(day=clock.today(), hides=True).values_list("pk")
    return len(today[:HIDES_A_DAY]) < HIDES_A_DAY


def hid_nothing(*, objection: UUID) -> None:
    """Nothing was published under its number: it does not count among those that may hide today. In the transaction that took it."""
    Objection.objects.filter(id=objection).update(hides=False)


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
    Objection.objects.filter(index=index, ground=ground, finding=Finding.OPEN.value).update(hides=False)
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
