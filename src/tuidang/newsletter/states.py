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


class Sending(IntEnum):
    """Of a mailing. FILLING: its readers are being listed. PAUSED: an editor stopped it for now; STOPPED: for good."""

    FILLING = 0
    SENDING = 1
    PAUSED = 2
    DONE = 3
    STOPPED = 4


class Fate(IntEnum):
    """Of a letter to one reader. TAKEN: one of the next to go, nothing of it was handed over. HANDED: on its way to the server.

    UNKNOWN: we were broken off while it was HANDED; perhaps it was sent, and it is not sent again by itself.
    BOUNCED, COMPLAINED and LEFT were SENT before.
    """

    WAITING = 0
    TAKEN = 1
    HANDED = 2
    SENT = 3
    REFUSED = 4
    UNKNOWN = 5
    BOUNCED = 6
    COMPLAINED = 7
    LEFT = 8


DELIVERED = frozenset({Fate.SENT, Fate.COMPLAINED, Fate.LEFT})
"""What a server took, and nobody sent back."""
