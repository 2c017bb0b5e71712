"""Publishing: decided apart from counting, only where the declarant wishes it, and only after a person has read the text."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from django.db import transaction

from tuidang.kernel import clock
from tuidang.kernel.randomness import random_id
from tuidang.review.adapters import CHANGED, record_decisions, release, remember, renew_lease, take_lease
from tuidang.review.content import Approved
from tuidang.review.models import Case, LastScreen, Publication
from tuidang.review.policies import SCREEN
from tuidang.review.queries import open_text, publishable, waiting_items
from tuidang.review.states import ItemState, Wish


@transaction.atomic
def claim_publishing(*, member: UUID, size: int = SCREEN) -> int:
    """Gives the member up to `size` cases to decide on publishing, alone, for ten minutes; returns how many."""
    return renew_lease(publishable().order_by(), member) or take_lease(publishable(), member, size)


@transaction.atomic
def claim_items(*, member: UUID, size: int = SCREEN) -> int:
    """Gives the member up to `size` sealed texts to decide on, alone, for ten minutes; returns how many."""
    return renew_lease(waiting_items().order_by(), member) or take_lease(waiting_items(), member, size)


@transaction.atomic
def decide_publication(*, member: UUID, publish: Collection[UUID] = (), decline: Collection[UUID] = (), screen: UUID | None = None) -> int:
    """Decides on publishing cases that the member has claimed, before sealing; returns how many. Says nothing about counting."""
    wanted = dict.fromkeys(publish, Wish.PUBLISH) | dict.fromkeys(decline, Wish.DECLINE)
    screen = screen or random_id()
    rows = Case.objects.select_for_update().filter(declaration__in=wanted, claimed_by=member, publication=Wish.WAITING.value)
    cases = list(rows)
    for case in cases:
        remember(case, screen)
        case.publication = wanted[case.declaration].value
        if case.queue is None:
            release(case)  # nothing else on it is waiting for this member
    Case.objects.bulk_update(cases, CHANGED)
    record_decisions(member, ((Wish(case.publication).name.lower(), case.declaration) for case in cases))
    if cases:
        LastScreen.objects.update_or_create(member=member, defaults={"screen": screen})
    return len(cases)


@transaction.atomic
def decide_publication_items(*, member: UUID, publish: Collection[UUID] = (), decline: Collection[UUID] = ()) -> int:
    """Decides on sealed texts that the member has claimed; returns how many. What is declined is deleted at once."""
    wanted = {*publish, *decline}
    rows = Publication.objects.select_for_update().filter(id__in=wanted, claimed_by=member, state=ItemState.WAITING.value)
    ids = set(rows.values_list("id", flat=True))
    dropped = ids.intersection(decline)
    Publication.objects.filter(id__in=dropped).delete()
    Publication.objects.filter(id__in=ids - dropped).update(state=ItemState.APPROVED.value, claimed_by=None, claim_until=0)
    record_decisions(member, (("decline" if item in dropped else "publish", item) for item in sorted(ids)))
    return len(ids)


@transaction.atomic
def wish(*, declaration: UUID, publish: bool) -> None:
    """The declarant changed their wish before sealing. A text that is wished again is read again."""
    case = Case.objects.select_for_update().filter(declaration=declaration).first()
    if case is not None and case.publication != Wish.TAKEN and publish == (case.publication == Wish.NOT_WISHED):
        Case.objects.filter(declaration=declaration).update(publication=(Wish.WAITING if publish else Wish.NOT_WISHED).value)


def unpublish_items(*, indexes: Collection[int]) -> None:
    """The declarant no longer wishes these sealed texts published, or the entry was voided: drops them wherever they wait."""
    Publication.objects.filter(index__in=list(indexes)).delete()


def hand_over(*, at_most: int) -> list[Approved]:
    """Texts that the archive is to take, decrypted, by registry number. Inside its transaction.

    They are held until its end: who takes back meanwhile waits, and then finds the text published, and takes it down.
    """
    rows = Publication.objects.select_for_update().filter(state=ItemState.APPROVED.value).order_by("index")[:at_most]
    return [Approved(row.id, row.index, open_text(row)) for row in rows]


def publication_taken(*, ids: Collection[UUID]) -> None:
    """The archive has these. Inside its transaction."""
    Publication.objects.filter(id__in=list(ids), state=ItemState.APPROVED.value).delete()


def expire_publications(*, at_most: int = 500) -> int:
    """Drops texts that nobody read in time; returns how many. They stay counted, and unpublished."""
    due = list(waiting_items().filter(due__lt=clock.today()).values_list("id", flat=True)[:at_most])
    Publication.objects.filter(id__in=due, state=ItemState.WAITING.value).delete()
    return len(due)
