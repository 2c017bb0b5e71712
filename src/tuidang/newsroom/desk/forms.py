"""What is typed at the desk, kept to the letter: the words of an item in each language, a new item, and when something goes out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from zoneinfo import available_timezones

from django.conf import settings
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from tuidang.design.fields import PRIVATE, Choice, Field
from tuidang.design.templatetags.design import SPOKEN
from tuidang.kernel.errors import InvalidInputError
from tuidang.newsroom.actions import Words, minute
from tuidang.newsroom.events import moment
from tuidang.newsroom.models import LONGEST_SLUG, LONGEST_SUMMARY, LONGEST_TITLE
from tuidang.newsroom.policies import LANGUAGES, LONGEST_BODY
from tuidang.newsroom.queries import Draft
from tuidang.newsroom.states import Kind
from tuidang.newsroom.words import KINDS

BEGUN = tuple(kind for kind in Kind if kind is not Kind.MILESTONE)
"""What an editor begins. A milestone is prepared when it is reached."""
ZONES = "zones"
"""The id of the list of time zones on a page."""
_PARTS = ("title", "summary", "body")
_LONGEST_NUMBER = 9
Problems = Mapping[str, str]


def language_names() -> dict[str, str]:
    """The name of each language in itself."""
    return {code: str(name) for code, name in settings.LANGUAGES}


def clean(text: str) -> str:
    """What was typed, with one kind of line ends, and without the one character that no database keeps."""
    return text.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "")


@dataclass(frozen=True, slots=True)
class TypedWords:
    """The words of one language as typed. `after` is the version that they were written over; `fits`: the translation fits as it is."""

    words: Words
    after: int
    fits: bool = False


def read_words(data: QueryDict) -> dict[str, TypedWords]:
    """What was typed in each language that was sent."""
    return {language: _read_words(data, language) for language in LANGUAGES if f"body-{language}" in data}


def _read_words(data: QueryDict, language: str) -> TypedWords:
    title, summary, body = (clean(data.get(f"{part}-{language}", "")) for part in _PARTS)
    words = Words(" ".join(title.split()), summary.strip(), body.strip("\n"))
    return TypedWords(words, number(data.get(f"after-{language}", "")) or 0, bool(data.get(f"fits-{language}")))


def words_of(draft: Draft) -> TypedWords:
    """The words as they stand."""
    return TypedWords(Words(draft.title, draft.summary, draft.body), draft.number)


def number(text: str) -> int | None:
    """A whole number as typed, with or without commas; None if it is none."""
    digits = "".join(text.replace(",", "").split())
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) <= _LONGEST_NUMBER else None


def word_questions(language: str, typed: TypedWords, problems: Problems, *, locked: bool) -> dict[str, Field]:
    """Title, summary and text of one language."""
    labels = {"title": _("Title"), "summary": _("Summary"), "body": pgettext("of an item", "Text")}
    hints = {"summary": _("One or two sentences, for lists and feeds."), "body": _("Markdown: ## heading, **bold**, [words](address)")}
    most = {"title": LONGEST_TITLE, "summary": LONGEST_SUMMARY, "body": LONGEST_BODY}
    attributes = {**PRIVATE, "lang": SPOKEN[language], **({"readonly": ""} if locked else {})}
    return {
        part: Field(
            f"{part}-{language}",
            labels[part],
            "text" if part == "title" else "textarea",
            value=getattr(typed.words, part),
            hint="" if locked else hints.get(part, ""),
            error=_word_error(problems.get(part, ""), most[part], len(getattr(typed.words, part))),
            attributes=attributes,
        )
        for part in _PARTS
    }


def _word_error(problem: str, most: int, length: int) -> str:
    if problem == "missing":
        return _("It has no title yet.")
    typed = {"most": f"{most:,}", "length": f"{length:,}"}
    return _("At most %(most)s characters; these are %(length)s. Nothing of this language was saved.") % typed if problem else ""


@dataclass(frozen=True, slots=True)
class NewItem:
    """What was chosen for a new item."""

    kind: str = str(Kind.NEWS.value)
    slug: str = ""
    language: str = ""

    @property
    def known_kind(self) -> Kind | None:
        """The kind, None if it is none that one begins."""
        return next((one for one in BEGUN if str(one.value) == self.kind), None)


def read_new_item(data: QueryDict, language: str) -> NewItem:
    """What was sent; `language` stands where nothing was."""
    return NewItem(data.get("kind", str(Kind.NEWS.value)), clean(data.get("slug", "")).strip(), data.get("language", language))


def new_item_questions(typed: NewItem, problems: Problems) -> list[Field]:
    """Kind, address, language."""
    sentences = {
        "unusable": _("An address has small letters a to z, digits and single hyphens, at most %(most)s.") % {"most": LONGEST_SLUG},
        "taken": _("This address is taken by another item of this kind."),
        "unknown": _("Choose one."),
    }
    wrong = {name: sentences.get(problem, problem) for name, problem in problems.items()}
    kinds = tuple(Choice(str(one.value), str(KINDS[one]), chosen=str(one.value) == typed.kind) for one in BEGUN)
    languages = tuple(Choice(code, name, chosen=code == typed.language) for code, name in language_names().items())
    hint = _("The last part of its permanent address, such as %(example)s. It does not change any more.") % {
        "example": "rally-in-taipei-2026"
    }
    return [
        Field("kind", _("Kind"), "radios", choices=kinds, error=wrong.get("kind", ""), inline=True),
        Field("slug", pgettext("of a page", "Address"), value=typed.slug, hint=hint, error=wrong.get("slug", "")),
        Field(
            "language",
            _("Language that it is written in first"),
            "radios",
            choices=languages,
            error=wrong.get("language", ""),
            hint=_("The others are translations of it."),
            inline=True,
        ),
    ]


@cache
def zones() -> tuple[str, ...]:
    """The time zones to choose from: those with the name of a place, and UTC."""
    places = (one for one in available_timezones() if "/" in one and not one.startswith(("Etc/", "SystemV/", "US/", "posix/", "right/")))
    return ("UTC", *sorted(places))


def zone_attributes() -> dict[str, str]:
    """Of an input for a time zone: the browser searches the list while one types."""
    return {**PRIVATE, "list": ZONES}


def time_attributes() -> dict[str, str]:
    """Of an input for a local time."""
    return {**PRIVATE, "type": "datetime-local"}


def local_time(text: str) -> str:
    """A local time as it is kept, `2026-12-10T18:30`, from what browsers send and people type."""
    return text.strip().replace(" ", "T", 1)[:16] if len(text.strip()) <= 19 else text.strip()


@dataclass(frozen=True, slots=True)
class TypedTime:
    """When something goes out as typed: at once, or `at` in `zone`."""

    when: str = ""
    at: str = ""
    zone: str = "UTC"

    def read(self) -> int | None:
        """Minutes since 1970; None for at once. Raises InvalidInputError for `when`, `at` and `zone`."""
        if self.when == "now":
            return None
        if self.when != "later":
            raise InvalidInputError({"when": "missing"})
        try:
            goes_out = int(moment(local_time(self.at), self.zone.strip()).timestamp()) // 60
        except InvalidInputError as error:
            raise InvalidInputError({"at" if name == "starts" else name: problem for name, problem in error.problems.items()}) from None
        if goes_out <= minute():
            raise InvalidInputError({"at": "past"})
        return goes_out

    def questions(self, problems: Problems) -> list[Field]:
        """When, and at what time of which zone."""
        sentences = {
            "missing": _("Choose one."),
            "unreadable": _("Enter a day and a time, such as 2026-12-10 18:30."),
            "unknown": _("Choose a time zone of the list, such as Asia/Taipei."),
            "past": _("This time is over. Choose a later one, or publish it now."),
        }
        wrong = {name: sentences[problem] for name, problem in problems.items()}
        choices = (
            Choice("now", _("now"), chosen=self.when == "now"),
            Choice("later", _("at the time below"), chosen=self.when == "later"),
        )
        return [
            Field("when", _("When it goes out"), "radios", choices=choices, error=wrong.get("when", ""), inline=True),
            Field("at", _("Local time"), value=self.at, error=wrong.get("at", ""), attributes=time_attributes()),
            Field(
                "zone", _("Time zone"), value=self.zone, error=wrong.get("zone", ""), attributes={**zone_attributes(), "data-own-zone": ""}
            ),
        ]


def read_time(data: QueryDict) -> TypedTime:
    """What was sent."""
    return TypedTime(data.get("when", ""), clean(data.get("at", ""))[:40], clean(data.get("zone", "UTC"))[:60])
