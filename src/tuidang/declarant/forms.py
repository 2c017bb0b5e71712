"""The one question that opens everything here: the code. What is wrong with it is said as helpfully as may be, and never more."""

from __future__ import annotations

from django.utils.translation import gettext as _

from tuidang.design.fields import Field
from tuidang.review.states import Refusal

LONGEST_TYPED = 1000


def code_field(typed: str, problem: str) -> Field:
    """The question for a code, with what was typed. `problem` is a hint of `vault.codes`, `unknown`, or a problem of `design.requests`."""
    sentences = {
        "empty": _("Enter your code."),
        "length": _("A code has 12 Chinese characters or English words, or 28 letters and digits. Here something is missing, or too much."),
        "symbol": _("Something in it never occurs in a code. Please look at each character again."),
        "check": _("At least one character is not right. Please look at each character again."),
        "unknown": _("Nothing is found under this code. Please look at each character again."),
        "foreign": _("This did not come from our own page. If you want to look it up, press the button here."),
        "too_large": _("What was sent is too large for a code."),
        "unreadable": _("What was sent could not be read. Please enter the code again."),
    }
    hint = _("In any of its forms. Spaces, capitals and punctuation do not matter.")
    return Field("code", _("Your code"), value=typed, hint=hint, error=sentences.get(problem, ""))


def refusal(reason: Refusal | None) -> str:
    """Why it was refused, in the reader's language; empty if that is not known."""
    words = {
        Refusal.INVENTED: _("invented"),
        Refusal.SPAM: _("advertising or nonsense"),
        Refusal.NOT_A_DECLARATION: _("not a declaration"),
        Refusal.PRIVATE_PERSON: _("names a private person"),
        Refusal.DUPLICATE: _("handed in twice by the same form"),
        Refusal.OTHER: _("other reason"),
    }
    return words[reason] if reason else ""
