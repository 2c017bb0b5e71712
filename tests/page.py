"""A page as a reader without scripts has it, for tests: its words, its links, and what its form would send."""

from __future__ import annotations

import re
from collections.abc import Iterable
from html.parser import HTMLParser

LANGUAGES = ("en", "zh-hans", "zh-hant")
_VOID = {"meta", "link", "input", "br", "hr", "img"}
_SILENT = {"script", "style", "code", "pre"}
_ENGLISH = {"English", "Cookie", "Tor", "MB", "KB", "DEMO", "UTC", "Atom", "JSON", "Feed", "PDF"}
"""Latin words that a Chinese page may hold: the name of the other language, names, units."""


class Page(HTMLParser):
    """Asserts while reading that tags close in order, ids stand once, and nothing in it runs."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.html, self.words, self.links, self.fields = html, [], [], []
        self.tags: list[str] = []
        self.title = self._area = ""
        self._open: list[str] = []
        self._ids: set[str] = set()
        self.feed(html)
        assert self._open == []

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.words).split())

    def sent(self, **changed: str | list[str]) -> dict[str, str | list[str]]:
        """What the page's forms hold, as a browser would send it, with some answers changed."""
        found: dict[str, list[str]] = {}
        for name, value in self.fields:
            found.setdefault(name, []).append(value)
        return {**found, **changed}

    def latin(self) -> set[str]:
        """Words in Latin letters that nobody translated."""
        return set(re.findall(r"[A-Za-z]{2,}", self.text)) - _ENGLISH

    def handle_starttag(self, tag: str, attrs: Iterable[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        assert not [name for name in given if name.startswith("on") or name == "style"]
        assert tag != "script"
        self.tags.append(tag)
        if "id" in given:
            assert given["id"] not in self._ids
            self._ids.add(given["id"])
        if "href" in given:
            self.links.append(given["href"])
        if tag not in _VOID:
            self._open.append(tag)
        self._read_field(tag, given)

    def _read_field(self, tag: str, given: dict[str, str]) -> None:
        kind = given.get("type", "text")
        if tag == "input" and kind != "submit" and (kind not in ("checkbox", "radio") or "checked" in given):
            self.fields.append((given["name"], given.get("value", "on" if kind == "checkbox" else "")))
        if tag == "textarea":
            self._area = given["name"]
            self.fields.append((self._area, ""))

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag, tag
        self._area = ""

    def handle_data(self, data: str) -> None:
        if self._area:
            # The first line break of a text area is the markup's, not the text's.
            self.fields[-1] = (self._area, data.removeprefix("\n"))
        elif self._open and self._open[-1] == "title":
            self.title = data
        elif not set(self._open) & _SILENT:
            self.words.append(data)


def read(response) -> Page:
    """The page that a test client got, uncompressed."""
    return Page(response.content.decode())


def weight(response) -> int:
    """Bytes on the wire: body, headers, and the lines that every server adds."""
    added = "HTTP/1.1 200 OK\r\nDate: Sun, 22 Nov 2026 13:25:24 GMT\r\nServer: granian\r\n\r\n"
    headers = "".join(f"{name}: {value}\r\n" for name, value in response.items())
    return len(added) + len(headers) + len(response.content)
