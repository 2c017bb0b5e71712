"""Publishing: the archive pulls what review has released, and takes back what is voided, no longer wished for, or objected to."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from django.db import transaction

from tuidang.archive.models import Followed, Statement
from tuidang.kernel.errors import RefusedError
from tuidang.ledger import actions as ledger_actions
from tuidang.ledger import queries as ledger
from tuidang.reference.queries import reasons
from tuidang.review import actions as review_actions
from tuidang.review import queries as review
from tuidang.review.states import Finding, Ground


@transaction.atomic
def take_in(*, at_most: int = 200) -> int:
    """Publishes what a person has released; returns how many were pulled. A crash between does it again, to the same effect."""
    _followed()  # what is voided from here on is followed after this has ended, so it takes down what is published here
    approved = review_actions.hand_over(at_most=at_most)
    numbers = [one.index for one in approved]
    hidden, barred = review.hidden(numbers), review.barred(numbers)
    rows = [
        Statement(
            index=one.index,
            day=one.content.day,
            region=one.content.region,
            organisations=one.content.organisations,
            persons=one.content.persons,
            language=one.content.language,
            name=one.content.name,
            suggested=one.content.suggested,
            title=one.content.title,
            text=one.content.text,
            alone=one.content.alone,
            hidden=one.index in hidden,
        )
        for one in approved
        if one.index not in barred and ledger.is_live(one.index)
    ]
    Statement.objects.bulk_create(rows, ignore_conflicts=True)
    review_actions.publication_taken(ids=[one.id for one in approved])
    return len(approved)


@transaction.atomic
def follow_voids() -> int:
    """Takes down statements whose entry was voided since the last time; returns how many batches' voids were new."""
    followed = _followed()
    voided = ledger.voided_after(followed.size)
    if voided:
        Statement.objects.filter(index__in=[index for _, index in voided]).delete()
        followed.size = max(size for size, _ in voided)
        followed.save()
    return len({size for size, _ in voided})


@transaction.atomic
def follow_withdrawals() -> int:
    """Takes down what those who released it have taken back; returns how many statements."""
    _followed()
    indexes = review_actions.to_take_down()
    Statement.objects.filter(index__in=indexes).delete()
    review_actions.taken_down(indexes=indexes)
    return len(indexes)


def _followed() -> Followed:
    """The one row, held for the rest of the transaction: publishing and taking down come one after the other."""
    return Followed.objects.select_for_update().get_or_create(id=1)[0]


def unpublish(*, index: int) -> bool:
    """Takes a statement off the public pages at once. Returns whether it was there."""
    return bool(Statement.objects.filter(index=index).delete()[0])


def hide(*, index: int) -> bool:
    """Takes a statement off every page until a person has decided about an objection to it. Returns whether it is there."""
    return bool(Statement.objects.filter(index=index).update(hidden=True))


@transaction.atomic
def restore(*, index: int) -> None:
    """Shows a statement again, unless an objection on another ground still hides it."""
    # The row first: whoever objects meanwhile holds it, and is seen by the question after it.
    rows = Statement.objects.select_for_update().filter(index=index, hidden=True)
    if list(rows.values_list("pk")) and not review.hidden([index]):
        rows.update(hidden=False)


@transaction.atomic
def decide_objections(*, member: UUID, objections: Collection[UUID], finding: Finding) -> int:
    """Answers these objections, all at once or not at all: what is right is unpublished for good, what is not is shown again.

    Where a person said rightly that they did not declare, and what one person declared for themselves is published there, the entry is voided by
    the next batch as disputed. Of a group, even one of which one is left, only the entry whose name is shown can be, if `finding` says that this
    one is meant: no other. Where nothing is published nobody can know of whom it is, and nothing is voided. Returns how many were decided.
    Raises RefusedError if `finding` decides nothing, or means a name that is not shown.
    """
    settled = review_actions.decide_objections(member=member, objections=objections, finding=finding)
    disowned = {one.index for one in settled if one.upheld and one.ground is Ground.NOT_DECLARED}
    named = finding is Finding.NAME_SHOWN
    stated = Statement.objects.filter(index__in=disowned)
    meant = sorted((stated.exclude(name="") if named else stated.filter(alone=True)).values_list("index", flat=True))
    if named and meant != sorted({one.index for one in settled}):
        raise RefusedError("no name is shown there, or the objection is about something else")
    for index in sorted({one.index for one in settled}):
        if finding.upheld:
            unpublish(index=index)
        else:
            restore(index=index)
    for index in meant:
        _void(index)
    return len(settled)


def _void(index: int) -> None:
    disputed = next(one.code for one in reasons().values() if one.name == "disputed")
    try:
        ledger_actions.instruct_void(ref=index, reason=disputed)
    except RefusedError:
        return  # it is void already: nothing is left to do
