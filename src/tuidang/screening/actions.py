"""Every write of screening. A declaration is screened and handed on in one transaction: after a crash it is new, or done."""

from __future__ import annotations

import hmac
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256
from uuid import UUID

from django.db import transaction

from tuidang.intake import actions as intake
from tuidang.intake import queries as handed_in
from tuidang.intake.content import PendingDeclaration
from tuidang.kernel import clock
from tuidang.kernel.errors import DamagedError
from tuidang.reference.queries import channel
from tuidang.screening.models import Burst, Screening
from tuidang.screening.policies import BURST, Seen, bursts, fingerprint, judge, own_text
from tuidang.screening.queries import ready_letters
from tuidang.vault import daykeys


@dataclass(frozen=True, slots=True)
class _Marked:
    """A declaration with its cluster. `counts`: its own text is counted towards a burst."""

    declaration: PendingDeclaration
    seen: Seen
    cluster: UUID
    counts: bool


def screen_new(*, at_most: int = 500) -> int:
    """Screens up to `at_most` declarations that are new; returns how many it looked at, 0 if it could read none of them."""
    ids = handed_in.new_declarations(at_most)
    if not ids:
        return 0
    key = daykeys.current_key().trail
    marked = [_mark(one, key) for one in _readable(ids)]
    with transaction.atomic():
        # Corrected meanwhile, it is screened as it is now, by the next call.
        intake.lock(declarations=ids)
        corrected = handed_in.corrected_since(one.declaration for one in marked)
        as_read = [one for one in marked if one.declaration.id not in corrected]
        done = set(Screening.objects.filter(declaration__in=ids).values_list("declaration", flat=True))
        fresh = [one for one in as_read if one.declaration.id not in done]
        earlier = _count(one.cluster for one in fresh if one.counts)
        Screening.objects.bulk_create([_row(one, earlier) for one in fresh], ignore_conflicts=True)
        intake.hand_on(screened=[one.declaration for one in as_read])
    return len(ids) if marked else 0


def _readable(ids: list[UUID]) -> list[PendingDeclaration]:
    """The contents. One damaged row must not keep all others waiting: it is left out, and stays new until it is repaired."""
    try:
        return list(handed_in.contents(ids).values())
    except DamagedError:
        if len(ids) == 1:
            return []
        return [found for one in ids for found in _readable([one])]


def _mark(declaration: PendingDeclaration, key: bytes) -> _Marked:
    """The cluster's name is an HMAC under the day key: it dies with the key."""
    statement = declaration.statement
    names = tuple(one.person.name for one in declaration.persons)
    seen = Seen(statement.title, statement.text, names, by_web=statement.channel in (channel("web"), channel("email")))
    own = own_text(seen, ready_letters())
    mark = hmac.digest(key, b"cluster" + fingerprint(seen, own), sha256)[:16]
    return _Marked(declaration, seen, UUID(bytes=mark), bursts(own))


def _row(one: _Marked, earlier: Counter[UUID]) -> Screening:
    """The row of one declaration. `earlier` counts, for each mark, how many came today before this one, and goes up with each."""
    in_burst = False
    if one.counts:
        in_burst = earlier[one.cluster] >= BURST
        earlier[one.cluster] += 1
    judgement = judge(one.seen, in_burst=in_burst)
    return Screening(
        declaration=one.declaration.id,
        lane=judgement.lane.value,
        score=judgement.score,
        reasons=[reason.value for reason in judgement.reasons],
        cluster=one.cluster,
        persons=len(one.declaration.persons),
        since=one.declaration.day,
        wished=one.declaration.statement.publish,
    )


def _count(marks: Iterable[UUID]) -> Counter[UUID]:
    """Adds to today's counters; returns what they were before."""
    new = Counter(marks)
    earlier = Counter(dict(Burst.objects.filter(mark__in=list(new)).values_list("mark", "seen")))
    Burst.objects.bulk_create(
        [Burst(mark=mark, day=clock.today(), seen=earlier[mark] + count) for mark, count in new.items()],
        update_conflicts=True,
        unique_fields=["mark"],
        update_fields=["seen"],
    )
    return earlier


def mark_taken(*, declarations: Iterable[UUID]) -> None:
    """Review has taken these over. Inside its transaction."""
    Screening.objects.filter(declaration__in=list(declarations)).update(taken=True)


def wish(*, declaration: UUID, publish: bool) -> None:
    """The declarant changed their wish before review took it over."""
    Screening.objects.filter(declaration=declaration, taken=False).update(wished=publish)


def forget(*, declarations: Iterable[UUID]) -> None:
    """Drops what is known of these declarations. Inside the transaction that sealed or purged them."""
    Screening.objects.filter(declaration__in=list(declarations)).delete()


def forget_bursts() -> None:
    """Drops the counters of past days."""
    Burst.objects.filter(day__lt=clock.today()).delete()
