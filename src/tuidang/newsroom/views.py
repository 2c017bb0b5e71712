"""Public pages of the newsroom, feeds and calendars: editions alone, without a session, a cookie or a script."""

from __future__ import annotations

import hashlib
import re
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import get_conditional_response
from django.utils.text import format_lazy
from django.views.decorators.http import require_safe

from tuidang.kernel import clock
from tuidang.newsroom import addresses, calendars, feeds, queries, showing
from tuidang.newsroom.content import Event, Point
from tuidang.newsroom.events import moment
from tuidang.newsroom.queries import PAGE, Shown
from tuidang.newsroom.showing import ROOMS, current_language
from tuidang.newsroom.states import Kind

_BEFORE = re.compile(r"([0-9]{1,12})-([0-9]{1,12})")
_DAY, _YEAR = 24 * 60, 366 * 24 * 60
MOST_EVENTS = 300
MOST_POINTS = 500
AT_ONCE = 40
"""Service points on one page; more are shown by country."""
NEVER = 2**40


@require_safe
def newest(request: HttpRequest, kind: Kind) -> HttpResponse:
    """A list, the newest first."""
    before = _before(request)
    return _list(request, kind, queries.newest(kind, current_language(), before=before, at_most=PAGE + 1), newest=before is None)


def _list(request: HttpRequest, kind: Kind, found: list[Shown], **more: Any) -> HttpResponse:
    rows = [showing.row(one) for one in found[:PAGE]]
    older = f"{found[PAGE - 1].at}-{found[PAGE - 1].id}" if len(found) > PAGE else ""
    return render(request, f"newsroom/{addresses.FOLDERS[kind]}.html", {**_frame(kind), "rows": rows, "older": older, **more})


def _frame(kind: Kind) -> dict[str, Any]:
    return {
        "section": "newsroom",
        "room": ROOMS[kind],
        "folder": addresses.FOLDERS[kind],
        "rooms": showing.rooms(),
        "feeds": kind in feeds.OF,
    }


def _before(request: HttpRequest) -> tuple[int, int] | None:
    """Where a page goes on. Raises Http404 for what no page of ours links to."""
    if not (raw := request.GET.get("before", "")):
        return None
    if not (found := _BEFORE.fullmatch(raw)):
        raise Http404
    return int(found[1]), int(found[2])


@require_safe
def events(request: HttpRequest, kind: Kind) -> HttpResponse:
    """Events that come or go on, the next first; below them those that are over."""
    before, language, now = _before(request), current_language(), clock.seconds() // 60
    coming = (
        [] if before else [one for one in queries.coming(language, after=now - 3 * _DAY, at_most=MOST_EVENTS) if not _is_over(one, now)]
    )
    past = [one for one in queries.newest(kind, language, before=before or (now, NEVER), at_most=PAGE + 1) if _is_over(one, now)]
    return _list(request, kind, past, coming=[showing.row(one) for one in coming[:PAGE]], newest=before is None)


def _is_over(one: Shown, now: int) -> bool:
    if isinstance(one.facts, Event) and one.facts.ends:
        return moment(one.facts.ends, one.facts.zone).timestamp() < now * 60
    return one.at < now


@require_safe
def points(request: HttpRequest, kind: Kind) -> HttpResponse:
    """Service points by country and city; where there are many, the countries, and each with its own on a page."""
    rows = [showing.row(one) for one in queries.newest(kind, current_language(), at_most=MOST_POINTS)]
    rows.sort(key=lambda one: (one["country"], one["point"].city, one["one"].title))
    raw = request.GET.get("country", "")
    country = int(raw) if raw.isascii() and raw.isdigit() and len(raw) < 9 else 0
    chosen = [one for one in rows if one["point"].country == country] if raw else rows
    if raw and not chosen:
        raise Http404
    countries = {one["point"].country: one["country"] for one in rows} if len(chosen) > AT_ONCE and not country else {}
    context = {**_frame(kind), "rows": [] if countries else chosen, "countries": countries, "chosen": country}
    return render(request, "newsroom/places.html", context)


@require_safe
def about(request: HttpRequest, kind: Kind) -> HttpResponse:
    """Pages that stand by themselves."""
    found = queries.newest(kind, current_language(), at_most=MOST_POINTS)
    rows = [showing.row(one) for one in sorted(found, key=lambda one: (getattr(one.facts, "place", 0), one.slug))]
    return render(request, "newsroom/about.html", {**_frame(kind), "rows": rows})


@require_safe
def piece(request: HttpRequest, kind: Kind, slug: str) -> HttpResponse:
    """One item. Where one was taken down, the answer says so: 410."""
    found = queries.edition(kind, slug, current_language())
    if found is None:
        if not queries.was_withdrawn(kind, slug):
            raise Http404
        return render(request, "newsroom/withdrawn.html", _frame(kind), status=410)
    return render(request, "newsroom/piece.html", piece_context(request, found))


def piece_context(request: HttpRequest, found: Shown) -> dict[str, Any]:
    """What the page of one item shows: of an edition, or of one that is only proposed."""
    site = addresses.site(request)
    card = showing.card(found)
    return {
        **_frame(found.kind),
        **showing.whole(found),
        "statement": showing.statement_of(found),
        "kind": found.kind.name.lower(),
        "address": site + request.path,
        "card": site + card if card else "",
        "safe": isinstance(found.facts, Point) and found.facts.address_is_safe,
    }


@require_safe
def atom(request: HttpRequest, kind: Kind) -> HttpResponse:
    """What is new, as Atom."""
    return _conditional(request, feeds.atom(_feed(request, kind)), "application/atom+xml; charset=utf-8")


@require_safe
def json(request: HttpRequest, kind: Kind) -> HttpResponse:
    """What is new, as JSON Feed."""
    return _conditional(request, feeds.json(_feed(request, kind)), "application/feed+json")


def _feed(request: HttpRequest, kind: Kind) -> feeds.Feed:
    language = current_language()
    return feeds.Feed(kind, language, str(ROOMS[kind]), showing.register_name(), addresses.site(request), queries.newest(kind, language))


@require_safe
def calendar(request: HttpRequest) -> HttpResponse:
    """All events of the past year and those to come, and which of them are off."""
    since = clock.seconds() // 60 - _YEAR
    events = queries.coming(current_language(), after=since, at_most=MOST_EVENTS)
    gone = queries.called_off(after=since, at_most=MOST_EVENTS)
    name = format_lazy("{} – {}", ROOMS[Kind.EVENT], showing.register_name())
    made = calendars.calendar(events, gone, name=str(name), site=addresses.site(request))
    return _conditional(request, made, "text/calendar; charset=utf-8")


@require_safe
def one_event(request: HttpRequest, slug: str) -> HttpResponse:
    """One event; if it was taken down, that it is off."""
    found, gone = queries.edition(Kind.EVENT, slug, current_language()), None
    if found is None and (gone := queries.gone(Kind.EVENT, slug)) is None:
        raise Http404
    made = calendars.calendar([found] if found else [], [gone] if gone else [], name=showing.register_name(), site=addresses.site(request))
    return _conditional(request, made, "text/calendar; charset=utf-8")


def _conditional(request: HttpRequest, body: bytes, kind: str) -> HttpResponse:
    """An answer for programs that ask again and again: nothing of it is sent where they have it already."""
    etag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    headers = {
        "ETag": etag,
        "Cache-Control": "no-cache",
        "Access-Control-Allow-Origin": "*",
        "Cross-Origin-Resource-Policy": "cross-origin",
    }
    response = HttpResponse(body, content_type=kind, headers=headers)
    answered = get_conditional_response(request, etag=etag, response=response)
    return response if answered is None else answered
