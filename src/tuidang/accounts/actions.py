"""Every write about staff. Each leaves an entry in the audit trail, in the same transaction."""

from __future__ import annotations

from base64 import urlsafe_b64encode
from collections.abc import Collection
from uuid import UUID

from django.contrib.sessions.backends.db import SessionStore
from django.db import transaction

from tuidang.accounts.models import Event, Grant, Member, OneTimeLink
from tuidang.accounts.policies import LINK_HOURS, LONGEST_NAME, Role, check_trail
from tuidang.accounts.queries import token_hash
from tuidang.kernel import clock
from tuidang.kernel.errors import InvalidInputError, RefusedError
from tuidang.kernel.randomness import random_bytes


def record(*, member: UUID | None, verb: str, subject: str) -> None:
    """Adds to the audit trail, inside the caller's transaction. `member` None: done at the machine itself.

    Raises ValueError if `verb` or `subject` could hold a name or a text.
    """
    check_trail(verb, subject)
    Event.objects.create(member_id=member, hour=clock.hour(), verb=verb, subject=subject)


@transaction.atomic
def invite(*, name: str, roles: Collection[Role], by: UUID | None) -> str:
    """Makes a member and returns the token of a link that signs them in once. Raises InvalidInputError."""
    name = " ".join(name.split())
    if not name or len(name) > LONGEST_NAME or not name.isprintable():
        raise InvalidInputError({"name": "unusable"})
    if not roles:
        raise InvalidInputError({"roles": "none"})
    member = Member(name=name)
    member.set_unusable_password()
    member.save()
    Grant.objects.bulk_create([Grant(member=member, role=role.value) for role in sorted(set(roles))])
    record(member=by, verb="staff.invite", subject=f"{member.id} {' '.join(sorted(roles))}")
    return _link(member)


@transaction.atomic
def new_link(*, member: UUID, by: UUID | None) -> str:
    """The token of a further link for an active member; links not used yet stop working. Raises RefusedError."""
    found = Member.objects.filter(id=member, active=True).first()
    if found is None:
        raise RefusedError("there is no such active member")
    OneTimeLink.objects.filter(member=found).delete()
    record(member=by, verb="staff.link", subject=str(found.id))
    return _link(found)


def _link(member: Member) -> str:
    token = urlsafe_b64encode(random_bytes(16)).rstrip(b"=").decode()
    OneTimeLink.objects.create(token_hash=token_hash(token), member=member, expires=clock.hour() + LINK_HOURS)
    return token


@transaction.atomic
def use_link(*, token: str) -> Member:
    """Uses a one-time link up and returns whom it signs in. Of two at the same time one succeeds. Raises RefusedError."""
    # The row is locked and looked at again: an UPDATE whose condition joins the member would let two through on PostgreSQL.
    links = OneTimeLink.objects.filter(token_hash=token_hash(token), used=False, expires__gt=clock.hour())
    link = links.select_for_update().first()
    if link is None or not link.member.active:
        raise RefusedError("this link is used, too old, or not ours")
    member = link.member
    links.update(used=True)
    record(member=member.id, verb="staff.sign_in", subject="")
    return member


@transaction.atomic
def revoke(*, member: UUID, by: UUID | None) -> None:
    """Takes a member's access away at once: sessions end, links stop working. What they did stays. Raises RefusedError."""
    found = Member.objects.select_for_update().filter(id=member, active=True).first()
    if found is None:
        raise RefusedError("there is no such active member")
    found.active = False
    found.set_unusable_password()
    found.save()
    OneTimeLink.objects.filter(member=found).delete()
    record(member=by, verb="staff.revoke", subject=str(found.id))


def forget_old() -> None:
    """Drops sessions that have ended and links that have expired."""
    SessionStore.clear_expired()
    OneTimeLink.objects.filter(expires__lte=clock.hour()).delete()
