"""`{% load design %}`: figures, dates, and what every page's frame needs. The language is the active one."""

from __future__ import annotations

import contextlib
import datetime as dt
from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass

from django import template
from django.conf import settings
from django.template.context import Context
from django.utils.translation import get_language

from tuidang.design import assets, fields, numbers

register = template.Library()
SPOKEN = {"en": "en", "zh-hans": "zh-Hans", "zh-hant": "zh-Hant"}
"""Languages as HTML names them, so that readers and fonts take the right script."""
WORDS_A_LINE, SIGNS_A_GROUP = 3, 4
MOST_FRAMES = 200


@dataclass(frozen=True, slots=True)
class Translation:
    """The same page in another language: address, `lang`, and the language's name in itself."""

    href: str
    lang: str
    name: str


@register.filter
def figure(number: int) -> str:
    """12,431."""
    return numbers.group(number)


@register.filter
def compact(number: int) -> str:
    """466.9 million; below a million every digit."""
    return numbers.compact(number, _language())


@register.filter
def over(number: int, k: int) -> str:
    """Over 300, in steps of k."""
    return numbers.over(number, k, _language())


@register.simple_tag
def share(part: int, whole: int) -> str:
    """42%."""
    return numbers.share(part, whole, _language())


@register.simple_tag
def percent(part: int, whole: int) -> str:
    """The width of a bar: 42.1%, in any language with a point."""
    return f"{part * 1000 // whole / 10}%" if whole > 0 else "0%"


@register.filter
def day(value: dt.date | int) -> str:
    """3 November 2026; takes a date or a day of the ledger."""
    return numbers.write_day(value, _language())


@register.filter
def month(value: dt.date | int) -> str:
    """November 2026."""
    return numbers.write_month(value, _language())


@register.filter
def iso(value: dt.date | int) -> str:
    """2026-11-03, for `datetime` attributes."""
    return numbers.date_of(value).isoformat()


@register.filter
def listed(items: Iterable[str]) -> str:
    """Party, Youth League; 党、团."""
    return (", " if _language() == "en" else "、").join(items)


@register.filter
def with_errors(shown: Iterable[fields.Field]) -> tuple[fields.Field, ...]:
    """Those questions that have an error."""
    return fields.with_errors(shown)


@register.filter
def bound(source: object) -> object:
    """A field of a Django form as a question; a question as it is."""
    return source if isinstance(source, fields.Field) else fields.bound(source)  # type: ignore[arg-type]


@register.filter
def code_lines(code: str) -> tuple[str, ...]:
    """A lookup code in pieces that are easy to copy by hand: Chinese characters and base32 by four, words by three."""
    words = code.split()
    if all(word.isascii() and word.islower() and word.isalpha() for word in words):
        return tuple(" ".join(words[at : at + WORDS_A_LINE]) for at in range(0, len(words), WORDS_A_LINE))
    signs = "".join(words).replace("-", "")
    return tuple(signs[at : at + SIGNS_A_GROUP] for at in range(0, len(signs), SIGNS_A_GROUP))


@register.simple_tag
def stylesheet(name: str) -> str:
    """The address of the stylesheet of `public` or `staff` pages."""
    return assets.sheet(name).path


@register.simple_tag
def language() -> str:
    """The active language as addresses name it: en, zh-hans, zh-hant."""
    return _language()


@register.simple_tag
def spoken() -> str:
    """The active language as HTML names it."""
    return SPOKEN.get(_language(), "en")


@register.simple_tag
def gap() -> str:
    """What stands between two sentences: a blank, but none in Chinese, whose full stops bring their own."""
    return " " if _language() == "en" else ""


@register.simple_tag(takes_context=True)
def translations(context: Context) -> tuple[Translation, ...]:
    """This page in the other languages. What was sent by POST is not in an address, so that leads to the empty page."""
    request = getattr(context, "request", None)
    prefix = f"/{_language()}/"
    path = request.get_full_path() if request is not None and request.method == "GET" else getattr(request, "path", "")
    rest = path.removeprefix(prefix) if path.startswith(prefix) else ""
    return tuple(
        Translation(f"/{code}/{rest}", SPOKEN[code], name) for code, name in settings.LANGUAGES if code in SPOKEN and code != _language()
    )


def _language() -> str:
    active = get_language() or "en"
    return active if active in SPOKEN else "en"


class SteadyNode(template.Node):
    """What is the same for everyone who asks for the same address: rendered once a process."""

    def __init__(self, nodes: template.NodeList) -> None:
        self.nodelist = nodes
        self._rendered: OrderedDict[tuple[object, ...], str] = OrderedDict()

    def render(self, context: Context) -> str:
        """The frame, from memory if it was rendered before for this page, language, section and address."""
        request = getattr(context, "request", None)
        if request is None:
            return self.nodelist.render(context)
        address = request.get_full_path() if request.method == "GET" else request.path
        name = getattr(context.template, "name", None)
        said = (context.get(one) for one in ("section", "banner", "register_name", "source_code"))
        key = (name, _language(), *said, request.method, address)
        found = self._rendered.get(key)
        if found is None:
            found = self._rendered[key] = self.nodelist.render(context)
            while len(self._rendered) > MOST_FRAMES:
                with contextlib.suppress(KeyError):  # another thread may have been first
                    self._rendered.popitem(last=False)
        return found


@register.tag
def steady(parser: template.base.Parser, token: template.base.Token) -> SteadyNode:
    """`{% steady %}…{% endsteady %}`: a part of a page in which nothing depends on the reader, the form or the figures."""
    del token
    nodes = parser.parse(("endsteady",))
    parser.delete_first_token()
    return SteadyNode(nodes)
