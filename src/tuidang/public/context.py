"""What public pages show, from figures and archive, ready for their templates."""

from __future__ import annotations

import re
from dataclasses import asdict
from typing import Any

from django.conf import settings
from django.http import Http404
from django.utils.translation import get_language

from tlog.entry import Voice
from tlog.errors import MissingError
from tlog.mirrors import Mirrors
from tlog.promise import key_name
from tuidang.archive.queries import Published
from tuidang.intake.content import NewDeclaration
from tuidang.intake.forms import CONSENT_VERSION
from tuidang.intake.layout import Understood
from tuidang.intake.passages import passages
from tuidang.intake.policies import DECIDED_WITHIN_DAYS
from tuidang.intake.questions import seeming
from tuidang.kernel import clock
from tuidang.kernel.errors import DamagedError
from tuidang.ledger import adapters
from tuidang.ledger.founding import promise_key
from tuidang.newsroom import queries as newsroom
from tuidang.newsroom import showing
from tuidang.public import plain
from tuidang.public.stored import STORED
from tuidang.reference import queries as reference
from tuidang.statistics import figures
from tuidang.vault.codes import SCRIPTS, Code
from tuidang.vault.formkeys import FormToken

_MASKED = re.compile(r"(?:[^:：○]{1,20}[:：])?[\s、，,;；.。·]*○[\s○、，,;；.。·]*")
SENTENCE_BELOW = 1000
"""Under this many the number stands in a sentence, not as a headline."""
EXCERPT_BYTES = 420
"""Of each text in a list: 140 Chinese characters, or some 70 English words."""


def home_context() -> dict[str, Any]:
    """The figures of the home page."""
    now, language = figures.read(), current_language()
    left = [{"label": one.leaving[language], "value": now.by_organisation.get(one.name, 0)} for one in reference.organisations()]
    voice = {name: now.by_voice.get(name, 0) for name in ("first_hand", "listed", "not_stated")}
    return {
        "section": "home",
        "figures": now,
        "date": clock.as_date(now.day),
        "headline": now.count >= SENTENCE_BELOW,
        "organisations": left,
        "voice": voice,
        "assurance": {name: now.by_assurance.get(name, 0) for name in ("identified", "witnessed", "reviewed", "screened")},
        **_told(language),
    }


def _told(language: str) -> dict[str, Any]:
    """The latest milestone or news, and the latest story."""
    told, story = newsroom.front(language)
    return {"told": told and showing.row(told), "story": story and showing.row(story)}


def method_context() -> dict[str, Any]:
    """What the method page needs: k, the figures, the reasons for which an entry is taken out of the count."""
    reasons = [one.label(current_language()) for one in reference.reasons().values()]
    return {"section": "method", "k": settings.ENVIRONMENT.k, "figures": figures.read(), "reasons": reasons}


def recount_context(address: str) -> dict[str, Any]:
    """The commands of the recount page, for the ledger at `address`: `key` and `origin` are empty before the first batch."""
    try:
        key = adapters.verifier()
    except MissingError:
        return {"section": "recount", "key": "", "origin": "", "address": address}
    return {"section": "recount", "key": str(key), "origin": key.name, "address": address}


def terms_context() -> dict[str, Any]:
    """Who runs this register, as the operator says; all empty in a trial."""
    named = {name: getattr(settings.ENVIRONMENT, name) for name in ("controller", "contact", "jurisdiction")}
    return {"section": "terms", "version": CONSENT_VERSION, "backup_days": settings.ENVIRONMENT.backup_days, **named}


def text_context(address: str) -> dict[str, Any]:
    """What every text page needs: `address` is that of this site, `colon` what stands between a label and what it says."""
    language = current_language()
    said = {"token": plain.TOKEN[language], "confirm": plain.CONFIRM[language], "yes": plain.YES[language]}
    return {"lang": language, "site": address, "colon": ": " if language == "en" else "：", "mirrors": settings.ENVIRONMENT.mirrors, **said}


def text_form_context() -> dict[str, Any]:
    """The empty text form."""
    language = current_language()
    alone, group = plain.questions(language), plain.questions(language, group=True)
    return {"number": str(FormToken.fresh()), "questions": alone, "group": group, "people": plain.PEOPLE[language]}


def understood_context(understood: Understood, new: NewDeclaration, number: str, *, again: bool) -> dict[str, Any]:
    """A declaration as it will be stored, for its declarant to look over. `number` confirms it; `again`: another number did not."""
    language = current_language()
    left = reference.organisations()
    names = [one.name for one in new.persons]
    persons = [
        {
            "name": one.name,
            "left": [found.full[language] for found in left if found.bit & one.organisations],
            "child": typed.child,
            "renamed": typed.name in understood.renamed,
        }
        for one, typed in zip(new.persons, understood.typed.filled(), strict=True)
    ]
    telling = [(name, one) for name in names for one in passages(name, [name])]
    telling += [(text, one) for text in (new.title, new.text) for one in passages(text, names)]
    return {
        "number": number,
        "again": again,
        "place_unknown": bool(understood.typed.place) and not new.region,
        "persons": persons,
        "group": new.voice == Voice.LISTED,
        "place": reference.label(new.region, language),
        "title": new.title,
        "text": new.text,
        "publish": new.publish,
        "telling": [(text[one.start : one.end], seeming(one.kind)) for text, one in telling],
    }


def declared_context(new: NewDeclaration, code: Code) -> dict[str, Any]:
    """The code of a declaration that was taken in, and of each of its persons if it is a group."""
    language = current_language()
    group = new.voice == Voice.LISTED
    members = [(number, one.name, code.member(number).shown(language)) for number, one in enumerate(new.persons, 1)] if group else []
    other = " ".join(code.words(SCRIPTS["en"])) if language == "en" else code.base32()
    decided = clock.as_date(clock.today() + DECIDED_WITHIN_DAYS)
    return {"code": code.shown(language), "other_form": other, "members": members, "publish": new.publish, "decided_by": decided}


def privacy_context() -> dict[str, Any]:
    """Every line of what is stored, and who answers for it."""
    return {**terms_context(), "section": "privacy", "stored": STORED.values()}


def safety_context() -> dict[str, Any]:
    """Where else this register is to be reached, and the key that signs the list: empty before there is one."""
    try:
        key = str(promise_key().verifier)
    except DamagedError:
        key = ""
    known = settings.ENVIRONMENT
    return {"section": "safety", "mirrors": known.mirrors, "onion": known.onion, "key": key, "backup_days": known.backup_days}


def signed_mirrors() -> bytes:
    """The list of addresses as of today. Raises Http404 where there is no key to sign it with."""
    try:
        key = promise_key()
    except DamagedError as error:
        raise Http404 from error
    return Mirrors(key.name.removesuffix(key_name("")), clock.as_date(clock.today()), settings.ENVIRONMENT.mirrors).sign(key)


def shown(one: Published, language: str, *, whole: bool) -> dict[str, Any]:
    """A statement for the list, or with `whole` for its own page. `cut` says that the text goes on."""
    left = [found.leaving[language] for found in reference.organisations() if one.organisations & found.bit]
    place = reference.label(one.region, language) if one.region else ""
    lines = without_masks(one.text) if one.persons > 1 else one.text
    text = lines if whole else excerpt(lines)
    return {**asdict(one), "left": left, "place": place, "date": clock.as_date(one.day), "text": text, "cut": text != lines}


def without_masks(text: str) -> str:
    """A text without the lines that say nothing but a label and where a name was left out, as in a list of names; other lines as they are."""
    left = [line for line in text.split("\n") if not _MASKED.fullmatch(line)]
    return "\n".join(left).strip() or text


def excerpt(text: str) -> str:
    """The beginning of a text, at most `EXCERPT_BYTES` of it, whole characters, and where there are blanks whole words."""
    if len(text.encode()) <= EXCERPT_BYTES:
        return text
    cut = text.encode()[:EXCERPT_BYTES].decode("utf-8", "ignore")
    at_word = cut.rpartition(" ")[0]
    return f"{at_word if len(at_word) > len(cut) * 3 // 4 else cut}…"


def current_language() -> str:
    """The active language as addresses name it."""
    return get_language() or "en"
