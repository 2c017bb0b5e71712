"""Keys by the clock, and forgetting: keys that no token and no repeated body needs any more, tokens that have expired."""

from __future__ import annotations

from tuidang.intake import actions
from tuidang.kernel.loops import Loop
from tuidang.vault import daykeys, formkeys

MEMORY_SECONDS = 5


def _forget() -> bool:
    formkeys.make_next()
    formkeys.drop_old()
    actions.forget_spent()
    return False


def _forget_in_memory() -> bool:
    formkeys.forget_old()
    daykeys.forget_dead()
    return False


LOOPS = [
    # Twice a period, so that the next one's key is there before it begins.
    Loop("intake-forget", _forget, pause_seconds=formkeys.CLIENT_SECONDS / 2),
    # Without a lease: each process has a memory of its own.
    Loop("intake-memory", _forget_in_memory, pause_seconds=MEMORY_SECONDS, lease_seconds=0),
]
