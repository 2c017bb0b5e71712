"""What is written and read of mailings and their deliveries: one transaction each, in the newsletter's database.

A delivery is HANDED before its letter goes to the server and SENT after, each in a commit of its own. Such a commit outlives the process, killed
however it is. So as not to wait for the disk twice a letter, SQLite waits for it once for some letters that are TAKEN: where the machine itself
stopped, which `boot` tells, nobody knows of any of those whether it was sent.

Nothing is counted when somebody looks: `figures` are kept with every change, and the few letters of the `batch` stand in them as TAKEN until it ends.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from django.db import connections, transaction
from django.db.models import Exists, F, OuterRef

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
    found = _held(mailing)
    if found.sending == Sending.STOPPED:
        return 0
    lost = Delivery.objects.filter(mailing=found, fate=Fate.UNKNOWN.value, subscriber__isnull=False).exclude(id__in=found.batch)
    again = lost.update(fate=Fate.WAITING.value)
    if again and found.sending == Sending.DONE:
        found.sending = Sending.SENDING.value
    _count(found, {Fate.UNKNOWN: -again, Fate.WAITING: again})
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
    Delivery.objects.bulk_create([Delivery(mailing=found, subscriber_id=number) for number in wanted])
    if rows:
        found.filled_to = rows[-1][0]
    else:
        found.sending = Sending.SENDING.value
    _count(found, {Fate.WAITING: len(wanted)})
    return bool(rows)


@transaction.atomic(using=NEWSLETTER)
def recover(*, mailing: UUID) -> int:
    """After whoever sent before us ended, however: what was on its way is UNKNOWN, what was only taken up waits again. How many are UNKNOWN."""
    found = _held(mailing)
    lost = [Fate.HANDED.value] if _waits_always() or found.boot == _boot() != "" else [Fate.HANDED.value, Fate.TAKEN.value]
    unknown = Delivery.objects.filter(mailing=mailing, fate__in=lost).update(fate=Fate.UNKNOWN.value)
    Delivery.objects.filter(mailing=mailing, fate=Fate.TAKEN.value).update(fate=Fate.WAITING.value)
    _close(found, found.batch)
    return unknown


def waiting(mailing: UUID, *, after: int, at_most: int = AT_ONCE) -> list[tuple[int, Subscriber | None]]:
    """Deliveries that wait, by number, after one; with their readers, None where one has left since."""
    rows = Delivery.objects.select_related("subscriber").filter(mailing=mailing, fate=Fate.WAITING.value, id__gt=after)
    return [(row.id, row.subscriber) for row in rows.order_by("id")[:at_most]]


@transaction.atomic(using=NEWSLETTER)
def take(*, mailing: UUID, deliveries: Sequence[int]) -> dict[int, tuple[To, str]]:
    """Takes up the next letters: to whom, and in which language. Without those that are sent, taken or of somebody who left."""
    found = _held(mailing)
    if found.sending not in _OPEN:
        return {}
    rows = Delivery.objects.select_for_update(of=("self",)).select_related("subscriber")
    there = {row.id: row.subscriber for row in rows.filter(id__in=deliveries, fate=Fate.WAITING.value) if row.subscriber is not None}
    Delivery.objects.filter(id__in=list(there)).update(fate=Fate.TAKEN.value)
    found.batch, found.boot = [*found.batch, *there], _boot()
    _count(found, {Fate.WAITING: -len(there), Fate.TAKEN: len(there)})
    return {number: (To(one.id, queries.typed_address(one), number), one.language) for number, one in there.items()}


@transaction.atomic(using=NEWSLETTER)
def step_on(*, done: Mapping[int, Fate], hand: int | None) -> bool:
    """Notes what became of the last letter and, in the same commit, that `hand` is on its way. Whether that one may go: not if its reader left."""
    for delivery, fate in done.items():
        # What came back already stays so.
        Delivery.objects.filter(id=delivery, fate=Fate.HANDED.value).update(fate=fate.value)
    if hand is None:
        return True
    taken = Delivery.objects.filter(id=hand, fate=Fate.TAKEN.value, subscriber__isnull=False)
    return bool(taken.update(fate=Fate.HANDED.value))


@transaction.atomic(using=NEWSLETTER)
def end_batch(*, mailing: UUID, deliveries: Sequence[int]) -> None:
    """What was taken up and did not go waits again; what became of the others is counted."""
    Delivery.objects.filter(id__in=deliveries, fate=Fate.TAKEN.value).update(fate=Fate.WAITING.value)
    _close(_held(mailing), deliveries)


@transaction.atomic(using=NEWSLETTER)
def give_up(*, mailing: UUID, deliveries: Sequence[int]) -> None:
    """Nothing can be sent to these, which wait."""
    held = _held(mailing)
    refused = Delivery.objects.filter(id__in=deliveries, fate=Fate.WAITING.value).update(fate=Fate.REFUSED.value)
    _count(held, {Fate.WAITING: -refused, Fate.REFUSED: refused})


@transaction.atomic(using=NEWSLETTER)
def wanted_later(*, delivery: int, most: int) -> bool:
    """A server wants this letter later: it waits again, `most` times. Whether it does."""
    Delivery.objects.filter(id=delivery).update(fate=Fate.WAITING.value, tries=F("tries") + 1)
    return not Delivery.objects.filter(id=delivery, tries__gte=most).update(fate=Fate.REFUSED.value)


@transaction.atomic(using=NEWSLETTER)
def finish(*, mailing: UUID) -> bool:
    """Whether nothing waits any more: then it is done."""
    for fate in (Fate.WAITING, Fate.TAKEN):
        # In their order: else a database may look through all letters for the one that is left.
        left = Delivery.objects.filter(mailing=mailing, fate=fate.value, subscriber__isnull=False).order_by("id")
        if left.values_list("id", flat=True).first() is not None:
            return False
    return bool(Mailing.objects.filter(id=mailing, sending=Sending.SENDING.value).update(sending=Sending.DONE.value))


@transaction.atomic(using=NEWSLETTER)
def let_go(*, subscriber: UUID, left: bool) -> None:
    """Before a reader's row goes: what waits for them is not sent. Where they unsubscribed, they count once, with the last letter they were sent."""
    theirs = Delivery.objects.filter(subscriber=subscriber)
    held = {row.id: row for row in _all_held(set(theirs.values_list("mailing", flat=True)))}
    for row in theirs.filter(fate=Fate.WAITING.value):
        if row.id not in held[row.mailing_id].batch:
            _count(held[row.mailing_id], {Fate.WAITING: -1})
    last = theirs.filter(fate=Fate.SENT.value).order_by("-id").first() if left else None
    if last is not None:
        _become(held[last.mailing_id], last, Fate.LEFT)


@transaction.atomic(using=NEWSLETTER)
def came_back(*, delivery: int, fate: Fate) -> UUID | None:
    """A letter came back, or its reader called it unwanted. Whose it was; None where that is not known any more."""
    mailing = Delivery.objects.filter(id=delivery).values_list("mailing", flat=True).first()
    if mailing is None:
        return None
    held = _held(mailing)
    row = Delivery.objects.select_for_update().filter(id=delivery).first()
    if row is None or row.fate not in (Fate.SENT, Fate.UNKNOWN, Fate.HANDED, Fate.BOUNCED):
        return None
    _become(held, row, fate)
    return row.subscriber_id


def _held(mailing: UUID) -> Mailing:
    """The row, for this transaction alone: of what it counts, everything else is written after it is held."""
    return Mailing.objects.select_for_update().get(id=mailing)


def _all_held(mailings: Iterable[UUID]) -> list[Mailing]:
    """In one order, so that no two wait for each other."""
    return list(Mailing.objects.select_for_update().filter(id__in=mailings).order_by("id"))


def _become(held: Mailing, row: Delivery, fate: Fate) -> None:
    Delivery.objects.filter(id=row.id).update(fate=fate.value)
    if row.id not in held.batch:
        _count(held, {Fate(row.fate): -1}, {fate: 1})


def _close(held: Mailing, deliveries: Iterable[int]) -> None:
    """Counts what became of letters of the batch, and takes them out of it. Who left before their turn is counted nowhere."""
    ended = set(deliveries) & set(held.batch)
    rows = Delivery.objects.filter(id__in=ended).exclude(fate__in=(Fate.TAKEN.value, Fate.HANDED.value))
    found = {number: (Fate(fate), reader) for number, fate, reader in rows.values_list("id", "fate", "subscriber")}
    held.batch = [one for one in held.batch if one not in found]
    became = Counter(fate for fate, reader in found.values() if fate is not Fate.WAITING or reader is not None)
    _count(held, {Fate.TAKEN: -len(found)}, became)


def _count(held: Mailing, *several: Mapping[Fate, int]) -> None:
    """Adds to the figures of a mailing, and writes its row."""
    sums = Counter(held.figures)
    for more in several:
        sums.update({fate.name: number for fate, number in more.items()})
    held.figures = {name: number for name, number in sums.items() if number}
    held.save(update_fields=["figures", "batch", "boot", "filled_to", "sending"])


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
    return Standing(row.id, Sending(row.sending), row.begun, row.figures)


@transaction.atomic(using=NEWSLETTER)
def forget_old() -> bool:
    """A month after it was begun nobody knows any more who was sent a mailing; figures stay. Some at a time: whether there may be more.

    One that stands paused for so long ends with that: it would name its readers for good.
    """
    Mailing.objects.filter(begun__lt=clock.today() - KEPT_DAYS, sending=Sending.PAUSED.value).update(sending=Sending.STOPPED.value)
    closed = (Sending.DONE.value, Sending.STOPPED.value)
    old = Mailing.objects.filter(begun__lt=clock.today() - KEPT_DAYS, sending__in=closed).order_by("begun", "id")
    row = old.filter(Exists(Delivery.objects.filter(mailing=OuterRef("id")))).first()
    if row is None:
        return False
    some = Delivery.objects.filter(mailing=row).order_by("fate", "id").values_list("id", flat=True)[:AT_ONCE]
    Delivery.objects.filter(id__in=list(some)).delete()
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
