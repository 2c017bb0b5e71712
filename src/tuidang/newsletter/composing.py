"""The letter of a mailing to one reader: plain text and light HTML from one Markdown, its head, and our signature over all of it.

What is the same for all readers of a language is made once. Nothing in a letter is loaded, and nothing in it tells that it was opened.
"""

from __future__ import annotations

import re
from base64 import encodebytes
from dataclasses import dataclass
from email.utils import format_datetime
from uuid import UUID

from django.template.loader import render_to_string
from django.utils.html import escape
from django.utils.translation import override

from tuidang.design.markdown import render
from tuidang.kernel import clock
from tuidang.kernel.mailing import Finished, Sender, site
from tuidang.newsletter import adapters
from tuidang.newsletter.content import Said, To
from tuidang.newsletter.letters import SPECIAL, SPOKEN, as_paragraphs, words_of
from tuidang.newsletter.signing import Signer

LEAVE, SETTINGS = "https://leave.invalid/", "https://settings.invalid/"
"""Stand in the text until the reader is known. Nobody owns a name below `invalid` (RFC 2606)."""
_LINK = re.compile(r"\[([^\]\n]+)\]\(([^)\s]+)\)")
_OURS = re.compile(r'(<a href=")/(?!/)')
_EASED = re.compile(r' rel="[^"]*"')
_BOUNDARY = "=_part_of_this_letter_="


@dataclass(frozen=True, slots=True)
class Form:
    """A mailing in one language, ready for any reader: heads and both texts, with `LEAVE` and `SETTINGS` where their links come."""

    said: Said
    head: str
    plain: str
    html: str


def form_of(said: Said, sender: Sender) -> Form:
    """What is the same for all readers of one language."""
    with override(said.language):
        foot = render_to_string("newsletter/mail/foot.txt", {"leave": LEAVE, "settings": SETTINGS}).strip()
        name = " ".join(render_to_string("design/register_name.html").split())
    domain = sender.address.partition("@")[2]
    head = (
        f"From: {words_of(name, SPECIAL)} <{sender.address}>\r\n"
        f"Subject: {words_of(said.subject)}\r\n"
        f"List-Id: <newsletter.{domain}>\r\n"
        "Auto-Submitted: auto-generated\r\n"
        "Precedence: bulk\r\n"
        "MIME-Version: 1.0\r\n"
        f'Content-Type: multipart/alternative; boundary="{_BOUNDARY}"\r\n'
    )
    return Form(said, head, f"{plain_text(said.markdown)}\n\n-- \n{foot}\n", _html(said, foot))


def compose(form: Form, to: To, *, mailing: UUID, sender: Sender, signer: Signer | None) -> Finished:
    """The letter, as it goes over the line."""
    leave, start = adapters.token("leave", to.subscriber), f"{site()}/{form.said.language}/newsletter"
    places = {LEAVE: f"{start}/u/{leave}/", SETTINGS: f"{start}/p/{adapters.token('settings', to.subscriber)}/"}
    domain = sender.address.partition("@")[2]
    head = (
        f"{form.head}To: {to.address}\r\nDate: {format_datetime(clock.now())}\r\n"
        f"Message-ID: <{adapters.mailing_letter_id(mailing, to.subscriber)}@{domain}>\r\n"
        f"List-Unsubscribe: <{site()}/newsletter/u/{leave}/>\r\n"
        "List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n"
    )
    parts = [("plain", form.plain), ("html", form.html)]
    body = "".join(f"--{_BOUNDARY}\r\n{_part(kind, _filled(text, places))}" for kind, text in parts)
    raw = f"{head}\r\n{body}--{_BOUNDARY}--\r\n".encode()
    sender_at = sender.address if to.delivery is None else return_path(sender, to.delivery)
    return Finished(raw if signer is None else signer.signed(raw, domain), sender=sender_at, to=str(to.address))


def return_path(sender: Sender, delivery: int) -> str:
    """Where a letter comes back to: it says which one it was. Where nothing is set up to read it, our own address."""
    local, at, domain = sender.returns.partition("@")
    return f"{local}+{adapters.return_mark(delivery)}{at}{domain}" if sender.returns else sender.address


def plain_text(markdown: str) -> str:
    """As it was written, which reads well as it is; links show where they lead."""
    text = _LINK.sub(lambda found: found[1] if found[1] == found[2] else f"{found[1]}: {_whole(found[2])}", markdown)
    return re.sub(r"\n{3,}", "\n\n", text).strip()


def html_text(markdown: str) -> str:
    """The same as HTML, with addresses that lead somewhere from within a mail."""
    return _EASED.sub("", _OURS.sub(rf"\g<1>{site()}/", render(markdown)))


def _whole(address: str) -> str:
    return f"{site()}{address}" if address.startswith("/") and not address.startswith("//") else address


def _html(said: Said, foot: str) -> str:
    head = f'<html lang="{SPOKEN[said.written_in]}"><head><meta charset="utf-8"><title>{escape(said.subject)}</title></head>'
    about = f'<div lang="{SPOKEN[said.language]}">\n{as_paragraphs(foot)}\n</div>'
    return f"<!doctype html>\n{head}\n<body>\n{html_text(said.markdown)}\n<hr>\n{about}\n</body></html>\n"


def _filled(text: str, places: dict[str, str]) -> str:
    for mark, address in places.items():
        text = text.replace(mark, address)
    return text


def _part(kind: str, text: str) -> str:
    body = encodebytes(text.encode()).decode().replace("\n", "\r\n")
    return f'Content-Type: text/{kind}; charset="utf-8"\r\nContent-Transfer-Encoding: base64\r\n\r\n{body}'
