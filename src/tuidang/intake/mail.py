"""What one mail says, whatever it is made of: to whom it is answered, its text, and what tells it from every other mail.

Parsing is bounded, and what is hostile or broken becomes a `problem`, never an error. Nothing of a mail is kept by this.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from email.message import Message
from email.parser import BytesParser
from email.policy import compat32
from email.utils import getaddresses
from hashlib import sha256
from html.parser import HTMLParser
from typing import Literal

LARGEST = 256 * 1024
MOST_PARTS = 50
MOST_LINES_OF_HEADERS = 1000
LARGEST_HTML = 32 * 1024
Problem = Literal["", "too_large", "unreadable", "no_text"]

_ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@(?=.{1,253}$)[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63})+")
_MACHINES = re.compile(
    r"(mailer-daemon|postmaster|no-?reply|do-?not-?reply|bounces?|abuse|.*-(bounces?|request|owner)|owner-.*)([+=-].*)?", re.IGNORECASE
)
_BULK = {"bulk", "list", "junk", "auto_reply", "auto-reply"}
_LISTS = ("List-Id", "List-Unsubscribe", "List-Post", "X-Autoreply", "X-Autorespond", "X-Loop", "Feedback-ID")
_BY_THE_SENDER = ("From", "Reply-To", "Date", "Message-ID")
_WIDER = {"gb2312": "gb18030", "gbk": "gb18030", "gb_2312-80": "gb18030", "big5": "big5hkscs", "us-ascii": "utf-8", "ascii": "utf-8"}
_BREAKS = {"br", "p", "div", "tr", "li", "ul", "ol", "table", "blockquote", "h1", "h2", "h3", "h4", "pre"}


@dataclass(frozen=True, slots=True)
class Mail:
    """One mail. `answer_to` is empty where no answer may go: to machines, lists, and whoever gave no address."""

    answer_to: str = field(repr=False)
    text: str = field(repr=False)
    problem: Problem
    digest: bytes = field(repr=False)


def read_mail(raw: bytes, own: str) -> Mail:
    """Reads `raw`; `own` is our address, which is never answered. More than `LARGEST` bytes: `too_large`, only its headers are looked at.

    The digest covers what its sender wrote (four headers and the body) and not the traces of its way, so that a mail that a server
    delivered twice is the same one.
    """
    head, body = _split(raw)
    try:
        headers = BytesParser(policy=compat32).parsebytes(b"".join(head), headersonly=True)
        answer_to = "" if _is_from_a_machine(headers) else _address(headers, own)
        digest = sha256(b"\0".join([*(str(headers.get(name, "")).encode("utf-8", "replace") for name in _BY_THE_SENDER), body])).digest()
    except (ValueError, TypeError, LookupError, RecursionError, IndexError, AttributeError):
        return Mail("", "", "unreadable", sha256(raw).digest())
    text, problem = ("", "too_large") if len(raw) > LARGEST else _text(b"".join(head) + b"\n" + body)
    return Mail(answer_to, text, problem, digest)  # type: ignore[arg-type]


def _split(raw: bytes) -> tuple[list[bytes], bytes]:
    """The lines of the headers, at most so many, and the body."""
    end = re.search(rb"\r?\n\r?\n", raw)
    head, body = (raw, b"") if end is None else (raw[: end.start()] + b"\n", raw[end.end() :])
    return head.splitlines(keepends=True)[:MOST_LINES_OF_HEADERS], body


def _is_from_a_machine(headers: Message) -> bool:
    def value(name: str) -> str:
        return str(headers.get(name, "")).strip().lower()

    submitted = value("Auto-Submitted").partition(";")[0].strip()
    return (
        submitted not in ("", "no")
        or value("Precedence") in _BULK
        or any(name in headers for name in _LISTS)
        or value("Return-Path") == "<>"
        or value("X-Auto-Response-Suppress") not in ("", "none")
        or value("Content-Type").startswith("multipart/report")
    )


def _address(headers: Message, own: str) -> str:
    """The one address that an answer goes to, empty if there is none, or a machine's, or ours."""
    for name in ("Reply-To", "From"):
        written = [str(one) for one in headers.get_all(name, [])]
        if not written:
            continue
        if len(written) > 1 or len(written[0]) > 500:
            return ""
        found = [address for _, address in getaddresses(written) if address]
        if len(found) != 1 or not _ADDRESS.fullmatch(found[0]):
            return ""
        local = found[0].partition("@")[0]
        return "" if _MACHINES.fullmatch(local) or found[0].lower() == own.lower() else found[0]
    return ""


def _text(raw: bytes) -> tuple[str, Problem]:
    """The first plain text of a mail, else that of its HTML."""
    try:
        parts = list(_parts(BytesParser(policy=compat32).parsebytes(raw)))
        for kind in ("text/plain", "text/html"):
            for part in parts:
                if part.get_content_type() == kind:
                    found = _decoded(part)
                    return (_of_html(found), "") if kind == "text/html" else (found, "")
    except (ValueError, TypeError, LookupError, RecursionError, IndexError, AttributeError, AssertionError):
        return "", "unreadable"
    return "", "no_text"


def _parts(mail: Message) -> Iterator[Message]:
    """Its parts in order, at most so many, without attachments and without mails in the mail."""
    waiting, seen = [mail], 0
    while waiting and seen < MOST_PARTS:
        part = waiting.pop(0)
        seen += 1
        if part.get_content_maintype() == "multipart":
            inside = part.get_payload()
            waiting[:0] = [one for one in inside if isinstance(one, Message)] if isinstance(inside, list) else []
        elif part.get_content_disposition() != "attachment" and not part.get_filename():
            yield part


def _decoded(part: Message) -> str:
    """Raises ValueError or LookupError where bytes and character set do not fit: half a text is none."""
    body = part.get_payload(decode=True)
    if not isinstance(body, bytes):
        raise TypeError("no bytes")
    named = str(part.get_content_charset() or "utf-8")
    text = body.decode(_WIDER.get(named, named))
    if "\0" in text or not isinstance(text, str):
        raise ValueError("no text")
    return text.removeprefix("\ufeff")


class _Words(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self._silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002 -- the parser's signature
        self._silent += tag in ("script", "style", "title")
        if tag in _BREAKS:
            self.found.append("\n")

    def handle_endtag(self, tag: str) -> None:
        if tag in ("script", "style", "title"):
            self._silent = max(0, self._silent - 1)
        if tag in _BREAKS:
            self.found.append("\n")

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self.found.append(" ".join(re.split(r"[ \t\r\n]+", data)))


def _of_html(html: str) -> str:
    plain = _without_styles(html)
    if len(plain) > LARGEST_HTML:
        raise ValueError("too much")
    words = _Words()
    # A tag that never ends would be begun again at each of its characters.
    closed = plain.rfind(">") + 1
    with suppress(AssertionError):  # the parser's own, for marks that it cannot tell from others
        words.feed(plain[:closed] + plain[closed:].replace("<", " "))
        words.close()
    return re.sub(r"\n[ \n]*\n", "\n\n", "".join(words.found)).replace("\u00a0", " ").strip()


def _without_styles(html: str) -> str:
    """What office programs put before a mail is longer than the mail."""
    kept, at, folded = [], 0, html.lower()
    if len(folded) != len(html):
        return html
    while (start := folded.find("<style", at)) >= 0 and (end := folded.find("</style", start)) >= 0:
        kept.append(html[at:start])
        at = end
    return "".join([*kept, html[at:]])
