"""Every write about messages of support: taking, claiming, deciding, undoing, taking down, forgetting."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Literal
from uuid import UUID

import msgspec
from django.db import IntegrityError, transaction
from django.db.models import F, Q

from tuidang.accounts.actions import record
from tuidang.intake.models import Support, SupportMessage, SupportTally
from tuidang.intake.support import queries
from tuidang.intake.support.content import Message, Taken
from tuidang.intake.support.policies import (
    IN_ORDER_A_DAY,
    LATER_DAYS,
    LEASE_SECONDS,
    MOST_A_DAY,
    REFUSED_DAYS,
    SCREEN,
    UNDO_DAYS,
)
from tuidang.intake.support.states import Refusal, State, Turn
from tuidang.kernel import clock
from tuidang.kernel.errors import RefusedError
from tuidang.vault import daykeys
from tuidang.vault.codes import Code


@transaction.atomic
def take(*, code: Code, message: Message) -> Taken:
    """Takes a message of support under its code, to be read by a person. The same form twice is one message."""
    number = queries.message_id(code)
    if (again := _again(number, message)) is not None:
        return again
    received = SupportTally.objects.filter(day=clock.today()).values_list("received", flat=True).first() or 0
    if received >= MOST_A_DAY:
        return Taken("full")
    key = daykeys.current_key()
    row = SupportMessage(
        id=number,
        day=clock.today(),
        turn=(Turn.IN_ORDER if received < IN_ORDER_A_DAY else Turn.LATER).value,
        key_id=key.id,
        blob=key.encrypt(msgspec.json.encode(message), number.bytes),
    )
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError:  # the same form, sent twice at once
        return _again(number, message) or Taken("same")
    _tally(clock.today(), received=1)
    return Taken("new")


def _again(number: UUID, message: Message) -> Taken | None:
    found = queries.content(number)
    if found is None:
        return None
    return Taken("same" if found == message else "other")


def _tally(day: int, **more: int) -> None:
    SupportTally.objects.bulk_create([SupportTally(day=day)], ignore_conflicts=True)
    SupportTally.objects.filter(day=day).update(**{name: F(name) + change for name, change in more.items()})


@transaction.atomic
def claim(*, member: UUID, size: int = SCREEN) -> int:
    """Gives the member up to `size` messages to decide on, alone, for ten minutes, or those they have anew; returns how many."""
    now = clock.seconds()
    until = now + LEASE_SECONDS
    mine = SupportMessage.objects.filter(state=State.WAITING.value, claimed_by=member, claim_until__gt=now)
    if renewed := mine.update(claim_until=until):
        return renewed
    # What another claim is just taking is left out, not waited for.
    free = queries.waiting().filter(claim_until__lte=now).select_for_update(skip_locked=True)
    ids = list(free.values_list("pk", flat=True)[:size])
    return SupportMessage.objects.filter(pk__in=ids).update(claimed_by=member, claim_until=until, undone=False)


@transaction.atomic
def decide(*, member: UUID, publish: Collection[UUID] = (), refuse: Mapping[UUID, Refusal] | None = None) -> int:
    """Publishes and refuses messages that the member has claimed, all at once; returns how many. The screen before can no longer be undone.

    What can never be read again is not published. Raises RefusedError if a refusal gives no reason.
    """
    reasons = dict(refuse or {})
    if Refusal.NONE in reasons.values():
        raise RefusedError("a refusal gives a reason")
    wanted = {*publish, *reasons}
    rows = list(SupportMessage.objects.select_for_update().filter(id__in=wanted, claimed_by=member, state=State.WAITING.value))
    if rows:
        SupportMessage.objects.filter(decided_by=member).update(decided_by=None)
    shown = [row for row in rows if row.id not in reasons and _publish(row)]
    for row in rows:
        public = row in shown
        row.state = (State.PUBLIC if public else State.REFUSED).value
        row.refusal = (Refusal.NONE if public else reasons.get(row.id, Refusal.OTHER)).value
        row.purge_on = clock.today() + (UNDO_DAYS if public else REFUSED_DAYS) + 1
        row.claimed_by, row.claim_until, row.decided_by, row.undone = None, 0, member, False
    SupportMessage.objects.bulk_update(rows, ["state", "refusal", "purge_on", "claimed_by", "claim_until", "decided_by", "undone"])
    if shown:
        _tally(clock.today(), shown=len(shown))
    _record(member, (("publish" if row in shown else "refuse", row.id) for row in rows))
    return len(rows)


def _publish(row: SupportMessage) -> bool:
    found = queries.opened(row)
    if found is None:
        return False
    told = {"name": found.name, "country": found.country, "text": found.text, "language": found.language}
    Support.objects.create(message=row.id, day=clock.today(), **told)
    return True


@transaction.atomic
def undo(*, member: UUID) -> int:
    """Takes back the member's last screen: what is public goes, everything comes back to the member as it was marked; returns how many."""
    rows = list(SupportMessage.objects.select_for_update().filter(decided_by=member))
    if not rows:
        return 0
    ids = [row.id for row in rows]
    _take_down(ids)
    SupportMessage.objects.filter(claimed_by=member).update(claimed_by=None, claim_until=0)
    SupportMessage.objects.filter(id__in=ids).update(
        state=State.WAITING.value,
        undone=True,
        purge_on=None,
        decided_by=None,
        claimed_by=member,
        claim_until=clock.seconds() + LEASE_SECONDS,
    )
    _record(member, (("undo", one) for one in ids))
    return len(ids)


def _take_down(ids: Collection[UUID]) -> int:
    rows = list(Support.objects.select_for_update().filter(message__in=list(ids)))
    for row in rows:
        _tally(row.day, shown=-1)
    return Support.objects.filter(number__in=[row.number for row in rows]).delete()[0]


@transaction.atomic
def take_back(*, code: Code) -> Literal["gone", "unknown"]:
    """Deletes the message of this code, wherever it is: waiting, public or refused."""
    number = queries.message_id(code)
    shown = _take_down([number])
    kept = SupportMessage.objects.filter(id=number).delete()[0]
    return "gone" if shown or kept else "unknown"


@transaction.atomic
def take_down(*, member: UUID, number: int) -> bool:
    """Takes a published message down for good, whoever published it; returns whether it was there."""
    ids = list(Support.objects.filter(number=number).values_list("message", flat=True))
    done = _take_down(ids)
    SupportMessage.objects.filter(id__in=ids).delete()
    _record(member, (("take_down", one) for one in ids))
    return bool(done)


def _record(member: UUID, decisions: Iterable[tuple[str, UUID]]) -> None:
    """Adds (verb, message) to the audit trail, one entry a verb, under names that mean nothing after the day key's end."""
    key = daykeys.current_key()
    named: dict[str, list[str]] = {}
    for verb, message in decisions:
        named.setdefault(verb, []).append(key.trail_name(message.bytes))
    for verb, names in named.items():
        record(member=member, verb=f"support.{verb}", subject=" ".join(sorted(names)))


@transaction.atomic
def forget_old(*, at_most: int = 200) -> int:
    """Deletes what was decided long enough ago, and what waited behind all others and was never read; returns how many."""
    due = SupportMessage.objects.filter(purge_on__isnull=False, purge_on__lte=clock.today()).order_by("purge_on")
    ids = list(due.values_list("id", flat=True)[:at_most])
    unread = queries.waiting().filter(turn=Turn.LATER.value, day__lt=clock.today() - LATER_DAYS, claim_until__lte=clock.seconds())
    ids += unread.values_list("id", flat=True)[:at_most]
    # As it stands now: one that was undone meanwhile waits again.
    still = Q(purge_on__lte=clock.today()) | Q(state=State.WAITING.value, turn=Turn.LATER.value)
    SupportMessage.objects.filter(still, id__in=ids).delete()
    return len(ids)


@transaction.atomic
def carry_over(*, old_key: int, at_most: int = 500) -> int:
    """Re-encrypts up to `at_most` messages of a dying key under the current one; returns how many. 0: it can die."""
    rows = list(SupportMessage.objects.select_for_update().filter(key_id=old_key)[:at_most])
    if not rows:
        return 0
    carried = daykeys.carried_over([(bytes(row.blob), row.id.bytes) for row in rows], old_key=old_key)
    for row, (key_id, blob) in zip(rows, carried, strict=True):
        row.key_id, row.blob = key_id, blob
    SupportMessage.objects.bulk_update(rows, ["blob", "key"])
    # A damaged one can never be read, and so never be shown. What is public is stored apart.
    SupportMessage.objects.filter(id__in=[row.id for row in rows if row.key_id == daykeys.UNREADABLE]).delete()
    return len(rows)
