"""What can become of a message of support. Numbers are stored and never change meaning."""

from __future__ import annotations

from enum import IntEnum


class State(IntEnum):
    """Where it stands. What is public or refused can be undone for some days; then nothing of it is left here."""

    WAITING = 0
    PUBLIC = 1
    REFUSED = 2


class Turn(IntEnum):
    """In which order messages are read. LATER: it came when a great many had come on its day."""

    IN_ORDER = 0
    LATER = 1


class Refusal(IntEnum):
    """Why a person did not publish it. NONE: it is not refused."""

    NONE = 0
    SPAM = 1
    NOT_SUPPORT = 2
    PRIVATE_PERSON = 3
    INSULT = 4
    OTHER = 5
