"""What the ledger, the archive and the staff pages may read of review. No query's cost grows with the number of declarations."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import TypeVar
from uuid import UUID

import msgspec
from django.db.models import Model, QuerySet

from tuidang.intake import queries as handed_in
from tuidang.intake.content import PendingDeclaration
from tuidang.intake.policies import without_names
from tuidang.kernel import clock
from tuidang.review.content import (
    Answer,
    Complaint,
    DayTally,
    Item,
    LastDecided,
    LateObjections,
    OnScreen,
    OpenObjection,
    PublicText,
    Ready,
)
from tuidang.review.models import Case, Judgement, LastScreen, Objection, Publication, Released, Tally
from tuidang.review.policies import BOUND, LOOKED_AT_DAYS, OVERDUE_DAYS, SCREEN, rank
from tuidang.review.states import Finding, Ground, ItemState, Pile, Refusal, Release, Turn, Verdict, Wish, Work
from tuidang.screening import queries as screening
from tuidang.screening.policies import Reason, Seen, judge, names_left
from tuidang.vault import daykeys

LISTED = 2
Claimed = TypeVar("Claimed", Case, Publication)
_public_text = msgspec.json.Decoder(PublicText)
_written = msgspec.json.Decoder(Complaint)


@dataclass(frozen=True, slots=True)
class Queues:
    """How much waits in each pile; one more than `BOUND` means more than that."""

    piles: Mapping[Pile, int]
    publishing: int
    items: int


def ready(*, after: UUID | None, at_most: int) -> list[Ready]:
    """Declarations that may be sealed, in the order of their ids, those after `after`."""
    rows = Case.objects.filter(verdict=Verdict.COUNT.value).order_by("declaration")
    if after is not None:
        rows = rows.filter(declaration__gt=after)
    return [Ready(*row) for row in rows.values_list("declaration", "assurance", "cluster", "since")[:at_most]]


def counting(declarations: Iterable[UUID]) -> set[UUID]:
    """Those of the declarations that stand decided to count."""
    rows = Case.objects.filter(declaration__in=list(declarations), verdict=Verdict.COUNT.value)
    return set(rows.values_list("declaration", flat=True))


def open_text(row: Publication | Released) -> PublicText:
    """The content of a publication. Raises DamagedError."""
    return _public_text.decode(daykeys.key(row.key_id).decrypt(bytes(row.blob), row.id.bytes))


def decided(first: int, last: int) -> list[DayTally]:
    """The tallies of what was handed in on the days `first` to `last`, both included."""
    rows = Tally.objects.filter(day__gte=first, day__lte=last).order_by("day", "verdict", "reason")
    return [DayTally(row.day, Verdict(row.verdict), row.reason, row.count) for row in rows]


def verdict(declaration: UUID) -> Verdict | None:
    """How a declaration stands; None if it has not reached review, or is sealed."""
    found = Case.objects.filter(declaration=declaration).values_list("verdict", flat=True).first()
    return None if found is None else Verdict(found)


def refusal(declaration: UUID) -> Refusal | None:
    """Why a person refused it; None if it does not stand refused, or for no reason that was noted."""
    rows = Case.objects.filter(declaration=declaration, verdict=Verdict.REFUSE.value, reason__gt=0)
    found = rows.values_list("reason", flat=True).first()
    return None if found is None else Refusal(found)


def decisions(declarations: Iterable[UUID]) -> dict[UUID, tuple[Verdict, Refusal | None]]:
    """How these declarations stand, those that have reached review; with the reason of a refusal, where one was noted."""
    rows = Case.objects.filter(declaration__in=list(declarations)).values_list("declaration", "verdict", "reason")
    refusals = {Verdict.REFUSE.value}
    return {one: (Verdict(verdict), Refusal(reason) if reason and verdict in refusals else None) for one, verdict, reason in rows}


def refused(declarations: Iterable[UUID]) -> set[UUID]:
    """Those of the declarations that stand refused, whether intake has been told or not."""
    rows = Case.objects.filter(declaration__in=list(declarations), verdict=Verdict.REFUSE.value)
    return set(rows.values_list("declaration", flat=True))


def queues() -> Queues:
    """How much waits."""
    piles = {pile: _bounded(waiting(pile)) for pile in Pile}
    return Queues(piles, _bounded(publishable()), _bounded(waiting_items()))


def _bounded(rows: QuerySet[Model]) -> int:
    return len(rows.values_list("pk")[: BOUND + 1])


def waiting(pile: Pile | None) -> QuerySet[Case]:
    """Cases of one pile, or of all that are handed out unasked, in the order in which they are."""
    rows = Case.objects.order_by("queue", "since", "declaration")
    return rows.filter(queue__lt=Pile.HELD.value) if pile is None else rows.filter(queue=pile.value)


def publishable() -> QuerySet[Case]:
    """Cases that count, and whose wish to be published nobody has decided."""
    return Case.objects.filter(publication=Wish.WAITING.value, verdict=Verdict.COUNT.value).order_by("since", "declaration")


def overdue(at_most: int) -> int:
    """How many cases wait for a person although their promise ends within days, its one extension included; counted up to `at_most`."""
    waiting = Case.objects.filter(since__lte=clock.today() - OVERDUE_DAYS).order_by()
    piles = (waiting.filter(queue=pile.value).values_list("pk")[:at_most] for pile in (Pile.HOLD, Pile.LOOK, Pile.HELD))
    return min(at_most, sum(map(len, piles)))


def waiting_items() -> QuerySet[Publication]:
    """Sealed texts that nobody has read, those that are dropped first in front."""
    return Publication.objects.filter(state=ItemState.WAITING.value).order_by("due", "id")


def items_of(indexes: Iterable[int]) -> dict[int, int]:
    """The sealed texts with these registry numbers that are not published yet, each with the day after which it is dropped if nobody read it."""
    return dict(Publication.objects.filter(index__in=list(indexes)).values_list("index", "due"))


def cluster_sample(cluster: UUID, at_most: int) -> list[OnScreen]:
    """Some declarations of a cluster that nobody has read."""
    return on_screen(Case.objects.filter(cluster=cluster, queue__isnull=False).order_by("declaration")[:at_most])


def on_screen(cases: Iterable[Case]) -> list[OnScreen]:
    """Cases with their content, in the same order; without those that are no longer handed in."""
    rows = list(cases)
    contents = handed_in.contents(row.declaration for row in rows)
    reasons = screening.reasons(row.declaration for row in rows)
    return [
        _on_screen(row, contents[row.declaration], tuple(reasons.get(row.declaration, ()))) for row in rows if row.declaration in contents
    ]


def _on_screen(row: Case, content: PendingDeclaration, reasons: tuple[Reason, ...]) -> OnScreen:
    """As it would be published: a name that its text spells in a way of its own, and that is still there, shows beside the others' ○."""
    statement = content.statement
    listed = statement.voice == LISTED
    names = [one.person.name for one in content.persons]
    title, text = (without_names(part, names) if listed else part for part in (statement.title, statement.text))
    if listed and names_left(f"{statement.title}\n{statement.text}"):
        reasons = (*reasons, Reason.NAME_IN_TEXT)
    return OnScreen(
        declaration=row.declaration,
        queue=None if row.queue is None else Pile(row.queue),
        verdict=Verdict(row.verdict),
        publication=Wish(row.publication),
        cluster=row.cluster,
        since=row.since,
        reasons=reasons,
        marked=(Verdict(row.marked[0]), row.marked[1], Wish(row.marked[2])) if row.marked else None,
        title=title,
        text=text,
        names=tuple(one.person.name for one in content.persons),
        organisations=tuple(sorted({one.person.organisations for one in content.persons})),
        statement=statement,
    )


def held_screen(member: UUID) -> tuple[list[OnScreen], int]:
    """What the member has claimed to read, and for how many seconds it is theirs. No rows: nothing claimed, or the lease ran out.

    What is here for the same reason stands together.
    """
    cases, left = _held(Case.objects.filter(queue__isnull=False, claimed_for=Work.COUNTING.value), member)
    return sorted(on_screen(cases), key=lambda one: (one.queue, rank(one.reasons), one.since, one.declaration)), left


def held_publishing(member: UUID) -> tuple[list[OnScreen], int]:
    """What the member has claimed to decide on publishing, before sealing."""
    cases, left = _held(publishable().filter(claimed_for=Work.PUBLISHING.value), member)
    return on_screen(sorted(cases, key=lambda case: (case.since, case.declaration))), left


def held_items(member: UUID) -> tuple[list[Item], int]:
    """The sealed texts that the member has claimed."""
    rows, left = _held(waiting_items(), member)
    return [_item(row) for row in sorted(rows, key=lambda row: (row.due, row.id))], left


def _item(row: Publication) -> Item:
    """Why the machine would not pass it is forgotten once it is sealed, and found again in its text."""
    content = open_text(row)
    reasons = judge(Seen(content.title, content.text, (content.name,), by_web=False)).reasons
    return Item(row.id, row.index, row.due, row.declined, reasons, content)


def released(member: UUID) -> list[Item]:
    """The texts that are public since the member released them, and that they can take down; no more than a screen, highest numbers first."""
    rows = Released.objects.filter(member=member, state=Release.PUBLIC.value).order_by("-index")[:SCREEN]
    return [Item(row.id, row.index, row.due, None, (), open_text(row)) for row in rows]


def _held(rows: QuerySet[Claimed], member: UUID) -> tuple[list[Claimed], int]:
    """The member's own of `rows`, and for how many seconds. Unordered: asked to sort, SQLite would walk a whole queue to find them in order."""
    now = clock.seconds()
    held = list(rows.filter(claimed_by=member, claim_until__gt=now).order_by())
    return held, min((row.claim_until for row in held), default=now) - now


def objections(at_most: int) -> list[OpenObjection]:
    """Objections that nobody has decided: those that found the limit of their day reached, then those of the earliest days."""
    rows = Objection.objects.filter(finding=Finding.OPEN.value).order_by("turn", "day", "id")[:at_most]
    return [OpenObjection(row.id, row.index, Ground(row.ground), row.day, row.turn == Turn.FIRST, _complaint(row)) for row in rows]


def late_objections(at_most: int) -> LateObjections:
    """How many objections wait for a person for longer than is promised, each kind counted up to `at_most`."""
    waiting, today = Objection.objects.filter(finding=Finding.OPEN.value).order_by(), clock.today()
    visible = waiting.filter(turn=Turn.FIRST.value, day__lt=today).values_list("pk")[:at_most]
    others = waiting.filter(turn=Turn.IN_ORDER.value, day__lte=today - LOOKED_AT_DAYS).values_list("pk")[:at_most]
    return LateObjections(len(visible), len(others))


def _complaint(row: Objection) -> Complaint | None:
    """What an objection says; None where its day key is lost."""
    return None if daykeys.lost(row.key_id) else open_complaint(row)


def open_complaint(row: Objection) -> Complaint:
    """What an objection says. Raises DamagedError."""
    return _written.decode(daykeys.key(row.key_id).decrypt(bytes(row.blob), row.id.bytes))


def answer(objection: UUID) -> Answer | None:
    """What became of an objection; None if there is none with this id, or its answer was deleted."""
    row = Objection.objects.filter(id=objection).first()
    if row is None:
        return None
    until = None if row.purge_on is None else row.purge_on - 1
    return Answer(row.index, Ground(row.ground), Finding(row.finding), until)


def hidden(indexes: Collection[int]) -> set[int]:
    """Those of these statements that an objection hides until a person has decided."""
    rows = Objection.objects.filter(index__in=list(indexes), finding=Finding.OPEN.value, hides=True)
    return set(rows.values_list("index", flat=True))


def barred(indexes: Collection[int]) -> set[int]:
    """Those of these statements that are never to be published again, since an objection to them was right."""
    return set(Judgement.objects.filter(index__in=list(indexes), upheld=True).values_list("index", flat=True))


def objected(indexes: Collection[int]) -> set[int]:
    """Those of these registry numbers to which somebody objects, hidden by it or not, and nobody has decided."""
    return set(Objection.objects.filter(index__in=list(indexes), finding=Finding.OPEN.value).values_list("index", flat=True))


def contested(indexes: Collection[int]) -> set[int]:
    """Those of these registry numbers to which somebody objects, or rightly did: nothing of theirs goes on under another."""
    return objected(indexes) | barred(indexes)


def text_that_waits(index: int) -> PublicText | None:
    """What would be published under this registry number, and is not yet; None if there is nothing, or it can no longer be read."""
    row = Publication.objects.filter(index=index).first()
    return None if row is None or daykeys.lost(row.key_id) else open_text(row)


def last_screen(member: UUID) -> LastDecided | None:
    """What the member's last screen came to, and what can still be taken back of it."""
    last = LastScreen.objects.filter(member=member).first()
    if last is None:
        return None
    cases = _bounded(Case.objects.filter(screen=last.screen))
    approved = Publication.objects.filter(screen=last.screen, decided_by=member, state=ItemState.APPROVED.value)
    states = list(Released.objects.filter(screen=last.screen, member=member).values_list("state", flat=True))
    texts = len(approved.values_list("pk")) + states.count(Release.DECLINED)
    public = states.count(Release.PUBLIC)
    if last.work == Work.PUBLISHING:
        back, every = cases + texts, last.published + last.promised + last.declined
        stay = every - back - public
    else:
        back, every = cases, last.counted + last.refused + last.held
        stay = every - back
    return LastDecided(
        Work(last.work),
        last.counted,
        last.refused,
        last.held,
        last.published,
        last.promised,
        last.declined,
        back=back,
        public=public,
        stay=0 if back > BOUND else max(stay, 0),
    )
