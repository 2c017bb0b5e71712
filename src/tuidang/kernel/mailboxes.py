"""Where mail arrives: a Maildir on this machine, or a mailbox reached over IMAP. One mail at a time is read; deleting is for good.

No error says what a server answered or what a mail is called: either could name a person.
"""

from __future__ import annotations

import imaplib
import os
import re
import ssl
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Protocol, TypeVar

from tlog.store import fsync_folder
from tuidang.kernel import clock
from tuidang.kernel.errors import TuidangError
from tuidang.kernel.mailing import TIMEOUT_SECONDS, MailServerError, Server

MOST_AT_ONCE = 200
Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Arrived:
    """A mail as it lies there, cut after the number of bytes asked for, and the day of its arrival by whoever took it in."""

    raw: bytes = field(repr=False)
    day: int


class Mailbox(Protocol):
    """What both kinds can do. Names mean something to the mailbox that gave them, and stay the same."""

    def names(self, without: Collection[str] = ()) -> list[str]:
        """What is there besides `without`, the oldest first, at most `MOST_AT_ONCE`."""

    def read(self, name: str, at_most: int) -> Arrived | None:
        """The beginning of a mail; None if it is gone."""

    def delete(self, name: str) -> None:
        """Removes a mail for good; one that is gone already is no error."""


@contextmanager
def opened(maildir: str, server: Server | None) -> Iterator[Mailbox]:
    """The mailbox at `server`, else the folder, for the time of the block. Raises MailServerError, within it too."""
    if server is None:
        yield MaildirMailbox(Path(maildir))
        return
    connection = _guarded(lambda: _signed_in(server))
    try:
        yield ImapMailbox(connection, server.folder)
    finally:
        with suppress(OSError, imaplib.IMAP4.error):
            connection.logout()


def _guarded(work: Callable[[], Result]) -> Result:
    try:
        return work()
    except TuidangError:
        raise
    except (OSError, imaplib.IMAP4.error, ValueError, IndexError, TypeError, AttributeError) as error:
        raise MailServerError(f"the mailbox cannot be used ({type(error).__name__})") from None


class MaildirMailbox:
    """A folder with `new` and `cur`, where a mail server on this machine delivers."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def names(self, without: Collection[str] = ()) -> list[str]:
        """As in `Mailbox`."""
        there = _guarded(self._names)
        return [name for name in there if name not in without][:MOST_AT_ONCE]

    def _names(self) -> list[str]:
        found = []
        for part in ("new", "cur"):
            with os.scandir(self._folder / part) as entries:
                found += [f"{part}/{one.name}" for one in entries if not one.name.startswith(".") and one.is_file(follow_symlinks=False)]
        return sorted(found, key=lambda name: name.partition("/")[2])

    def read(self, name: str, at_most: int) -> Arrived | None:
        """As in `Mailbox`. The day is that in the file's name, as every server begins it, for a copied file has another time."""
        return _guarded(lambda: self._read(name, at_most))

    def _read(self, name: str, at_most: int) -> Arrived | None:
        try:
            handle = os.open(self._folder / name, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
        except FileNotFoundError:
            return None
        with os.fdopen(handle, "rb") as file:
            named = re.match(r"(?:new|cur)/(\d{9,10})[._]", name)
            seconds = int(named[1]) if named else int(os.fstat(file.fileno()).st_mtime)
            return Arrived(file.read(at_most), clock.as_day(datetime.fromtimestamp(seconds, UTC).date()))

    def delete(self, name: str) -> None:
        """As in `Mailbox`."""
        _guarded(lambda: self._delete(self._folder / name))

    def _delete(self, path: Path) -> None:
        path.unlink(missing_ok=True)
        fsync_folder(path.parent)


def _signed_in(server: Server) -> imaplib.IMAP4_SSL:
    password = server.password()
    connection = imaplib.IMAP4_SSL(server.host, server.port, ssl_context=ssl.create_default_context(), timeout=TIMEOUT_SECONDS)
    connection.login(server.user, password)
    return connection


class ImapMailbox:
    """A folder of a mailbox, signed in to. Mails are named by their UIDs."""

    def __init__(self, connection: imaplib.IMAP4_SSL, folder: str) -> None:
        self._connection = connection
        answered = _guarded(lambda: connection.select('"{}"'.format(folder.replace("\\", "\\\\").replace('"', '\\"'))))
        self._count = int(_good(answered)[0] or 0)
        self._expunges_one = "UIDPLUS" in _guarded(lambda: str(_good(connection.capability())[0]))

    def names(self, without: Collection[str] = ()) -> list[str]:
        """As in `Mailbox`."""
        if not self._count:
            return []
        last = min(self._count, MOST_AT_ONCE + len(without))
        rows = _guarded(lambda: _good(self._connection.fetch(f"1:{last}", "(UID)")))
        there = [found[1].decode() for row in rows if isinstance(row, bytes) and (found := re.search(rb"\bUID (\d+)", row))]
        return [name for name in there if name not in without][:MOST_AT_ONCE]

    def read(self, name: str, at_most: int) -> Arrived | None:
        """As in `Mailbox`. The mail is not marked as seen; no more than the beginning is transferred."""
        return _guarded(lambda: self._read(name, at_most))

    def _read(self, name: str, at_most: int) -> Arrived | None:
        parts = _good(self._connection.uid("FETCH", name, f"(INTERNALDATE BODY.PEEK[]<0.{at_most}>)"))
        pairs = [part for part in parts if isinstance(part, tuple)]
        if not pairs:
            return None
        said = b" ".join(part if isinstance(part, bytes) else part[0] for part in parts if part)
        found = re.search(rb'INTERNALDATE "([^"]+)"', said)
        arrived = datetime.strptime(found[1].decode().strip(), "%d-%b-%Y %H:%M:%S %z") if found else None
        if arrived is None:
            raise MailServerError("the mail server does not say when a mail arrived")
        return Arrived(pairs[0][1], clock.as_day(arrived.astimezone(UTC).date()))

    def delete(self, name: str) -> None:
        """As in `Mailbox`. Where the server cannot remove a single one, what others marked as deleted goes with it."""
        _guarded(lambda: self._delete(name))

    def _delete(self, name: str) -> None:
        _good(self._connection.uid("STORE", name, "+FLAGS.SILENT", r"(\Deleted)"))
        _good(self._connection.uid("EXPUNGE", name) if self._expunges_one else self._connection.expunge())


def _good(answered: tuple[str, Sequence[Any]]) -> Sequence[Any]:
    kind, rows = answered
    if kind != "OK":
        raise MailServerError("the mail server refused")
    return rows
