"""What messages of support are, in memory and inside the encrypted blobs. Plain data: nothing here reads or writes."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal
from uuid import UUID

import msgspec

from tuidang.intake.support.states import Refusal, State


class Message(msgspec.Struct, frozen=True, kw_only=True):
    """What was sent. `country` is a code of the list of regions, `language` that of the page."""

    name: str
    country: int
    text: str
    language: str


@dataclass(frozen=True, slots=True)
class Taken:
    """`other`: this form was sent before with other words. `full`: too many came today. Neither is stored."""

    result: Literal["new", "same", "other", "full"]


@dataclass(frozen=True, slots=True)
class OnScreen:
    """A message on a reviewer's screen. `content` None: it can never be read again. `undone`: as it was decided before that was undone."""

    id: UUID
    day: int
    undone: Refusal | None
    content: Message | None = field(repr=False)


@dataclass(frozen=True, slots=True)
class Standing:
    """What became of a message, for whoever has its code. `until`: the last day on which a refused one can be read."""

    state: State
    refusal: Refusal
    until: int | None
    content: Message | None = field(repr=False)


@dataclass(frozen=True, slots=True)
class Shown:
    """A published message. `number` orders them and means nothing else; `day` is when it was published."""

    number: int
    day: int
    name: str
    country: int
    text: str
    language: str


@dataclass(frozen=True, slots=True)
class Page:
    """Up to a page of messages; `older` is the number to go on before, None at the end."""

    messages: list[Shown]
    older: int | None


@dataclass(frozen=True, slots=True)
class LastDecided:
    """What a member's last screen came to, as far as it can be undone."""

    published: int
    refused: int
