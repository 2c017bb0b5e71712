"""What a message of support asks, and how its answers are read: anything at all may have been typed or sent."""

from __future__ import annotations

from dataclasses import dataclass, field

from django.http import QueryDict
from django.utils.translation import gettext as _

from tuidang.design.fields import PRIVATE, Field
from tuidang.intake.policies import LONGEST_NAME, clean_line, clean_text
from tuidang.intake.support.content import Message
from tuidang.intake.support.policies import LONGEST_TEXT
from tuidang.intake.support.states import Refusal
from tuidang.reference.queries import CHINA, FIRST_GROUP, match_place

KEPT = 64 * 1024
"""Of what was typed so much is kept on the page, in characters."""
KEPT_LINE = 200
_DAMAGED = "\N{REPLACEMENT CHARACTER}"


@dataclass(frozen=True, slots=True)
class Typed:
    """What stands in the form, as it was typed."""

    name: str = field(default="", repr=False)
    country: str = ""
    text: str = field(default="", repr=False)
    agree: bool = False

    @property
    def region(self) -> int:
        """The country meant, by its code; 0 if none."""
        return match_place(self.country)

    def problems(self) -> dict[str, str]:
        """What must be mended, by field."""
        found: dict[str, str] = {}
        name, text, region = clean_line(self.name), clean_text(self.text), self.region
        if not name or len(name) > LONGEST_NAME:
            found["name"] = "too_long" if name else "empty"
        if not region or region == CHINA or region >= FIRST_GROUP:
            found["country"] = "inside" if region else "unknown"
        if not text or len(text) > LONGEST_TEXT:
            found["text"] = "too_long" if text else "empty"
        for where, typed in (("name", self.name), ("text", self.text)):
            if _DAMAGED in typed:
                found[where] = "damaged"
        if not self.agree:
            found["agree"] = "none"
        return found

    def hidden(self) -> list[tuple[str, str]]:
        """What carries the answers to the next page."""
        return [("name", self.name), ("country", self.country), ("text", self.text), *([("agree", "on")] if self.agree else [])]

    def message(self, language: str) -> Message:
        """What is to be stored. Look at `problems` first."""
        return Message(name=clean_line(self.name), country=self.region, text=clean_text(self.text), language=language)


def read_typed(fields: QueryDict) -> Typed:
    """What was typed into the form."""
    name, country, text = (fields.get(name, "").replace("\0", "") for name in ("name", "country", "text"))
    return Typed(name[:KEPT_LINE], country[:KEPT_LINE], text[:KEPT], bool(fields.get("agree")))


def questions(typed: Typed, problems: dict[str, str]) -> tuple[Field, ...]:
    """The questions of the page, with what was typed and what is wrong with it."""
    errors = {
        ("name", "empty"): _("Enter the name that is to stand below your message."),
        ("name", "too_long"): _("Please shorten this to 60 characters."),
        ("name", "damaged"): _("Some characters did not arrive whole. Please look at the name again."),
        ("country", "unknown"): _("Enter the country in which you live."),
        ("country", "inside"): _(
            "Here people outside mainland China write. If you are there, please do not send this; you can declare instead."
        ),
        ("text", "empty"): _("Write your message."),
        ("text", "too_long"): _("Please shorten this to 2,000 characters."),
        ("text", "damaged"): _("Some characters did not arrive whole. Please look at the text again."),
        ("agree", "none"): _("Tick this box if you agree. Without it the message cannot be published."),
    }
    error = {name: errors[name, problem] for name, problem in problems.items()}
    shown = _("It is published. An invented name is as welcome as your own.")
    return (
        Field("name", _("Name"), value=typed.name, hint=shown, error=error.get("name", "")),
        Field("country", _("Country in which you live"), value=typed.country, error=error.get("country", "")),
        Field(
            "text",
            _("Your message"),
            "textarea",
            typed.text,
            _("Up to 2,000 characters, in any language. Please name nobody in China, and nothing by which someone there could be found."),
            error.get("text", ""),
            attributes=PRIVATE,
        ),
        Field(
            "agree",
            _("I agree that this political message is stored and published with this name and country"),
            "tick",
            "on" if typed.agree else "",
            _("After a volunteer has read it. You can take it down at any time; copies that others have made cannot be recalled."),
            error.get("agree", ""),
        ),
    )


def refusal(reason: Refusal) -> str:
    """Why a message was not published, in the reader's language."""
    words = {
        Refusal.NONE: "",
        Refusal.SPAM: _("It reads like advertising, or makes no sense."),
        Refusal.NOT_SUPPORT: _("It is not a message of support."),
        Refusal.PRIVATE_PERSON: _("It names a private person, or says something by which one could be found."),
        Refusal.INSULT: _("It insults someone, or calls for violence."),
        Refusal.OTHER: _("It could not be published for another reason."),
    }
    return words[reason]
