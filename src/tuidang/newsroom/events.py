"""When an event is: the time on the wall of its place, and the moment that is for everyone else."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from tuidang.kernel.errors import InvalidInputError
from tuidang.newsroom.content import Event


def moment(wall: str, zone: str) -> datetime:
    """The moment of a local time such as `2026-12-10T18:30` in an IANA zone. Raises InvalidInputError.

    A time that a clock skips in spring, or shows twice in autumn, is the first of what it could be.
    """
    try:
        local = datetime.fromisoformat(wall)
    except ValueError:
        raise InvalidInputError({"starts": "unreadable"}) from None
    if local.tzinfo is not None or not 1970 <= local.year < 2200:
        raise InvalidInputError({"starts": "unreadable"})
    try:
        return local.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise InvalidInputError({"zone": "unknown"}) from None


def instant(event: Event) -> int:
    """When it begins, in minutes since 1970. Raises InvalidInputError."""
    return int(moment(event.starts, event.zone).timestamp()) // 60
