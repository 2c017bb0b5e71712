"""Where declarations arrive by mail, and what sends the answers."""

from __future__ import annotations

from contextlib import AbstractContextManager
from dataclasses import dataclass

from tuidang.kernel import mailboxes
from tuidang.kernel.mailboxes import MOST_AT_ONCE, Arrived, ImapMailbox, Mailbox, MaildirMailbox
from tuidang.kernel.mailing import MailServerError, Server

__all__ = ["MOST_AT_ONCE", "Arrived", "ImapMailbox", "MailServerError", "MailSettings", "Mailbox", "MaildirMailbox", "Server", "opened"]


@dataclass(frozen=True, slots=True)
class MailSettings:
    """Declaring by e-mail: our own address, where its mail arrives (one of the two), what sends the answers."""

    address: str
    maildir: str
    imap: Server | None
    smtp: Server


def opened(settings: MailSettings) -> AbstractContextManager[Mailbox]:
    """The mailbox, for the time of the block. Raises MailServerError, within it too."""
    return mailboxes.opened(settings.maildir, settings.imap)
