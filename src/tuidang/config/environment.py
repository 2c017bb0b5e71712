"""What the environment may set, typed, in one place."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urlsplit

from tlog.mirrors import is_site
from tuidang.config.mail import read_mail_settings, read_newsletter_settings
from tuidang.intake.mailbox import MailSettings
from tuidang.kernel.errors import SetUpError
from tuidang.kernel.mailing import Sender

MILESTONES = (100, 1_000, 10_000, 100_000, 1_000_000)


@dataclass(frozen=True, slots=True)
class Environment:
    """Settings from outside. Names are `TUIDANG_` and the field in capitals."""

    database_url: str
    """Empty for SQLite in the data folder, else `postgresql://…`."""
    hosts: tuple[str, ...]
    """Public host names. Empty: loopback only, a trial."""
    debug: bool
    k: int
    """The least number of distinct declarations in a cell of the ledger."""
    controller: str = ""
    """Who is responsible for the data."""
    contact: str = ""
    """How they are reached."""
    backup_days: int = 30
    """For how many days backups are kept: what is erased is gone from everywhere after that."""
    jurisdiction: str = ""
    """The law that applies."""
    source: str = ""
    """Where the source of the running program is to be had, as a web address: its licence has every public register offer it."""
    mirrors: tuple[str, ...] = ()
    """Other addresses of this register, without a slash at the end: `https://…`, or `http://….onion`."""
    milestones: tuple[int, ...] = MILESTONES
    """Counts at which milestones are prepared, ascending; beyond the last, each multiple of it. Empty: none."""
    mail: MailSettings | None = None
    """Declaring by e-mail; off without. Its settings are in `config.mail`."""
    newsletter: Sender | None = None
    """The newsletter takes no new readers and sends nothing without. As above."""
    newsletter_database_url: str = ""
    """Where its readers are kept: empty for an SQLite file of its own in the data folder, else a second `postgresql://…`."""
    letters: str = ""
    """A folder that mail is put into instead of being sent: for a demo, and never where there are public hosts."""

    @property
    def onion(self) -> str:
        """The first of the addresses in the Tor network, empty if there is none."""
        return next((one for one in self.mirrors if is_onion(one)), "")


def read_environment() -> Environment:
    """Reads and checks the environment. Raises SetUpError."""
    raw_k = os.environ.get("TUIDANG_K", "20")
    if not raw_k.isascii() or not raw_k.isdigit() or int(raw_k) < 1:
        raise SetUpError("TUIDANG_K must be a whole number of at least 1")
    raw_days = os.environ.get("TUIDANG_BACKUP_DAYS", "30")
    if not raw_days.isascii() or not raw_days.isdigit():
        raise SetUpError("TUIDANG_BACKUP_DAYS must be a whole number of days")
    source = os.environ.get("TUIDANG_SOURCE", "").strip()
    if source and not source.startswith(("https://", "http://")):
        raise SetUpError("TUIDANG_SOURCE must be a web address: https://…")
    return Environment(
        database_url=os.environ.get("TUIDANG_DATABASE_URL", ""),
        hosts=_hosts(os.environ.get("TUIDANG_HOSTS", "")),
        debug=os.environ.get("TUIDANG_DEBUG", "") == "1",
        k=int(raw_k),
        backup_days=int(raw_days),
        source=source,
        mail=read_mail_settings(os.environ),
        newsletter=read_newsletter_settings(os.environ),
        newsletter_database_url=os.environ.get("TUIDANG_NEWSLETTER_DATABASE_URL", ""),
        letters=_letters(os.environ),
        milestones=_milestones(os.environ.get("TUIDANG_MILESTONES")),
        mirrors=_mirrors(os.environ.get("TUIDANG_MIRRORS", "").strip()),
        **{name: os.environ.get(f"TUIDANG_{name.upper()}", "").strip() for name in ("controller", "contact", "jurisdiction")},
    )


def _letters(environment: Mapping[str, str]) -> str:
    """The folder, empty where mail is sent. Raises SetUpError where the register is public."""
    folder = environment.get("TUIDANG_LETTERS", "").strip()
    if folder and environment.get("TUIDANG_HOSTS", "").strip():
        raise SetUpError("TUIDANG_LETTERS is for a demo: a public register sends its mail")
    return folder


def _hosts(text: str) -> tuple[str, ...]:
    """Names from a list with commas. Raises SetUpError: they stand in links, and in heads of letters."""
    found = tuple(host.strip() for host in text.split(",") if host.strip())
    if not all(re.fullmatch(r"[A-Za-z0-9.:*_\[\]-]+", one) for one in found):
        raise SetUpError("TUIDANG_HOSTS must be names of hosts with commas between them, such as register.example,www.register.example")
    return found


def _milestones(text: str | None) -> tuple[int, ...]:
    """Steps from a list with blanks or commas between them. Raises SetUpError."""
    if text is None:
        return MILESTONES
    words = text.replace(",", " ").split()
    steps = tuple(int(one) for one in words if one.isascii() and one.isdigit() and len(one) <= 12)
    if len(steps) != len(words) or 0 in steps or sorted(set(steps)) != list(steps):
        raise SetUpError("TUIDANG_MILESTONES must be whole numbers that ascend, such as 100000 500000 1000000")
    return steps


def _mirrors(text: str) -> tuple[str, ...]:
    """Addresses from a list with commas or blanks between them, or from the file whose path it is. Raises SetUpError."""
    if text.startswith("/"):
        try:
            text = "\n".join(line.partition("#")[0] for line in Path(text).read_text("utf-8").splitlines())
        except (OSError, UnicodeDecodeError) as error:
            raise SetUpError("TUIDANG_MIRRORS names a file that cannot be read") from error
    found = dict.fromkeys(one.rstrip("/") for one in text.replace(",", " ").split())
    for one in found:
        if not is_site(one):
            raise SetUpError(f"TUIDANG_MIRRORS holds {one!r}; an address there is https://HOST or http://NAME.onion, and nothing after it")
    return tuple(found)


def is_onion(address: str) -> bool:
    """Whether an address, or a host name, is one in the Tor network."""
    return address.rpartition("//")[2].partition("/")[0].partition(":")[0].endswith(".onion")


def postgresql(url: str, name: str = "TUIDANG_DATABASE_URL") -> dict[str, object]:
    """Django's settings for a `postgresql://user:password@host:port/name` address; a socket's folder is given as `?host=`.

    Raises SetUpError, which names the variable `name` that the address is from.
    """
    parts = urlsplit(url)
    if parts.scheme not in ("postgresql", "postgres") or not parts.path.strip("/"):
        raise SetUpError(f"{name} must look like postgresql://user@host/name")
    query = dict(pair.split("=", 1) for pair in parts.query.split("&") if "=" in pair)
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": parts.path.strip("/"),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": unquote(query.get("host", parts.hostname or "")),
        "PORT": str(parts.port or query.get("port", "")),
        # One connection a thread, kept: threads are few, and a pool costs a lease and a reset for each request.
        "CONN_MAX_AGE": None,
        "CONN_HEALTH_CHECKS": False,
        # Values travel apart from statements: the server's log shows a statement that failed, and it is not to show what it held.
        "OPTIONS": {"server_side_binding": True},
    }
