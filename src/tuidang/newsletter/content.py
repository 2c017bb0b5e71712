"""What was filled in, in memory and inside the encrypted blob of a wish. Plain data."""

from __future__ import annotations

import msgspec


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
