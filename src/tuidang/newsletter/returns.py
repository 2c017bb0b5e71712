"""What comes back: letters that could not be delivered (RFC 3464), and what providers pass on of readers who call them unwanted (RFC 5965).

A mail is believed for the mark in it, which only that letter had. Whatever it is, it is deleted: this mailbox is for nothing else.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Iterator
from email import message_from_bytes
from email.message import Message
from uuid import UUID

from django.conf import settings

from tuidang.kernel.errors import DamagedError
from tuidang.kernel.mailboxes import Mailbox, opened
from tuidang.kernel.mailing import Sender
from tuidang.newsletter import actions, adapters, mailings, queries
from tuidang.newsletter.states import Fate, Reason

log = logging.getLogger("tuidang.newsletter")
MOST_BYTES = 256 * 1024
AT_ONCE = 50
_MARK = re.compile(rb"\+([0-9a-f]{32})@", re.IGNORECASE)
_LEAVE = re.compile(rb"/newsletter/u/([A-Za-z0-9_-]{22})/")
_NOBODY_THERE = re.compile(r"5\.(?:1\.\d+|0\.0|2\.1|4\.4)")
"""There is no such mailbox, it is switched off, or no host. Of others, such as a full one or letters taken for spam, another letter may arrive."""
_HARMLESS = {"not-spam", "auth-failure", "opt-out-list"}


def read(raw: bytes) -> None:
    """Does what one mail asks for: shuts out whom letters do not reach any more, and whoever does not want them."""
    mail = message_from_bytes(raw)
    kinds = {part.get_content_type() for part in mail.walk()}
    if "message/feedback-report" in kinds and _complains(mail):
        _shut_out(raw, Fate.COMPLAINED, Reason.COMPLAINED)
    elif "message/delivery-status" in kinds:
        failed = [status for action, status in _told(mail) if action == "failed" and status.startswith("5.")]
        if failed:
            for_good = any(_NOBODY_THERE.fullmatch(one) for one in failed)
            _shut_out(raw, Fate.BOUNCED, Reason.BOUNCED if for_good else None)


def _complains(mail: Message) -> bool:
    """What no report says is one all the same: providers send them for nothing else."""
    blocks = _blocks(mail, "message/feedback-report")
    return not {str(one.get("Feedback-Type", "")).strip().lower() for one in blocks} & _HARMLESS


def _told(mail: Message) -> Iterator[tuple[str, str]]:
    """Action and status of each recipient that a report names."""
    for block in _blocks(mail, "message/delivery-status"):
        words = str(block.get("Status", "")).split()
        yield str(block.get("Action", "")).strip().lower(), words[0] if words else ""


def _blocks(mail: Message, kind: str) -> Iterator[Message]:
    """The groups of fields in the parts of one kind."""
    for part in mail.walk():
        held = part.get_payload() if part.get_content_type() == kind else None
        if isinstance(held, list):
            yield from (one for one in held if isinstance(one, Message))


def _shut_out(raw: bytes, fate: Fate, reason: Reason | None) -> None:
    subscriber: UUID | None = None
    for found in _MARK.finditer(raw):
        delivery = adapters.read_return_mark(found[1].decode().lower())
        if delivery is not None:
            subscriber = mailings.came_back(delivery=delivery, fate=fate)
            break
    if subscriber is None and reason is Reason.COMPLAINED and (link := _LEAVE.search(raw)):
        subscriber = adapters.read_token("leave", link[1].decode())
    try:
        reader = None if subscriber is None or reason is None else queries.reader(subscriber)
    except DamagedError:
        log.warning("a mail came back of a reader whose address cannot be read: no letter reaches them, and they stay")
        return
    if reader is not None and reason is not None:
        actions.shut_out(address=reader.address, reason=reason)


def take_in(mailbox: Mailbox) -> bool:
    """Reads and deletes what has arrived; whether there may be more. One that cannot be read is deleted too."""
    names = mailbox.names()[:AT_ONCE]
    for name in names:
        arrived = mailbox.read(name, MOST_BYTES)
        try:
            if arrived is not None:
                read(arrived.raw)
        except (ValueError, LookupError, TypeError, AttributeError) as error:
            log.warning("a mail that came back could not be read: %s", type(error).__name__)
        mailbox.delete(name)
    return len(names) == AT_ONCE


def step() -> Callable[[], bool] | None:
    """The step of the loop; None where nothing comes back to us."""
    sender: Sender | None = settings.ENVIRONMENT.newsletter
    if sender is None or not sender.returns:
        return None

    def work() -> bool:
        with opened(sender.returns_maildir, sender.returns_imap) as mailbox:
            return take_in(mailbox)

    return work
