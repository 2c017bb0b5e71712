"""Work that goes on beside the site: one thread a loop, each step leased so that of several processes one does it.

A step that fails is logged by the name of its error alone (its text might carry content) and tried again at the next turn.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass

from django.db import close_old_connections

from tuidang.kernel.leases import lease

log = logging.getLogger("tuidang.loops")


@dataclass(frozen=True, slots=True)
class Loop:
    """`step` returns whether there is more to do at once; otherwise the loop sleeps `pause_seconds`.

    `lease_seconds` 0: no lease, the step itself sees to it that it is alone.
    """

    name: str
    step: Callable[[], bool]
    pause_seconds: float
    lease_seconds: int = 60


def run_step(loop: Loop) -> bool:
    """One leased step. Returns whether there is more to do at once."""
    close_old_connections()
    if not loop.lease_seconds:
        return loop.step()
    with lease(loop.name, seconds=loop.lease_seconds) as ours:
        return ours and loop.step()


def _run(loop: Loop, stop: threading.Event) -> None:
    while not stop.is_set():
        try:
            more = run_step(loop)
        except Exception as error:  # noqa: BLE001  a loop outlives every failure of a step
            log.error("loop %s failed: %s", loop.name, type(error).__name__)  # noqa: TRY400  no traceback: it could show content
            more = False
        if not more:
            stop.wait(loop.pause_seconds)


def start(loops: list[Loop]) -> threading.Event:
    """Starts a daemon thread for each loop; setting the event returned ends them after their present step."""
    stop = threading.Event()
    for loop in loops:
        threading.Thread(target=_run, args=(loop, stop), name=f"loop-{loop.name}", daemon=True).start()
    return stop
