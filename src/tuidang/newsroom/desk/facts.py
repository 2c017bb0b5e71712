"""What is asked about an item besides its words, by its kind: from what is stored to a form, and from what was typed back to facts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec
from django.http import QueryDict
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from tuidang.design.fields import PRIVATE, Choice, Field
from tuidang.design.fields import Kind as Drawn
from tuidang.newsroom.content import Facts
from tuidang.newsroom.desk.forms import clean, local_time, number, time_attributes, zone_attributes
from tuidang.newsroom.facts import problems as problems_of
from tuidang.newsroom.states import Kind
from tuidang.newsroom.words import OFFERS, RHYTHMS, SPOKEN, TOPICS
from tuidang.reference import queries as reference

LONGEST_LINE = 300
LONGEST_TEXT = 20_000
ASKED: Mapping[Kind, tuple[str, ...]] = {
    Kind.SUPPORT: ("who", "office", "country", "said_on", "language", "original", "source"),
    Kind.TESTIMONY: ("alias", "statement", "consent"),
    Kind.EVENT: ("starts", "ends", "zone", "place", "address", "online"),
    Kind.POINT: ("country", "city", "address", "address_is_safe", "hours", "languages", "offers"),
    Kind.PUBLICATION: ("year", "author"),
    Kind.PAGE: ("place",),
    Kind.MAILING: ("topic", "rhythms"),
}
"""The facts that are typed, by kind. Files and what the register knows of a milestone are not."""
_NUMBERS = frozenset(("country", "statement", "year", "place"))
_TEXTS = frozenset(("original", "consent", "hours"))
_SETS = frozenset(("languages", "offers", "rhythms"))
_TIMES = frozenset(("starts", "ends"))
_KNOWN: Mapping[str, Mapping[str, Any]] = {"languages": SPOKEN, "offers": OFFERS, "topic": TOPICS, "rhythms": RHYTHMS}
Typed = Mapping[str, str | list[str]]


def asked(kind: Kind) -> tuple[str, ...]:
    """The names of the facts that an editor fills in; none for news."""
    return ASKED.get(kind, ())


def typed_of(kind: Kind, facts: Facts) -> dict[str, str | list[str]]:
    """What would be typed to get these facts."""
    return {name: _typed(getattr(facts, name)) for name in asked(kind)}


def _typed(value: Any) -> str | list[str]:
    if isinstance(value, list):
        return [str(one) for one in value]
    if isinstance(value, bool):
        return "on" if value else ""
    return "" if value in (0, None) else str(value)


def read_typed(kind: Kind, data: QueryDict) -> dict[str, str | list[str]]:
    """What was sent."""
    return {name: data.getlist(name) if name in _SETS else clean(data.get(name, "")) for name in asked(kind)}


def read_facts(kind: Kind, typed: Typed, before: Facts) -> tuple[Facts, dict[str, str]]:
    """The facts as typed, with what is not typed as it was `before`, and what is wrong with them by field."""
    wrong: dict[str, str] = {}
    values: dict[str, Any] = {}
    for name, text in typed.items():
        value, problem = _value(kind, name, text)
        values[name] = value
        if problem:
            wrong[name] = problem
    facts: Facts = msgspec.structs.replace(before, **values)
    return facts, problems_of(facts) | wrong


def _value(kind: Kind, name: str, text: str | list[str]) -> tuple[Any, str]:
    if isinstance(text, list):
        known = _KNOWN[name]
        return [one for one in known if one in text], ""
    if name == "address_is_safe":
        return bool(text), ""
    if name == "topic":
        return (text, "") if text in TOPICS else ("news", "unknown")
    if name in _NUMBERS and not (name == "place" and kind is not Kind.PAGE):
        found = number(text)
        nothing = None if name == "statement" else 0
        return (nothing if found is None else found), "unreadable" if text.strip() and found is None else ""
    value = local_time(text) if name in _TIMES else text.strip()
    most = LONGEST_TEXT if name in _TEXTS else LONGEST_LINE
    return value, "too_long" if len(value) > most else ""


def questions(kind: Kind, typed: Typed, problems: Mapping[str, str]) -> list[Field]:
    """Every question about an item of this kind, with what was typed and what is wrong."""
    return [_question(kind, name, typed.get(name, ""), _sentence(name, problems.get(name, ""))) for name in asked(kind)]


def _question(kind: Kind, name: str, value: str | list[str], error: str) -> Field:
    label, hint = _labels(kind)[name]
    drawn: dict[str, Drawn] = {
        "country": "select",
        "address_is_safe": "tick",
        "languages": "checkboxes",
        "offers": "checkboxes",
        "topic": "radios",
        "rhythms": "checkboxes",
    }
    return Field(
        name,
        label,
        drawn.get(name, "textarea" if name in _TEXTS else "text"),
        value="" if isinstance(value, list) else value,
        hint=hint,
        error=error,
        choices=_choices(name, value),
        inline=name in _SETS,
        attributes=_attributes(name),
    )


def _choices(name: str, value: str | list[str]) -> tuple[Choice, ...]:
    if name == "country":
        every = reference.countries(get_language() or "en")
        listed = tuple(Choice(str(one.code), one.label(get_language() or "en"), chosen=str(one.code) == value) for one in every)
        return (Choice("", "–"), *listed)
    known = _KNOWN.get(name, {})
    return tuple(Choice(code, str(words), chosen=code in value) for code, words in known.items())


def _attributes(name: str) -> Mapping[str, str]:
    if name in _TIMES:
        return time_attributes()
    if name == "zone":
        return zone_attributes()
    kinds = {"said_on": {"type": "date"}, "source": {"type": "url"}, "online": {"type": "url"}}
    numbers = {"inputmode": "numeric"} if name in _NUMBERS and name != "country" else {}
    return {**PRIVATE, **numbers, **kinds.get(name, {})}


def _labels(kind: Kind) -> dict[str, tuple[str, str]]:
    """Label and hint of each fact."""
    by_kind = {
        Kind.SUPPORT: _support_labels,
        Kind.TESTIMONY: _testimony_labels,
        Kind.EVENT: _event_labels,
        Kind.POINT: _point_labels,
        Kind.PUBLICATION: _publication_labels,
        Kind.PAGE: _page_labels,
        Kind.MAILING: _mailing_labels,
    }
    return by_kind[kind]()


def _support_labels() -> dict[str, tuple[str, str]]:
    return {
        "who": (_("Who said it"), ""),
        "office": (_("Office"), _("At the time, as it is called officially.")),
        "country": (_("Country or territory"), ""),
        "said_on": (_("Day"), _("If it is known.")),
        "language": (_("Language of the original"), _("Its code, such as en, de or zh-Hant.")),
        "original": (_("The words as they were said"), _("Shown beside the translation.")),
        "source": (_("Where it can be read"), _("The address of the page, beginning with https://")),
    }


def _testimony_labels() -> dict[str, tuple[str, str]]:
    return {
        "alias": (_("Name to show"), _("An alias. Never the real name, unless it stands on the statement itself.")),
        "statement": (_("Registry number"), _("Of the published statement, if the story belongs to one. It must be public now.")),
        "consent": (_("How and when they agreed"), _("To whom, by what way, on which day, to what. No real names, no contact details.")),
    }


def _event_labels() -> dict[str, tuple[str, str]]:
    return {
        "starts": (_("Begins"), _("Local time, as on the wall of the place.")),
        "ends": (_("Ends"), _("If it is known.")),
        "zone": (_("Time zone"), _("Of the place: type a part of it, such as Taipei, and choose.")),
        "place": (pgettext("of an event", "Place"), ""),
        "address": (_("Address"), ""),
        "online": (_("Where to watch it"), _("The address of the page, beginning with https://")),
    }


def _point_labels() -> dict[str, tuple[str, str]]:
    return {
        "country": (_("Country or territory"), ""),
        "city": (_("City"), ""),
        "address": (_("Address"), _("Only shown if it is marked as safe below.")),
        "address_is_safe": (_("The address may be shown: it is safe for those who work there and who come"), ""),
        "hours": (_("Opening hours"), ""),
        "languages": (_("Languages spoken there"), ""),
        "offers": (_("What it offers"), ""),
    }


def _publication_labels() -> dict[str, tuple[str, str]]:
    return {"year": (_("Year"), ""), "author": (_("Author"), "")}


def _page_labels() -> dict[str, tuple[str, str]]:
    return {"place": (_("Place in the list of pages"), _("1 comes first. Empty: it is not in the list."))}


def _mailing_labels() -> dict[str, tuple[str, str]]:
    return {
        "topic": (_("What it is about"), _("It goes to readers who chose this subject.")),
        "rhythms": (_("Who gets it"), _("For a letter that gathers a week, choose those who get one a week.")),
    }


def _sentence(name: str, problem: str) -> str:
    """What is wrong, in words."""
    if not problem:
        return ""
    of_field = {
        ("zone", "unknown"): _("Choose a time zone of the list, such as Asia/Taipei."),
        ("starts", "unreadable"): _("Enter a day and a time, such as 2026-12-10 18:30."),
        ("ends", "unreadable"): _("Enter a day and a time, such as 2026-12-10 18:30."),
        ("said_on", "unreadable"): _("Enter a day, such as 2026-12-10."),
        ("language", "unreadable"): _("A code of a language, such as en, de or zh-Hant."),
        ("language", "missing"): _("Say in which language the original is."),
        ("consent", "missing"): _("Without their consent nothing of it may be published. Write down how and when they agreed."),
        ("offers", "missing"): _("Choose at least one."),
        ("rhythms", "missing"): _("Choose at least one."),
        ("country", "missing"): _("Choose one."),
    }
    general = {
        "missing": _("This is missing."),
        "unreadable": _("Enter a number."),
        "unknown": _("Choose one."),
        "before": _("It ends before it begins."),
        "future": _("This day is still to come."),
        "no_address": _("An address of a page begins with https:// or http:// and has no blanks."),
        "not_published": _("No statement is public under this number now."),
        "too_long": _("This is too long."),
    }
    return of_field.get((name, problem), general[problem])


def lacking(kind: Kind, problems: Mapping[str, str]) -> list[str]:
    """What is wrong with the facts of an item, a line for each that is typed: which one it is, and what to do."""
    labels = _labels(kind) if asked(kind) else {}
    return [f"{labels[name][0]} – {_sentence(name, problem)}" for name, problem in problems.items() if name in labels]


def summary(kind: Kind, facts: Facts) -> list[tuple[str, str]]:
    """Label and value of what is filled in, for reading."""
    typed, labels = typed_of(kind, facts), _labels(kind) if asked(kind) else {}
    return [(labels[name][0], _read(name, value)) for name, value in typed.items() if value]


def _read(name: str, value: str | list[str]) -> str:
    if isinstance(value, list):
        return " · ".join(str(_KNOWN[name][one]) for one in value if one in _KNOWN[name])
    if name == "topic":
        return str(TOPICS.get(value, ""))
    if name == "country":
        return reference.label(int(value), get_language() or "en")
    return {"address_is_safe": _("yes")}.get(name, value.replace("T", " ") if name in _TIMES else value)
