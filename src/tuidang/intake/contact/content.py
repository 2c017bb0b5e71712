"""What messages to those who run the register are. Plain data: nothing here reads or writes."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal
from uuid import UUID

import msgspec

from tuidang.intake.contact.states import Role, State, Turn


class Letter(msgspec.Struct, frozen=True, kw_only=True):
    """What was written. `reach`: how the sender wishes to be reached, if they said so; `language` is that of the page."""

    text: str
    reach: str
    language: str


@dataclass(frozen=True, slots=True)
class Taken:
    """`other`: this form was sent before with other words. `full`: too many came today. `closed`: there is no key. None of these is stored."""

    result: Literal["new", "same", "other", "full", "closed"]


@dataclass(frozen=True, slots=True)
class Listed:
    """A message as its role sees it in the list: nothing of what it says. `size` in kilobytes, `until`: the day on which it is deleted."""

    id: UUID
    role: Role
    day: int
    size: int
    state: State
    turn: Turn
    key: str
    until: int


@dataclass(frozen=True, slots=True)
class Standing:
    """What became of a message, for whoever has its code. `until`: the last day on which this can be read."""

    role: Role
    state: State
    until: int
    answer: str = field(default="", repr=False)
