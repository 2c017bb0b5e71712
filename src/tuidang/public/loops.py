"""Rendering pages ahead: soon after each sealing, and every ten minutes."""

from tuidang.kernel.loops import Loop
from tuidang.public.pages import render_ahead
from tuidang.statistics import figures


def _step() -> bool:
    if figures.outdated():
        render_ahead()
    return False


LOOPS = [Loop("pages", _step, pause_seconds=5)]
