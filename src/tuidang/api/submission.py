"""What programs written for today's register send, read generously: they cannot be changed, and every one of them slips somewhere.

Plain Python: bytes in, plain data out, nothing is stored. The interface is docs/interfaces.md.
"""

from __future__ import annotations

import binascii
import json
import re
from base64 import urlsafe_b64decode
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field

from tlog.entry import Organisations
from tuidang.intake import policies
from tuidang.kernel.errors import TuidangError

ALL = int(Organisations.PARTY | Organisations.LEAGUE | Organisations.PIONEERS)
# Longer names go first: 共产主义青年团 is the league and has nothing of the party.
_NAMES = {
    Organisations.LEAGUE: "(?:中[国國])?(?:共[产產]主[义義]青年[团團]|共青[团團])|[团團]",
    Organisations.PIONEERS: "(?:中[国國])?少(?:年)?先(?:锋|鋒)?[队隊]|[队隊]",
    Organisations.PARTY: "(?:中[国國])?共[产產][党黨]|[党黨]",
}
_ANY_NAME = "|".join(_NAMES.values())
_BETWEEN = r"[、,，/+\s的]|以?及|和|[与與]|其|中共|曾[经經]?|加入[过過]?|一切|所有|相[关關]|[组組][织織]"
_LEAVING = rf"(?:三退|退出?(?:{_BETWEEN})*(?:{_ANY_NAME})(?:(?:{_BETWEEN})*(?:{_ANY_NAME}))*)"
_LEAVINGS = re.compile(_LEAVING)
_LINE = re.compile(rf"^[ \t]*({_LEAVING})[^:：\r\n]{{0,10}}[:：]([^\r\n]+)", re.MULTILINE)
_SEPARATOR = re.compile(r"[、\r\n]")
_SHORT_ESCAPE = re.compile(r"(?<!\\)((?:\\\\)*)\\u([0-9a-fA-F]{3})(?![0-9a-fA-F])")


@dataclass(frozen=True, slots=True)
class Submission:
    """The fields that count, as text. `email` is never read, and `smnumber` gives way to the names."""

    name: str = field(repr=False)
    address: str = field(repr=False)
    subject: str = field(repr=False)
    content: str = field(repr=False)


class UnusableError(TuidangError):
    """Cannot be taken in. `message` names the sentence for the person: `unreadable`, `names`, `organisations`."""

    exit_code = 1

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


def read(body: bytes) -> Submission:
    """The fields of a submission. Raises UnusableError("unreadable").

    Mended: padding, the other alphabet of base64, line ends inside; escapes below U+1000 that lack their leading zero; UTF-8 or single
    bytes where ASCII was agreed.
    """
    compact = re.sub(rb"\s", b"", body).rstrip(b"=").replace(b"+", b"-").replace(b"/", b"_")
    if not compact or not re.fullmatch(rb"[A-Za-z0-9_-]*", compact):
        raise UnusableError("unreadable")
    try:
        raw = _text_of(urlsafe_b64decode(compact + b"=" * (-len(compact) % 4)))
    except binascii.Error:
        raise UnusableError("unreadable") from None
    for text in (raw, _SHORT_ESCAPE.sub(r"\1\\u0\2", raw)):
        try:
            value = json.loads(text, strict=False)
        except (ValueError, RecursionError):
            continue
        if isinstance(value, dict):
            return Submission(*(_field(value.get(name)) for name in ("name", "address", "subject", "content")))
    raise UnusableError("unreadable")


def _text_of(raw: bytes) -> str:
    """UTF-8; a byte that is none (a browser's `btoa` writes · and é as one) stands for itself."""
    mixed = raw.decode("utf-8", "surrogateescape")
    return re.sub("[\udc80-\udcff]", lambda found: chr(ord(found.group()) - 0xDC00), mixed)


def _field(value: object) -> str:
    # A lone surrogate can be neither stored nor hashed; it becomes the character that stands for an unreadable one.
    return str(value).encode("utf-16", "surrogatepass").decode("utf-16", "replace") if isinstance(value, str | int) else ""


def people(sent: Submission) -> list[tuple[str, int]]:
    """(name, organisations) of everyone named. Raises UnusableError("names") or ("organisations") if they are missing for anyone.

    A line `退党团队：NAME` says it for that person; where nobody has such a line, what the title or the text says holds for all.
    """
    names = [name for part in _SEPARATOR.split(sent.name) if (name := policies.clean_line(part))]
    if not names:
        raise UnusableError("names")
    lines = _by_name(sent.content) or _by_name(sent.subject)
    told = any(name in lines for name in names)
    whole = 0 if told and len(names) > 1 else organisations(f"{sent.subject}\n{sent.content}")
    found = [(name, _next(lines, name) or whole) for name in names]
    if not all(left for _, left in found):
        raise UnusableError("organisations")
    return found


def _by_name(text: str) -> dict[str, list[int]]:
    lines: dict[str, list[int]] = defaultdict(list)
    for name, left in _line_by_line(text):
        lines[name].append(left)
    return dict(lines)


def _line_by_line(text: str) -> Iterator[tuple[str, int]]:
    for found in _LINE.finditer(text):
        for name in _SEPARATOR.split(found.group(2)):
            yield policies.clean_line(name), organisations(found.group(1))


def _next(lines: dict[str, list[int]], name: str) -> int:
    """What the next line for `name` says: two people may bear one name. 0 if there is none."""
    told = lines.get(name, [0])
    return told.pop(0) if len(told) > 1 else told[0]


def organisations(text: str) -> int:
    """The organisations that a text says someone leaves, 0 if it names none: 退 and any of 党团队 in either script, or 三退."""
    found = 0
    for phrase in _LEAVINGS.findall(text):
        found |= ALL if phrase == "三退" else _named(phrase)
    return found


def _named(phrase: str) -> int:
    return sum({int(bit) for name in re.findall(_ANY_NAME, phrase) for bit, names in _NAMES.items() if re.fullmatch(names, name)})
