"""What an item is and how far it has come. Numbers are stored and never change meaning."""

from __future__ import annotations

from enum import IntEnum


class Kind(IntEnum):
    """What is published. SUPPORT: a statement of somebody in office; TESTIMONY: a declarant's story; POINT: a service point.

    MAILING: a letter of the newsletter; published, it stands in the archive and goes out.
    """

    NEWS = 1
    SUPPORT = 2
    TESTIMONY = 3
    EVENT = 4
    POINT = 5
    PUBLICATION = 6
    PAGE = 7
    MILESTONE = 8
    MAILING = 9


class State(IntEnum):
    """Of an item. What the public sees is apart from it: an edition stays as it is while the item is worked on again.

    OFFERED: handed to a second pair of eyes. SCHEDULED: approved, to go out at a time.
    """

    DRAFT = 0
    OFFERED = 1
    SCHEDULED = 2
    PUBLISHED = 3
    WITHDRAWN = 4
