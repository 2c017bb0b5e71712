"""Between intake and review: taking over what was screened, and telling what was refused or is held."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from tuidang.intake import actions as intake
from tuidang.intake import queries as handed_in
from tuidang.intake.content import PendingDeclaration
from tuidang.kernel import clock
from tuidang.review.adapters import cell, move_tallies
from tuidang.review.models import Case
from tuidang.review.policies import HOLD_DAYS, PURGE_DAYS, SCREENED, pile_of, verdict_of
from tuidang.review.states import Decider, Pile, Verdict, Wish
from tuidang.screening import actions as screening
from tuidang.screening.policies import Lane
from tuidang.screening.queries import Screened, untaken, untaken_ids


@transaction.atomic
def take_in(*, at_most: int = 500) -> int:
    """Takes over what was screened; returns how much it looked at. What is clear counts at once, the rest waits. After a crash: as before, or done.

    The declarations are held first, as by whoever corrects or erases: then what is read here is not forgotten before it is written.
    """
    held = untaken_ids(at_most)
    intake.lock(declarations=held)
    rows = [row for row in untaken(at_most) if row.declaration in set(held)]
    ids = [row.declaration for row in rows]
    known = set(Case.objects.filter(declaration__in=ids).values_list("declaration", flat=True))
    cases = [_case(row) for row in rows if row.declaration not in known]
    Case.objects.bulk_create(cases, ignore_conflicts=True)
    move_tallies((None, cell(case)) for case in cases)
    _call_back({row.cluster for row in rows if row.lane is Lane.HOLD and row.cluster})
    screening.mark_taken(declarations=ids)
    return len(held)


def _case(row: Screened) -> Case:
    verdict = verdict_of(row.lane)
    counts = verdict is Verdict.COUNT
    return Case(
        declaration=row.declaration,
        lane=row.lane.value,
        cluster=row.cluster,
        persons=row.persons,
        since=row.since,
        verdict=verdict.value,
        decided_by=(Decider.MACHINE if counts else Decider.NOBODY).value,
        assurance=SCREENED if counts else 0,
        publication=(Wish.WAITING if row.wished else Wish.NOT_WISHED).value,
        queue=pile_of(row.lane).value,
    )


def _call_back(clusters: set[UUID]) -> None:
    """A cluster is held as a whole: those of it that counted before it was noticed wait too, unless a person read or is reading them."""
    if not clusters:
        return
    counted = Case.objects.select_for_update().filter(
        cluster__in=clusters, queue=Pile.CLEAR.value, verdict=Verdict.COUNT.value, claim_until__lte=clock.seconds()
    )
    cases = list(counted)
    before = [cell(case) for case in cases]
    for case in cases:
        case.lane, case.queue, case.verdict = Lane.HOLD.value, Pile.HOLD.value, Verdict.WAITING.value
        case.decided_by, case.assurance = Decider.NOBODY.value, 0
    Case.objects.bulk_update(cases, ["lane", "queue", "verdict", "decided_by", "assurance"])
    move_tallies(zip(before, map(cell, cases), strict=True))


@transaction.atomic
def tell_intake(*, at_most: int = 500, at_once: bool = False) -> int:
    """Carries refusals and holds to intake once they can no longer be undone; returns how many.

    What intake is told reaches the public list of outcomes. `at_once` does not wait for the time to undo.
    """
    due = Case.objects.filter(tell_at__isnull=False)
    if not at_once:
        due = due.filter(tell_at__lte=clock.hour())
    cases, contents = _locked(due, due.order_by("tell_at"), at_most)
    refused = [case.declaration for case in cases if case.verdict == Verdict.REFUSE]
    for case in cases:
        case.tell_at, case.screen, case.before = None, None, []
        case.purge_on = clock.today() + PURGE_DAYS if case.verdict == Verdict.REFUSE else None
    Case.objects.bulk_update(cases, ["tell_at", "screen", "before", "purge_on"])
    for declaration in contents.keys() - set(refused):
        intake.hold(declaration=contents[declaration])
    intake.refuse(declarations=[contents[one] for one in refused if one in contents])
    return len(cases)


@transaction.atomic
def hold_overdue(*, at_most: int = 500) -> int:
    """Holds what nobody has decided when its promise is about to end, and tells intake; returns how many. Each once.

    It stays in its pile, to be read before all that came later. What somebody is reading is left to them.
    """
    return sum(_hold_overdue(pile, at_most) for pile in (Pile.HOLD, Pile.LOOK))


def _hold_overdue(pile: Pile, at_most: int) -> int:
    late = Case.objects.filter(
        queue=pile.value, verdict=Verdict.WAITING.value, since__lte=clock.today() - HOLD_DAYS, claim_until__lte=clock.seconds()
    )
    cases, contents = _locked(late, late.order_by(), at_most)
    before = [cell(case) for case in cases]
    for case in cases:
        case.verdict, case.decided_by = Verdict.HELD.value, Decider.MACHINE.value
    Case.objects.bulk_update(cases, ["verdict", "decided_by"])
    move_tallies(zip(before, map(cell, cases), strict=True))
    for content in contents.values():
        intake.hold(declaration=content)
    return len(cases)


def _locked(rows: QuerySet[Case], ordered: QuerySet[Case], at_most: int) -> tuple[list[Case], dict[UUID, PendingDeclaration]]:
    """The first of `rows` that are there once nobody else has them, with their contents.

    The declarations first, as whoever takes back does: two transactions that lock in one order never wait for each other.
    """
    ids = list(ordered.values_list("declaration", flat=True)[:at_most])
    intake.lock(declarations=ids)
    cases = list(rows.filter(declaration__in=ids).select_for_update(skip_locked=True))
    return cases, handed_in.contents(case.declaration for case in cases)
