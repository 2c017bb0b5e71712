"""What accounts does beside the site."""

from __future__ import annotations

from tuidang.accounts.actions import forget_old
from tuidang.kernel.loops import Loop


def _forget_old() -> bool:
    forget_old()
    return False


LOOPS: list[Loop] = [Loop(name="staff-forget", step=_forget_old, pause_seconds=3600)]
