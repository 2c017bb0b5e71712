"""What was filled in, in memory and inside the encrypted blob of a wish; what a mailing says, and to whom. Plain data."""

from __future__ import annotations

from dataclasses import dataclass, field
from uuid import UUID

import msgspec

from tuidang.newsletter.policies import Address


class Choices(msgspec.Struct, frozen=True, kw_only=True):
    """What a reader wants. `topics` is a sum of `Topic`s."""

    language: str
    topics: int
    rhythm: int


class Wished(msgspec.Struct, frozen=True, kw_only=True):
    """The blob of a wish: an address, already checked by `policies`, and what was agreed to."""

    address: str
    choices: Choices
    consent: str

    def encoded(self) -> bytes:
        """As it is encrypted."""
        return msgspec.json.encode(self)


def read_wished(raw: bytes) -> Wished:
    """The inverse of `Wished.encoded`."""
    return msgspec.json.decode(raw, type=Wished)


@dataclass(frozen=True, slots=True)
class Said:
    """What a mailing says in one language. `written_in` is another where there is no translation."""

    language: str
    written_in: str
    subject: str
    markdown: str


@dataclass(frozen=True, slots=True)
class To:
    """Whom a letter goes to: as a reader, and as one of the mailing's deliveries. `delivery` None: to try it out."""

    subscriber: UUID
    address: Address = field(repr=False)
    delivery: int | None = None
