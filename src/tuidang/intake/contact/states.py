"""Whom one can write to, and what can become of a message. Numbers are stored and never change meaning."""

from __future__ import annotations

from enum import IntEnum, StrEnum


class Role(StrEnum):
    """Whom a message is for."""

    PRESS = "press"
    JOINING = "joining"
    POINTS = "points"
    CORRECTIONS = "corrections"


class State(IntEnum):
    """Where a message stands. FETCHED: somebody has downloaded it. CLOSED: read, and it gets no answer."""

    NEW = 0
    FETCHED = 1
    ANSWERED = 2
    CLOSED = 3


class Turn(IntEnum):
    """In which order messages are listed. LATER: it came when a great many had come for the role on its day."""

    IN_ORDER = 0
    LATER = 1
