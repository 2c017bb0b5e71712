"""Reading what a form sent, whatever was sent: too much, malformed, or from another site. Nothing raises, and what can be kept is kept."""

from __future__ import annotations

import zlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from html import escape
from urllib.parse import urlsplit

from django.core.exceptions import BadRequest, RequestDataTooBig, SuspiciousOperation, TooManyFieldsSent, TooManyFilesSent
from django.http import HttpRequest, QueryDict, UnreadablePostError
from django.http.multipartparser import MultiPartParserError

_LENGTHS = "tuidang.told"


@dataclass(frozen=True, slots=True)
class Sent:
    """The fields of a POST. `problem` names why it cannot be acted upon (`foreign`, `unreadable`, `too_large`), with the status to answer."""

    fields: QueryDict = field(repr=False)
    problem: str = ""
    status: int = 200


def read_sent(request: HttpRequest) -> Sent:
    """The fields of `request`, and whether it came from a page of ours.

    There is no cookie that another site could abuse; the origin is checked so that no other site declares in a visitor's name.
    """
    try:
        fields = request.POST
    except (RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent):
        return Sent(QueryDict(), "too_large", 413)
    except (MultiPartParserError, UnreadablePostError, BadRequest, SuspiciousOperation, ValueError):
        return Sent(QueryDict(), "unreadable", 400)
    return Sent(fields) if _ours(request) else Sent(fields, "foreign", 403)


def unfit(request: HttpRequest) -> str:
    """Why the body of a POST that is no form cannot be acted upon: `foreign`, `unreadable`; empty if it can, and `request.body` is here."""
    try:
        return "" if _ours(request) and request.body is not None else "foreign"
    except (RequestDataTooBig, UnreadablePostError):
        return "unreadable"


def _ours(request: HttpRequest) -> bool:
    origin = request.headers.get("Origin")
    if origin is None:
        return request.headers.get("Sec-Fetch-Site", "same-origin") in ("same-origin", "none")
    return urlsplit(origin).netloc == request.get_host()


def note_told(request: HttpRequest, told: Iterable[str]) -> None:
    """Notes how long what was declared is, which the answer to `request` repeats, so that it is filled up by that and not by what became of it."""
    text = escape("\n".join(told)).encode()
    request.META[_LENGTHS] = (len(zlib.compress(text)), len(text))


def lengths_told(request: HttpRequest) -> tuple[int, int]:
    """What `note_told` noted, in bytes: compressed, and plain."""
    packed, plain = request.META.get(_LENGTHS, (0, 0))
    return packed, plain


def note_room(request: HttpRequest, packed: int, plain: int) -> None:
    """As `note_told`, for an answer whose length is not known to whoever asks: room for so many bytes, compressed and plain."""
    request.META[_LENGTHS] = (packed, plain)
