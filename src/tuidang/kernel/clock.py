"""The one place in the application that knows the time. Days are UTC; the seam of `tlog.clock` moves it for all processes at once."""

from __future__ import annotations

from tlog.clock import day_date as as_date
from tlog.clock import day_number as as_day
from tlog.clock import now, today

__all__ = ["as_date", "as_day", "hour", "now", "seconds", "today"]


def seconds() -> int:
    """Seconds since 1970-01-01 00:00 UTC."""
    return int(now().timestamp())


def hour() -> int:
    """Hours since 1970-01-01 00:00 UTC: as precise as anything about staff is kept."""
    return seconds() // 3_600
