"""What is known of an item besides its words, by kind: stored as JSON, checked when read. None of it differs between languages."""

from __future__ import annotations

from hashlib import sha256
from typing import Literal

import msgspec

from tuidang.newsroom.states import Kind

Offer = Literal["declaring", "certificates", "advice", "reading"]
About = Literal["news", "milestones", "events"]
How = Literal["each", "weekly", "monthly"]


class News(msgspec.Struct, forbid_unknown_fields=True, omit_defaults=True):
    """Nothing besides its words."""


class Support(msgspec.Struct, forbid_unknown_fields=True, omit_defaults=True):
    """Who said it, in which office, where; the words as they were said, and the address where they stand.

    `country` is a region of `reference`; `said_on` an ISO day, empty if it is not known; `original` and its `language` (BCP 47) are shown beside the
    translation.
    """

    who: str = ""
    office: str = ""
    country: int = 0
    said_on: str = ""
    language: str = ""
    original: str = ""
    source: str = ""


class Testimony(msgspec.Struct, forbid_unknown_fields=True, omit_defaults=True):
    """A declarant's story. `statement` is the registry number of a published statement; `consent` says how and when they agreed."""

    alias: str = ""
    statement: int | None = None
    consent: str = ""


class Event(msgspec.Struct, forbid_unknown_fields=True, omit_defaults=True):
    """`starts` and `ends` are local times as on the wall of the place (`2026-12-10T18:30`), `zone` its IANA time zone."""

    starts: str = ""
    ends: str = ""
    zone: str = ""
    place: str = ""
    address: str = ""
    online: str = ""


class Point(msgspec.Struct, forbid_unknown_fields=True, omit_defaults=True):
    """A service point. An address is shown only where somebody marked it safe to show."""

    country: int = 0
    city: str = ""
    address: str = ""
    address_is_safe: bool = False
    hours: str = ""
    languages: list[str] = []
    offers: list[Offer] = []


class File(msgspec.Struct, forbid_unknown_fields=True, omit_defaults=True):
    """A document to download: its language (BCP 47), name, digest and `size` in bytes. The ending of the name says what it is."""

    language: str
    name: str
    digest: str
    size: int


class Publication(msgspec.Struct, forbid_unknown_fields=True, omit_defaults=True):
    """Something to read and to download. Its `files` are facts like any other: what is approved is what can be downloaded."""

    year: int = 0
    author: str = ""
    files: list[File] = []


class Page(msgspec.Struct, forbid_unknown_fields=True, omit_defaults=True):
    """A page that stands by itself; `place` orders those of the footer."""

    place: int = 0


class Milestone(msgspec.Struct, forbid_unknown_fields=True, omit_defaults=True):
    """`step` was reached on `day` (days since 1970) at a checkpoint of `size` entries with this `root` (base64, as in the checkpoint).

    `count` is what is counted there.
    """

    step: int = 0
    day: int = 0
    size: int = 0
    root: str = ""
    count: int = 0


class Mailing(msgspec.Struct, forbid_unknown_fields=True, omit_defaults=True):
    """A letter of the newsletter: what it is about, and for readers of which rhythm it is."""

    topic: About = "news"
    rhythms: list[How] = []


Facts = News | Support | Testimony | Event | Point | Publication | Page | Milestone | Mailing

KINDS: dict[Kind, type[Facts]] = {
    Kind.NEWS: News,
    Kind.SUPPORT: Support,
    Kind.TESTIMONY: Testimony,
    Kind.EVENT: Event,
    Kind.POINT: Point,
    Kind.PUBLICATION: Publication,
    Kind.PAGE: Page,
    Kind.MILESTONE: Milestone,
    Kind.MAILING: Mailing,
}


def read_facts(kind: Kind, stored: object) -> Facts:
    """The facts of an item as they are stored. Raises msgspec.ValidationError."""
    return msgspec.convert(stored, KINDS[kind])


def store_facts(facts: Facts) -> dict[str, object]:
    """Facts as they are stored."""
    stored: dict[str, object] = msgspec.to_builtins(facts)
    return stored


def for_public(facts: Facts) -> Facts:
    """What editions hold of them: not how somebody agreed to have their story told, nor an address that nobody marked safe to show."""
    if isinstance(facts, Testimony):
        return msgspec.structs.replace(facts, consent="")
    if isinstance(facts, Point) and not facts.address_is_safe:
        return msgspec.structs.replace(facts, address="")
    return facts


def mark(facts: Facts) -> str:
    """A short sign of these facts, which is another when they change: a form carries it, to find out whether somebody was faster."""
    return sha256(msgspec.json.encode(facts)).hexdigest()[:16]
