"""What the environment may set, typed, in one place."""

from __future__ import annotations

import os
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

from tuidang.kernel.errors import SetUpError


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
    jurisdiction: str = ""
    """The law that applies."""
    source: str = ""
    """Where the source of the running program is to be had, as a web address: its licence has every public register offer it."""


def read_environment() -> Environment:
    """Reads and checks the environment. Raises SetUpError."""
    raw_k = os.environ.get("TUIDANG_K", "20")
    if not raw_k.isascii() or not raw_k.isdigit() or int(raw_k) < 1:
        raise SetUpError("TUIDANG_K must be a whole number of at least 1")
    source = os.environ.get("TUIDANG_SOURCE", "").strip()
    if source and not source.startswith(("https://", "http://")):
        raise SetUpError("TUIDANG_SOURCE must be a web address: https://…")
    return Environment(
        database_url=os.environ.get("TUIDANG_DATABASE_URL", ""),
        hosts=tuple(host.strip() for host in os.environ.get("TUIDANG_HOSTS", "").split(",") if host.strip()),
        debug=os.environ.get("TUIDANG_DEBUG", "") == "1",
        k=int(raw_k),
        source=source,
        **{name: os.environ.get(f"TUIDANG_{name.upper()}", "").strip() for name in ("controller", "contact", "jurisdiction")},
    )


def postgresql(url: str) -> dict[str, object]:
    """Django's settings for a `postgresql://user:password@host:port/name` address; a socket's folder is given as `?host=`."""
    parts = urlsplit(url)
    if parts.scheme not in ("postgresql", "postgres") or not parts.path.strip("/"):
        raise SetUpError("TUIDANG_DATABASE_URL must look like postgresql://user@host/name")
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
