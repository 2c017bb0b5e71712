"""Publishing: the archive pulls what review has released, and takes back what is voided or no longer wished for."""

from __future__ import annotations

from django.db import transaction

from tuidang.archive.models import Followed, Statement
from tuidang.ledger import queries as ledger
from tuidang.review import actions as review_actions


@transaction.atomic
def take_in(*, at_most: int = 200) -> int:
    """Publishes what a person has released; returns how many were pulled. A crash between does it again, to the same effect."""
    _followed()  # what is voided from here on is followed after this has ended, so it takes down what is published here
    approved = review_actions.hand_over(at_most=at_most)
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
        )
        for one in approved
        if ledger.is_live(one.index)
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


def _followed() -> Followed:
    """The one row, held for the rest of the transaction: publishing and taking down come one after the other."""
    return Followed.objects.select_for_update().get_or_create(id=1)[0]


def unpublish(*, index: int) -> bool:
    """Takes a statement off the public pages at once. Returns whether it was there."""
    return bool(Statement.objects.filter(index=index).delete()[0])
