"""What public pages show, from figures and archive, ready for their templates."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from django.conf import settings
from django.utils.translation import get_language

from tlog.errors import MissingError
from tuidang.archive.queries import Published
from tuidang.kernel import clock
from tuidang.ledger import adapters
from tuidang.reference import queries as reference
from tuidang.statistics import figures

SENTENCE_BELOW = 1000
"""Under this many the number stands in a sentence, not as a headline."""


def home_context() -> dict[str, Any]:
    """The figures of the home page."""
    now = figures.read()
    return {
        "section": "home",
        "figures": now,
        "date": clock.as_date(now.day),
        "headline": now.count >= SENTENCE_BELOW,
        "organisations": [(one, now.by_organisation.get(one.name, 0)) for one in reference.organisations()],
    }


def method_context() -> dict[str, Any]:
    """What the method page needs: k, and the figures."""
    return {"section": "method", "k": settings.ENVIRONMENT.k, "figures": figures.read()}


def recount_context(host: str) -> dict[str, Any]:
    """The commands of the recount page: `key` and `origin` are empty before the first batch."""
    try:
        key = adapters.verifier()
    except MissingError:
        return {"section": "recount", "key": "", "origin": "", "host": host}
    return {"section": "recount", "key": str(key), "origin": key.name, "host": host}


def shown(one: Published, language: str) -> dict[str, Any]:
    """A statement for the list."""
    left = [found.labels[language] for found in reference.organisations() if one.organisations & found.bit]
    place = reference.label(one.region, language) if one.region else ""
    return {**asdict(one), "left": left, "place": place, "date": clock.as_date(one.day)}


def current_language() -> str:
    """The active language as addresses name it."""
    return get_language() or "en"
