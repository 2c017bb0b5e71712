"""Sealing once a day, at the first minutes of a UTC day, and recovery at any time."""

from __future__ import annotations

import logging

from tuidang.kernel import clock
from tuidang.kernel.errors import TuidangError
from tuidang.kernel.loops import Loop
from tuidang.ledger import adapters, sealing

log = logging.getLogger("tuidang.ledger")


def seal_daily() -> bool:
    """Finishes a batch that was begun; seals a new one if none was sealed today."""
    try:
        with sealing.alone():
            sealing.recover()
            if adapters.head().day < clock.today():
                report = sealing.seal()
                log.info("sealed %s entries, %s in all", report.sealed, report.size)
    except TuidangError as error:
        log.error("not sealed: %s", error)  # noqa: TRY400 -- the message is ours and says all
    return False


LOOPS = [Loop("sealing", seal_daily, pause_seconds=60, lease_seconds=600)]
