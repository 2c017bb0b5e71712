"""What others may read of messages to those who run the register: never what they say."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from django.db.models import QuerySet

from tuidang.intake.contact.content import Listed, Standing
from tuidang.intake.contact.policies import LATE_DAYS, LISTED
from tuidang.intake.contact.states import Role, State, Turn
from tuidang.intake.models import ContactKey, ContactMessage
from tuidang.kernel import clock
from tuidang.vault import rolekeys
from tuidang.vault.codes import Code


def message_id(code: Code) -> UUID:
    """Under which the message with this code is kept: nothing that the code of a declaration opens is found under it."""
    return UUID(bytes=code.derive(b"tuidang/v1/contact", 16))


def reachable() -> set[Role]:
    """The roles that have a key. One that is not of these cannot be written to."""
    named = set(ContactKey.objects.values_list("role", flat=True))
    return {role for role in Role if role.value in named}


def marks() -> dict[Role, str]:
    """By role, what its registered key is told apart by."""
    named = {row.role: rolekeys.mark(bytes(row.public)) for row in ContactKey.objects.all()}
    return {role: named[role.value] for role in Role if role.value in named}


def _open(role: Role) -> QuerySet[ContactMessage]:
    return ContactMessage.objects.filter(role=role.value, state__lt=State.ANSWERED.value)


def waiting(roles: Collection[Role]) -> list[Listed]:
    """What waits for these roles, each in its order, no more than a list's length for each."""
    rows = [row for role in roles for row in _open(role).order_by("turn", "day", "id").defer("sealed", "reply_to")[:LISTED]]
    return [_listed(row) for row in rows]


def done(roles: Collection[Role]) -> list[Listed]:
    """What was answered or closed for these roles, those that are deleted last in front."""
    finished = ContactMessage.objects.filter(state__gte=State.ANSWERED.value).order_by("-purge_on", "-id").defer("sealed", "reply_to")
    return [_listed(row) for role in roles for row in finished.filter(role=role.value)[:LISTED]]


def _listed(row: ContactMessage) -> Listed:
    return Listed(row.id, Role(row.role), row.day, row.size, State(row.state), Turn(row.turn), row.key, row.purge_on - 1)


def listed(message: UUID) -> Listed | None:
    """One message as its role sees it; None if it is not there."""
    row = ContactMessage.objects.filter(id=message).first()
    return None if row is None else _listed(row)


def late(at_most: int) -> int:
    """How many messages wait for an answer for longer than is right, counted up to `at_most`."""
    before = clock.today() - LATE_DAYS
    rows = (_open(role).filter(turn=Turn.IN_ORDER.value, day__lt=before).order_by("day", "id").values_list("pk")[:at_most] for role in Role)
    return min(at_most, sum(map(len, rows)))


def standing(code: Code) -> Standing | None:
    """What became of the message with this code, its answer opened with it; None if there is none, or it was deleted.

    Raises DamagedError if the answer was altered.
    """
    row = ContactMessage.objects.filter(id=message_id(code)).first()
    if row is None:
        return None
    answer = ""
    if row.answer:
        bound = rolekeys.bound_to("answer", row.id)
        answer = rolekeys.unseal(rolekeys.answer_secret(code), bytes(row.answer), bound).decode()
    return Standing(Role(row.role), State(row.state), row.purge_on - 1, answer)
