"""What an objection asks, and how its answers are read: anything at all may have been typed or sent."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, field

from django.http import QueryDict
from django.utils.translation import gettext as _

from tuidang.design.fields import PRIVATE, Choice, Field
from tuidang.intake.policies import clean_text
from tuidang.review.states import Finding, Ground

LONGEST_TEXT = 2_000
LONGEST_NUMBER = 60
SHOWN_TEXT = 200
LARGEST_NUMBER = 2**63
_DAMAGED = "\N{REPLACEMENT CHARACTER}"
_TYPED = {"autocomplete": "off", "inputmode": "numeric"}


@dataclass(frozen=True, slots=True)
class Typed:
    """What stands in the form, as it was typed."""

    number: str = ""
    ground: Ground | None = None
    text: str = field(default="", repr=False)
    seen: int | None = None
    """Which statement the page showed from which this was sent."""
    there: bool = False
    """It did show one: a statement stood under that number."""
    first: bool = False
    """It was sent from the first page, which asks for the number alone."""

    @property
    def index(self) -> int | None:
        """The registry number meant; None if there is none in it."""
        return number(self.number)

    def problems(self) -> dict[str, str]:
        """What must be mended, by field: `empty`, `none`, `too_long`, `damaged`. Of the first page the number alone."""
        found: dict[str, str] = {}
        if self.index is None:
            found["number"] = "empty"
        if self.first:
            return found
        if self.ground is None:
            found["ground"] = "none"
        if len(clean_text(self.text)) > LONGEST_TEXT:
            found["text"] = "too_long"
        if _DAMAGED in self.text:
            found["text"] = "damaged"
        return found


def number(typed: str) -> int | None:
    """A registry number however it is written: with separators, in full width, with words around it. None if it is none."""
    digits = "".join(one for one in unicodedata.normalize("NFKC", typed[:LONGEST_NUMBER]) if one in "0123456789")
    found = int(digits) if digits else LARGEST_NUMBER
    return found if found < LARGEST_NUMBER else None


def beginning(text: str) -> str:
    """Enough of a statement to know it by."""
    return text if len(text) <= SHOWN_TEXT else f"{text[:SHOWN_TEXT].rstrip()}…"


def read_typed(fields: QueryDict) -> Typed:
    """What was typed into the form."""
    ground = next((one for one in Ground if str(one.value) == fields.get("ground")), None)
    text, typed = (fields.get(name, "").replace("\0", "") for name in ("text", "number"))
    first = not {"seen", "ground", "text"} & set(fields)
    return Typed(typed[:LONGEST_NUMBER], ground, text, number(fields.get("seen", "")), "there" in fields, first)


def questions(typed: Typed, problems: dict[str, str]) -> tuple[Field, ...]:
    """The questions of the page, with what was typed and what is wrong with it. A problem `unknown` with the number: nothing bears it."""
    errors = {
        ("number", "empty"): _("Enter the number of the statement."),
        ("number", "unknown"): _("No entry that counts bears this number. Please look at it again: it stands below each statement."),
        ("ground", "none"): _("Choose what this is about."),
        ("text", "too_long"): _("Please shorten this to 2,000 characters."),
        ("text", "damaged"): _("Some characters did not arrive whole. Please look at the text again."),
    }
    error = {name: errors[name, problem] for name, problem in problems.items()}
    grounds = (
        Choice("1", _("This is my name, and I did not declare"), _("Or I did not agree that someone lists me.")),
        Choice("2", _("The text names me or someone close to me")),
        Choice("3", _("The text is mine and was used without permission")),
    )
    chosen = tuple(Choice(one.value, one.label, one.hint, chosen=one.value == str(typed.ground and typed.ground.value)) for one in grounds)
    said = _("Optional, up to 2,000 characters. Please no address, number or anything else by which you could be found.")
    asked = Field(
        "number",
        _("Number of the statement"),
        value=typed.number,
        hint=_("It stands below the statement, after the date."),
        error=error.get("number", ""),
        attributes=_TYPED,
    )
    if typed.first:
        return (asked,)
    return (
        asked,
        Field("ground", _("What is it about?"), "radios", error=error.get("ground", ""), choices=chosen),
        Field("text", _("What should the volunteer know?"), "textarea", typed.text, said, error.get("text", ""), attributes=PRIVATE),
    )


def finding(found: Finding) -> str:
    """Why an objection was not upheld, in the reader's language; empty for other findings."""
    words = {
        Finding.NOT_NAMED: _("The statement names nobody whom the objection could be about."),
        Finding.COMMON_NAME: _("The name is an invented or a very common one and points to nobody in particular."),
        Finding.OFFICE: _("The statement names someone for what they did in a public office."),
        Finding.NOT_COPIED: _("The text is free for anyone to use, or quotes so little that it may be quoted."),
        Finding.NOTHING_PUBLISHED: _("Nothing is published under this number: the entry bears no name and no text."),
        Finding.DECIDED_BEFORE: _("The same objection was decided before, and nothing new was said."),
    }
    return words.get(found, "")
