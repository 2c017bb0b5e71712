"""What review hands out and takes in. Plain data: nothing here reads or writes."""

from __future__ import annotations

from dataclasses import dataclass, field
from uuid import UUID

import msgspec

from tuidang.intake.content import Person, Statement
from tuidang.review.states import Pile, Refusal, Verdict, Wish
from tuidang.screening.policies import Reason


@dataclass(frozen=True, slots=True)
class SealedEntry:
    """One declarant who is in the ledger now. `index`, `day` and `region` are the entry's, `persons` how many the statement names."""

    declaration: UUID
    commitment: bytes
    index: int
    day: int
    region: int
    statement: Statement = field(repr=False)
    person: Person = field(repr=False)
    persons: int


@dataclass(frozen=True, slots=True)
class Ready:
    """A declaration that may be sealed. `cluster`: declarations with the same one may come from the same hand. `since` is its day."""

    declaration: UUID
    assurance: int
    cluster: UUID | None
    since: int


class PublicText(msgspec.Struct, frozen=True, kw_only=True):
    """What is published of a statement, the blob of a publication. `name` is empty where it was typed by someone else.

    `day` and `region` are the entry's, not the record's: no more precise than the public record.
    """

    title: str
    text: str
    language: str
    name: str
    organisations: int
    suggested: bool
    persons: int
    day: int
    region: int


@dataclass(frozen=True, slots=True)
class Approved:
    """A text that the archive is to take. `index` is its registry number."""

    id: UUID
    index: int
    content: PublicText = field(repr=False)


@dataclass(frozen=True, slots=True)
class Item:
    """A sealed text on a reviewer's screen. `due`: the day after which it is dropped."""

    id: UUID
    due: int
    content: PublicText = field(repr=False)


@dataclass(frozen=True, slots=True)
class OnScreen:
    """A declaration on a reviewer's screen. `text` as it would be published, names apart; `queue` None: read already."""

    declaration: UUID
    queue: Pile | None
    verdict: Verdict
    publication: Wish
    cluster: UUID | None
    since: int
    reasons: tuple[Reason, ...]
    title: str = field(repr=False)
    text: str = field(repr=False)
    names: tuple[str, ...] = field(repr=False)
    organisations: tuple[int, ...]
    statement: Statement = field(repr=False)


@dataclass(frozen=True, slots=True)
class Decided:
    """What a screen came to. `late`: decisions that were not taken, because the lease had run out or someone had decided meanwhile."""

    counted: int = 0
    refused: int = 0
    held: int = 0
    late: int = 0


@dataclass(frozen=True, slots=True)
class Marks:
    """What a reviewer marked on a screen."""

    approve: list[UUID] = field(default_factory=list)
    marked: dict[UUID, Refusal] = field(default_factory=dict)
    hold: list[UUID] = field(default_factory=list)
    publish: list[UUID] = field(default_factory=list)
    decline: list[UUID] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class DayTally:
    """How many of the declarations handed in on `day` stand at `verdict`. `reason` 0: none."""

    day: int
    verdict: Verdict
    reason: int
    count: int
