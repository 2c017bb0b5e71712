"""What is new, for programs: Atom (RFC 4287) and JSON Feed 1.1. Names of entries are permanent; addresses are those under which the reader came."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any
from xml.etree.ElementTree import Element, SubElement, indent, register_namespace, tostring

import msgspec
from django.template.loader import render_to_string

from tuidang.design.templatetags.design import SPOKEN
from tuidang.kernel import clock
from tuidang.newsroom import showing
from tuidang.newsroom.addresses import FOLDERS, path, permanent
from tuidang.newsroom.content import Support, Testimony
from tuidang.newsroom.queries import Shown
from tuidang.newsroom.states import Kind

ATOM = "http://www.w3.org/2005/Atom"
OF = (Kind.NEWS, Kind.SUPPORT, Kind.TESTIMONY, Kind.MILESTONE, Kind.MAILING)
_XML = "{http://www.w3.org/XML/1998/namespace}"
_UNFIT = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
register_namespace("", ATOM)


@dataclass(frozen=True, slots=True)
class Feed:
    """A feed of one kind in one language: `site` is scheme and host, `register` who publishes."""

    kind: Kind
    language: str
    title: str
    register: str
    site: str
    entries: list[Shown]

    @property
    def page(self) -> str:
        """The page of which this is the feed."""
        return f"{self.site}/{self.language}/{FOLDERS[self.kind]}/"

    def address(self, one: Shown) -> str:
        """The page of an entry."""
        return f"{self.site}{path(one.kind, one.slug, one.language)}"


def atom(feed: Feed) -> bytes:
    """The feed as Atom."""
    root = Element(f"{{{ATOM}}}feed", {f"{_XML}lang": SPOKEN[feed.language]})
    _text(root, "id", feed.page)
    _text(root, "title", f"{feed.title} – {feed.register}")
    _text(root, "updated", written(max((_updated(one) for one in feed.entries), default=0)))
    _text(SubElement(root, f"{{{ATOM}}}author"), "name", feed.register)
    _link(root, "alternate", feed.page, "text/html")
    _link(root, "self", f"{feed.page}feed.atom", "application/atom+xml")
    for one in feed.entries:
        entry = SubElement(root, f"{{{ATOM}}}entry", {f"{_XML}lang": SPOKEN[one.written_in]})
        _text(entry, "id", permanent(one.item, one.language).urn)
        _text(entry, "title", one.title)
        if said_by := _said_by(one):
            _text(SubElement(entry, f"{{{ATOM}}}author"), "name", said_by)
        _text(entry, "published", written(one.published))
        _text(entry, "updated", written(_updated(one)))
        _link(entry, "alternate", feed.address(one), "text/html")
        if one.summary:
            _text(entry, "summary", one.summary)
        _text(entry, "content", absolute(_words(one), feed.site), type="html")
    indent(root, "")
    return bytes(tostring(root, "utf-8", xml_declaration=True)) + b"\n"


def json(feed: Feed) -> bytes:
    """The same as JSON Feed."""
    items = [
        {
            "id": permanent(one.item, one.language).urn,
            "url": feed.address(one),
            "title": one.title,
            **({"summary": one.summary} if one.summary else {}),
            "content_html": absolute(_words(one), feed.site),
            **({"authors": [{"name": said_by}]} if (said_by := _said_by(one)) else {}),
            "date_published": written(one.published),
            "date_modified": written(_updated(one)),
            "language": SPOKEN[one.written_in],
        }
        for one in feed.entries
    ]
    whole: dict[str, Any] = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": f"{feed.title} – {feed.register}",
        "home_page_url": feed.page,
        "feed_url": f"{feed.page}feed.json",
        "language": SPOKEN[feed.language],
        "authors": [{"name": feed.register}],
        "items": items,
    }
    return msgspec.json.encode(whole)


def written(minutes: int) -> str:
    """Minutes since 1970 as RFC 3339 writes them."""
    return f"{clock.as_date(minutes // 1440).isoformat()}T{minutes // 60 % 24:02}:{minutes % 60:02}:00Z"


def absolute(html: str, site: str) -> str:
    """Links of a cleaned text to pages of ours, as a reader elsewhere can follow them."""
    return re.sub(r'(<a [^>]*?href=")/(?!/)', rf"\g<1>{site}/", html)


def _said_by(one: Shown) -> str:
    """Whose words an entry holds where they are not the register's own."""
    match one.facts:
        case Support(who=name) | Testimony(alias=name):
            return name.strip()
        case _:
            return ""


def _words(one: Shown) -> str:
    """The text of an entry. Words of others stand as on their page: quoted, beside the original, with who said them, and where."""
    if not isinstance(one.facts, Support):
        return one.html
    shown = {**showing.row(one), "html": one.html, "in_lang": SPOKEN[one.written_in]}
    return render_to_string("newsroom/support_words.html", shown).strip()


def _updated(one: Shown) -> int:
    return one.changed or one.published


def _text(parent: Element, name: str, text: str, **attributes: str) -> None:
    SubElement(parent, f"{{{ATOM}}}{name}", attributes).text = _UNFIT.sub("", text)


def _link(parent: Element, rel: str, href: str, kind: str) -> None:
    SubElement(parent, f"{{{ATOM}}}link", {"rel": rel, "href": href, "type": kind})
