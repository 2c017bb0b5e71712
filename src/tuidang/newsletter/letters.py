"""Letters that answer somebody who signed up: plain text, and the same as light HTML. Nothing in them is loaded, nothing can be counted."""

from __future__ import annotations

import re
from base64 import b64encode
from email.charset import BASE64, Charset

from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.utils.html import escape
from django.utils.translation import gettext as _
from django.utils.translation import override

from tuidang.kernel.mailing import Finished, LongLines, Sender, site
from tuidang.newsletter import adapters, signing
from tuidang.newsletter.actions import Owed
from tuidang.newsletter.policies import WAITING_DAYS

_LINK = re.compile(r"https?://\S+")
_SEVEN_BITS = Charset("utf-8")
_SEVEN_BITS.body_encoding = BASE64
"""Else a server on the way that takes no bytes beyond ASCII would write the text anew, and break our signature (RFC 6376, 5.3)."""
_ENCODED_BYTES = 45
"""In one word of RFC 2047, which has at most 75 characters."""
_MOST_WORDS = 9
"""So many of these, and an address, fit on a header's one line, which has at most 998 bytes: what is longer ends in dots."""
SPECIAL = '"<>@,;:\\()[]'
"""What a name beside an address cannot hold as it is."""
SPOKEN = {"en": "en", "zh-hans": "zh-Hans", "zh-hant": "zh-Hant"}


def signing_up(owed: Owed, sender: Sender) -> EmailMessage:
    """Asks to confirm; or, to whoever reads already, says so and leads to the settings. Signed, where there is a key."""
    message, signer = _signing_up(owed, sender), signing.signer()
    if signer is None:
        return message
    message.to = []  # Django would write what no server knows where the address is not ASCII
    raw = f"To: {owed.address}\r\n".encode() + message.message().as_bytes(linesep="\r\n")
    return Finished(signer.signed(raw, sender.address.partition("@")[2]), sender=sender.address, to=owed.address)


def _signing_up(owed: Owed, sender: Sender) -> LongLines:
    links = links_of(owed)
    with override(owed.language):
        subject = _("Your newsletter") if owed.known else _("Please confirm your newsletter")
        kind = "known" if owed.known else "confirm"
        text = render_to_string(f"newsletter/mail/{kind}.txt", {**links, "days": WAITING_DAYS})
        name = " ".join(render_to_string("design/register_name.html").split())
    body = re.sub(r"\n{3,}", "\n\n", text).strip() + "\n"
    headers = {
        **_headers(sender, owed),
        "From": f"{words_of(name, SPECIAL)} <{sender.address}>",
        "List-Unsubscribe": f"<{site()}/newsletter/u/{adapters.token('leave', owed.subscriber)}/>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    }
    message = LongLines(subject, body, sender.address, [owed.address], headers=headers)
    message.encoding = _SEVEN_BITS
    message.attach_alternative(as_html(body, owed.language, subject), "text/html")
    return message


def links_of(owed: Owed) -> dict[str, str]:
    """Where the links of a letter lead."""
    start = f"{site()}/{owed.language}/newsletter"
    return {purpose: f"{start}/{letter}/{adapters.token(purpose, owed.subscriber)}/" for letter, purpose in adapters.LETTERS.items()}


def words_of(text: str, unfit: str = "") -> str:
    """Words of a header, on its one line: no line end gets in. Encoded (RFC 2047) where they are not ASCII or hold one of `unfit`."""
    line = " ".join(text.split())
    if (
        line.isascii()
        and line.isprintable()
        and "=?" not in line
        and not set(line) & set(unfit)
        and len(line) <= _ENCODED_BYTES * _MOST_WORDS
    ):
        return line
    pieces, room = [""], _ENCODED_BYTES
    for one in line:
        if len((pieces[-1] + one).encode()) > room:
            pieces.append("")
        pieces[-1] += one
    if len(pieces) > _MOST_WORDS:
        pieces = [*pieces[: _MOST_WORDS - 1], f"{pieces[_MOST_WORDS - 1][:-3]}…"]
    return " ".join(f"=?utf-8?b?{b64encode(piece.encode()).decode()}?=" for piece in pieces)


def as_html(text: str, language: str, title: str) -> str:
    """The same words: a paragraph for each, links that can be pressed and show where they lead, nothing else."""
    head = f'<html lang="{SPOKEN[language]}"><head><meta charset="utf-8"><title>{escape(title)}</title></head>'
    return f"<!doctype html>\n{head}\n<body>\n{as_paragraphs(text)}\n</body></html>\n"


def as_paragraphs(text: str) -> str:
    """Plain text as HTML: a paragraph for each, links that can be pressed and show where they lead."""
    return "\n".join(f"<p>{_pressable(one)}</p>" for one in text.strip().split("\n\n"))


def _pressable(paragraph: str) -> str:
    return _LINK.sub(lambda found: f'<a href="{found[0]}">{found[0]}</a>', escape(paragraph)).replace("\n", "<br>\n")


def _headers(sender: Sender, owed: Owed) -> dict[str, str]:
    # Without an id of our own Django would make one of this machine's name and process.
    return {
        "Message-ID": f"<{adapters.letter_id(owed.wish, owed.day)}@{sender.address.partition('@')[2]}>",
        "Auto-Submitted": "auto-generated",
        "X-Auto-Response-Suppress": "All",
    }
