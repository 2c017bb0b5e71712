"""What the pages ask, and what was sent: of signing up, and of a reader's settings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from django.http import QueryDict
from django.utils.translation import gettext as _

from tuidang.design.fields import Choice, Field
from tuidang.newsletter import consents
from tuidang.newsletter.content import Choices
from tuidang.newsletter.policies import LANGUAGES, Address, NoAddress, read_address
from tuidang.newsletter.states import ALL_TOPICS, Rhythm, Topic

SHORT = "short"
"""The step of the block on other pages, which asks for the address alone: the rest is as it is for most."""
_ADDRESS: Mapping[str, str] = {"inputmode": "email", "autocomplete": "email", "autocapitalize": "none", "spellcheck": "false"}
_NAMES = {"en": "English", "zh-hans": "简体中文", "zh-hant": "繁體中文"}


@dataclass(frozen=True, slots=True)
class Typed:
    """What stands in the form. `warned`: they know what a mailbox within reach of the state means."""

    address: str = field(repr=False)
    choices: Choices
    consent: bool = False
    version: str = consents.VERSION
    warned: bool = False

    def problems(self) -> dict[str, str]:
        """The names of what is wrong, by field."""
        found = read_address(self.address)
        wrong = {**problems_of(self.choices)}
        if isinstance(found, NoAddress):
            wrong["address"] = found.problem
        elif found.within_reach and not self.warned:
            wrong["warned"] = "needed"
        if not self.consent:
            wrong["consent"] = "needed"
        elif self.version != consents.VERSION:
            wrong["consent"] = "changed"
        return wrong

    def mailbox(self) -> Address:
        """The address. Only where there are no problems."""
        found = read_address(self.address)
        if isinstance(found, NoAddress):
            raise TypeError("asked before it was checked")
        return found


def blank(language: str) -> Typed:
    """Before anything is filled in."""
    return Typed("", Choices(language=language, topics=ALL_TOPICS.value, rhythm=Rhythm.WEEKLY.value))


def read_typed(fields: QueryDict, language: str) -> Typed:
    """What was sent, from the page or from the block on another one."""
    choices = blank(language).choices if fields.get("step") == SHORT else read_choices(fields)
    consent, version = bool(fields.get("consent")), fields.get("version", "")
    return Typed(fields.get("address", "")[:2000], choices, consent, version, bool(fields.get("warned")))


def read_choices(fields: QueryDict) -> Choices:
    """Language, topics and rhythm as sent; what cannot be is empty or 0."""
    topics = sum({one.value for one in Topic if str(one.value) in fields.getlist("topics")})
    rhythm = next((one.value for one in Rhythm if str(one.value) == fields.get("rhythm")), 0)
    language = fields.get("language", "")
    return Choices(language=language if language in LANGUAGES else "", topics=topics, rhythm=rhythm)


def problems_of(choices: Choices) -> dict[str, str]:
    """The names of what is missing, by field."""
    return {name: "none" for name in ("language", "topics", "rhythm") if not getattr(choices, name)}


def questions(typed: Typed, problems: Mapping[str, str], language: str) -> list[Field]:
    """Everything that signing up asks, in the order of the page. The warning stands there only where it is called for."""
    wrong, words = _errors(problems), consents.versions()[consents.VERSION][language]
    hint = _("An address that nobody connects with you is best, at a provider outside China.")
    asked = [
        Field("address", _("E-mail address"), value=typed.address, hint=hint, error=wrong.get("address", ""), attributes=_ADDRESS),
        *choosing(typed.choices, problems),
    ]
    if "warned" in problems or typed.warned:
        label = _("I know that, and use this mailbox all the same")
        asked.insert(1, Field("warned", label, "tick", "on" if typed.warned else "", error=wrong.get("warned", "")))
    asked.append(Field("consent", words["tick"], "tick", "on" if typed.consent else "", error=wrong.get("consent", "")))
    return asked


def choosing(choices: Choices, problems: Mapping[str, str]) -> list[Field]:
    """What a reader chooses."""
    wrong = _errors(problems)
    topics = {Topic.NEWS: _("News"), Topic.MILESTONES: _("Milestones"), Topic.EVENTS: _("Events")}
    rhythms = {
        Rhythm.EACH: _("Each letter at once"),
        Rhythm.WEEKLY: _("Once a week, together"),
        Rhythm.MONTHLY: _("Once a month, together"),
    }
    return [
        Field(
            "language",
            _("Language of the letters"),
            "radios",
            error=wrong.get("language", ""),
            choices=tuple(Choice(one, _NAMES[one], chosen=one == choices.language) for one in LANGUAGES),
            inline=True,
        ),
        Field(
            "topics",
            _("What about?"),
            "checkboxes",
            error=wrong.get("topics", ""),
            choices=tuple(Choice(str(one.value), label, chosen=bool(one & choices.topics)) for one, label in topics.items()),
            inline=True,
        ),
        Field(
            "rhythm",
            _("How often?"),
            "radios",
            error=wrong.get("rhythm", ""),
            choices=tuple(Choice(str(one.value), label, chosen=one == choices.rhythm) for one, label in rhythms.items()),
        ),
    ]


def _errors(problems: Mapping[str, str]) -> dict[str, str]:
    """A sentence for each problem, by field."""
    reach = _(
        "This mailbox is kept by a company that must show its customers’ mail to the Chinese authorities. They can see that you get this newsletter. "
        "Use a mailbox elsewhere, or read the news on these pages."
    )
    sentences = {
        ("address", "empty"): _("Enter an e-mail address."),
        ("address", "too_long"): _("This is longer than an e-mail address can be."),
        ("address", "characters"): _("There is a space or a character in it that cannot be in an e-mail address. Enter one address alone."),
        ("address", "form"): _("An e-mail address has the form name@example.org."),
        ("warned", "needed"): reach,
        ("language", "none"): _("Choose a language."),
        ("topics", "none"): _("Choose at least one subject, or unsubscribe."),
        ("rhythm", "none"): _("Choose how often."),
        ("consent", "needed"): _("Without your consent no address may be stored."),
        ("consent", "changed"): _("The words that you agree to have changed. Please read them, and tick again."),
    }
    return {name: sentences[name, problem] for name, problem in problems.items()}
