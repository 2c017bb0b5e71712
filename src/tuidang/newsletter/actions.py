"""Every write of the newsletter: a verb, keyword-only, one transaction in its own database.

A request that signs somebody up writes a wish, the same for every address; `take_up`, in the loop, decides what it comes to.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from uuid import UUID

from django.db import transaction

from tuidang.kernel import clock
from tuidang.kernel.errors import BusyError
from tuidang.kernel.randomness import random_id
from tuidang.newsletter import adapters, mailings, queries
from tuidang.newsletter.content import Choices, Wished, read_wished
from tuidang.newsletter.models import ImportProof, Subscriber, Suppression, Wish
from tuidang.newsletter.policies import LETTERS_A_DAY, SIGN_UPS_AN_HOUR, WAITING_DAYS, Address, NoAddress, read_address
from tuidang.newsletter.states import BINDING, Reason, State

NEWSLETTER = "newsletter"
"""The alias of the database: transactions do not go by the router."""


@dataclass(frozen=True, slots=True)
class Owed:
    """The letter that a wish comes to: `known` where the address reads already. `day` is that of the wish."""

    wish: UUID
    subscriber: UUID
    address: str = field(repr=False)
    language: str
    known: bool
    day: int


@dataclass
class _ThisHour:
    """How many signed up in this process. No address, and nothing on disk."""

    hour: int = 0
    count: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def take(self) -> bool:
        with self.lock:
            if self.hour != clock.hour():
                self.hour, self.count = clock.hour(), 0
            self.count += 1
            return self.count <= SIGN_UPS_AN_HOUR


_this_hour = _ThisHour()


def wish(*, address: Address, choices: Choices, consent: str) -> None:
    """Notes that somebody asks for the newsletter. The same work whether the address is known, shut out or new. Raises BusyError."""
    if not _this_hour.take():
        raise BusyError("as many as may sign up in an hour")
    number = adapters.wish_id(address)
    blob = adapters.seal(Wished(address=str(address), choices=choices, consent=consent).encoded(), kind="wish", row=number)
    with transaction.atomic(using=NEWSLETTER):
        Wish.objects.bulk_create(
            [Wish(id=number, content=blob, day=clock.today())],
            update_conflicts=True,
            unique_fields=["id"],
            update_fields=["content", "day"],
        )


@transaction.atomic(using=NEWSLETTER)
def take_up(*, wish: UUID) -> Owed | None:
    """What a wish comes to. None: to nothing, and it is gone: shut out, too many letters today, or deleted meanwhile.

    Taking up once more, after a crash, gives the same.
    """
    row = Wish.objects.select_for_update().filter(id=wish).first()
    if row is None:
        return None
    wished = read_wished(adapters.unseal(row.content, kind="wish", row=row.id))
    address = read_address(wished.address)
    owed = None if isinstance(address, NoAddress) else _owed(row, wished, address)
    if owed is None:
        row.delete()
    return owed


def _owed(row: Wish, wished: Wished, address: Address) -> Owed | None:
    mark = adapters.mark(address)
    if queries.never_written_to(address):
        return None
    found = Subscriber.objects.select_for_update().filter(mailbox=mark).first() or _new(mark, address)
    if found.letters_day == clock.today() and found.letters >= LETTERS_A_DAY:
        return None
    known = found.state == State.CONFIRMED
    if not known:
        found.language, found.topics, found.rhythm = wished.choices.language, wished.choices.topics, wished.choices.rhythm
        found.consent, found.asked = wished.consent, row.day
        found.save()
    # Who reads already is written to in their language, not in that of whoever typed their address.
    return Owed(row.id, found.id, queries.address_of(found), found.language, known, row.day)


def _new(mark: UUID, address: Address) -> Subscriber:
    made = Subscriber(id=random_id(), mailbox=mark)
    made.address = adapters.seal(str(address).encode(), kind="address", row=made.id)
    return made


@transaction.atomic(using=NEWSLETTER)
def settle(*, owed: Owed, taken: bool) -> None:
    """A letter went out, and its wish is done with; or (not `taken`) no server will ever deliver it: then who was not yet a reader goes too."""
    found = Subscriber.objects.select_for_update().filter(id=owed.subscriber).first()
    if found is not None and taken:
        found.letters = found.letters + 1 if found.letters_day == clock.today() else 1
        found.letters_day = clock.today()
        found.save(update_fields=["letters", "letters_day"])
    elif found is not None and found.state == State.WAITING:
        found.delete()
    Wish.objects.filter(id=owed.wish, day=owed.day).delete()


@transaction.atomic(using=NEWSLETTER)
def confirm(*, subscriber: UUID) -> bool:
    """Whoever has the link of the letter says that the mailbox is theirs. Whether there is somebody to confirm; twice is once."""
    found = Subscriber.objects.select_for_update().filter(id=subscriber).first()
    if found is None or (found.state == State.WAITING and found.asked < clock.today() - WAITING_DAYS):
        return False
    if found.state == State.WAITING:
        found.state, found.confirmed = State.CONFIRMED.value, clock.today()
        found.save(update_fields=["state", "confirmed"])
        Suppression.objects.filter(mailbox=found.mailbox).exclude(reason__in=BINDING).delete()
    return True


@transaction.atomic(using=NEWSLETTER)
def choose(*, subscriber: UUID, choices: Choices) -> bool:
    """Changes what a reader gets. Whether there is one."""
    return bool(Subscriber.objects.filter(id=subscriber).update(language=choices.language, topics=choices.topics, rhythm=choices.rhythm))


@transaction.atomic(using=NEWSLETTER)
def leave(*, subscriber: UUID, never: bool = False) -> None:
    """Unsubscribes: the row goes, a mark stays that older lists cannot pass; with `never`, not even a new sign-up. Nobody there: nothing."""
    found = Subscriber.objects.filter(id=subscriber).first()
    if found is not None:
        _remove(queries.typed_address(found), left=True)
        _shut_out(found.mailbox, Reason.NEVER if never else Reason.LEFT)


@transaction.atomic(using=NEWSLETTER)
def erase(*, address: Address, never: bool = False) -> bool:
    """Everything about an address goes, also that it left once; what stays is that it complained, or asks or asked `never` to be written to.

    Whether there was anything.
    """
    gone = _remove(address)
    mark = adapters.mark(address)
    unbound = Suppression.objects.filter(mailbox=mark).exclude(reason__in=BINDING)
    gone = bool(unbound.delete()[0]) or gone
    if never:
        _shut_out(mark, Reason.NEVER)
    return gone


@transaction.atomic(using=NEWSLETTER)
def shut_out(*, address: Address, reason: Reason) -> None:
    """Removes an address and notes why it is not written to any more."""
    _remove(address)
    _shut_out(adapters.mark(address), reason)


@transaction.atomic(using=NEWSLETTER)
def allow(*, address: Address) -> bool:
    """Whoever asked never to be written to may sign up again: at their own request, by another way. Whether anything was in the way."""
    return bool(Suppression.objects.filter(mailbox=adapters.mark(address)).delete()[0])


def _remove(address: Address, *, left: bool = False) -> bool:
    wishes, _by_table = Wish.objects.filter(id=adapters.wish_id(address)).delete()
    rows = Subscriber.objects.filter(mailbox=adapters.mark(address))
    for reader in rows.values_list("id", flat=True):
        mailings.let_go(subscriber=reader, left=left)
    gone, _by_table = rows.delete()
    return bool(wishes + gone)


def _shut_out(mark: UUID, reason: Reason) -> None:
    """A weaker reason does not take the place of a stronger one."""
    fields = [] if reason not in BINDING else ["reason", "day"]
    row = Suppression(mailbox=mark, reason=reason.value, day=clock.today())
    if fields:
        Suppression.objects.bulk_create([row], update_conflicts=True, unique_fields=["mailbox"], update_fields=fields)
    else:
        Suppression.objects.bulk_create([row], ignore_conflicts=True)


@transaction.atomic(using=NEWSLETTER)
def note_proof(*, text: str) -> UUID:
    """Keeps where and how the readers of a list agreed."""
    made = ImportProof(id=random_id(), day=clock.today())
    made.wording = adapters.seal(text.encode(), kind="proof", row=made.id)
    made.save(force_insert=True)
    return made.id


@dataclass(frozen=True, slots=True)
class Imported:
    """A reader of a list: `day` is the one on which they agreed."""

    address: Address
    choices: Choices
    day: int


@transaction.atomic(using=NEWSLETTER)
def take_in(*, readers: list[Imported], proof: UUID) -> list[str]:
    """Makes readers of those whose consent `proof` is; each address stands once. For each an empty text, or why not: `known`, `asked_not_to`."""
    marks = [adapters.mark(one.address) for one in readers]
    known = set(Subscriber.objects.filter(mailbox__in=marks).values_list("mailbox", flat=True))
    shut = set(Suppression.objects.filter(mailbox__in=marks).values_list("mailbox", flat=True))
    told = ["asked_not_to" if mark in shut else "known" if mark in known else "" for mark in marks]
    rows = []
    for one, mark, problem in zip(readers, marks, told, strict=True):
        if not problem:
            row = _new(mark, one.address)
            row.state, row.proof_id, row.asked, row.confirmed = State.CONFIRMED.value, proof, one.day, clock.today()
            row.language, row.topics, row.rhythm = one.choices.language, one.choices.topics, one.choices.rhythm
            rows.append(row)
    Subscriber.objects.bulk_create(rows)
    return told


@transaction.atomic(using=NEWSLETTER)
def forget_old() -> None:
    """What nobody confirmed in time is deleted, and wishes that could not be answered."""
    last = clock.today() - WAITING_DAYS
    Subscriber.objects.filter(state=State.WAITING, asked__lt=last).delete()
    Wish.objects.filter(day__lt=last).delete()
