"""What review hands out and takes in. Plain data: nothing here reads or writes."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal
from uuid import UUID

import msgspec

from tuidang.intake.content import Person, Statement
from tuidang.review.states import Finding, Ground, Pile, Refusal, Verdict, Wish, Work
from tuidang.screening.policies import Reason


@dataclass(frozen=True, slots=True)
class SealedEntry:
    """One declarant who is in the ledger now. `index`, `day` and `region` are the entry's.

    `persons`: for how many its statement is published.
    """

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

    `day` and `region` are the entry's, not the record's: no more precise than the public record. `alone`: one person declared it, for themselves,
    from the beginning; of a group of which one is left it is not so.
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
    alone: bool = False


@dataclass(frozen=True, slots=True)
class Approved:
    """A text that the archive is to take. `index` is its registry number."""

    id: UUID
    index: int
    content: PublicText = field(repr=False)


@dataclass(frozen=True, slots=True)
class Item:
    """A sealed text on a reviewer's screen. `due`: the day after which it is dropped. `declined`: what was undone, if it was."""

    id: UUID
    index: int
    due: int
    declined: bool | None
    reasons: tuple[Reason, ...]
    content: PublicText = field(repr=False)


@dataclass(frozen=True, slots=True)
class OnScreen:
    """A declaration on a reviewer's screen. `text` as it would be published, names apart; `queue` None: read already.

    `marked`: as it was decided before that was undone, if it was.
    """

    declaration: UUID
    queue: Pile | None
    verdict: Verdict
    publication: Wish
    cluster: UUID | None
    since: int
    reasons: tuple[Reason, ...]
    marked: tuple[Verdict, int, Wish] | None
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
class LastDecided:
    """What a member's last screen came to when it was sent, and what taking it back would do now.

    `back`: come to the screen again. `public`: are public, and would be taken down. `stay`: are on the public record, or gone.
    `back` is counted up to a bound; one more means more than that, and `stay` is nothing then.
    """

    work: Work
    counted: int
    refused: int
    held: int
    published: int
    promised: int
    declined: int
    back: int
    public: int
    stay: int


@dataclass(frozen=True, slots=True)
class Marks:
    """What a reviewer marked on a screen."""

    approve: list[UUID] = field(default_factory=list)
    marked: dict[UUID, Refusal] = field(default_factory=dict)
    hold: list[UUID] = field(default_factory=list)
    publish: list[UUID] = field(default_factory=list)
    decline: list[UUID] = field(default_factory=list)


class Complaint(msgspec.Struct, frozen=True, kw_only=True):
    """What whoever objects wrote, and the language of their page: the blob of an objection."""

    text: str
    language: str


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of an objection that came in. `other`: its form had brought one with other words, and this one is not stored.

    `hides`: what it names is to be hidden. `waits`: there is a text that is not published yet; it is held back if `hides`.
    """

    result: Literal["new", "same", "other"]
    hides: bool = False
    waits: bool = False


@dataclass(frozen=True, slots=True)
class OpenObjection:
    """An objection that nobody has decided. `complaint` None: it can no longer be read. `first`: read first, what it names is not hidden."""

    id: UUID
    index: int
    ground: Ground
    day: int
    first: bool
    complaint: Complaint | None = field(repr=False)


@dataclass(frozen=True, slots=True)
class LateObjections:
    """Objections that nobody has decided in time: those whose statement can be seen by everyone meanwhile, and the others."""

    visible: int
    others: int


@dataclass(frozen=True, slots=True)
class Settled:
    """An objection that was just decided."""

    index: int
    ground: Ground
    upheld: bool


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of an objection. `until`: the last day on which this can be read, None if undecided."""

    index: int
    ground: Ground
    finding: Finding
    until: int | None


@dataclass(frozen=True, slots=True)
class DayTally:
    """How many of the declarations handed in on `day` stand at `verdict`. `reason` 0: none."""

    day: int
    verdict: Verdict
    reason: int
    count: int
