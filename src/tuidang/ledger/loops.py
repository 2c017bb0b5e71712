"""Sealing once a day, in the first minutes of a UTC day, and recovery at any time.

Once, whether there was anything to seal or not: a batch that followed as soon as there is something would tell a watcher when that was.
"""

from __future__ import annotations

import logging
from pathlib import Path

from tlog.store import write_durably
from tuidang.kernel import clock
from tuidang.kernel.errors import BusyError, TuidangError
from tuidang.kernel.loops import Loop
from tuidang.kernel.places import places, private_folder
from tuidang.ledger import adapters, sealing

log = logging.getLogger("tuidang.ledger")


def seal_daily() -> bool:
    """Finishes a batch that was begun; seals a new one if none was tried today. What is busy is tried again, what is damaged is not."""
    try:
        with sealing.alone():
            sealing.recover()
            if _tried().exists() and _tried().read_text() == str(clock.today()):
                return False
            if adapters.head().day < clock.today():
                report = sealing.seal()
                log.info("sealed %s entries, %s in all", report.sealed, report.size)
    except BusyError as error:
        log.warning("not sealed yet: %s", error)
        return False
    except TuidangError as error:
        log.error("not sealed: %s", error)  # noqa: TRY400 -- the message is ours and says all
    write_durably(_tried(), str(clock.today()).encode(), mode=0o600)
    return False


def _tried() -> Path:
    return private_folder(places().stage) / ".tried"


# No lease: `alone` holds off others and ends with the process, so whoever starts after a kill recovers at once.
LOOPS = [Loop("sealing", seal_daily, pause_seconds=60, lease_seconds=0)]
