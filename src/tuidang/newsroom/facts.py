"""What must be known of an item besides its words before it may go out."""

from __future__ import annotations

import datetime as dt
import re
from urllib.parse import urlsplit

from tuidang.archive import queries as archive
from tuidang.kernel import clock
from tuidang.kernel.errors import InvalidInputError
from tuidang.newsroom.content import Event, Facts, Mailing, Point, Publication, Support, Testimony
from tuidang.newsroom.events import moment
from tuidang.reference import queries as reference

FIRST_YEAR = 1900
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8})*")


def problems(facts: Facts) -> dict[str, str]:
    """What is missing or cannot be, by the name of the field: `missing`, `unknown`, `unreadable`, `before`, `future`, `not_published`, `no_address`.

    One query for a testimony that names a statement, else none.
    """
    if isinstance(facts, Support):
        return _of_support(facts)
    if isinstance(facts, Testimony):
        return _of_testimony(facts)
    if isinstance(facts, Event):
        return _of_event(facts)
    if isinstance(facts, Point):
        return _of_point(facts)
    if isinstance(facts, Publication):
        return {} if FIRST_YEAR <= facts.year <= clock.now().year + 1 else {"year": "unreadable" if facts.year else "missing"}
    return {"rhythms": "missing"} if isinstance(facts, Mailing) and not facts.rhythms else {}


def _of_support(facts: Support) -> dict[str, str]:
    found = _missing(who=facts.who) | _country(facts.country)
    if facts.said_on:
        found |= _day(facts.said_on)
    if facts.language and not _LANGUAGE.fullmatch(facts.language):
        found["language"] = "unreadable"
    elif facts.original and not facts.language:
        found["language"] = "missing"
    return found | _address("source", facts.source)


def _of_testimony(facts: Testimony) -> dict[str, str]:
    found = _missing(alias=facts.alias, consent=facts.consent)
    if facts.statement is not None and archive.statement(facts.statement) is None:
        found["statement"] = "not_published"
    return found


def _of_event(facts: Event) -> dict[str, str]:
    found = _missing(starts=facts.starts, zone=facts.zone)
    if found:
        return found | _address("online", facts.online)
    try:
        starts = moment(facts.starts, facts.zone)
    except InvalidInputError as error:
        return dict(error.problems) | _address("online", facts.online)
    if facts.ends:
        try:
            found = {"ends": "before"} if moment(facts.ends, facts.zone) < starts else {}
        except InvalidInputError:
            found = {"ends": "unreadable"}
    return found | _address("online", facts.online)


def _of_point(facts: Point) -> dict[str, str]:
    found = _missing(city=facts.city) | _country(facts.country)
    if facts.address_is_safe and not facts.address:
        found["address"] = "missing"
    return found if facts.offers else {**found, "offers": "missing"}


def _missing(**fields: str) -> dict[str, str]:
    return {name: "missing" for name, value in fields.items() if not value.strip()}


def _country(code: int) -> dict[str, str]:
    if not code:
        return {"country": "missing"}
    return {} if code in reference.regions() else {"country": "unknown"}


def _day(text: str) -> dict[str, str]:
    try:
        day = dt.date.fromisoformat(text)
    except ValueError:
        return {"said_on": "unreadable"}
    return {"said_on": "future"} if day > clock.now().date() else {}


def _address(name: str, text: str) -> dict[str, str]:
    """A link is to a page of the web: nothing else is ever put behind one."""
    if not text:
        return {}
    try:
        parts = urlsplit(text)
        fine = parts.scheme in ("http", "https") and bool(parts.hostname) and text.isprintable() and " " not in text
    except ValueError:
        fine = False
    return {} if fine else {name: "no_address"}
