"""What the environment says of declaring by e-mail, and of the newsletter. Nothing: they are off."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from urllib.parse import SplitResult, unquote, urlsplit

from tuidang.intake.mailbox import MailSettings
from tuidang.kernel.errors import SetUpError
from tuidang.kernel.mailing import Sender, Server

NAMES = ("MAIL_FROM", "MAILDIR", "IMAP", "IMAP_PASSWORD_FILE", "SMTP", "SMTP_PASSWORD_FILE")
NEWSLETTER_NAMES = ("NEWSLETTER_FROM", "NEWSLETTER_SMTP", "NEWSLETTER_SMTP_PASSWORD_FILE", "NEWSLETTER_RATES")
RETURN_NAMES = ("NEWSLETTER_RETURNS", "NEWSLETTER_RETURNS_MAILDIR", "NEWSLETTER_RETURNS_IMAP", "NEWSLETTER_RETURNS_IMAP_PASSWORD_FILE")
_ADDRESS = r"[A-Za-z0-9.+_-]+@[A-Za-z0-9.-]+"
_PORTS = {"imaps": 993, "smtps": 465, "smtp": 25}


def read_mail_settings(environment: Mapping[str, str]) -> MailSettings | None:
    """None if nothing of it is set. Raises SetUpError if some of it is, and not all that it takes.

    A server that sends, alone, may be there for the newsletter.
    """
    given = _given(NAMES, environment)
    needed = (
        NAMES if not environment.get("TUIDANG_NEWSLETTER_FROM", "").strip() else [name for name in NAMES if not name.startswith("SMTP")]
    )
    if not any(given[name] for name in needed):
        return None
    if not re.fullmatch(_ADDRESS, given["MAIL_FROM"]):
        raise SetUpError("TUIDANG_MAIL_FROM must be the address that people write to")
    if bool(given["MAILDIR"]) == bool(given["IMAP"]):
        raise SetUpError("one of TUIDANG_MAILDIR and TUIDANG_IMAP must say where mail arrives")
    imap = _server("IMAP", given, ("imaps",)) if given["IMAP"] else None
    return MailSettings(given["MAIL_FROM"], given["MAILDIR"], imap, _server("SMTP", given, ("smtp", "smtps")))


def read_newsletter_settings(environment: Mapping[str, str]) -> Sender | None:
    """None if TUIDANG_NEWSLETTER_FROM is not set. Raises SetUpError where what it takes besides is missing.

    It is sent through a server of its own, else through the one that answers declarations by e-mail.
    """
    given = _given((*NEWSLETTER_NAMES, *RETURN_NAMES, *NAMES), environment)
    if not given["NEWSLETTER_FROM"]:
        if given["NEWSLETTER_SMTP"]:
            raise SetUpError("TUIDANG_NEWSLETTER_FROM must be the address that the newsletter comes from")
        return None
    if not re.fullmatch(_ADDRESS, given["NEWSLETTER_FROM"]):
        raise SetUpError("TUIDANG_NEWSLETTER_FROM must be an e-mail address")
    name = "NEWSLETTER_SMTP" if given["NEWSLETTER_SMTP"] else "SMTP"
    returns, maildir, imap = given["NEWSLETTER_RETURNS"], given["NEWSLETTER_RETURNS_MAILDIR"], given["NEWSLETTER_RETURNS_IMAP"]
    if returns and not re.fullmatch(_ADDRESS, returns):
        raise SetUpError("TUIDANG_NEWSLETTER_RETURNS must be the address that undeliverable letters come back to")
    if (bool(maildir) + bool(imap)) != bool(returns):
        raise SetUpError("TUIDANG_NEWSLETTER_RETURNS and one of TUIDANG_NEWSLETTER_RETURNS_MAILDIR and …_IMAP go together")
    mailbox = _server("NEWSLETTER_RETURNS_IMAP", given, ("imaps",)) if imap else None
    server = _server(name, given, ("smtp", "smtps"))
    return Sender(given["NEWSLETTER_FROM"], server, name, returns, maildir, mailbox, _rates(given["NEWSLETTER_RATES"]))


def _rates(text: str) -> dict[str, int]:
    """`gmail.com=60 *=600`: letters a minute by provider. Raises SetUpError."""
    parts = [re.fullmatch(r"([a-z0-9.-]+|\*)=([1-9][0-9]{0,6})", one) for one in text.replace(",", " ").split()]
    found = {part[1]: int(part[2]) for part in parts if part}
    if len(found) != len(parts):
        raise SetUpError("TUIDANG_NEWSLETTER_RATES must look like gmail.com=60 *=600: letters a minute, by the domain of the mailbox")
    return found


def _given(names: Iterable[str], environment: Mapping[str, str]) -> dict[str, str]:
    return {name: environment.get(f"TUIDANG_{name}", "").strip() for name in names}


def _server(name: str, given: Mapping[str, str], schemes: tuple[str, ...]) -> Server:
    form = " or ".join(f"{scheme}://user@host" for scheme in schemes)
    try:
        parts = urlsplit(given[name])
        port = parts.port
    except ValueError:
        raise SetUpError(f"TUIDANG_{name} must look like {form}") from None
    if parts.scheme not in schemes or not parts.hostname or (name.endswith("IMAP") and not parts.username):
        raise SetUpError(f"TUIDANG_{name} must look like {form}")
    if parts.password:
        raise SetUpError(f"a password belongs into a file: name it in TUIDANG_{name}_PASSWORD_FILE")
    if parts.username and not given[f"{name}_PASSWORD_FILE"]:
        raise SetUpError(f"TUIDANG_{name} names a user: TUIDANG_{name}_PASSWORD_FILE must name the file with the password")
    return Server(
        host=parts.hostname,
        port=port or _PORTS[parts.scheme],
        user=unquote(parts.username or ""),
        password_file=given[f"{name}_PASSWORD_FILE"],
        encrypted=parts.scheme != "smtp",
        folder=_folder(parts),
    )


def _folder(parts: SplitResult) -> str:
    return unquote(parts.path.strip("/")) or "INBOX"
