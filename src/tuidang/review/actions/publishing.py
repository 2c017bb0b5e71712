"""Publishing: decided apart from counting, only where the declarant wishes it, and only after a person has read the text."""

from __future__ import annotations

from collections.abc import Callable, Collection
from uuid import UUID

import msgspec
from django.db import transaction

from tuidang.kernel import clock
from tuidang.kernel.randomness import random_id
from tuidang.review.actions.sealing import new_publication
from tuidang.review.adapters import CHANGED, note_screen, record_decisions, release, remember, renew_lease, take_lease
from tuidang.review.content import Approved, PublicText
from tuidang.review.models import Case, Publication, Released
from tuidang.review.policies import LEASE_SECONDS, PUBLISH_DAYS, SCREEN, WITHDRAW_DAYS
from tuidang.review.queries import contested, open_text, publishable, waiting_items
from tuidang.review.states import ItemState, Release, Wish, Work
from tuidang.screening import actions as screening
from tuidang.vault import daykeys


@transaction.atomic
def claim_publishing(*, member: UUID, size: int = SCREEN) -> int:
    """Gives the member up to `size` cases to decide on publishing, alone, for ten minutes; returns how many."""
    mine = publishable().filter(claimed_for=Work.PUBLISHING.value).order_by()
    return renew_lease(mine, member) or take_lease(publishable(), member, size, marked=[], claimed_for=Work.PUBLISHING.value)


@transaction.atomic
def claim_items(*, member: UUID, size: int = SCREEN) -> int:
    """Gives the member up to `size` sealed texts to decide on, alone, for ten minutes; returns how many."""
    return renew_lease(waiting_items().order_by(), member) or take_lease(waiting_items(), member, size, declined=None)


@transaction.atomic
def decide_publication(*, member: UUID, publish: Collection[UUID] = (), decline: Collection[UUID] = (), screen: UUID | None = None) -> int:
    """Decides on publishing cases that the member has claimed, before sealing; returns how many. Says nothing about counting.

    `screen` joins this to other decisions of the same screen.
    """
    wanted = dict.fromkeys(publish, Wish.PUBLISH) | dict.fromkeys(decline, Wish.DECLINE)
    screen = screen or random_id()
    rows = Case.objects.select_for_update().filter(declaration__in=wanted, claimed_by=member, publication=Wish.WAITING.value)
    cases = list(rows)
    for case in cases:
        remember(case, screen)
        case.publication = wanted[case.declaration].value
        case.released_by, case.marked = member if case.publication == Wish.PUBLISH else None, []
        if case.queue is None or case.claimed_for == Work.PUBLISHING:
            release(case)  # nothing else on it is waiting for this member
    Case.objects.bulk_update(cases, CHANGED)
    record_decisions(member, ((Wish(case.publication).name.lower(), case.declaration) for case in cases))
    if cases:
        released = sum(case.publication == Wish.PUBLISH for case in cases)
        note_screen(member, screen, Work.PUBLISHING, promised=released, declined=len(cases) - released)
    return len(cases)


@transaction.atomic
def decide_publication_items(
    *, member: UUID, publish: Collection[UUID] = (), decline: Collection[UUID] = (), screen: UUID | None = None
) -> int:
    """Decides on sealed texts that the member has claimed; returns how many. What is declined is kept as long as it can be undone."""
    screen, wanted = screen or random_id(), {*publish, *decline}
    rows = list(Publication.objects.select_for_update().filter(id__in=wanted, claimed_by=member, state=ItemState.WAITING.value))
    ids = {row.id for row in rows}
    dropped = [row for row in rows if row.id in decline]
    if rows:  # first, since a new screen ends what could be undone of the one before
        note_screen(member, screen, Work.PUBLISHING, published=len(rows) - len(dropped), declined=len(dropped))
    Released.objects.bulk_create([_released(row, Release.DECLINED, member, screen) for row in dropped])
    Publication.objects.filter(id__in=[row.id for row in dropped]).delete()
    approved = Publication.objects.filter(id__in=ids.difference(row.id for row in dropped))
    approved.update(state=ItemState.APPROVED.value, claimed_by=None, claim_until=0, decided_by=member, screen=screen)
    record_decisions(member, (("decline" if item in decline else "publish", item) for item in sorted(ids)))
    return len(rows)


def _released(row: Publication, state: Release, member: UUID, screen: UUID) -> Released:
    due = clock.today() + WITHDRAW_DAYS
    return Released(id=row.id, index=row.index, key_id=row.key_id, blob=row.blob, state=state.value, due=due, member=member, screen=screen)


def recall(*, member: UUID, screen: UUID) -> int:
    """Takes back what the member decided on sealed texts of this screen; returns how many. Inside a transaction.

    What is public comes back to the member once the archive has taken it down.
    """
    approved = list(Publication.objects.select_for_update().filter(screen=screen, decided_by=member, state=ItemState.APPROVED.value))
    rows = list(Released.objects.select_for_update().filter(screen=screen, member=member))
    declined = [row for row in rows if row.state == Release.DECLINED]
    public = [row for row in rows if row.state == Release.PUBLIC]
    if approved or rows:
        Publication.objects.filter(claimed_by=member).update(claimed_by=None, claim_until=0)
    until = clock.seconds() + LEASE_SECONDS
    Publication.objects.filter(id__in=[row.id for row in approved]).update(
        state=ItemState.WAITING.value, claimed_by=member, claim_until=until, decided_by=None, screen=None, declined=False
    )
    _wait_again(declined)
    Released.objects.filter(id__in=[row.id for row in public]).update(state=Release.RECALLED.value)
    back = [*(row.id for row in approved), *(row.id for row in declined), *(row.id for row in public)]
    record_decisions(member, (("undo", item) for item in sorted(back)))
    return len(back)


def _wait_again(rows: Collection[Released]) -> None:
    """To be decided again, by whoever had decided before, if they do so soon."""
    due, until = clock.today() + PUBLISH_DAYS, clock.seconds() + LEASE_SECONDS
    Publication.objects.bulk_create(
        Publication(
            id=row.id,
            index=row.index,
            key_id=row.key_id,
            blob=row.blob,
            state=ItemState.WAITING.value,
            due=due,
            claimed_by=row.member,
            claim_until=until,
            declined=row.state == Release.DECLINED,
        )
        for row in rows
    )
    Released.objects.filter(id__in=[row.id for row in rows]).delete()


@transaction.atomic
def withdraw(*, member: UUID, index: int) -> bool:
    """Takes a text off the public pages for good; only whoever released it, and for as long as that is known. Returns whether it was so.

    The entry stays counted. The archive follows soon; see `to_take_down`.
    """
    waits = Publication.objects.select_for_update().filter(index=index, decided_by=member, state=ItemState.APPROVED.value)
    public = Released.objects.select_for_update().filter(index=index, member=member, state=Release.PUBLIC.value)
    ids = [*waits.values_list("id", flat=True), *public.values_list("id", flat=True)]
    waits.delete()
    public.update(state=Release.WITHDRAWN.value)
    record_decisions(member, (("withdraw", item) for item in ids))
    return bool(ids)


@transaction.atomic
def wish(*, declaration: UUID, publish: bool) -> None:
    """The declarant changed their wish before sealing. A text that is wished again is read again."""
    screening.wish(declaration=declaration, publish=publish)
    case = Case.objects.select_for_update().filter(declaration=declaration).first()
    if case is not None and case.publication != Wish.TAKEN and publish == (case.publication == Wish.NOT_WISHED):
        Case.objects.filter(declaration=declaration).update(publication=(Wish.WAITING if publish else Wish.NOT_WISHED).value)


def ask_for_publication(*, index: int, content: PublicText) -> bool:
    """After sealing its declarant wishes this text published: a person reads it first. False if it waits to be read or taken already."""
    if Publication.objects.filter(index=index).exists():
        return False
    Released.objects.filter(index=index).delete()  # it was declined: asked for anew, it is read anew
    Publication.objects.bulk_create([new_publication(index, content, ItemState.WAITING)], ignore_conflicts=True)
    return True


def unpublish_items(*, indexes: Collection[int]) -> None:
    """The declarant no longer wishes these sealed texts published, or the entry was voided: drops them wherever they wait."""
    Publication.objects.filter(index__in=list(indexes)).delete()
    Released.objects.filter(index__in=list(indexes)).delete()


AsItStays = Callable[[int, PublicText], tuple[int, PublicText] | None]


def carry_on(*, leaving: Collection[int], others: Collection[int], as_it_stays: AsItStays) -> set[int]:
    """Some leave a group whose text waits here, or was released: it goes on for the others, under the number and as `as_it_stays` says.

    Where that says None, and where it would move while somebody objects to it, it goes. Where its words change it is read anew. What is about to
    be taken down is so now, and what is to be read again waits under its new number. Inside the archive's transaction; returns the numbers
    of what the archive is to take down.
    """
    every = [*leaving, *others]
    items = Publication.objects.select_for_update().filter(index__in=every).order_by("index")
    list(items.values_list("pk"))  # before what is released, as where it is recalled
    rows = list(Released.objects.select_for_update().filter(index__in=every).order_by("index"))
    firm, down = contested(every), {row.index for row in rows if row.state >= Release.RECALLED}
    taken_down(indexes=down)
    for item in items.all():
        if stays := _stays(item, as_it_stays, firm=item.index in firm):
            item.claimed_by, item.claim_until = None, 0  # whoever has it on their screen sees it as it was
            if _words(open_text(item)) != _words(stays[1]) and item.state == ItemState.APPROVED:
                item.state, item.decided_by, item.screen = ItemState.WAITING.value, None, None
            _put(item, *stays)
    for row in rows:
        if row.index not in down and (stays := _stays(row, as_it_stays, firm=row.index in firm)):
            if row.state == Release.PUBLIC and _words(open_text(row)) != _words(stays[1]):
                row.delete()  # the archive asks for it to be read anew
            else:
                _put(row, *stays)
    return down


def _stays(row: Publication | Released, as_it_stays: AsItStays, *, firm: bool) -> tuple[int, PublicText] | None:
    """How it stays; None: it is deleted. `firm`: it is not moved to another number."""
    found = None if daykeys.lost(row.key_id) else as_it_stays(row.index, open_text(row))
    if found is None or (found[0] != row.index and (firm or type(row).objects.filter(index=found[0]).exists())):
        row.delete()
        return None
    return found


def _words(content: PublicText) -> tuple[str, str]:
    return content.title, content.text


def _put(row: Publication | Released, index: int, content: PublicText) -> None:
    key = daykeys.current_key()
    row.index, row.key_id, row.blob = index, key.id, key.encrypt(msgspec.json.encode(content), row.id.bytes)
    row.save()


def hand_over(*, at_most: int) -> list[Approved]:
    """Texts that the archive is to take, decrypted, by registry number. Inside its transaction.

    They are held until its end: who takes back meanwhile waits, and then finds the text published, and takes it down.
    """
    rows = Publication.objects.select_for_update().filter(state=ItemState.APPROVED.value).order_by("index")[:at_most]
    return [Approved(row.id, row.index, open_text(row)) for row in rows]


def publication_taken(*, ids: Collection[UUID]) -> None:
    """The archive has these. Inside its transaction."""
    rows = list(Publication.objects.filter(id__in=list(ids), state=ItemState.APPROVED.value))
    Released.objects.bulk_create(
        _released(row, Release.PUBLIC, row.decided_by, row.screen) for row in rows if row.decided_by and row.screen
    )
    Publication.objects.filter(id__in=[row.id for row in rows]).delete()


def to_take_down(*, at_most: int = 500) -> list[int]:
    """Registry numbers of texts whose release was taken back while they were public. Inside the archive's transaction."""
    rows = Released.objects.select_for_update().filter(state__gte=Release.RECALLED.value).order_by("index")
    return [row.index for row in rows[:at_most]]


def taken_down(*, indexes: Collection[int]) -> None:
    """The archive no longer shows these: what was undone waits again, what was withdrawn goes. Inside its transaction."""
    rows = Released.objects.filter(index__in=list(indexes))
    _wait_again(list(rows.filter(state=Release.RECALLED.value)))
    rows.filter(state=Release.WITHDRAWN.value).delete()


@transaction.atomic
def expire_publications(*, at_most: int = 500) -> int:
    """Drops texts that nobody read in time; returns how many. They stay counted, and unpublished.

    Forgets who released which text, once that can no longer be taken back.
    """
    due = list(waiting_items().filter(due__lt=clock.today()).values_list("id", flat=True)[:at_most])
    # An objection prolongs nothing: who wishes it published after all asks again.
    held = Publication.objects.filter(state=ItemState.OBJECTED.value, due__lt=clock.today()).order_by("due")
    due += held.values_list("id", flat=True)[:at_most]
    Publication.objects.filter(id__in=due, state__in=[ItemState.WAITING.value, ItemState.OBJECTED.value]).delete()
    over = Released.objects.filter(due__lt=clock.today(), state__in=[Release.PUBLIC.value, Release.DECLINED.value]).order_by("due")
    ids = list(over.values_list("id", flat=True)[:at_most])
    Released.objects.filter(id__in=ids).delete()
    return len(due) + len(ids)
