"""Rendering pages ahead: soon after each sealing, every ten minutes, and when what home shows of the newsroom was published or taken down."""

from django.conf import settings

from tuidang.kernel.loops import Loop
from tuidang.newsroom import queries as newsroom
from tuidang.public.pages import render_ahead
from tuidang.statistics import figures

_shown: list[object] = []


def _front() -> object:
    """What home shows of the newsroom, by the numbers of its editions: another after each publishing."""
    return [[one and one.id for one in newsroom.front(language)] for language, _ in settings.LANGUAGES]


def _step() -> bool:
    front = _front()
    if figures.outdated() or _shown != [front]:
        render_ahead()
        _shown[:] = [front]
    return False


LOOPS = [Loop("pages", _step, pause_seconds=5)]
