"""What a reader asked for, and how far it has come. Numbers are stored and never change meaning."""

from __future__ import annotations

from enum import IntEnum, IntFlag


class State(IntEnum):
    """WAITING: signed up, and the link in the letter was not yet used. CONFIRMED: reads."""

    WAITING = 0
    CONFIRMED = 1


class Topic(IntFlag):
    """What somebody wants to read about."""

    NEWS = 1
    MILESTONES = 2
    EVENTS = 4


ALL_TOPICS = Topic.NEWS | Topic.MILESTONES | Topic.EVENTS


class Rhythm(IntEnum):
    """How often: each letter by itself, or several in one."""

    EACH = 1
    WEEKLY = 2
    MONTHLY = 3


class Reason(IntEnum):
    """Why an address is not written to. LEFT and BOUNCED end when its owner signs up and confirms again, the others do not."""

    LEFT = 1
    NEVER = 2
    COMPLAINED = 3
    BOUNCED = 4


BINDING = frozenset({Reason.NEVER, Reason.COMPLAINED})
"""Those after which not even a letter that asks for confirmation goes out."""
