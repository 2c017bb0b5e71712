"""Every write about messages to those who run the register. What is written here is sealed before it is stored."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

import msgspec
from django.db import IntegrityError, transaction

from tuidang.accounts.actions import record
from tuidang.intake.contact import queries
from tuidang.intake.contact.content import Letter, Taken
from tuidang.intake.contact.policies import IN_ORDER_A_DAY, KEPT_DAYS, LONGEST_ANSWER, MOST_A_DAY, UNANSWERED_DAYS
from tuidang.intake.contact.states import Role, State, Turn
from tuidang.intake.models import ContactKey, ContactMessage
from tuidang.intake.policies import clean_text
from tuidang.kernel import clock
from tuidang.kernel.errors import InvalidInputError
from tuidang.vault import daykeys, rolekeys
from tuidang.vault.codes import Code


@transaction.atomic
def register_key(*, role: Role, public: bytes) -> str:
    """What is written to `role` from now on is sealed to this key; returns what it is told apart by. What came before opens with the older one."""
    ContactKey.objects.update_or_create(role=role.value, defaults={"public": public, "since": clock.today()})
    named = rolekeys.mark(public)
    record(member=None, verb="contact.key", subject=f"{role.value} {named}")
    return named


@transaction.atomic
def take(*, code: Code, role: Role, letter: Letter) -> Taken:
    """Seals a letter to its role's key and stores that alone. The same form twice is one message."""
    number, plain = queries.message_id(code), msgspec.json.encode(letter)
    mark = code.content_mark(role.value.encode() + b"\0" + plain)
    if (again := _again(number, mark)) is not None:
        return again
    key = ContactKey.objects.filter(role=role.value).first()
    if key is None:
        return Taken("closed")
    today = ContactMessage.objects.filter(role=role.value, day=clock.today()).order_by()
    came = len(today.values_list("pk")[:MOST_A_DAY])
    if came >= MOST_A_DAY:
        return Taken("full")
    public = bytes(key.public)
    sealed = rolekeys.seal(public, plain, rolekeys.bound_to(role.value, number))
    row = ContactMessage(
        id=number,
        role=role.value,
        day=clock.today(),
        turn=(Turn.IN_ORDER if came < IN_ORDER_A_DAY else Turn.LATER).value,
        size=len(sealed) // rolekeys.BLOCK,
        mark=mark,
        key=rolekeys.mark(public),
        sealed=sealed,
        reply_to=rolekeys.public_of(rolekeys.answer_secret(code)),
        purge_on=clock.today() + UNANSWERED_DAYS + 1,
    )
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError:  # the same form, sent twice at once
        return _again(number, mark) or Taken("same")
    return Taken("new")


def _again(number: UUID, mark: bytes) -> Taken | None:
    found = ContactMessage.objects.filter(id=number).values_list("mark", flat=True).first()
    if found is None:
        return None
    return Taken("same" if bytes(found) == mark else "other")


@transaction.atomic
def fetch(*, member: UUID, roles: Collection[Role], message: UUID) -> rolekeys.SealedFile | None:
    """The sealed message for its reader's own machine; None if it is for another role, or gone."""
    row = _of(roles, message)
    if row is None:
        return None
    if row.state == State.NEW:
        ContactMessage.objects.filter(id=row.id).update(state=State.FETCHED.value)
    _record(member, "fetch", row)
    return rolekeys.SealedFile(row.role, row.key, row.id, bytes(row.sealed))


@transaction.atomic
def answer(*, member: UUID, roles: Collection[Role], message: UUID, text: str) -> bool:
    """Stores an answer that only the sender's code opens, in the place of an earlier one; returns False if the message is not there.

    Raises InvalidInputError: `text` is `empty` or `too_long`.
    """
    text = clean_text(text)
    if not text or len(text) > LONGEST_ANSWER:
        raise InvalidInputError({"text": "too_long" if text else "empty"})
    row = _of(roles, message)
    if row is None:
        return False
    sealed = rolekeys.seal(bytes(row.reply_to), text.encode(), rolekeys.bound_to("answer", row.id))
    _finish(row, State.ANSWERED, sealed)
    _record(member, "answer", row)
    return True


@transaction.atomic
def close(*, member: UUID, roles: Collection[Role], message: UUID) -> bool:
    """It was read and gets no answer; returns False if the message is not there or was answered."""
    row = _of(roles, message)
    if row is None or row.state == State.ANSWERED:
        return False
    _finish(row, State.CLOSED, b"")
    _record(member, "close", row)
    return True


def _of(roles: Collection[Role], message: UUID) -> ContactMessage | None:
    return ContactMessage.objects.select_for_update().filter(id=message, role__in=[role.value for role in roles]).first()


def _finish(row: ContactMessage, state: State, sealed: bytes) -> None:
    until = clock.today() + KEPT_DAYS + 1
    ContactMessage.objects.filter(id=row.id).update(state=state.value, answer=sealed, purge_on=until)


def _record(member: UUID, verb: str, row: ContactMessage) -> None:
    name = daykeys.current_key().trail_name(row.id.bytes)
    record(member=member, verb=f"contact.{verb}", subject=f"{row.role} {name}")


@transaction.atomic
def forget_old(*, at_most: int = 200) -> int:
    """Deletes messages whose answer could be read long enough, and those that nobody answered for long; returns how many."""
    due = ContactMessage.objects.filter(purge_on__lte=clock.today()).order_by("purge_on")
    ids = list(due.values_list("id", flat=True)[:at_most])
    return ContactMessage.objects.filter(id__in=ids, purge_on__lte=clock.today()).delete()[0]
