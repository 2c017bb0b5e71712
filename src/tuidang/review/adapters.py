"""What all writes of review share: leases on rows, tallies, the trail, and remembering what held before."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import TypeVar
from uuid import UUID

from django.db.models import F, Model, QuerySet

from tuidang.accounts.actions import record
from tuidang.kernel import clock
from tuidang.review.models import Case, LastScreen, Released, Tally
from tuidang.review.policies import LEASE_SECONDS
from tuidang.review.states import Release, Work
from tuidang.vault import daykeys

Row = TypeVar("Row", bound=Model)
Cell = tuple[int, int, int]
"""Day on which it was handed in, verdict, reason."""
STATE = ("verdict", "decided_by", "assurance", "reason", "publication", "queue", "tell_at")
CHANGED = (*STATE, "claimed_by", "claim_until", "claimed_for", "screen", "before", "marked", "released_by")


def take_lease(rows: QuerySet[Row], member: UUID, size: int, **also: object) -> int:
    """Gives up to `size` of `rows`, in their order, to `member`: those nobody else has. Inside a transaction.

    Sets on them what `also` says. Rows that another claim is just taking are left out, not
    waited for, so two claims never overlap and never stand in line.
    """
    now = clock.seconds()
    free = rows.filter(claim_until__lte=now).select_for_update(skip_locked=True)
    ids = list(free.values_list("pk", flat=True)[:size])
    return rows.model._default_manager.filter(pk__in=ids).update(  # noqa: SLF001  the public way to a generic model's rows
        claimed_by=member, claim_until=now + LEASE_SECONDS, **also
    )


def renew_lease(rows: QuerySet[Row], member: UUID) -> int:
    """Makes the leases that `member` has on `rows` run anew; returns how many there were."""
    now = clock.seconds()
    return rows.filter(claimed_by=member, claim_until__gt=now).update(claim_until=now + LEASE_SECONDS)


def release(case: Case) -> None:
    """Ends the lease."""
    case.claimed_by, case.claim_until = None, 0


def remember(case: Case, screen: UUID) -> None:
    """Keeps what holds now, so that the screen can be undone. The first of several decisions on one screen is the one that keeps it."""
    if case.screen != screen:
        case.screen, case.before = screen, [getattr(case, name) for name in STATE]


def note_screen(member: UUID, screen: UUID, work: Work, **done: int) -> None:
    """Adds what was decided to what the member's screen came to. A new screen ends the time in which the one before could be undone."""
    row = LastScreen.objects.select_for_update().filter(member=member).first()
    if row is None or row.screen != screen:
        if row is not None:
            Released.objects.filter(screen=row.screen, member=member, state=Release.DECLINED.value).delete()
        row = LastScreen(member=member, screen=screen, work=work.value)
    row.work = min(row.work, work.value)
    for name, more in done.items():
        setattr(row, name, getattr(row, name) + more)
    row.save()


def cell(case: Case) -> Cell:
    """Where a case is tallied."""
    return case.since, case.verdict, case.reason


def move_tallies(moves: Iterable[tuple[Cell | None, Cell]]) -> None:
    """Moves one declaration for each (from, to); from None: it is new."""
    changes: Counter[Cell] = Counter()
    for source, target in moves:
        changes[target] += 1
        if source is not None:
            changes[source] -= 1
    for (day, verdict, reason), change in sorted(changes.items()):  # in one order, so that no two transactions wait for each other
        if change:
            Tally.objects.bulk_create([Tally(day=day, verdict=verdict, reason=reason, count=0)], ignore_conflicts=True)
            Tally.objects.filter(day=day, verdict=verdict, reason=reason).update(count=F("count") + change)


def drop_from_tallies(source: Cell) -> None:
    """One declaration less stands there."""
    day, verdict, reason = source
    Tally.objects.filter(day=day, verdict=verdict, reason=reason).update(count=F("count") - 1)


def record_decisions(member: UUID, decisions: Iterable[tuple[str, UUID]]) -> None:
    """Adds (verb, declaration) to the audit trail, one entry a verb. Declarations get names that mean nothing after their day key's end."""
    key = daykeys.current_key()
    names: dict[str, list[str]] = {}
    for verb, declaration in decisions:
        names.setdefault(verb, []).append(key.trail_name(declaration.bytes))
    for verb, named in names.items():
        record(member=member, verb=f"review.{verb}", subject=" ".join(sorted(named)))
