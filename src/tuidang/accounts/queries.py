"""What other stages and pages may know about staff."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from hashlib import sha256
from uuid import UUID

from tuidang.accounts.models import Event, Grant, Member, OneTimeLink
from tuidang.accounts.policies import Right, Role, may
from tuidang.kernel import clock


@dataclass(frozen=True, slots=True)
class Staff:
    """A member of staff as pages know them."""

    id: UUID
    name: str = field(repr=False)
    roles: frozenset[Role]
    active: bool = True

    def may(self, right: Right) -> bool:
        """Whether this member may open pages that ask for `right`."""
        return self.active and may(self.roles, right)


@dataclass(frozen=True, slots=True)
class Trace:
    """One entry of the audit trail. `hour` counts whole hours since 1970; `member` None: done at the machine."""

    member: UUID | None
    hour: int
    verb: str
    subject: str


def _staff(members: Iterable[Member]) -> list[Staff]:
    known = list(members)
    roles: dict[UUID, set[Role]] = {member.id: set() for member in known}
    for grant in Grant.objects.filter(member__in=known):
        roles[grant.member_id].add(Role(grant.role))
    return [Staff(member.id, member.name, frozenset(roles[member.id]), member.active) for member in known]


def member(member_id: UUID) -> Staff | None:
    """The member with this id, active or not."""
    return next(iter(_staff(Member.objects.filter(id=member_id))), None)


def members() -> list[Staff]:
    """Everyone who is or was on the staff, by name."""
    return _staff(Member.objects.order_by("name", "id"))


def anyone_was_here() -> bool:
    """Whether anybody ever signed in: until then a first link may have been lost unused."""
    return Event.objects.filter(verb="staff.sign_in").exists()


def token_hash(token: str) -> str:
    """Under which a one-time link is kept. A token has 128 random bits, so one round is enough."""
    return sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def opens(token: str) -> bool:
    """Whether `token` would sign someone in now. Changes nothing: programs that look into mails open every link."""
    link = OneTimeLink.objects.filter(token_hash=token_hash(token), used=False, expires__gt=clock.hour(), member__active=True)
    return link.exists()


def trail(*, after: int = 0, at_most: int = 500) -> list[tuple[int, Trace]]:
    """Entries of the audit trail with their numbers, oldest first, those after the number `after`."""
    rows = Event.objects.filter(id__gt=after).order_by("id")[:at_most]
    return [(row.id, Trace(row.member_id, row.hour, row.verb, row.subject)) for row in rows]
