"""What is written and read of mailings and their deliveries: one transaction each, in the newsletter's database.

A delivery is HANDED before its letter goes to the server and SENT after, each in a commit of its own. Such a commit outlives the process, killed
however it is. So as not to wait for the disk twice a letter, SQLite waits for it once for some letters that are TAKEN: where the machine itself
stopped, which `boot` tells, nobody knows of any of those whether it was sent.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from django.db import connections, transaction
from django.db.models import Count, F

from tuidang.kernel import clock
from tuidang.newsletter import queries
from tuidang.newsletter.content import Said, To
from tuidang.newsletter.models import Delivery, Mailing, MailingText, Subscriber
from tuidang.newsletter.states import Fate, Rhythm, Sending, State, Topic

NEWSLETTER = "newsletter"
AT_ONCE = 1000
KEPT_DAYS = 30
"""So long it is known who was sent a mailing: until then letters come back."""
_OPEN = (Sending.FILLING.value, Sending.SENDING.value)


@dataclass(frozen=True, slots=True)
class Standing:
    """How far a mailing is. `figures` counts letters by `Fate`, in its names."""

    id: UUID
    sending: Sending
    begun: int
    figures: Mapping[str, int]


def rhythms_of(several: Sequence[Rhythm]) -> int:
    """As they are stored together."""
    return sum({1 << one.value for one in several})


@transaction.atomic(using=NEWSLETTER)
def begin(*, mailing: UUID, topic: Topic, rhythms: Sequence[Rhythm], texts: Sequence[Said]) -> bool:
    """Has a mailing sent. Whether it was not known yet: twice is once, whatever it says."""
    row = Mailing(id=mailing, topic=topic.value, rhythms=rhythms_of(rhythms), begun=clock.today())
    if Mailing.objects.filter(id=mailing).exists():
        return False
    row.save(force_insert=True)
    MailingText.objects.bulk_create(
        [
            MailingText(mailing=row, language=one.language, written_in=one.written_in, subject=one.subject, markdown=one.markdown)
            for one in texts
        ]
    )
    return True


def pause(*, mailing: UUID) -> bool:
    """Whether it was being sent. The few letters that are taken up already still go."""
    return bool(Mailing.objects.filter(id=mailing, sending__in=_OPEN).update(sending=Sending.PAUSED.value))


def stop(*, mailing: UUID) -> bool:
    """For good. Whether there was anything to stop."""
    stoppable = (*_OPEN, Sending.PAUSED.value)
    return bool(Mailing.objects.filter(id=mailing, sending__in=stoppable).update(sending=Sending.STOPPED.value))


def resume(*, mailing: UUID) -> bool:
    """Goes on with what was paused. Whether it was."""
    return bool(Mailing.objects.filter(id=mailing, sending=Sending.PAUSED.value).update(sending=Sending.FILLING.value))


@transaction.atomic(using=NEWSLETTER)
def send_unknown(*, mailing: UUID) -> int:
    """Sends once more what was perhaps sent: somebody has decided that twice is better than not at all. How many."""
    found = Mailing.objects.select_for_update().filter(id=mailing, sending__in=(*_OPEN, Sending.PAUSED.value, Sending.DONE.value)).first()
    if found is None:
        return 0
    again = Delivery.objects.filter(mailing=found, fate=Fate.UNKNOWN.value, subscriber__isnull=False).update(fate=Fate.WAITING.value)
    if again and found.sending == Sending.DONE:
        Mailing.objects.filter(id=mailing).update(sending=Sending.SENDING.value)
    return again


def next_open() -> UUID | None:
    """The mailing that was begun first of those to be sent."""
    return Mailing.objects.filter(sending__in=_OPEN).order_by("begun", "id").values_list("id", flat=True).first()


def is_open(mailing: UUID) -> bool:
    """Whether it is to be sent now."""
    return Mailing.objects.filter(id=mailing, sending__in=_OPEN).exists()


def texts(mailing: UUID) -> dict[str, Said]:
    """What it says, by language."""
    rows = MailingText.objects.filter(mailing=mailing)
    return {row.language: Said(row.language, row.written_in, row.subject, row.markdown) for row in rows}


@transaction.atomic(using=NEWSLETTER)
def fill(*, mailing: UUID) -> bool:
    """Makes deliveries for the next readers of those who want it; whether there may be more. Once there are none, it is being sent."""
    found = Mailing.objects.select_for_update().filter(id=mailing, sending=Sending.FILLING.value).first()
    if found is None:
        return False
    after = Subscriber.objects.filter(id__gt=found.filled_to) if found.filled_to else Subscriber.objects.all()
    rows = list(after.order_by("id").values_list("id", "state", "topics", "rhythm")[:AT_ONCE])
    wanted = [
        number
        for number, state, topics, rhythm in rows
        if state == State.CONFIRMED and topics & found.topic and found.rhythms & (1 << rhythm)
    ]
    Delivery.objects.bulk_create([Delivery(mailing=found, subscriber_id=number) for number in wanted], ignore_conflicts=True)
    if rows:
        found.filled_to = rows[-1][0]
    else:
        found.sending = Sending.SENDING.value
    found.save(update_fields=["filled_to", "sending"])
    return bool(rows)


@transaction.atomic(using=NEWSLETTER)
def recover(*, mailing: UUID) -> int:
    """After whoever sent before us ended, however: what was on its way is UNKNOWN, what was only taken up waits again. How many are UNKNOWN."""
    boot = Mailing.objects.filter(id=mailing).values_list("boot", flat=True).get()
    lost = [Fate.HANDED.value] if _waits_always() or boot == _boot() != "" else [Fate.HANDED.value, Fate.TAKEN.value]
    unknown = Delivery.objects.filter(mailing=mailing, fate__in=lost).update(fate=Fate.UNKNOWN.value)
    Delivery.objects.filter(mailing=mailing, fate=Fate.TAKEN.value).update(fate=Fate.WAITING.value)
    return unknown


def waiting(mailing: UUID, *, after: int, at_most: int = AT_ONCE) -> list[tuple[int, Subscriber | None]]:
    """Deliveries that wait, by number, after one; with their readers, None where one has left since."""
    rows = Delivery.objects.select_related("subscriber").filter(mailing=mailing, fate=Fate.WAITING.value, id__gt=after)
    return [(row.id, row.subscriber) for row in rows.order_by("id")[:at_most]]


@transaction.atomic(using=NEWSLETTER)
def take(*, mailing: UUID, deliveries: Sequence[int]) -> dict[int, tuple[To, str]]:
    """Takes up the next letters: to whom, and in which language. Without those that are sent, taken or of somebody who left."""
    if not is_open(mailing):
        return {}
    rows = Delivery.objects.select_for_update(of=("self",)).select_related("subscriber")
    found = {row.id: row.subscriber for row in rows.filter(id__in=deliveries, fate=Fate.WAITING.value) if row.subscriber is not None}
    Delivery.objects.filter(id__in=list(found)).update(fate=Fate.TAKEN.value)
    Mailing.objects.filter(id=mailing).exclude(boot=_boot()).update(boot=_boot())
    return {number: (To(one.id, queries.typed_address(one), number), one.language) for number, one in found.items()}


@transaction.atomic(using=NEWSLETTER)
def step_on(*, done: Mapping[int, Fate], hand: int | None) -> bool:
    """Notes what became of the last letter and, in the same commit, that `hand` is on its way. Whether that one may go: not if its reader left."""
    for delivery, fate in done.items():
        Delivery.objects.filter(id=delivery).update(fate=fate.value)
    if hand is None:
        return True
    taken = Delivery.objects.filter(id=hand, fate=Fate.TAKEN.value, subscriber__isnull=False)
    return bool(taken.update(fate=Fate.HANDED.value))


@transaction.atomic(using=NEWSLETTER)
def put_back(*, deliveries: Sequence[int]) -> None:
    """What was taken up and did not go waits again."""
    Delivery.objects.filter(id__in=deliveries, fate=Fate.TAKEN.value).update(fate=Fate.WAITING.value)


@transaction.atomic(using=NEWSLETTER)
def wanted_later(*, delivery: int, most: int) -> bool:
    """A server wants this letter later: it waits again, `most` times. Whether it does."""
    Delivery.objects.filter(id=delivery).update(fate=Fate.WAITING.value, tries=F("tries") + 1)
    return not Delivery.objects.filter(id=delivery, tries__gte=most).update(fate=Fate.REFUSED.value)


@transaction.atomic(using=NEWSLETTER)
def finish(*, mailing: UUID) -> bool:
    """Whether nothing waits any more: then it is done."""
    left = Delivery.objects.filter(mailing=mailing, fate__in=(Fate.WAITING.value, Fate.TAKEN.value), subscriber__isnull=False)
    if left.exists():
        return False
    return bool(Mailing.objects.filter(id=mailing, sending=Sending.SENDING.value).update(sending=Sending.DONE.value))


@transaction.atomic(using=NEWSLETTER)
def note_leaving(*, subscriber: UUID) -> None:
    """Whoever unsubscribes counts once, with the last letter that they were sent."""
    last = Delivery.objects.filter(subscriber=subscriber, fate=Fate.SENT.value).order_by("-id").values_list("id", flat=True).first()
    if last is not None:
        Delivery.objects.filter(id=last).update(fate=Fate.LEFT.value)


@transaction.atomic(using=NEWSLETTER)
def came_back(*, delivery: int, fate: Fate) -> UUID | None:
    """A letter came back, or its reader called it unwanted. Whose it was; None where that is not known any more."""
    row = Delivery.objects.select_for_update().filter(id=delivery).first()
    if row is None or row.fate not in (Fate.SENT, Fate.UNKNOWN, Fate.HANDED, Fate.BOUNCED):
        return None
    Delivery.objects.filter(id=delivery).update(fate=fate.value)
    return row.subscriber_id


def standings(*, at_most: int = 20) -> list[Standing]:
    """The last mailings, the newest first."""
    return [_standing(row) for row in Mailing.objects.order_by("-begun", "-id")[:at_most]]


def standing(mailing: UUID) -> Standing | None:
    """Of one."""
    row = Mailing.objects.filter(id=mailing).first()
    return None if row is None else _standing(row)


def known(several: Sequence[UUID]) -> set[UUID]:
    """Which of these were begun."""
    return set(Mailing.objects.filter(id__in=several).values_list("id", flat=True))


def _standing(row: Mailing) -> Standing:
    return Standing(row.id, Sending(row.sending), row.begun, row.figures or _figures(row.id))


def _figures(mailing: UUID) -> dict[str, int]:
    """Of those who left before their turn nothing went out: they are not among those who wait."""
    found = Delivery.objects.filter(mailing=mailing).exclude(fate=Fate.WAITING.value, subscriber__isnull=True)
    return {Fate(fate).name: count for fate, count in found.values_list("fate").annotate(count=Count("id")).order_by("fate")}


@transaction.atomic(using=NEWSLETTER)
def forget_old() -> bool:
    """A month after it was begun nobody knows any more who was sent a mailing; its figures stay. Whether there was one."""
    last = clock.today() - KEPT_DAYS
    closed = (Sending.DONE.value, Sending.STOPPED.value)
    row = Mailing.objects.select_for_update().filter(begun__lt=last, sending__in=closed, figures={}).order_by("begun", "id").first()
    if row is None:
        return False
    row.figures = _figures(row.id) or {Fate.SENT.name: 0}
    row.save(update_fields=["figures"])
    Delivery.objects.filter(mailing=row).delete()
    return True


@contextmanager
def without_waiting_for_the_disk() -> Iterator[None]:
    """Commits inside outlive the process, and the machine from the next commit after the block on. Of SQLite alone."""
    connection = connections[NEWSLETTER]
    if connection.vendor != "sqlite" or connection.in_atomic_block:
        yield
        return
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA synchronous=NORMAL")
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA synchronous=FULL")


def _waits_always() -> bool:
    return connections[NEWSLETTER].vendor != "sqlite"


def _boot() -> str:
    """Which run of this machine it is; where the system does not say, it is always another one."""
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text("ascii").strip()
    except OSError:
        return ""
