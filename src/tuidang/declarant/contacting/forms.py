"""What is asked of whoever writes to those who run the register. Anything at all may have been typed or sent."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field

from django.http import QueryDict
from django.utils.translation import gettext as _

from tuidang.design.fields import PRIVATE, Choice, Field
from tuidang.intake.contact.content import Letter
from tuidang.intake.contact.policies import LONGEST_REACH, LONGEST_TEXT
from tuidang.intake.contact.states import Role
from tuidang.intake.policies import clean_line, clean_text

KEPT = 64 * 1024
"""Of what was typed so much is kept on the page, in characters."""
KEPT_LINE = 1_000
_DAMAGED = "\N{REPLACEMENT CHARACTER}"


@dataclass(frozen=True, slots=True)
class Typed:
    """What stands in the form, as it was typed."""

    role: Role | None = None
    text: str = field(default="", repr=False)
    reach: str = field(default="", repr=False)

    def problems(self, reachable: Collection[Role]) -> dict[str, str]:
        """What must be mended, by field."""
        found: dict[str, str] = {}
        if self.role not in reachable:
            found["role"] = "none" if self.role is None else "closed"
        text = clean_text(self.text)
        if not text or len(text) > LONGEST_TEXT:
            found["text"] = "too_long" if text else "empty"
        if len(clean_line(self.reach)) > LONGEST_REACH:
            found["reach"] = "too_long"
        for where, typed in (("text", self.text), ("reach", self.reach)):
            if _DAMAGED in typed:
                found[where] = "damaged"
        return found

    def letter(self, language: str) -> Letter:
        """What is to be sealed. Look at `problems` first."""
        return Letter(text=clean_text(self.text), reach=clean_line(self.reach), language=language)


def read_typed(fields: QueryDict) -> Typed:
    """What was typed into the form."""
    role = next((one for one in Role if one.value == fields.get("role")), None)
    text, reach = (fields.get(name, "").replace("\0", "") for name in ("text", "reach"))
    return Typed(role, text[:KEPT], reach[:KEPT_LINE])


def names() -> dict[Role, str]:
    """Whom one can write to, in the reader's language."""
    return {
        Role.PRESS: _("Press office"),
        Role.JOINING: _("Volunteers: I want to help"),
        Role.POINTS: _("Service points: find one, or open one"),
        Role.CORRECTIONS: _("Corrections: something on these pages is wrong"),
    }


def questions(typed: Typed, reachable: Collection[Role], problems: dict[str, str]) -> tuple[Field, ...]:
    """The questions of the page, with what was typed and what is wrong with it. Only those who have a key can be chosen."""
    errors = {
        ("role", "none"): _("Choose whom you are writing to."),
        ("role", "closed"): _("Nobody can be reached there at present. Choose another, or come back later."),
        ("text", "empty"): _("Write your message."),
        ("text", "too_long"): _("Please shorten this to 4,000 characters."),
        ("text", "damaged"): _("Some characters did not arrive whole. Please look at the text again."),
        ("reach", "too_long"): _("Please shorten this to 200 characters."),
        ("reach", "damaged"): _("Some characters did not arrive whole. Please look at the text again."),
    }
    error = {name: errors[name, problem] for name, problem in problems.items()}
    choices = tuple(Choice(one.value, words, chosen=one is typed.role) for one, words in names().items() if one in reachable)
    how = _("Optional. You get a code with which you can read the answer here; if you are in China, please leave this empty.")
    text = _("Up to 4,000 characters. Nobody needs your name. To declare, or to object to a statement, use the forms for that.")
    return (
        Field("role", _("Whom are you writing to?"), "radios", error=error.get("role", ""), choices=choices),
        Field("text", _("Your message"), "textarea", typed.text, text, error.get("text", ""), attributes=PRIVATE),
        Field("reach", _("How to reach you"), value=typed.reach, hint=how, error=error.get("reach", "")),
    )
