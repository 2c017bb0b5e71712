"""The demo's newsroom: an editor writes what `pieces.toml` tells, the reviewer approves it, and people abroad send messages of support.

Everything goes the way that it takes in a register: through the desk's actions, past a second person, and through the public form.
"""

from __future__ import annotations

import datetime as dt
import tomllib
from collections.abc import Callable
from functools import cache
from importlib.resources import files
from typing import Any
from uuid import UUID

import msgspec
from django.conf import settings

from tlog.store import write_durably
from tuidang.accounts.policies import Role
from tuidang.archive import queries as archive
from tuidang.archive.queries import Published
from tuidang.demo import drawing
from tuidang.demo.reviewer import member
from tuidang.demo.visitor import Visitor
from tuidang.demo.world import PIONEERS, mark
from tuidang.design.templatetags.design import SPOKEN
from tuidang.intake.contact import actions as contact
from tuidang.intake.contact.states import Role as Desk
from tuidang.intake.support import actions as support
from tuidang.intake.support import queries as supporting
from tuidang.kernel import clock
from tuidang.kernel.places import places, private_folder
from tuidang.ledger import queries as ledger
from tuidang.newsroom import actions, documents, milestones, pictures, queries
from tuidang.newsroom.actions import Words
from tuidang.newsroom.content import Facts, File, Publication, Testimony, read_facts
from tuidang.newsroom.policies import LANGUAGES
from tuidang.newsroom.states import Kind
from tuidang.vault import rolekeys

NAME = "Demo editor"
CREDIT = "Demo desk"
FAR_BACK = 5
"""How many pages of published statements are looked through for one that a story can go with."""
_DRAWN: dict[str, Callable[[], bytes]] = {"hills": drawing.hills, "lake": drawing.lake}


class Editor:
    """Writes and offers; `second` approves."""

    def __init__(self, second: UUID) -> None:
        self.id = member(NAME, [Role.EDITOR])
        self._second = second
        self._left = sorted(_told()["piece"], key=lambda piece: -piece["weeks"])
        self._pictures: dict[str, UUID] = {}

    def publish(self, weeks_left: int) -> None:
        """What goes out this week, or should have before the first."""
        while self._left and self._left[0]["weeks"] >= weeks_left:
            self._make(self._left.pop(0), clock.now().date() + dt.timedelta(weeks=weeks_left))
        self._tell_milestone(last=not weeks_left)

    def _tell_milestone(self, *, last: bool) -> None:
        """Finishes what the register prepared, if the count has reached a step. The letter of the last week stays a draft: it would be sent."""
        step = milestones.highest_step(ledger.snapshot().totals.count, settings.ENVIRONMENT.milestones)
        prepared = milestones.prepare(step) if step else None
        if prepared is not None:
            for item in (prepared.news, prepared.milestone, *(() if last else (prepared.letter,))):
                self._finish(item)

    def _finish(self, item: UUID) -> None:
        draft = queries.on_desk(item)
        if draft is not None:
            for language, text in sorted(draft.texts.items(), key=lambda one: one[0] != draft.language):
                words = Words(text.title, text.summary, f"{text.body}\n\n{mark(language)}")
                actions.write(item=item, language=language, words=words, after=text.number, by=self.id)
        actions.offer(item=item, by=self.id)
        self._approve(item)

    def _make(self, piece: dict[str, Any], end: dt.date) -> None:
        kind, language = Kind[piece["kind"].upper()], piece["language"]
        item = actions.begin(kind=kind, slug=piece["slug"], language=language, by=self.id)
        for one in sorted(LANGUAGES, key=lambda one: one != language):  # the original first: translations follow it
            told = piece[one]
            actions.write(item=item, language=one, words=_words(kind, told, one), after=0, by=self.id)
        actions.set_facts(item=item, facts=_facts(kind, piece, end), by=self.id)
        if name := piece.get("picture"):
            actions.set_picture(item=item, picture=self._picture(name), by=self.id)
        actions.offer(item=item, by=self.id)
        if not piece.get("offered"):
            self._approve(item)

    def _approve(self, item: UUID) -> None:
        found = queries.on_desk(item)
        if found is not None:
            actions.approve(item=item, version=found.version, by=self._second)

    def _picture(self, name: str) -> UUID:
        if name not in self._pictures:
            said = _told()["pictures"][name]
            alt = {language: said[language] for language in LANGUAGES}
            self._pictures[name] = pictures.add(data=_DRAWN[name](), alt=alt, rights=said["rights"], credit=CREDIT, by=self.id)
        return self._pictures[name]


def messages(port: int, reader: UUID) -> None:
    """Messages of support come in by the form, one after the other, and `reader` publishes them."""
    with Visitor(port) as visitor:
        for one in _told()["message"]:
            visitor.support(**one)
    while support.claim(member=reader):
        support.decide(member=reader, publish=[one.id for one in supporting.held(reader)[0]])


def let_everyone_write() -> None:
    """Keys of those who read what is sent by the contact form; the private halves lie where other keys lie that are to be moved away."""
    for role in Desk:
        secret = rolekeys.new_secret()
        kept = rolekeys.KeyFile(role.value, secret).secret_text().encode()
        write_durably(private_folder(places().offline) / f"contact-{role}.key", kept, mode=0o600)
        contact.register_key(role=role, public=rolekeys.public_of(secret))


def _words(kind: Kind, told: dict[str, str], language: str) -> Words:
    """With the sentence that it is invented, which nobody is to be quoted with."""
    if kind is Kind.SUPPORT:
        return Words(told["title"], f"{told['summary']} {mark(language)}", told["body"].strip())
    return Words(told["title"], told["summary"], f"{told['body'].strip()}\n\n{mark(language)}")


def _facts(kind: Kind, piece: dict[str, Any], end: dt.date) -> Facts:
    told = dict(piece.get("facts", {}))
    if kind is Kind.EVENT:
        day = end + dt.timedelta(days=told.pop("day"))
        told |= {"starts": f"{day}T{told.pop('from')}", "ends": f"{day}T{told.pop('until')}"}
    if kind is Kind.SUPPORT:
        told["said_on"] = str(end - dt.timedelta(days=told.pop("said")))
        told["original"] = told.get("original", "").strip()
    found = read_facts(kind, told)
    if isinstance(found, Publication):
        return msgspec.structs.replace(found, year=clock.now().year, files=[_file(piece, language) for language in LANGUAGES])
    if isinstance(found, Testimony) and piece.get("linked") and (statement := _of_somebody()):
        return msgspec.structs.replace(found, alias=statement.name, statement=statement.index)
    return found


def _file(piece: dict[str, Any], language: str) -> File:
    name = f"{piece['slug']}-{language}.txt"
    return documents.keep(data=piece[language]["file"].strip().encode(), name=name, language=SPOKEN[language])


def _of_somebody() -> Published | None:
    """The newest published statement of one person, in simplified characters, who was a Young Pioneer and nothing more; None if there is none."""
    before: int | None = None
    for _ in range(FAR_BACK):
        page = archive.page(before=before)
        for one in page.statements:
            if (one.persons, one.language, one.organisations) == (1, SPOKEN["zh-hans"], PIONEERS):
                return one
        before = page.older
        if before is None:
            break
    return None


@cache
def _told() -> dict[str, Any]:
    return tomllib.loads(files(__package__).joinpath("pieces.toml").read_text("utf-8"))
