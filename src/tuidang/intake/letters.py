"""What we answer to a mail, and its sending. An answer holds nothing of the mail: no quote, no name, no code, one subject for all."""

from __future__ import annotations

import ipaddress
import re
import smtplib
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage
from django.core.mail.backends.smtp import EmailBackend
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.utils.translation import override

from tuidang.intake import layout
from tuidang.intake.mailbox import TIMEOUT_SECONDS, MailServerError, MailSettings
from tuidang.kernel.errors import TuidangError
from tuidang.kernel.places import noted_address
from tuidang.kernel.randomness import random_bytes
from tuidang.reference import pack
from tuidang.vault.mailkeys import CLAIM_DAYS, WORKED_DAYS, Claim

_RULE = "\n\n" + "-" * 20 + "\n\n"
_BETWEEN = re.compile(r"[\W_]+")
_OF_THE_SERVER = {421, 503, 530, 534, 535, 538}
"""Answers that have nothing to do with the one mail: it is closing, or we have not signed in as it wants."""


class NotNowError(TuidangError):
    """The answer to this one mail cannot be delivered now; to others it may be."""


class BrokenOffError(MailServerError):
    """The server that sends broke off over one answer: perhaps over this one alone."""


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


def site() -> str:
    """Where the links of answers lead: the first public host, in a trial this machine."""
    for host in settings.ENVIRONMENT.hosts:
        return f"{'http' if host.endswith('.onion') else 'https'}://{host}"
    return noted_address() or "http://127.0.0.1:8000"


def send(letter: Letter, to: str, mail: MailSettings) -> None:
    """Hands `letter` to the server that sends. What this server will never take for this address is no error: nobody else can be told.

    Raises NotNowError where the server wants this one later, BrokenOffError where it broke off, MailServerError where it takes nothing.
    """
    message = EmailMessage(letter.subject, letter.body, mail.address, [to], headers=_headers(mail))
    backend = EmailBackend(
        host=mail.smtp.host,
        port=mail.smtp.port,
        username=mail.smtp.user,
        password=mail.smtp.password(),
        use_ssl=mail.smtp.encrypted,
        use_tls=not mail.smtp.encrypted and not _is_loopback(mail.smtp.host),
        timeout=TIMEOUT_SECONDS,
    )
    try:
        backend.open()
    except (OSError, smtplib.SMTPException, ValueError) as error:
        raise MailServerError(f"the server that sends answers cannot be used ({type(error).__name__})") from None
    try:
        backend.send_messages([message])
    except smtplib.SMTPRecipientsRefused as refused:
        _refused(*(code for code, _said in refused.recipients.values()))
    except smtplib.SMTPDataError as refused:
        _refused(refused.smtp_code)
    except smtplib.SMTPSenderRefused:
        raise MailServerError("the server that sends answers does not take them from us") from None
    except (OSError, smtplib.SMTPException, ValueError) as error:
        raise BrokenOffError(f"the server that sends answers broke off ({type(error).__name__})") from None
    finally:
        with suppress(OSError, smtplib.SMTPException):
            backend.close()


def _refused(*codes: int) -> None:
    """What the server said to the recipient or the text: about itself, not now, or (returns) never."""
    if _OF_THE_SERVER.intersection(codes):
        raise MailServerError("the server that sends answers does not take any now")
    if any(code < 500 for code in codes):
        raise NotNowError("a mail server wants an answer later")


def _headers(mail: MailSettings) -> dict[str, str]:
    # Without an id of our own Django would make one of this machine's name and process.
    return {
        "Message-ID": f"<{random_bytes(16).hex()}@{mail.address.partition('@')[2]}>",
        "Auto-Submitted": "auto-replied",
        "X-Auto-Response-Suppress": "All",
    }


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
