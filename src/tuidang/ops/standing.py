"""What this register is: a public one, a trial on loopback, or a demo. It follows from the log's origin and from the host setting."""

from __future__ import annotations

from functools import cache

from django.conf import settings

from tlog.errors import MissingError
from tuidang.ledger import adapters

TRIAL, DEMO = "localhost/TRIAL-", "localhost/DEMO-"


@cache
def _origin() -> str:
    return adapters.verifier().name


def origin() -> str:
    """The log's origin, empty before the founding."""
    try:
        return _origin()
    except MissingError:
        return ""


def banner() -> str:
    """Which banner every page bears."""
    if origin().startswith(DEMO):
        return "demo"
    return "trial" if origin().startswith(TRIAL) or not (origin() or settings.ENVIRONMENT.hosts) else ""
