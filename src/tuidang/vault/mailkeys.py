"""Keys that turn a mail into a code and a claim: one a day of arrival, outside database and backups, destroyed when no claim can need it.

The same mail read again is the same declaration, also where the one who read it first was killed before deleting it. Mail and key together
give the code; neither database nor mail nor key does so alone.
"""

from __future__ import annotations

import binascii
import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode
from contextlib import suppress
from dataclasses import dataclass, field
from hashlib import sha256
from uuid import UUID

from tuidang.kernel import clock
from tuidang.kernel.errors import DamagedError, TuidangError
from tuidang.kernel.places import places
from tuidang.kernel.randomness import random_bytes
from tuidang.vault.adapters import KeyFiles
from tuidang.vault.codes import Code

WORKED_DAYS = 7
"""So long after its arrival a mail can be worked on."""
CLAIM_DAYS = 7
"""So long after an answer its link opens something."""
KEPT_DAYS = WORKED_DAYS + CLAIM_DAYS + 1
_PREFIX = "mail-"
_MAC = 16
_LENGTH = 2 + 2 + _MAC


class UnknownClaimError(TuidangError):
    """What a link holds is no claim of ours, or is older than its key."""

    exit_code = 1


def _files() -> KeyFiles:
    return KeyFiles(places().keys)


def _name(day: int) -> str:
    return f"{_PREFIX}{day:010d}"


def _key(day: int) -> bytes:
    name = _name(day)
    return _files().read(name) if _files().has(name) else _files().make(name, random_bytes(32))


def make_next() -> None:
    """Makes the keys of today and tomorrow, by the clock alone: their files do not say whether mail came."""
    for day in (clock.today(), clock.today() + 1):
        _key(day)


def drop_old() -> None:
    """Destroys the keys that no claim needs any more. Nothing of them is held in memory."""
    for name in _files().names(_PREFIX):
        if int(name.removeprefix(_PREFIX)) < clock.today() - KEPT_DAYS:
            _files().destroy(name)


def numbers(declaration: UUID) -> list[UUID]:
    """Under which the claim of this declaration would be remembered, if it came by mail: one for each day whose key is there."""
    found = []
    for name in _files().names(_PREFIX):
        with suppress(UnknownClaimError):  # destroyed just now
            found.append(_number(int(name.removeprefix(_PREFIX)), declaration))
    return found


def _number(day: int, declaration: UUID) -> UUID:
    """By the day's key, so that the database alone does not say which declarations came by mail. Raises UnknownClaimError."""
    try:
        key = _files().read(_name(day))
    except DamagedError:
        raise UnknownClaimError("too old") from None
    return UUID(bytes=hmac.digest(key, b"tuidang/v1/claim" + declaration.bytes, sha256)[:16])


def can_be_worked_on(day: int) -> bool:
    """Whether a mail that arrived on `day` is neither too old nor from a day to come (by more than the clocks of two machines differ)."""
    return clock.today() - WORKED_DAYS <= day <= clock.today() + 1


@dataclass(frozen=True, slots=True)
class Claim:
    """What the link in an answer holds: `day` of the mail's arrival, how many `persons` it names, and a secret of 16 bytes."""

    day: int
    persons: int
    secret: bytes = field(repr=False)

    @classmethod
    def of_mail(cls, digest: bytes, *, day: int, persons: int) -> Claim:
        """The claim of the mail with this digest. The caller has asked `can_be_worked_on`."""
        return cls(day, persons, hmac.digest(_key(day), b"tuidang/v1/mail" + digest, sha256)[:_MAC])

    @classmethod
    def of_mail_around(cls, digest: bytes, *, day: int, persons: int) -> list[Claim]:
        """What `of_mail` gave, if it was asked, for the same mail that arrived the day before `day` or the day after."""
        return [cls.of_mail(digest, day=near, persons=persons) for near in (day - 1, day + 1) if _files().has(_name(near))]

    @classmethod
    def parse(cls, text: str) -> Claim:
        """Raises UnknownClaimError for what has not the form of a claim. Nothing is looked up."""
        try:
            raw = urlsafe_b64decode(text.encode("ascii") + b"=") if len(text) == 27 else b""
        except (UnicodeEncodeError, binascii.Error, ValueError):
            raw = b""
        if len(raw) != _LENGTH or urlsafe_b64encode(raw).rstrip(b"=") != text.encode():
            raise UnknownClaimError("not a claim")
        return cls(int.from_bytes(raw[:2], "big"), int.from_bytes(raw[2:4], "big"), raw[4:])

    def __str__(self) -> str:
        raw = self.day.to_bytes(2, "big") + self.persons.to_bytes(2, "big") + self.secret
        return urlsafe_b64encode(raw).rstrip(b"=").decode()

    def number(self) -> UUID:
        """Under which it is remembered. Raises UnknownClaimError as `code` does."""
        return _number(self.day, self.code().declaration_id())

    def code(self) -> Code:
        """The code of its declaration. Raises UnknownClaimError if the key is gone."""
        files, name = _files(), _name(self.day)
        if not files.has(name):
            raise UnknownClaimError("too old")
        return Code(hmac.digest(files.read(name), b"tuidang/v1/mail-code" + self.secret, sha256)[:_MAC])
