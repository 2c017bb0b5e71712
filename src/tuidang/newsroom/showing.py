"""Editions ready for the templates of public pages: with the day, the language that the words are in, the picture and its words."""

from __future__ import annotations

import datetime as dt
from typing import Any
from urllib.parse import urlsplit

from django.template.loader import render_to_string
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from tuidang.archive import queries as archive
from tuidang.design import numbers
from tuidang.design.templatetags.design import SPOKEN
from tuidang.kernel import clock
from tuidang.newsroom import cards
from tuidang.newsroom.addresses import FOLDERS, path
from tuidang.newsroom.content import Event, Milestone, Point, Publication, Support, Testimony
from tuidang.newsroom.queries import Photo, Shown
from tuidang.newsroom.states import Kind
from tuidang.newsroom.words import OFFERS
from tuidang.newsroom.words import SPOKEN as SPOKEN_THERE
from tuidang.newsroom.zones import on_the_clock
from tuidang.reference import queries as reference

ROOMS = {
    Kind.NEWS: _("News"),
    Kind.MILESTONE: _("Milestones"),
    Kind.SUPPORT: _("Statements of support"),
    Kind.TESTIMONY: _("Stories"),
    Kind.EVENT: _("Events"),
    Kind.POINT: _("Service points"),
    Kind.PUBLICATION: _("To read and download"),
    Kind.PAGE: _("About this register"),
    Kind.MAILING: _("Letters of the newsletter"),
}
WRITTEN_IN = {"en": _("English"), "zh-hans": _("simplified Chinese"), "zh-hant": _("traditional Chinese")}
EXCERPT = 140
_EXCERPT_BYTES = 420
_KB = 1024


def current_language() -> str:
    """The active language as addresses name it."""
    return get_language() or "en"


def rooms() -> list[dict[str, Any]]:
    """Every list of the newsroom: its address below the language, and its name."""
    return [{"folder": FOLDERS[kind], "name": name} for kind, name in ROOMS.items()]


def register_name() -> str:
    """Who publishes."""
    return render_to_string("design/register_name.html").strip()


def row(one: Shown) -> dict[str, Any]:
    """An edition for a list."""
    language = current_language()
    shown = {
        "one": one,
        "lang": SPOKEN[one.written_in],
        "elsewhere": one.written_in != language,
        "day": clock.as_date(one.published // 1440),
    }
    return {**shown, "href": path(one.kind, one.slug, language), "excerpt": excerpt(one.summary), **_facts(one, language)}


def whole(one: Shown) -> dict[str, Any]:
    """An edition for its own page."""
    changed = clock.as_date(one.changed // 1440) if one.changed else None
    in_words = WRITTEN_IN[one.written_in]
    photo = None if one.photo is None else picture(one.photo, (one.language, one.written_in))
    return {**row(one), "in_lang": SPOKEN[one.written_in], "changed": changed, "written_in": in_words, "photo": photo}


def card(one: Shown) -> str:
    """The address of an edition's share card; empty until it is made."""
    name = cards.name_of(one, around(one))
    return f"/media/{name}" if cards.is_made(name) else ""


def around(one: Shown) -> cards.Around:
    """What stands around the title on a card: the register's name, what it is, and of a milestone its figure and its day."""
    if isinstance(one.facts, Milestone) and one.facts.step:
        return cards.Around(register_name(), numbers.write_day(one.facts.day, one.language), numbers.group(one.facts.step))
    return cards.Around(register_name(), str(ROOMS[one.kind]))


def excerpt(text: str) -> str:
    """The beginning of a summary for a list."""
    if len(text.encode()) <= _EXCERPT_BYTES:
        return text
    return text.encode()[:_EXCERPT_BYTES].decode("utf-8", "ignore").rstrip() + "…"


def picture(photo: Photo, languages: tuple[str, ...]) -> dict[str, Any]:
    """A picture's addresses and words: what is to be seen on it in the first of `languages` in which that was said."""
    spoken = next((one for one in (*languages, *photo.alt) if photo.alt.get(one)), "en")
    copies = [(f"/media/{photo.digest}-{width}.{photo.form}", width) for width in photo.widths]
    middle = copies[min(1, len(copies) - 1)][0]
    said = {"alt": photo.alt.get(spoken, ""), "lang": SPOKEN[spoken], "rights": photo.rights, "credit": photo.credit}
    return {
        **said,
        "src": middle,
        "srcset": ", ".join(f"{src} {width}w" for src, width in copies),
        "width": photo.width,
        "height": photo.height,
    }


def _facts(one: Shown, language: str) -> dict[str, Any]:
    match one.facts:
        case Support() as facts:
            shown = _support(facts, one, language)
        case Testimony() as facts:
            shown = {"alias": facts.alias}
        case Event() as facts:
            shown = {"event": facts, "when": on_the_clock(facts, language), "online": link(facts.online)}
        case Point() as facts:
            shown = _point(facts, language)
        case Publication() as facts:
            files = [_file(file.language, file.name, file.digest, file.size) for file in facts.files]
            shown = {"author": facts.author, "year": facts.year, "files": files}
        case Milestone() as facts:
            shown = {"milestone": facts, "reached": clock.as_date(facts.day) if facts.day else None}
        case _:
            shown = {}
    return shown


def _point(facts: Point, language: str) -> dict[str, Any]:
    offers = [OFFERS[offer] for offer in facts.offers]
    spoken = [SPOKEN_THERE.get(code.partition("-")[0].lower(), code) for code in facts.languages]
    return {"point": facts, "country": reference.label(facts.country, language), "offers": offers, "spoken": spoken}


def _support(facts: Support, one: Shown, language: str) -> dict[str, Any]:
    original = facts.original.strip()
    country = reference.label(facts.country, language) if facts.country else ""
    return {
        "who": facts.who,
        "office": facts.office,
        "country": country,
        "said_on": dt.date.fromisoformat(facts.said_on) if facts.said_on else None,
        "original": original,
        "original_lang": facts.language or SPOKEN[one.written_in],
        "source": link(facts.source),
        "source_host": urlsplit(facts.source).hostname if link(facts.source) else "",
    }


def link(address: str) -> str:
    """An address that may be opened; empty for anything but a page of the web."""
    return address if address.startswith(("https://", "http://")) else ""


def _file(language: str, name: str, digest: str, size: int) -> dict[str, Any]:
    ending = name.rpartition(".")[2]
    known = next((code for code, spoken in SPOKEN.items() if spoken.lower() == language.lower()), "")
    in_words = WRITTEN_IN[known] if known else SPOKEN_THERE.get(language.partition("-")[0].lower(), language)
    shown = f"{size / _KB / _KB:.1f} MB" if size >= _KB * _KB else f"{max(1, size // _KB)} KB"
    form = {"pdf": "PDF", "epub": "EPUB", "txt": _("plain text")}.get(ending, ending)
    return {"language": in_words, "lang": language, "href": f"/media/{digest}.{ending}", "name": name, "form": form, "size": shown}


def statement_of(one: Shown) -> int | None:
    """The registry number of the published statement that a story goes with; None if there is none to be read now. One query, or none."""
    if not isinstance(one.facts, Testimony) or one.facts.statement is None:
        return None
    return one.facts.statement if archive.statement(one.facts.statement) is not None else None
