"""Publishing: the archive pulls what review has released, and takes back what is voided or no longer wished for."""

from __future__ import annotations

from django.db import transaction

from tuidang.archive.models import Statement
from tuidang.ledger import queries as ledger
from tuidang.review import actions as review_actions
from tuidang.review import queries as review


@transaction.atomic
def take_in(*, at_most: int = 200) -> int:
    """Publishes what a person has released; returns how many were pulled. A crash between does it again, to the same effect."""
    approved = review.approved_publications(at_most)
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


def unpublish(*, index: int) -> bool:
    """Takes a statement off the public pages at once. Returns whether it was there."""
    return bool(Statement.objects.filter(index=index).delete()[0])
