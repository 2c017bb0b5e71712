"""The rules of screening: pure, the same for every channel. A rule puts a declaration into a lane; none of them refuses anything.

Lanes: `clear` is counted without waiting for a person, `look` waits for one, `hold` waits together with the others of its cluster.
That two texts are alike is no reason for anything: ready sentences are offered to everyone, and are taken out before texts are compared.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import IntEnum, StrEnum

MOST_BY_WEB = 20
LONGEST_NAME = 30
LONGEST_CHINESE_NAME = 12
MOST_WORDS = 6
OWN_ENOUGH = 16
"""Letters and characters of own text from which on two equal texts are more than coincidence."""
BURST = 1_000
"""Declarations with the same own text on one day; those beyond are held as a cluster."""


class Lane(IntEnum):
    """In the order in which a person looks at them."""

    HOLD = 0
    LOOK = 1
    CLEAR = 2


class Reason(StrEnum):
    """Why a declaration is not in the clear lane. Codes only: nothing of its content."""

    MANY_PERSONS = "many_persons"
    NAME_EMPTY = "name_empty"
    NAME_DIGITS = "name_digits"
    NAME_LONG = "name_long"
    NAME_SENTENCE = "name_sentence"
    NAMES_SAME = "names_same"
    IDENTITY_NUMBER = "identity_number"
    PHONE = "phone"
    EMAIL = "email"
    LINK = "link"
    BURST = "burst"
    NAME_IN_TEXT = "name_in_text"
    """Seen when it is shown to a person, and not before."""


WEIGHTS = {
    Reason.BURST: 100,
    Reason.IDENTITY_NUMBER: 40,
    Reason.PHONE: 30,
    Reason.EMAIL: 30,
    Reason.LINK: 30,
    Reason.NAME_IN_TEXT: 30,
    Reason.NAME_EMPTY: 20,
    Reason.NAME_DIGITS: 20,
    Reason.NAMES_SAME: 20,
    Reason.NAME_SENTENCE: 10,
    Reason.NAME_LONG: 10,
    Reason.MANY_PERSONS: 10,
}
_PATTERNS = {
    Reason.IDENTITY_NUMBER: re.compile(r"(?<!\d)(?:\d{17}[\dXx]|\d{15})(?!\d)"),
    Reason.PHONE: re.compile(r"(?<!\d)(?:\+?86)?1[3-9]\d{9}(?!\d)|\+\d{8,14}(?!\d)"),
    Reason.EMAIL: re.compile(r"[\w.+-]{1,64}@[\w-]+(?:\.[\w-]+)+"),
    Reason.LINK: re.compile(
        r"https?://|www\.|(?<![a-z0-9@.-])[a-z0-9-]+(?:\.[a-z0-9-]+)*\.(?:com|net|org|info|cn|io|me|top|xyz|cc)(?![a-z])", re.IGNORECASE
    ),
}
_BETWEEN_DIGITS = re.compile(r"(?<=\d)[ ()-]+(?=\d)")
_PLACEHOLDER = re.compile(r"\{\{\d{1,3}\}\}")
_NAMED_LINE = re.compile(r"^[ \t]*(?:三退|退[^:：\n声聲]{1,30})[:：]([^\n]{1,200})$", re.MULTILINE)
_SENTENCE = re.compile(r"[。！？；!?;]|\.\s")
_CHINESE = re.compile(r"[\u3400-\u9fff]")


@dataclass(frozen=True, slots=True)
class Seen:
    """What the rules look at. `by_web`: nobody but the one who typed it has seen it."""

    title: str = field(repr=False)
    text: str = field(repr=False)
    names: tuple[str, ...] = field(repr=False)
    by_web: bool


@dataclass(frozen=True, slots=True)
class Judgement:
    """`score` only orders; the lane follows from the reasons."""

    lane: Lane
    score: int
    reasons: tuple[Reason, ...]


def letters(text: str) -> str:
    """Letters and digits alone, in one form: no spaces, no marks, no capitals, no full-width forms, no placeholders of names."""
    folded = unicodedata.normalize("NFKC", _PLACEHOLDER.sub("", text)).casefold()
    return "".join(char for char in folded if char.isalnum())


def names_left(text: str) -> bool:
    """Whether a line of a list (`退党：NAME`) in a text whose names are placeholders has a name that is none."""
    return any(letters(line) for line in _NAMED_LINE.findall(text))


def own_text(seen: Seen, ready: Sequence[str]) -> str:
    """What is left of title and text without the ready sentences (as `letters`, longest first) and without the names."""
    own = letters(seen.title + "\n" + seen.text)
    for sentence in ready:
        own = own.replace(sentence, "")
    for name in sorted((letters(name) for name in seen.names), key=len, reverse=True):
        own = own.replace(name, "") if len(name) > 1 else own
    return own


def fingerprint(seen: Seen, own: str) -> bytes:
    """What declarations of one cluster share: a text of one's own, or where there is none, names and text."""
    if bursts(own):
        return b"text" + own.encode()
    names = sorted(letters(name) for name in seen.names)
    return b"name" + "\n".join([*names, own]).encode()


def bursts(own: str) -> bool:
    """Whether there is enough own text for its repetition to mean something."""
    return len(own) >= OWN_ENOUGH


def judge(seen: Seen, *, in_burst: bool = False) -> Judgement:
    """Reasons, score and lane."""
    found = {Reason.BURST} if in_burst else set()
    if seen.by_web and len(seen.names) > MOST_BY_WEB:
        found.add(Reason.MANY_PERSONS)
    if len(seen.names) > 1 and len({letters(name) for name in seen.names}) == 1:
        found.add(Reason.NAMES_SAME)
    for name in seen.names:
        found |= _about_name(name)
    found |= _private_details("\n".join((seen.title, seen.text, *seen.names)))
    lane = Lane.HOLD if Reason.BURST in found else Lane.LOOK if found else Lane.CLEAR
    reasons = tuple(sorted(found, key=lambda reason: (-WEIGHTS[reason], reason)))
    return Judgement(lane, sum(WEIGHTS[reason] for reason in reasons), reasons)


def _about_name(name: str) -> set[Reason]:
    plain = letters(name)
    found = set()
    if not plain:
        found.add(Reason.NAME_EMPTY)
    elif plain.isdigit():
        found.add(Reason.NAME_DIGITS)
    if len(name) > LONGEST_NAME or len(_CHINESE.findall(name)) > LONGEST_CHINESE_NAME:
        found.add(Reason.NAME_LONG)
    if _SENTENCE.search(name) or len(name.split()) > MOST_WORDS:
        found.add(Reason.NAME_SENTENCE)
    return found


def _private_details(text: str) -> set[Reason]:
    """Patterns that identify or advertise someone. Digits may be set apart by spaces or hyphens."""
    folded = unicodedata.normalize("NFKC", text)
    joined = "\n".join(_BETWEEN_DIGITS.sub("", line) for line in folded.split("\n"))
    return {reason for reason, pattern in _PATTERNS.items() if pattern.search(joined)}
