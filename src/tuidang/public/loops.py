"""Rendering pages ahead, at least every ten minutes."""

from tuidang.kernel.loops import Loop
from tuidang.public.pages import render_ahead


def _step() -> bool:
    render_ahead()
    return False


LOOPS = [Loop("pages", _step, pause_seconds=60)]
