"""Answers to whoever has a code are of a few sizes alone, so that a watcher of the line learns little from how long they are.

Encryption hides what a page says and not its length: "published" is longer than "not", a code that opens something longer than one that opens
nothing. So the bodies of these answers are filled up to a multiple of a kilobyte after they were compressed, and their heads to a multiple
of `HEAD` bytes. To which multiple follows from the length of what was declared, never from what became of it: of one declaration all states
are of one size. What is filled in is constant: nothing that is learnt by comparing answers.
"""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from tuidang.design.requests import lengths_told

BUCKET = 1024
LEAST = 2 * BUCKET
"""No answer is shorter: "nothing is found" takes as many bytes as all that the code of one person, or of a family, shows of a ready sentence."""
FRAME = 1792
"""So many bytes, compressed, has the longest status page without what was declared. A page that grows beyond needs a larger one here."""
PLAIN_FRAME = 8704
"""The same for readers that unpack nothing."""
HEAD = 128
FILL = "Fill"
CLAIMS = ("claim", "claim-link")
_GZIP_FLAGS, _GZIP_HEAD = 3, 10
_EXTRA, _COMMENT = 4, 16
_LEAST_EXTRA = 6
"""Two bytes of length, and a subfield's name and length, each of two."""
_MOST_EXTRA = 2 + 65_535
_NOTHING = b"\0\0\0\xff\xff"
"""A piece of the compressed data that holds nothing: stored as it is, of length 0, and not the last."""


def fill_gzip(compressed: bytes, missing: int) -> bytes:
    """The same page, `missing` bytes longer, as one gzip member without optional fields: in its extra field, which every reader skips.

    What is too short for one stands in the comment; a long comment would be refused by Go's reader. What is too long for one stands as pieces
    of nothing before the data.
    """
    pieces = max(0, -(-(missing - _MOST_EXTRA) // len(_NOTHING)))
    compressed = compressed[:_GZIP_HEAD] + pieces * _NOTHING + compressed[_GZIP_HEAD:]
    missing -= pieces * len(_NOTHING)
    if not missing:
        return compressed
    if missing < _LEAST_EXTRA:
        flag, field = _COMMENT, b" " * (missing - 1) + b"\0"
    else:
        empty = missing - _LEAST_EXTRA
        flag, field = _EXTRA, (empty + 4).to_bytes(2, "little") + b"  " + empty.to_bytes(2, "little") + bytes(empty)
    head = bytearray(compressed[:_GZIP_HEAD])
    head[_GZIP_FLAGS] |= flag
    return bytes(head) + field + compressed[_GZIP_HEAD:]


class Buckets:
    """Fills up the answers of `declarant`. Outermost, so that no header comes after it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """The answer, longer."""
        response = self._get_response(request)
        if is_private(request) and not response.streaming:
            head = _fill_body(response, *lengths_told(request))
            response[FILL] = ""
            response[FILL] = "0" * (head + -_head_length(response) % HEAD)
        return response


def is_private(request: HttpRequest) -> bool:
    """Whether the answer depends on a code: it comes from a view of `declarant`, or from a link that shows one."""
    match = request.resolver_match
    return match is not None and (match.func.__module__.startswith("tuidang.declarant.") or match.url_name in CLAIMS)


def _fill_body(response: HttpResponse, packed: int, plain: int) -> int:
    """Fills up the body; returns how many bytes could not be put there, because the file would be another one.

    `packed`, `plain`: how long what was declared is, compressed and not.
    """
    compressed, page = response.get("Content-Encoding") == "gzip", response["Content-Type"].startswith("text/html")
    # Among other things it takes a little more room than alone; on some pages it stands twice.
    room = FRAME + packed * 9 // 8 if compressed else PLAIN_FRAME + 2 * plain if page else 0
    missing = _missing(len(response.content), max(LEAST, room))
    if compressed:
        response.content = fill_gzip(response.content, missing)
    elif page:
        response.content += b" " * missing
    else:
        return missing
    response["Content-Length"] = str(len(response.content))
    return 0


def _missing(length: int, least: int) -> int:
    wanted = max(length, least)
    return wanted + -wanted % BUCKET - length


def _head_length(response: HttpResponse) -> int:
    return len(response.reason_phrase) + sum(len(name) + len(value) + 4 for name, value in response.items())
