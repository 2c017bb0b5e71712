"""Run-time switches: whether declarations are taken in now.

A trial on loopback is open. A register that names public hosts stays closed until `tuidang doctor` found nothing to object and opened it.
"""

from __future__ import annotations

from pathlib import Path

from django.conf import settings

from tuidang.kernel.places import places


def _flag() -> Path:
    return places().data / "open"


def intake_open() -> bool:
    """Whether declarations are taken in."""
    hosts = settings.ENVIRONMENT.hosts
    if not hosts:
        return _is_trial()
    return _flag().exists() and _flag().read_text() == ",".join(hosts)


def _is_trial() -> bool:
    """Whether the ledger here is a trial's, or none is yet. A public one without its hosts is misconfigured: what came in would be for good."""
    key = places().ledger / "log.vkey"
    return not key.exists() or key.read_text().startswith("localhost/")


def set_open(*, is_open: bool) -> None:
    """Opens or closes intake for the public hosts of this installation."""
    if is_open:
        _flag().write_text(",".join(settings.ENVIRONMENT.hosts))
    else:
        _flag().unlink(missing_ok=True)
