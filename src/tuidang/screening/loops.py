"""What screening does beside the site."""

from __future__ import annotations

from tuidang.kernel.loops import Loop
from tuidang.screening import actions


def _screen() -> bool:
    return actions.screen_new() > 0


def _forget() -> bool:
    actions.forget_bursts()
    return False


LOOPS: list[Loop] = [
    Loop(name="screening", step=_screen, pause_seconds=5),
    Loop(name="screening-forget", step=_forget, pause_seconds=3600),
]
