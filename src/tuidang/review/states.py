"""What can be decided about a declaration. Numbers are stored and never change meaning."""

from __future__ import annotations

from enum import IntEnum


class Verdict(IntEnum):
    """Whether it is counted. Only COUNT is sealed."""

    WAITING = 0
    COUNT = 1
    REFUSE = 2
    HELD = 3


class Decider(IntEnum):
    """Who decided last."""

    NOBODY = 0
    MACHINE = 1
    PERSON = 2


class Wish(IntEnum):
    """Publication, decided apart from counting. TAKEN: a part is sealed, and its text is an item of its own now."""

    NOT_WISHED = 0
    WAITING = 1
    PUBLISH = 2
    DECLINE = 3
    TAKEN = 4


class Pile(IntEnum):
    """What waits for a person to read it, in the order in which it is handed out. HELD is handed out only when asked for."""

    HOLD = 0
    LOOK = 1
    CLEAR = 2
    HELD = 3


class Refusal(IntEnum):
    """Why a person refused it."""

    INVENTED = 1
    SPAM = 2
    NOT_A_DECLARATION = 3
    PRIVATE_PERSON = 4
    DUPLICATE = 5
    OTHER = 6


class ItemState(IntEnum):
    """A text that was sealed and may be published. OBJECTED: held back until a person has decided about an objection."""

    WAITING = 0
    APPROVED = 1
    OBJECTED = 2


class Release(IntEnum):
    """A text that somebody has released or declined, while that can be taken back.

    RECALLED, WITHDRAWN: the archive is to take it down; then it waits to be decided again, or goes for good.
    """

    PUBLIC = 0
    DECLINED = 1
    RECALLED = 2
    WITHDRAWN = 3


class Work(IntEnum):
    """What a screen was about. One on which both was decided was about counting."""

    COUNTING = 0
    PUBLISHING = 1
    CLUSTER = 2


class Ground(IntEnum):
    """What an objection says."""

    NOT_DECLARED = 1
    NAMED = 2
    COPYRIGHT = 3


class Turn(IntEnum):
    """In which order objections are read. FIRST: what it names can be seen by everyone, and no person has looked at it."""

    FIRST = 0
    IN_ORDER = 1


class Finding(IntEnum):
    """What a person found about an objection, and why. NAME_SHOWN: right, and meant is whose name is shown, so that this entry is voided."""

    OPEN = 0
    NOTHING_AGAINST = 1
    PLAIN = 2
    NAME_SHOWN = 3
    NOT_NAMED = 11
    COMMON_NAME = 12
    OFFICE = 13
    NOT_COPIED = 14
    NOTHING_PUBLISHED = 15
    DECIDED_BEFORE = 16

    @property
    def upheld(self) -> bool:
        """Whether the objection was right, as far as anyone can tell."""
        return self in (Finding.NOTHING_AGAINST, Finding.PLAIN, Finding.NAME_SHOWN)
