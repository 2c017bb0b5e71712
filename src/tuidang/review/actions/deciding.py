"""A reviewer's screens: claim, decide, undo. Counting only; publishing is decided apart."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from tuidang.kernel import clock
from tuidang.kernel.randomness import random_id
from tuidang.review.actions.publishing import recall
from tuidang.review.actions.sealing import forget_lost
from tuidang.review.adapters import (
    CHANGED,
    STATE,
    cell,
    move_tallies,
    note_screen,
    record_decisions,
    release,
    remember,
    renew_lease,
    take_lease,
)
from tuidang.review.content import Decided
from tuidang.review.models import Case, LastScreen
from tuidang.review.policies import LEASE_SECONDS, REVIEWED, SCREEN, SCREENED, UNDO_HOURS
from tuidang.review.queries import waiting
from tuidang.review.states import Decider, Pile, Refusal, Verdict, Wish, Work

CLUSTER_STEP = 500


@transaction.atomic
def claim(*, member: UUID, size: int = SCREEN, pile: Pile | None = None) -> int:
    """Gives the member up to `size` declarations to read, alone, for ten minutes; returns how many.

    Who has a screen gets the same one for another ten minutes. `pile` None: whatever is most urgent.
    """
    if renewed := renew_lease(Case.objects.filter(queue__isnull=False, claimed_for=Work.COUNTING.value), member):
        return renewed
    taken = take_lease(waiting(pile), member, size, marked=[], claimed_for=Work.COUNTING.value)
    return taken - forget_lost(list(Case.objects.filter(claimed_by=member).values_list("declaration", flat=True)))


@transaction.atomic
def decide_screen(
    *,
    member: UUID,
    approve: Collection[UUID] = (),
    marked: Mapping[UUID, Refusal] | None = None,
    hold: Collection[UUID] = (),
    screen: UUID | None = None,
) -> Decided:
    """Counts all of `approve` but the marked, refuses `marked` for their reasons, holds `hold`: what the member still has.

    `screen` joins this to other decisions of the same screen, to be undone together.
    """
    wanted = dict.fromkeys(approve, (Verdict.COUNT, 0)) | dict.fromkeys(hold, (Verdict.HELD, 0))
    wanted |= {declaration: (Verdict.REFUSE, Refusal(reason).value) for declaration, reason in (marked or {}).items()}
    cases = Case.objects.select_for_update().filter(declaration__in=wanted, claimed_by=member, queue__isnull=False)
    return _decide(member, list(cases), wanted, screen or random_id(), Work.COUNTING)


def decide_cluster(*, member: UUID, cluster: UUID, refusal: Refusal | None, at_most: int = 100_000) -> Decided:
    """Counts or refuses up to `at_most` of a cluster after a sample of it was read. They count as screened: nobody read each of them.

    In steps, each a transaction, so that a large cluster holds up nobody else; undone as one.
    """
    screen = random_id()
    decided = Decided()
    while (left := at_most - decided.counted - decided.refused) > 0:
        step = _decide_some(member, cluster, refusal, min(left, CLUSTER_STEP), screen)
        decided = Decided(decided.counted + step.counted, decided.refused + step.refused, 0, decided.late + step.late)
        if step.counted + step.refused < min(left, CLUSTER_STEP):
            break
    return decided


@transaction.atomic
def _decide_some(member: UUID, cluster: UUID, refusal: Refusal | None, at_most: int, screen: UUID) -> Decided:
    free = Q(claim_until__lte=clock.seconds()) | Q(claimed_by=member)
    rows = Case.objects.filter(free, cluster=cluster, queue__isnull=False).order_by("declaration").select_for_update(skip_locked=True)
    cases = list(rows[:at_most])
    decision = (Verdict.REFUSE, refusal.value) if refusal else (Verdict.COUNT, 0)
    return _decide(member, cases, {case.declaration: decision for case in cases}, screen, Work.CLUSTER)


def _decide(member: UUID, cases: list[Case], wanted: Mapping[UUID, tuple[Verdict, int]], screen: UUID, work: Work) -> Decided:
    before, assurance = [cell(case) for case in cases], SCREENED if work is Work.CLUSTER else REVIEWED
    for case in cases:
        _settle(case, *wanted[case.declaration], screen, assurance)
    Case.objects.bulk_update(cases, CHANGED)
    move_tallies(zip(before, map(cell, cases), strict=True))
    record_decisions(member, ((_verb(case), case.declaration) for case in cases))
    verdicts = [case.verdict for case in cases]
    counted, refused, held = (verdicts.count(verdict) for verdict in (Verdict.COUNT, Verdict.REFUSE, Verdict.HELD))
    if cases:
        note_screen(member, screen, work, counted=counted, refused=refused, held=held)
    return Decided(counted, refused, held, late=len(wanted) - len(cases))


def _settle(case: Case, verdict: Verdict, reason: int, screen: UUID, assurance: int) -> None:
    release(case)
    case.marked = []
    if verdict is Verdict.HELD and case.verdict == Verdict.HELD:
        case.queue = Pile.HELD.value
        return  # the promise knows one extension: holding again says nothing new
    remember(case, screen)
    case.verdict, case.reason, case.decided_by = verdict.value, reason, Decider.PERSON.value
    case.assurance = assurance if verdict is Verdict.COUNT else 0
    case.queue = Pile.HELD.value if verdict is Verdict.HELD else None
    case.tell_at = None if verdict is Verdict.COUNT else clock.hour() + UNDO_HOURS


def _verb(case: Case) -> str:
    verdict = Verdict(case.verdict).name.lower()
    return f"{verdict}.{Refusal(case.reason).name.lower()}" if case.reason else verdict


@transaction.atomic
def undo(*, member: UUID) -> int:
    """Takes back the member's last screen and gives it to them again, with what they had marked; returns how many, texts that come later included.

    Not what is sealed, and no refusal that intake was told. A text that is public is taken down first (see `to_take_down`). A cluster goes
    back to its pile: it may be more than anyone can read.
    """
    last = LastScreen.objects.select_for_update().filter(member=member).first()
    if last is None:
        return 0
    cases = list(Case.objects.select_for_update().filter(screen=last.screen))
    until = 0 if last.work == Work.CLUSTER else clock.seconds() + LEASE_SECONDS
    if cases:  # what was taken meanwhile goes back: a screen never holds more than one screen
        Case.objects.filter(claimed_by=member).update(claimed_by=None, claim_until=0)
    before = [cell(case) for case in cases]
    for case in cases:
        _take_back(case)
        case.claimed_by, case.claim_until, case.claimed_for = member if until else None, until, last.work
    Case.objects.bulk_update(cases, CHANGED)
    move_tallies(zip(before, map(cell, cases), strict=True))
    record_decisions(member, (("undo", case.declaration) for case in cases))
    recalled = recall(member=member, screen=last.screen)
    last.delete()
    return len(cases) + recalled


def _take_back(case: Case) -> None:
    publication = case.publication
    case.marked = [case.verdict, case.reason, publication]
    for name, value in zip(STATE, case.before, strict=True):
        setattr(case, name, value)
    if publication in (Wish.TAKEN, Wish.NOT_WISHED):
        case.publication = publication  # sealed in part, or no longer wished: not the reviewer's to undo
    if case.publication != Wish.PUBLISH:
        case.released_by = None
    case.screen, case.before = None, []
