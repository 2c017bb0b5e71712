"""Run-time switches: whether declarations are taken in now.

A trial on loopback is open. A register that names public hosts stays closed until `tuidang doctor` found nothing to object and opened it.
"""

from __future__ import annotations

import time
from functools import lru_cache
from pathlib import Path

from django.conf import settings

from tuidang.kernel.places import Places, places

ASKED_EVERY_SECONDS = 1


def _flag() -> Path:
    return places().data / "open"


def intake_open() -> bool:
    """Whether declarations are taken in. What another process switches is noticed within a second."""
    return _is_open(time.monotonic() // ASKED_EVERY_SECONDS, places(), settings.ENVIRONMENT.hosts)


@lru_cache(maxsize=1)
def _is_open(_: float, __: Places, hosts: tuple[str, ...]) -> bool:
    # Not asked of the disk in each request: a thread that asks lets go of the interpreter, and waits for it again.
    if not hosts:
        return _is_trial()
    return _flag().exists() and _flag().read_text() == ",".join(hosts)


def _is_trial() -> bool:
    """Whether the ledger here is a trial's, or none is yet. A public one without its hosts is misconfigured: what came in would be for good."""
    key = places().ledger / "log.vkey"
    return not key.exists() or key.read_text().startswith("localhost/")


def set_open(*, is_open: bool) -> None:
    """Opens or closes intake for the public hosts of this installation."""
    _is_open.cache_clear()
    if is_open:
        _flag().write_text(",".join(settings.ENVIRONMENT.hosts))
    else:
        _flag().unlink(missing_ok=True)
