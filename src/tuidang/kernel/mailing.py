"""Sending mail: the server that takes ours, and what its answers mean. No error says what a server answered, or to whom: either could name a person.

Letters are Django's `EmailMessage`, handed over through the backend that the settings name (`MAIL_BACKEND`).
"""

from __future__ import annotations

import ipaddress
import re
import smtplib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage, EmailMultiAlternatives, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.core.mail.backends.smtp import EmailBackend
from django.utils.encoding import punycode

from tuidang.kernel.errors import BusyError, TuidangError
from tuidang.kernel.places import noted_address

TIMEOUT_SECONDS = 20
LONGEST_LINE = 998
"""Of a header, by RFC 5322. Django breaks lines after 78, and programs that read `List-Unsubscribe` do not all put them together again."""
_OF_THE_SERVER = {421, 503, 530, 534, 535, 538}
"""Answers that have nothing to do with the one mail: it is closing, or we have not signed in as it wants."""
_ENHANCED = re.compile(rb"(?<![\d.])5\.\d{1,3}\.\d{1,3}(?!\.?\d)")
_NOBODY_THERE = {b"5.1.1", b"5.1.2", b"5.1.6", b"5.1.10"}
"""By RFC 3463 and 7505: no such mailbox or host, it has moved, it takes no mail. Not 5.1.7 and 5.1.8, which are about us who send."""


@dataclass(frozen=True, slots=True)
class Server:
    """A server of mail and how to sign in there. `user` empty: without signing in."""

    host: str
    port: int
    user: str = field(repr=False)
    password_file: str
    encrypted: bool = True
    """From the first byte; else, for sending to another machine, by STARTTLS."""
    folder: str = "INBOX"

    def password(self) -> str:
        """The first line of the file. Raises MailServerError."""
        try:
            return Path(self.password_file).read_text("utf-8").partition("\n")[0].strip() if self.user else ""
        except (OSError, UnicodeDecodeError):
            raise MailServerError("the file with the password of a mail server cannot be read") from None


@dataclass(frozen=True, slots=True)
class Sender:
    """From which address something is sent, and through which server."""

    address: str
    smtp: Server
    variable: str = "SMTP"
    """What the server's setting is called, after `TUIDANG_`."""
    returns: str = ""
    """Where mail comes back to that cannot be delivered; empty: to `address`."""
    returns_maildir: str = ""
    """Where it arrives, on this machine; or:"""
    returns_imap: Server | None = None
    """Nothing of both: nobody reads it."""
    rates: Mapping[str, int] = field(default_factory=dict)
    """Mails a minute to the mailboxes of one provider, by its domain; `*` for each other."""


class MailServerError(BusyError):
    """A server of mail, or the Maildir, does not do what it should now."""


class BrokenOffError(MailServerError):
    """The server that sends broke off over one mail: perhaps over this one alone."""


class UnsureError(BrokenOffError):
    """It broke off when it had, or may have had, the whole mail: nobody can know whether it takes it."""


class NotNowError(TuidangError):
    """This one mail cannot be delivered now; others may be."""


class LongLines(EmailMultiAlternatives):
    """A mail whose headers stand on one line each, however long."""

    def message(self, **given: Any) -> Any:
        """As Django makes it, by another rule for its lines."""
        made = super().message(**given)
        made.policy = policy.compat32.clone(max_line_length=LONGEST_LINE)
        return made


class Finished(EmailMessage):
    """A mail whose every byte stands, as one that is signed must: lines end with CR LF. `sender` is where it comes back to, if it does."""

    def __init__(self, raw: bytes, *, sender: str, to: str) -> None:
        super().__init__(from_email=sender, to=[to])
        self.raw = raw

    def message(self, **_given: Any) -> Any:
        """The same, for backends that read it."""
        return message_from_bytes(self.raw, policy=policy.SMTP)


class _Watched(smtplib.SMTP):
    """Knows whether it was handing over a text when it broke off: before that, no server has taken anything."""

    in_text = False

    def data(self, msg: Any) -> tuple[int, bytes]:
        self.in_text = True
        try:
            said = super().data(msg)
        except smtplib.SMTPDataError:
            self.in_text = False  # it did not want to read it, and the connection goes on to the next
            raise
        self.in_text = False
        return said


class _WatchedTls(_Watched, smtplib.SMTP_SSL):
    """The same, encrypted from the first byte."""


class Smtp(EmailBackend):
    """Django's, which also reaches addresses such as 用户@例子.中国 where the server can (RFC 6531)."""

    @property
    def connection_class(self) -> type[smtplib.SMTP]:
        """As Django chooses it, watched."""
        return _WatchedTls if self.use_ssl else _Watched

    @property
    def unsure(self) -> bool:
        """Whether the last mail may have been taken although it broke off."""
        return bool(getattr(self.connection, "in_text", False))

    def _send(self, email_message: EmailMessage) -> bool:
        if isinstance(email_message, Finished) and self.connection is not None:
            asked = [] if email_message.to[0].isascii() else ["SMTPUTF8", "BODY=8BITMIME"]
            self.connection.sendmail(email_message.from_email, email_message.to, email_message.raw, mail_options=asked)
            return True
        to = email_message.recipients()
        if all(one.rpartition("@")[0].isascii() for one in to) or self.connection is None:
            parent: Any = super()
            return bool(parent._send(email_message))  # noqa: SLF001 -- this overrides it
        wide = policy.SMTPUTF8.clone(max_line_length=LONGEST_LINE)
        email_message.to = []  # Django would write what no server knows
        said = message_from_bytes(email_message.message().as_bytes(), policy=wide)
        email_message.to = to
        reached = [f"{local}@{punycode(domain)}" for local, _at, domain in (one.rpartition("@") for one in to)]
        said["To"] = ", ".join(reached)
        self.connection.sendmail(email_message.from_email, reached, said.as_bytes(), mail_options=["SMTPUTF8", "BODY=8BITMIME"])
        return True


class Line:
    """An open connection to the server that sends."""

    nobody_there = False
    """Whether the last mail was refused because there is no such mailbox, and for no other reason."""

    def __init__(self, backend: BaseEmailBackend) -> None:
        self._backend = backend

    def hand_over(self, message: EmailMessage) -> bool:
        """Whether the server took `message`; False where it never will for this address.

        Raises NotNowError where the server wants this one later, BrokenOffError where it broke off (UnsureError: it may have taken it),
        MailServerError where it takes nothing.
        """
        self.nobody_there = False
        try:
            self._backend.send_messages([message])
        except smtplib.SMTPRecipientsRefused as refused:
            self.nobody_there = all(_says_nobody_there(code, said) for code, said in refused.recipients.values())
            return _refused(*(code for code, _said in refused.recipients.values()))
        except smtplib.SMTPDataError as refused:
            return _refused(refused.smtp_code)
        except smtplib.SMTPNotSupportedError:
            return False
        except smtplib.SMTPSenderRefused:
            raise MailServerError("the server that sends mail does not take any from us") from None
        except (OSError, smtplib.SMTPException, ValueError) as error:
            kind = UnsureError if getattr(self._backend, "unsure", False) else BrokenOffError
            raise kind(f"the server that sends mail broke off ({type(error).__name__})") from None
        return True


@contextmanager
def sending(server: Server) -> Iterator[Line]:
    """The connection to `server`, for the time of the block. Raises MailServerError."""
    backend = get_connection(
        settings.MAIL_BACKEND,
        host=server.host,
        port=server.port,
        username=server.user,
        password=server.password(),
        use_ssl=server.encrypted,
        use_tls=not server.encrypted and not _is_loopback(server.host),
        timeout=TIMEOUT_SECONDS,
    )
    try:
        backend.open()
    except (OSError, smtplib.SMTPException, ValueError) as error:
        raise MailServerError(f"the server that sends mail cannot be used ({type(error).__name__})") from None
    try:
        yield Line(backend)
    finally:
        with suppress(OSError, smtplib.SMTPException):
            backend.close()


def site() -> str:
    """Where the links of mails lead: the first public host, in a trial this machine."""
    for host in settings.ENVIRONMENT.hosts:
        return f"{'http' if host.endswith('.onion') else 'https'}://{host}"
    return noted_address() or "http://127.0.0.1:8000"


def _refused(*codes: int) -> bool:
    """What the server said to the recipient or the text: about itself, not now, or (False) never."""
    if _OF_THE_SERVER.intersection(codes):
        raise MailServerError("the server that sends mail does not take any now")
    if any(code < 500 for code in codes):
        raise NotNowError("a mail server wants a mail later")
    return False


def _says_nobody_there(code: int, said: bytes) -> bool:
    """By the first code in the answer: what follows may be about anything."""
    found = _ENHANCED.search(said) if code >= 500 else None
    return found is not None and found[0] in _NOBODY_THERE


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
