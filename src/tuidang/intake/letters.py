"""What we answer to a mail, and its sending. An answer holds nothing of the mail: no quote, no name, no code, one subject for all."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.utils.translation import override

from tuidang.intake import layout
from tuidang.intake.mailbox import MailSettings
from tuidang.kernel.mailing import sending, site
from tuidang.kernel.randomness import random_bytes
from tuidang.reference import pack
from tuidang.vault.mailkeys import CLAIM_DAYS, WORKED_DAYS, Claim

_RULE = "\n\n" + "-" * 20 + "\n\n"
_BETWEEN = re.compile(r"[\W_]+")


@dataclass(frozen=True, slots=True)
class Letter:
    """An answer, ready to be sent."""

    subject: str
    body: str = field(repr=False)


def claim_letter(language: str, claim: Claim) -> Letter:
    """Says that a declaration was recorded, and where its code can be seen."""
    return _letter("claim", [language], {"link": f"{site()}/{language}/claim/{claim}/", "days": CLAIM_DAYS})


def help_letter(language: str, problems: Mapping[str, str]) -> Letter:
    """Says what is missing, and how to write; in every language where the reader's is not known (empty)."""
    return _letter("help", [language] if language else list(pack.SPOKEN), {"problems": problems, "site": site()})


def late_letter(language: str) -> Letter:
    """Says that a mail lay here for too long. Languages as in `help_letter`."""
    return _letter("late", [language] if language else list(pack.SPOKEN), {"days": WORKED_DAYS, "site": site()})


def quotes_us(text: str) -> bool:
    """Whether `text` holds the first sentence of an answer of ours, however it is quoted and wrapped."""
    folded = _folded(text)
    return any(mark in folded for mark in _marks())


@cache
def _marks() -> list[str]:
    firsts = []
    for language in pack.SPOKEN:
        with override(language):
            firsts.append(_("Your message could not be understood as a declaration. Nothing was recorded, and it has been deleted here."))
            firsts.append(_("What you sent has been recorded."))
        firsts.append(late_letter(language).body.partition("\n")[0])
    return [_folded(one) for one in firsts]


def _folded(text: str) -> str:
    return _BETWEEN.sub("", text).lower()


def _letter(kind: str, languages: list[str], context: dict[str, Any]) -> Letter:
    bodies, subjects = [], []
    for language in languages:
        with override(language):
            said = {**context, "lang": language, "layout": layout.sample(language), "layout_group": layout.sample(language, group=True)}
            said["missing"] = layout.words(context.get("problems", {}), language)
            bodies.append(re.sub(r"\n{3,}", "\n\n", render_to_string(f"intake/mail/{kind}.txt", said).strip()))
            subjects.append(_("About your message"))
    return Letter(" / ".join(subjects), _RULE.join(bodies) + "\n")


def send(letter: Letter, to: str, mail: MailSettings) -> None:
    """Hands `letter` to the server that sends. What this server will never take for this address is no error: nobody else can be told.

    Raises NotNowError where the server wants this one later, BrokenOffError where it broke off, MailServerError where it takes nothing.
    """
    message = EmailMessage(letter.subject, letter.body, mail.address, [to], headers=_headers(mail))
    with sending(mail.smtp) as line:
        line.hand_over(message)


def _headers(mail: MailSettings) -> dict[str, str]:
    # Without an id of our own Django would make one of this machine's name and process.
    return {
        "Message-ID": f"<{random_bytes(16).hex()}@{mail.address.partition('@')[2]}>",
        "Auto-Submitted": "auto-replied",
        "X-Auto-Response-Suppress": "All",
    }
