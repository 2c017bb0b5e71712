"""What a declaration says, in memory and inside the encrypted blobs. Plain data: nothing here reads or writes.

`NewDeclaration` is what a form or a client handed in, already checked by `policies`. `Statement` and `Person` are what the blobs hold.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal
from uuid import UUID

import msgspec


@dataclass(frozen=True, slots=True)
class NewPerson:
    """One person as handed in. `organisations` is 1 to 7; `suggested` says that the name is one of our visibly invented aliases."""

    name: str = field(repr=False)
    organisations: int
    suggested: bool = False


@dataclass(frozen=True, slots=True)
class NewDeclaration:
    """A declaration as handed in. Codes are those of the list of codes; `voice` 1 first-hand, 2 listed."""

    title: str = field(repr=False)
    text: str = field(repr=False)
    language: str
    persons: tuple[NewPerson, ...]
    voice: int
    channel: int
    region: int
    source: int
    publish: bool
    consent: str

    def content(self) -> bytes:
        """The same content gives the same bytes."""
        return msgspec.json.encode(self)


class Statement(msgspec.Struct, frozen=True, kw_only=True):
    """The blob of a declaration. Names in title and text are placeholders where the voice is listed.

    `tallied`: it was counted among those accepted before it was corrected. `sealed_from`: the first day on which it may be sealed, where it
    stands for an entry that is voided before; else 0. `corrected`: how many persons were corrected in it, each time counted.
    """

    title: str
    text: str
    language: str
    voice: int
    channel: int
    region: int
    source: int
    day: int
    publish: bool
    consent: str
    text_id: bytes
    text_key: bytes
    tallied: bool = False
    sealed_from: int = 0
    corrected: int = 0


class Person(msgspec.Struct, frozen=True, kw_only=True):
    """The blob of a declarant. `promise` is the random `n` of the promise."""

    name: str
    suggested: bool
    organisations: int
    salt_p: bytes
    salt_q: bytes
    void_hash: bytes
    record_key: bytes
    promise: bytes


@dataclass(frozen=True, slots=True)
class PendingPerson:
    """A declarant that is not sealed yet, decrypted."""

    declaration: UUID
    seq: int
    lookup: UUID
    commitment: bytes
    state: int
    person: Person = field(repr=False)


@dataclass(frozen=True, slots=True)
class PendingDeclaration:
    """A declaration that is not sealed yet, decrypted. `declared` persons were in it; `persons` are those not sealed yet."""

    id: UUID
    day: int
    declared: int
    answered_twice: bool
    statement: Statement = field(repr=False)
    persons: tuple[PendingPerson, ...] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Correction:
    """What is to stand instead. `persons` are those who stand, in the order of the statement. `told`: title, text and region; None: as they are."""

    persons: tuple[NewPerson, ...]
    told: tuple[str, str, int] | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Accepted:
    """What `accept` did; but for `new` nothing was stored.

    `other_content`: this token was used for something else. `earlier`: it stands under the earlier code. `later`: a later request for the
    same overtook this one, and it stands under the code that one got.
    """

    result: Literal["new", "same", "other_content", "earlier", "later"]
    persons: int
