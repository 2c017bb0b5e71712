"""Between intake and review: taking over what was screened, and telling what was refused or is held."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction

from tuidang.intake import actions as intake
from tuidang.intake import queries as handed_in
from tuidang.kernel import clock
from tuidang.review.adapters import cell, move_tallies
from tuidang.review.models import Case
from tuidang.review.policies import PURGE_DAYS, SCREENED, pile_of, verdict_of
from tuidang.review.states import Decider, Pile, Verdict, Wish
from tuidang.screening import actions as screening
from tuidang.screening.policies import Lane
from tuidang.screening.queries import Screened, untaken


@transaction.atomic
def take_in(*, at_most: int = 500) -> int:
    """Takes over what was screened; returns how much. What is clear counts at once, the rest waits. After a crash: as before, or done."""
    rows = untaken(at_most)
    ids = [row.declaration for row in rows]
    known = set(Case.objects.filter(declaration__in=ids).values_list("declaration", flat=True))
    cases = [_case(row) for row in rows if row.declaration not in known]
    Case.objects.bulk_create(cases, ignore_conflicts=True)
    move_tallies((None, cell(case)) for case in cases)
    _call_back({row.cluster for row in rows if row.lane is Lane.HOLD and row.cluster})
    screening.mark_taken(declarations=ids)
    return len(rows)


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
    cases = list(due.order_by("tell_at").select_for_update(skip_locked=True)[:at_most])
    contents = handed_in.contents(case.declaration for case in cases)
    for case in cases:
        content = contents.get(case.declaration)
        refused = case.verdict == Verdict.REFUSE
        if content:
            (intake.refuse if refused else intake.hold)(declaration=content)
        case.tell_at, case.screen, case.before = None, None, []
        case.purge_on = clock.today() + PURGE_DAYS if refused else None
    Case.objects.bulk_update(cases, ["tell_at", "screen", "before", "purge_on"])
    return len(cases)
