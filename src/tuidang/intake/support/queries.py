"""What others may read of messages of support. No query's cost grows with their number."""

from __future__ import annotations

from uuid import UUID

import msgspec
from django.db.models import QuerySet, Sum

from tuidang.intake.models import Support, SupportMessage, SupportTally
from tuidang.intake.support.content import LastDecided, Message, OnScreen, Page, Shown, Standing
from tuidang.intake.support.policies import BOUND, LATE_DAYS, PAGE
from tuidang.intake.support.states import Refusal, State, Turn
from tuidang.kernel import clock
from tuidang.vault import daykeys
from tuidang.vault.codes import Code

_LARGEST = 2**62
_decoder = msgspec.json.Decoder(Message)


def message_id(code: Code) -> UUID:
    """Under which the message with this code is kept: nothing that the code of a declaration opens is found under it."""
    return UUID(bytes=code.derive(b"tuidang/v1/support", 16))


def opened(row: SupportMessage) -> Message | None:
    """What a message says; None if it can never be read again. Raises DamagedError where asking again is right."""
    plain = daykeys.opened(row.key_id, bytes(row.blob), row.id.bytes)
    return None if plain is None else _decoder.decode(plain)


def content(message: UUID) -> Message | None:
    """What is stored under this id, read or not, public or not; None if nothing is, or it can never be read again."""
    row = SupportMessage.objects.filter(id=message).first()
    if row is not None:
        return opened(row)
    shown = _published(message)
    return None if shown is None else Message(name=shown.name, country=shown.country, text=shown.text, language=shown.language)


def _published(message: UUID) -> Support | None:
    return Support.objects.filter(message=message).order_by("message").first()


def standing(code: Code) -> Standing | None:
    """What became of the message with this code; None if there is none, or it was deleted."""
    number = message_id(code)
    shown = _published(number)
    row = SupportMessage.objects.filter(id=number).first()
    if shown is not None:
        told = Message(name=shown.name, country=shown.country, text=shown.text, language=shown.language)
        return Standing(State.PUBLIC, Refusal.NONE, None, told)
    if row is None:
        return None
    until = None if row.purge_on is None else row.purge_on - 1
    refusal = Refusal(row.refusal) if row.state == State.REFUSED else Refusal.NONE
    return Standing(State(row.state), refusal, until, opened(row))


def waiting() -> QuerySet[SupportMessage]:
    """What nobody has decided, in the order in which it is handed out."""
    return SupportMessage.objects.filter(state=State.WAITING.value).order_by("turn", "day", "id")


def how_many_wait() -> int:
    """How much waits; one more than `BOUND` means more than that."""
    return len(waiting().values_list("pk")[: BOUND + 1])


def late(at_most: int) -> int:
    """How many messages of people wait for longer than is right, counted up to `at_most`."""
    rows = SupportMessage.objects.filter(state=State.WAITING.value, turn=Turn.IN_ORDER.value, day__lt=clock.today() - LATE_DAYS)
    return len(rows.order_by("day", "id").values_list("pk")[:at_most])


def held(member: UUID) -> tuple[list[OnScreen], int]:
    """What the member has claimed, and for how many seconds it is theirs."""
    now = clock.seconds()
    # Unordered: asked to sort, SQLite would walk the whole queue to find them in order.
    rows = list(SupportMessage.objects.filter(state=State.WAITING.value, claimed_by=member, claim_until__gt=now).order_by())
    found = [OnScreen(row.id, row.day, Refusal(row.refusal) if row.undone else None, opened(row)) for row in rows]
    left = min((row.claim_until for row in rows), default=now) - now
    return sorted(found, key=lambda one: (one.day, one.id)), left


def last_decided(member: UUID) -> LastDecided | None:
    """What the member's last screen came to; None if nothing of it can be undone any more."""
    states = list(SupportMessage.objects.filter(decided_by=member).values_list("state", flat=True))
    return LastDecided(states.count(State.PUBLIC), states.count(State.REFUSED)) if states else None


def page(*, before: int | None = None) -> Page:
    """The newest messages with a number below `before`."""
    rows = Support.objects.filter(number__lt=_LARGEST if before is None else before).order_by("-number")
    found = [_shown(row) for row in rows[: PAGE + 1]]
    return Page(found[:PAGE], found[PAGE - 1].number if len(found) > PAGE else None)


def one(number: int) -> Shown | None:
    """The message with this number, if it is published."""
    row = Support.objects.filter(number=number).first()
    return None if row is None else _shown(row)


def _shown(row: Support) -> Shown:
    return Shown(row.number, row.day, row.name, row.country, row.text, row.language)


def shown() -> int:
    """How many are shown: the sum of one row a day."""
    return SupportTally.objects.aggregate(all=Sum("shown"))["all"] or 0
