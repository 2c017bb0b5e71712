"""The one clock of every process: the site, its loops and the signer see the same time, so a test can move all of them at once.

If the environment variable TUIDANG_CLOCK_FILE names a file that is there, the file holds a signed decimal number of seconds, like
`86400`, that is added to the machine's clock. It is read at every call. Whoever can set a process's environment can move its clock
anyway, so this opens nothing.
"""

from __future__ import annotations

import os
import re
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

VARIABLE = "TUIDANG_CLOCK_FILE"
_EPOCH = date(1970, 1, 1)
# Ten digits are 317 years: no offset leads out of the calendar.
_OFFSET = re.compile(r"[+-]?[0-9]{1,10}(\.[0-9]{1,9})?")


class ClockError(Exception):
    """The clock file is there and is not one number."""


def offset() -> timedelta:
    """What is added to the machine's clock; zero without a clock file. Raises ClockError rather than guess."""
    name = os.environ.get(VARIABLE)
    if not name:
        return timedelta()
    try:
        text = Path(name).read_text(encoding="ascii").strip()
    except FileNotFoundError:
        return timedelta()
    except (OSError, UnicodeDecodeError) as error:
        raise ClockError(f"the file named by {VARIABLE} cannot be read") from error
    if not _OFFSET.fullmatch(text):
        raise ClockError(f"the file named by {VARIABLE} does not hold a number of seconds")
    return timedelta(seconds=float(text))


def now() -> datetime:
    """The time, in UTC. Raises ClockError."""
    return datetime.now(UTC) + offset()


def today() -> int:
    """The day in UTC, as days since 1970-01-01. Raises ClockError."""
    return day_number(now().date())


def day_number(day: date) -> int:
    """Days since 1970-01-01, as entries bear them."""
    return (day - _EPOCH).days


def day_date(number: int) -> date:
    """The date of a day number."""
    return _EPOCH + timedelta(days=number)
