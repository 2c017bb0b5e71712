"""Events for calendars (RFC 5545): on the clock of their place, with the rules of its time zone, so that they move when a law moves the clock.

A name for good, a number that grows with every change, and a word when an event was taken down. Nobody is invited: there are no attendees.
"""

from __future__ import annotations

import datetime as dt
import re
from uuid import UUID
from zoneinfo import ZoneInfo

from icalendar import Calendar
from icalendar import Event as Component

from tuidang.kernel import clock
from tuidang.kernel.errors import InvalidInputError
from tuidang.newsroom.addresses import path, permanent
from tuidang.newsroom.content import Event
from tuidang.newsroom.events import moment
from tuidang.newsroom.queries import Gone, Shown

_CONTROLS = re.compile(r"[\x00-\x1f\x7f\x85\u2028\u2029]+")
_LATER_YEARS = 3


def calendar(events: list[Shown], gone: list[Gone], *, name: str, site: str) -> bytes:
    """An iCalendar file of `events`, and of those that are `gone`; `name` is shown for the whole."""
    made = Calendar()
    made.add("prodid", "-//tuidang//newsroom//EN")
    made.add("version", "2.0")
    made.add("method", "PUBLISH")
    made.add("x-wr-calname", _line(name))
    for one in events:
        if component := _event(one, site):
            made.add_component(component)
    for left in gone:
        made.add_component(_cancelled(left))
    year = clock.now().year
    latest = max((clock.as_date(one.at // 1440).year for one in events), default=year)
    earliest = min((clock.as_date(one.at // 1440).year for one in events), default=year)
    made.add_missing_timezones(first_date=dt.date(earliest - 1, 1, 1), last_date=dt.date(latest + _LATER_YEARS, 1, 1))
    return bytes(made.to_ical())


def _event(one: Shown, site: str) -> Component | None:
    facts = one.facts
    if not isinstance(facts, Event):
        return None
    made = _named(one.item, one.changed or one.published, one.published)
    made.add("dtstart", _local(facts.starts, facts.zone))
    if ends := _ends(facts):
        made.add("dtend", ends)
    made.add("status", "CONFIRMED")
    made.add("summary", _line(one.title))
    if one.summary:
        made.add("description", _line(one.summary))
    where = ", ".join(_line(part) for part in (facts.place, facts.address) if part)
    if where:
        made.add("location", where)
    made.add("url", f"{site}{path(one.kind, one.slug, one.language)}")
    return made


def _cancelled(one: Gone) -> Component:
    """Of what was taken down nothing is said but that it is off: its name, and when it would have been."""
    made = _named(one.item, one.withdrawn, one.published - 1)  # a higher number also where it was changed in the same minute
    made.add("dtstart", dt.datetime.fromtimestamp(one.at * 60, dt.UTC))
    made.add("status", "CANCELLED")
    return made


def _named(item: UUID, changed: int, published: int) -> Component:
    made = Component()
    made.add("uid", str(permanent(item, "event")))
    made.add("dtstamp", dt.datetime.fromtimestamp(changed * 60, dt.UTC))
    made.add("last-modified", dt.datetime.fromtimestamp(changed * 60, dt.UTC))
    made.add("sequence", max(0, changed - published))
    return made


def _ends(facts: Event) -> dt.datetime | None:
    """When it ends, if that is said and is not before it begins."""
    try:
        later = bool(facts.ends) and moment(facts.ends, facts.zone) > moment(facts.starts, facts.zone)
    except InvalidInputError:
        return None
    return _local(facts.ends, facts.zone) if later else None


def _local(wall: str, zone: str) -> dt.datetime:
    return dt.datetime.fromisoformat(wall).replace(tzinfo=ZoneInfo(zone))


def _line(text: str) -> str:
    """Words of an editor on one line: what ends a line in a calendar file would begin a property of its own."""
    return _CONTROLS.sub(" ", text).strip()
